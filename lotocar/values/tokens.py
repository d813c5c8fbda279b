"""Unguessable secrets for links and codes, and the hashes we keep of them.

A token holds 256 random bits, so that a plain SHA-256 is enough at rest; short codes are hashed with a
key instead, by whoever holds one.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets


def new_token() -> str:
    """A URL-safe secret of 256 bits (43 characters)."""
    return secrets.token_urlsafe(32)


def hash_token(token: str) -> str:
    """What is stored of a token: SHA-256, 64 hex characters."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_code() -> str:
    """Six digits for a phone, from a cryptographic generator."""
    return f"{secrets.randbelow(1_000_000):06d}"


def hash_code(code: str, *, key: str) -> str:
    """What is stored of a short code: HMAC-SHA-256 under the installation's key, 64 hex characters."""
    return hmac.new(key.encode(), code.encode(), hashlib.sha256).hexdigest()


def new_hex_id() -> str:
    """A random identifier of 32 hex characters, for rows known outside by something other than their number."""
    return secrets.token_hex(16)
