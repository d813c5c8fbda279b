"""From an SMS as typed to plain words: folded, spelled right, without signature, quotation or friendly faces."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import zip_longest

from lotocar.carpool.rides import replies_words as words

QUOTED = re.compile(r"^\s*[>|].*$", re.MULTILINE)
DEVICE = (
    r"(?:iphone|ipad|smartphone|t[ée]l[ée]phone|mobile|portable|galaxy|samsung|appareil|android|huawei|xiaomi|orange|sfr"
    r"|free|bouygues)"
)
SENT_FROM = re.compile(
    rf"(?:^|(?<=[.!]))\s*(?:envoy[ée]e? (?:de|depuis|à partir de|avec) mon|sent from my)(?: {DEVICE})+\.?\s*$",
    re.MULTILINE | re.IGNORECASE,
)
AFTER_DASHES = re.compile(r"^-- ?$.*", re.MULTILINE | re.DOTALL)
SIGNED = re.compile(r"[\s.,!–-](?:M\.|Mr\.?|Mme|Mlle|Madame|Monsieur) (?!\w+ \w)[A-ZÀ-Þ][\w'’-]+[\s.!]*$")
SURNAME = re.compile(
    r"(?<=[.,!\n–-])(\s*[A-ZÀ-Þ][\w-]+(?:[ -][A-ZÀ-Þ][\w-]+)?) [A-ZÀ-Þ](?:[a-zà-ÿ]+|\.)?\s*$"
)
GLAD = re.compile(r"[:;=]-?(?:\)|D(?!\w))|\^\^")
SAD = re.compile(r"[:=]-?\(")
TOKEN = re.compile(r"[^\W\d_]+|\d+|\S")
HARMLESS = frozenset(".,;:!¡'’‘\"“”«»()[]{}-‐‑–—_/*#°`´")
INVISIBLE = frozenset("♀♂\N{VARIATION SELECTOR-16}\N{VARIATION SELECTOR-15}")
EMOJI = (
    dict.fromkeys(words.YES_EMOJI, " pouce ")
    | dict.fromkeys(words.NO_EMOJI, " croix ")
    | dict.fromkeys(words.SAD_EMOJI, " helas ")
    | dict.fromkeys(words.ASKING_EMOJI, " ? ")
    | dict.fromkeys(words.KIND_EMOJI, " ")
)
STRETCHED = ((re.compile(r"o+u+i+"), "oui"), (re.compile(r"no+n+"), "non"), (re.compile(r"o+k+"), "ok"))


def tokens_of(text: str) -> list[str]:
    """Folded words, figures and signs in the order typed, usual misspellings put right."""
    raw = TOKEN.findall(_folded(_unsigned(text)))
    kept = [token for token in raw if token not in HARMLESS]
    spelled: list[str] = []
    for token, following in zip_longest(kept, kept[1:], fillvalue=""):
        spelled += _spelled(token, following).split()
    while len(spelled) > 1 and spelled[-1] in words.FIRST_NAMES:
        spelled.pop()
    return [
        token
        for before, token in zip(["", *spelled], spelled, strict=False)
        if not (before in words.BEFORE_A_NAME and token in words.FIRST_NAMES)
    ]


def _unsigned(text: str) -> str:
    """The text without quoted lines, the phone's own signature, « M. Lacaze » or « Odile Delmas » at its end."""
    own = AFTER_DASHES.sub("", QUOTED.sub("", unicodedata.normalize("NFKC", text)))
    own = SIGNED.sub(" ", SENT_FROM.sub("", own))
    named = SURNAME.search(own)
    if named and set(_folded(named[1]).replace("-", " ").split()) <= words.FIRST_NAMES:
        return own[: named.start()]
    return own


def _folded(text: str) -> str:
    visible = (EMOJI.get(char, char) for char in text if not _is_invisible(char))
    faces = SAD.sub(" helas ", GLAD.sub(" ", "".join(visible)))
    opened = unicodedata.normalize("NFKD", faces).casefold().replace("œ", "oe")
    bare = "".join(char for char in opened if not unicodedata.combining(char))
    return re.sub(r"([^\W\d_])\1{2,}", r"\1", bare)


def _is_invisible(char: str) -> bool:
    skin_tone = "\U0001f3fb" <= char <= "\U0001f3ff"
    return skin_tone or char in INVISIBLE or unicodedata.category(char) == "Cf"


def _spelled(word: str, following: str) -> str:
    if word == "c":
        return word if following == "est" else "c est"
    if word == "no" and following.isdecimal():  # « no 4821 » is a number, not a no
        return word
    for pattern, usual in STRETCHED:
        if pattern.fullmatch(word):
            return usual
    return words.SPELLINGS.get(word, word)


def is_emergency(tokens: Sequence[str]) -> bool:
    """Whether somebody may be in danger; « rien d'urgent » and « ça tombe bien » are not."""
    said = " ".join(tokens)
    for harmless in words.NOT_SO_URGENT:
        said = said.replace(harmless, " ")
    return not words.EMERGENCY.isdisjoint(said.split())
