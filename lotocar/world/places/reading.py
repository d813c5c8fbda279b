"""What somebody typed, taken apart: a name, and perhaps a postcode or a département that narrows it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from rapidfuzz.distance import OSA

from lotocar.world.places import folding
from lotocar.world.places.gazetteer import gazetteer

LONGEST = 120

_NUMBERS = {
    "2": "deux",
    "3": "trois",
    "4": "quatre",
    "5": "cinq",
    "6": "six",
    "7": "sept",
    "8": "huit",
    "9": "neuf",
}
_COMMUNE_OF = re.compile(
    r"\(\s*commune\s+(?P<parent>[^()]+?)(?:,\s*(?P<departement>\w{2,3}))?\s*\)\s*$", re.IGNORECASE
)
_SUR = re.compile(r"(?<=\w)\s*\bs/(?=\s*\w)|(?<=\w) +s +(?=\w)", re.IGNORECASE)
_SPLIT_POSTCODE = re.compile(r"\b(\d{2}) (\d{3})\b")
_CEDEX = re.compile(r" cedex(?: \d{1,2})?$")
_DISTRICTS = {"paris": 20, "lyon": 9, "marseille": 16}
_DISTRICT = re.compile(
    r"(?P<city>paris|lyon|marseille) (?P<number>\d{1,2})(?:er|e|eme|nd|ieme)?(?: arr(?:ondissement)?)?$"
)
_GLUED_SAINT = re.compile(r"^(ste?)(?=[bcdfghjklmnpqrstvwxz][a-z]{2})")

_HEARD_AS_SAINT = frozenset({"sain", "sein", "sent", "seint", "sin", "sint", "cin", "cint", "san", "sant"})

# words around a place that are not its name
_NOISE = """
    gare sncf mairie hopital hospitalier clinique ehpad college lycee ecole eglise cathedrale place centre ville bourg
    village hameau lieu dit lieudit pres cote chez depuis vers jusque jusqu rue avenue route chemin impasse boulevard
    allee allees quai docteur dr medecin dentiste pharmacie marche supermarche intermarche leclerc carrefour lidl super
    nord sud est ouest zone za zi zac poste salle fetes stade piscine cinema aeroport arret bus parking aire rond point
    quartier france direction commune canton proche environs entree sortie halle maison sante medicale mediatheque
    bibliotheque tresorerie impots prefecture tribunal pole emploi mission locale residence foyer
"""
NOISE = frozenset(_NOISE.split())


@dataclass(frozen=True, slots=True)
class Reading:
    """One way of understanding the words.

    `words` are folded. `postcode` may be unfinished; `departement` and `parent` (the folded name of a commune that
    took the place in) narrow the search; `code` is up to five characters of a postcode or an INSEE code.
    `is_corrected` when a word was taken for another than the typed one.
    """

    words: str
    postcode: str = ""
    departement: str = ""
    parent: str = ""
    code: str = ""
    is_corrected: bool = False

    @property
    def compact(self) -> str:
        """The words without spaces."""
        return self.words.replace(" ", "")

    @property
    def bare(self) -> str:
        """The words without a leading article."""
        return folding.without_article(self.words)

    @property
    def core(self) -> str:
        """The words without small ones, or all of them when there is nothing else."""
        return folding.core(self.words) or self.words

    @property
    def is_narrowed(self) -> bool:
        """Whether more than a name was given."""
        return bool(self.postcode or self.departement or self.parent)


def read(text: str) -> Reading:
    """The plainest reading of a typed text. Nothing readable gives empty words and no code."""
    text = text[:LONGEST]
    parent = _COMMUNE_OF.search(text)
    if parent:
        plain = replace(read(text[: parent.start()]), parent=folding.core(folding.fold(parent["parent"])))
        return replace(plain, departement=(parent["departement"] or "").upper() or plain.departement)
    words = folding.fold(_SUR.sub(" sur ", text))
    words = _CEDEX.sub("", _SPLIT_POSTCODE.sub(r"\1\2", words))
    if _is_code(words):
        return Reading("", code=words.upper())
    return Reading(district) if (district := _district(words)) else _narrowed(words.split())


def other_readings(reading: Reading) -> Iterator[Reading]:
    """Less plain ways of understanding, to try when the plain one finds nothing sure."""
    words = reading.words
    glued = _GLUED_SAINT.sub(lambda match: folding.SAINTS[match[1]] + " ", words)
    if glued != words:
        yield replace(reading, words=glued)
    first, _, rest = words.partition(" ")
    if rest and (saint := _misspelt_saint(first)):
        yield replace(reading, words=f"{saint} {rest}", is_corrected=True)
    for name, code in _departements():
        head = words.removesuffix(f" {name}")
        if head != words and folding.core(head):
            yield replace(reading, words=_without_last_connectors(head), departement=code)
            return


def _misspelt_saint(word: str) -> str:
    """« saitn », « sante », « sin » → the saint it stands for, or nothing."""
    if word in folding.SAINT_WORDS or len(word) < 3:
        return ""
    if word in _HEARD_AS_SAINT:
        return "saint"
    return next(
        (saint for saint in ("saint", "sainte") if len(word) > 3 and OSA.distance(word, saint) == 1), ""
    )


def _is_code(words: str) -> bool:
    return bool(re.fullmatch(r"\d{2,5}|2[ab]\d{0,3}", words)) and words not in {"000", "0000", "00000"}


def _district(words: str) -> str:
    """« paris 13 » as INSEE writes it, or nothing when the number is no arrondissement."""
    match = _DISTRICT.match(words)
    number = int(match["number"]) if match else 0
    if not match or not 1 <= number <= _DISTRICTS[match["city"]]:
        return ""
    return f"{match['city']} {number}{'er' if number == 1 else 'e'} arrondissement"


def _narrowed(words: list[str]) -> Reading:
    """A name with the postcode beside it or the département at one of its ends."""
    postcodes = [word for word in words if re.fullmatch(r"\d{5}", word)]
    if len(words) > 1 and postcodes:
        at = words.index(postcodes[-1])
        return Reading(" ".join(_spelled(words[:at] + words[at + 1 :])), postcode=postcodes[-1])
    for at in (-1, 0):
        if len(words) > 1 and words[at].upper() in gazetteer().departement_names:
            rest = words[:-1] if at else words[1:]
            if rest[0] not in NOISE or at:
                return Reading(" ".join(_spelled(rest)), departement=words[at].upper())
    return Reading(" ".join(_spelled(words)))


def _spelled(words: list[str]) -> list[str]:
    """« 4 routes » → quatre routes; the number of a house stays one."""
    following = [*words[1:], ""][: len(words)]
    return [
        _NUMBERS.get(word, word) if after and after not in NOISE else word
        for word, after in zip(words, following, strict=True)
    ]


def _without_last_connectors(words: str) -> str:
    kept = words.split()
    while len(kept) > 1 and kept[-1] in folding.CONNECTORS:
        kept.pop()
    return " ".join(kept)


@cache
def _departements() -> list[tuple[str, str]]:
    """Folded names of départements, the longest first: « haute corse » before « corse »."""
    found = {folding.fold(name): code for code, name in gazetteer().departement_names.items()}
    found |= {folding.without_article(name): code for name, code in found.items()}
    return sorted(found.items(), key=lambda pair: -len(pair[0]))
