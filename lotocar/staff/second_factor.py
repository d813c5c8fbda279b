"""The second factor: six digits from a telephone (TOTP, RFC 6238), or one of eight recovery codes on paper.

The secret is derived from a random salt and the installation's key, and is stored nowhere. A code serves once.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime

import pyotp

STEP_SECONDS = 30
RECOVERY_CODES = 8
LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"  # no l, o, 0, 1: they are copied by hand


def secret_of(salt: str, *, key: str) -> str:
    """The shared secret, 160 bits in base 32, as telephones take it."""
    derived = hmac.new(key.encode(), f"totp/{salt}".encode(), hashlib.sha256).digest()
    return base64.b32encode(derived[:20]).decode()


def address_of(secret: str, *, login: str, organisation: str) -> str:
    """What the QR code says: the otpauth address of this account."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=organisation)


def step_of(secret: str, code: str, *, now: datetime, after: int) -> int | None:
    """The half-minute whose code this is, or None: wrong, too old, or not later than the step `after`.

    One step of drift is allowed either way, as RFC 6238 advises.
    """
    digits = "".join(code.split())
    current = int(now.timestamp()) // STEP_SECONDS
    totp = pyotp.TOTP(secret)
    matching = [
        step
        for step in (current - 1, current, current + 1)
        if step > after and hmac.compare_digest(totp.at(step * STEP_SECONDS).encode(), digits.encode())
    ]
    return max(matching, default=None)


def new_recovery_codes() -> list[str]:
    """Eight codes of eighty random bits, in groups of four letters."""
    return [
        "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4))
        for _ in range(RECOVERY_CODES)
    ]


def hash_recovery(code: str, *, key: str) -> str:
    """What is stored of a recovery code, however it is typed: HMAC-SHA-256, 64 hex characters."""
    bare = "".join(letter for letter in code.lower() if letter.isalnum())
    return hmac.new(key.encode(), f"recovery/{bare}".encode(), hashlib.sha256).hexdigest()


def without(hashes: Sequence[str], used: str) -> list[str] | None:
    """The hashes that remain once this one has served, or None when it is not among them."""
    found = [one for one in hashes if hmac.compare_digest(one, used)]
    return [one for one in hashes if one not in found] if found else None
