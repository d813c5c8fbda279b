"""From an SMS as typed to plain words: folded, spelled right, without signature, quotation or friendly faces."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache
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
SIGNED = re.compile(r"[\s.,!–-](?:M\.|Mr\.?|Mme|Mlle|Madame|Monsieur) (?!\w+ \w)([A-ZÀ-Þ][\w'’-]+)[\s.!]*$")
SURNAME = re.compile(
    r"(?<=[.,!\n–-])(\s*[A-ZÀ-Þ][\w-]+(?:[ -][A-ZÀ-Þ][\w-]+)?) ([A-ZÀ-Þ](?:[a-zà-ÿ]+|\.)?)\s*$"
)
GLAD = re.compile(r"[:;=]-?(?:\)|D(?!\w))|\^\^")
SAD = re.compile(r"[:=]-?\(")
TOKEN = re.compile(r"[^\W\d_]+|\d+|\S")
STOP_SIGN = "¦"  # stands for the comma after a greeting, until names are told apart
STOPPED = re.compile(rf"\b({'|'.join(sorted(words.BEFORE_A_NAME))})\s*[.,;:!–-]+")
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
    raw = TOKEN.findall(STOPPED.sub(rf"\1 {STOP_SIGN} ", _folded(_unsigned(text))))
    kept = [token for token in raw if token not in HARMLESS]
    spelled: list[str] = []
    for token, following in zip_longest(kept, kept[1:], fillvalue=""):
        spelled += _spelled(token, following).split()
    while len(spelled) > 1 and spelled[-1] in words.FIRST_NAMES:
        spelled.pop()
    around = zip(["", *spelled], spelled, [*spelled[1:], ""], strict=False)
    told = [token for before, token, after in around if not _is_greeted(before, token, after)]
    return [token for token in told if token != STOP_SIGN]


def _is_greeted(before: str, token: str, after: str) -> bool:
    """Whether this is whom « Bonjour Odile » greets; not who acts in « Bonjour, Odile oui » or « Bonjour Jean peut »."""
    return before in words.BEFORE_A_NAME and token in words.FIRST_NAMES and after not in words.AFTER_WHO_ACTS


def _unsigned(text: str) -> str:
    """The text without quoted lines, the phone's own signature, « M. Lacaze » or « Odile Delmas » at its end."""
    own = SENT_FROM.sub("", QUOTED.sub("", unicodedata.normalize("NFKC", text)))
    signed = SIGNED.search(own)
    if signed and not _says_something(signed[1]):
        own = own[: signed.start()]
    named = SURNAME.search(own)
    first_names = set(_folded(named[1]).replace("-", " ").split()) if named else set()
    if named and first_names <= words.FIRST_NAMES and not _says_something(named[2]):
        return own[: named.start()]
    return own


def _says_something(surname: str) -> bool:
    """Whether a would-be surname is a word that counts: « Oui, Michel Non », « Oui, Jean Mardi »."""
    return not _vocabulary().isdisjoint(_folded(surname).replace("-", " ").split())


@cache
def _vocabulary() -> frozenset[str]:
    """Every word that means something in a reply, folded."""
    phrases = _folded(" ".join(words.PHRASES.values()))
    return frozenset(
        {*TOKEN.findall(phrases), *words.SPELLINGS, *words.CONDITIONS, *words.TIMES, *words.EMERGENCY}
    )


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
    said = " ".join(token for token in tokens if token not in {"?", "svp"})
    if said.endswith(words.CALLS_FOR_HELP):
        return True
    for harmless in words.NOT_SO_URGENT:
        said = said.replace(harmless, " ")
    return not words.EMERGENCY.isdisjoint(said.split())
