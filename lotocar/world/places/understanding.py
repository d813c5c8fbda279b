"""Choosing among the ways a typed text can be understood: the surest first, likeness last."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from lotocar.world.places import codes, likeness, matching
from lotocar.world.places.home import FAR
from lotocar.world.places.matching import Match
from lotocar.world.places.reading import Reading, other_readings
from lotocar.world.places.rules import (
    AMONG_NOISE,
    BIG_TOWN,
    MISSPELT_SAINT,
    NEARLY,
    PER_EDIT,
    WHOLE_NAME,
    Exactness,
)
from lotocar.world.places.scope import View, allows, departement_of_postcode

SHORTEST_INNER = 5  # letters that may be a name's beginning among words of noise
ONE_EDIT = NEARLY - PER_EDIT
NOTHING = Match(-1, 0.0, Exactness.NEAR)
ALIKE = 15.0  # likenesses worse than the best by more, a whole edit, are no longer likely


def understood(plain: Reading, view: View) -> tuple[Reading, list[Match]]:
    """The reading that names something, and the names it fits; no match when nothing is likely."""
    if plain.code:
        return plain, list(codes.by_code(plain.code))
    if not plain.words:
        return plain, list(codes.with_postcode(plain.postcode))
    readings = list(_readings(plain))
    tried = [(reading, list(_sure(reading, view))) for reading in readings if not reading.is_corrected]
    for least in (Exactness.BEGINNING, Exactness.WORDS):
        for reading, matches in tried:
            if matches and max(match.exactness for match in matches) >= least:
                return reading, [*matches, *_one_slip_away(reading, matches, view)]
    return plain, _unsure(readings, view)


def _readings(plain: Reading) -> Iterator[Reading]:
    """The plain one, then the ways to understand it that ask for less."""
    yield plain
    if plain.postcode:
        yield replace(plain, postcode="", departement=departement_of_postcode(plain.postcode))
    yield from other_readings(plain)


def _sure(reading: Reading, view: View) -> Iterator[Match]:
    """Names that hold the words as typed; noise (« gare », « la mairie ») only where it is a whole name nearby."""
    found: list[Match] = list(matching.whole(reading))
    if matching.is_noise(reading) and not reading.is_narrowed:
        found = [match for match in found if view.closeness[match.line] != FAR]
    else:
        found += [*matching.beginnings(reading, view), *matching.words_inside(reading, view)]
    return iter(_best_of_each(match for match in found if allows(reading, match.line)))


def _best_of_each(matches: Iterable[Match]) -> list[Match]:
    best: dict[int, Match] = {}
    for match in matches:
        if match.score > best.get(match.line, NOTHING).score:
            best[match.line] = match
    return list(best.values())


def _one_slip_away(reading: Reading, matches: list[Match], view: View) -> Iterator[Match]:
    """Names of the territory, around it and of big towns, one slip away, unless one of the territory's was typed."""
    if any(match.exactness == Exactness.EXACT and view.is_inside(match.line) for match in matches):
        return
    known = {match.line for match in matches}
    for match in likeness.nearly(reading, view):
        dear = view.closeness[match.line] != FAR or view.people[match.line] >= BIG_TOWN
        if match.score >= ONE_EDIT and dear and match.line not in known and allows(reading, match.line):
            yield match


def _unsure(readings: list[Reading], view: View) -> list[Match]:
    """Names among other words and names alike, else what the postcode says, else the name despite what narrows it."""
    plain = readings[0]
    found: list[Match] = []
    for reading in readings:
        among = _corrected(reading, view) if reading.is_corrected else _among_others(reading, view)
        inner = "" if among else matching.without_noise(reading)
        found += [*among, *_alike(reading, {reading.words, inner} - {""}, view)]
    if found:
        return _best_of_each(found)
    if plain.postcode:
        return list(codes.with_postcode(plain.postcode))
    if plain.is_narrowed:
        free = Reading(plain.words)
        return [replace(match, exactness=Exactness.WITHIN) for match in matching.whole(free)]
    return []


def _corrected(reading: Reading, view: View) -> list[Match]:
    """What a corrected word gives is a likeness, however exact the rest."""
    return [
        Match(match.line, match.score - MISSPELT_SAINT, Exactness.NEAR)
        for match in _sure(reading, view)
        if match.exactness >= Exactness.BEGINNING
    ]


def _among_others(reading: Reading, view: View) -> list[Match]:
    """Places named among other words; those far away only when there is none nearby, and when they are big towns."""
    found = list(matching.among_others(reading, view, big=BIG_TOWN))
    inner = replace(reading, words=matching.without_noise(reading))
    if inner.words and matching.is_noisy(reading):
        sure = list(_sure(inner, view))
        exact = [match for match in sure if match.exactness == Exactness.EXACT]
        found += [
            Match(match.line, match.score - WHOLE_NAME + AMONG_NOISE, Exactness.WITHIN)
            for match in exact or (sure if len(inner.compact) >= SHORTEST_INNER else ())
        ]
    found = [match for match in found if allows(reading, match.line)]
    near = [match for match in found if view.closeness[match.line] != FAR]
    return near or [match for match in found if view.people[match.line] >= BIG_TOWN]


def _alike(reading: Reading, spellings: Iterable[str], view: View) -> list[Match]:
    """Names nearly spelled in one of these ways, and not much worse than the best; far ones only for all the words."""
    narrowed = bool(reading.departement or reading.postcode)
    found: list[Match] = []
    for words in spellings:
        inner = replace(reading, words=words)
        if not matching.is_noise(inner):
            alike = likeness.nearly(inner, view, everywhere_as_inside=narrowed)
            found += [match for match in alike if words == reading.words or view.closeness[match.line] != FAR]
    best = _best_of_each(match for match in found if allows(reading, match.line))
    top = max((match.score for match in best), default=0.0)
    return [match for match in best if match.score >= top - ALIKE]
