"""Who a person is for the registry: a hash of phone and surname, and the phone without its end.

The recipe is the registry's; what it leaves open (ligatures, repeated spaces) is settled here once and
must never change, or the same person would become another one. A key can be recomputed by anyone who
holds a list of phones and surnames: treat it as personal data, never log it.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

LIGATURES = str.maketrans({"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ß": "ss", "ẞ": "SS"})
E164 = re.compile(r"\+[1-9][0-9]{9,13}")  # the truncated form must keep 8 to 12 digits
FRENCH = re.compile(r"\+33[1-9][0-9]{8}")


def key_name(last_name: str) -> str:
    """The surname as it is hashed: A to Z and single spaces, trimmed; empty when no letter is left."""
    decomposed = unicodedata.normalize("NFD", last_name.translate(LIGATURES))
    bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return " ".join(re.sub("[^A-Z]", " ", bare.upper()).split())


def is_e164(phone: str) -> bool:
    """Whether this is a whole number the registry can take: `+`, country, no space; French ones have nine digits."""
    if phone.startswith("+33"):
        return FRENCH.fullmatch(phone) is not None
    return E164.fullmatch(phone) is not None


def identity_key(phone_e164: str, last_name: str) -> str:
    """SHA-256 of « phone-SURNAME », 64 lower-case hex characters.

    Callers check `is_e164` and `key_name` first: an unfit phone or an empty surname still gives a key, of nobody.
    """
    return hashlib.sha256(f"{phone_e164}-{key_name(last_name)}".encode()).hexdigest()


def phone_trunc(phone_e164: str) -> str:
    """The number without its last two digits: the only part of it that leaves the house."""
    return phone_e164[:-2]
