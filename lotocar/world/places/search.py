"""From words to places: what was probably meant, in order, and an honest doubt when nothing is sure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lotocar.values.geo import Stop
from lotocar.world.places.home import Home as Home
from lotocar.world.places.index import names
from lotocar.world.places.labels import local_hit, place_hit
from lotocar.world.places.local import local_fits
from lotocar.world.places.matching import Match
from lotocar.world.places.reading import read
from lotocar.world.places.rules import (
    BIG_TOWN,
    FORMER_PART,
    FORMER_WHOLE,
    FORMER_WHOLE_ELSEWHERE,
    LOCAL_WHOLE,
    WHOLE_NAME,
    Exactness,
    LocalName,
)
from lotocar.world.places.rules import Hit as Hit
from lotocar.world.places.scope import view
from lotocar.world.places.understanding import understood

SHOWN = 5
ENOUGH = 200  # matches looked at for hits: several names may lead to one commune
MOST_HITS = 30
DOMINATES = 20


@dataclass(frozen=True, slots=True)
class Found:
    """The words name one place."""

    stop: Stop


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """The words fit several places, or only the beginning of one: « vouliez-vous dire… »."""

    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Unknown:
    """No place of that name: « lieu inconnu », with what is spelled nearly so, if anything."""

    suggestions: tuple[Hit, ...] = ()


Resolution = Found | Ambiguous | Unknown


def find(query: str, *, home: Home, local_places: Sequence[LocalName] = (), limit: int = 5) -> list[Hit]:
    """The likely places for what is being typed, best first, each commune once; nothing when nothing is likely."""
    return _Search(query, home, local_places).hits()[:limit]


def resolve(text: str, *, home: Home, local_places: Sequence[LocalName] = ()) -> Resolution:
    """The one place that these words name, or what they might mean; never a guess.

    A name is taken at its word when it is the team's own, when the territory has just one of it, or when France has
    just one (or one big town among hamlets); elsewhere only if it is a big town or nothing in the territory is alike.
    """
    search = _Search(text, home, local_places)
    hits = search.hits()
    certain = search.certain()
    if certain:
        return Found(certain.stop)
    best = max((hit.exactness for hit in hits), default=Exactness.NEAR)
    return (Ambiguous if best >= Exactness.WORDS else Unknown)(tuple(hits[:SHOWN]))


class _Search:
    """One query seen from one territory."""

    def __init__(self, query: str, home: Home, local_places: Sequence[LocalName]) -> None:
        self.view = view(home)
        plain = read(query)
        self.local = list(local_fits(plain, local_places))
        self.reading, self.matches = understood(plain, self.view)

    def hits(self) -> list[Hit]:
        """Everything likely, best first."""
        team = [local_hit(place, score, exactness) for place, (score, exactness) in self.local]
        sure = max((match.exactness for match in self.matches), default=Exactness.NEAR)
        team = [hit for hit in team if hit.exactness > Exactness.NEAR or sure < Exactness.EXACT]
        places = self._place_hits()
        if any(hit.exactness >= Exactness.BEGINNING for hit in team):
            places = [hit for hit in places if hit.exactness > Exactness.WITHIN]
        return sorted([*team, *places], key=lambda hit: (-hit.score, hit.stop.insee))

    def _place_hits(self) -> list[Hit]:
        best = sorted(self.matches, key=self._score, reverse=True)
        communes: dict[int, Match] = {}
        for match in best[:ENOUGH]:
            communes.setdefault(int(names().commune_line[match.line]), match)
            if len(communes) == MOST_HITS:
                break
        return [
            place_hit(match.line, self.view, self._score(match), match.exactness)
            for match in communes.values()
        ]

    def _score(self, match: Match) -> float:
        return match.score - self._former_costs(match) + float(self.view.preference[match.line])

    def _former_costs(self, match: Match) -> float:
        """What a former name loses against one of today; elsewhere than at home few people know them."""
        if not self.view.is_former[match.line]:
            return 0.0
        if match.exactness < Exactness.CODE:
            return FORMER_PART
        return FORMER_WHOLE if self.view.is_inside(match.line) else FORMER_WHOLE_ELSEWHERE

    def certain(self) -> Hit | None:
        """The only place that these words name, or None when there are several or none."""
        team = [place for place, (_score, exactness) in self.local if exactness == Exactness.EXACT]
        if team:
            return local_hit(team[0], LOCAL_WHOLE, Exactness.EXACT) if len(team) == 1 else None
        match = self._only_code() if self.reading.code else self._only_name()
        return place_hit(match.line, self.view, self._score(match), match.exactness) if match else None

    def _only_code(self) -> Match | None:
        whole = [match for match in self.matches if match.score == WHOLE_NAME]
        return whole[0] if len(whole) == 1 else None

    def _only_name(self) -> Match | None:
        exact = [match for match in self.matches if match.exactness == Exactness.EXACT]
        inside = [match for match in exact if self._is_inside(match)]
        if inside:
            return self._only(inside)
        only = self._only(exact)
        # a small place elsewhere is no answer while the territory has something alike
        if only and self.view.people[only.line] < BIG_TOWN and any(map(self._is_inside, self.matches)):
            return None
        return only

    def _is_inside(self, match: Match) -> bool:
        return self.view.is_inside(match.line)

    def _only(self, matches: Iterable[Match]) -> Match | None:
        """The only commune among these; else the only one of today under its whole name; else a town among hamlets."""
        best = sorted(matches, key=self._score, reverse=True)
        communes = {int(names().commune_line[match.line]): match for match in reversed(best)}
        if len(communes) <= 1:
            return next(iter(communes.values()), None)
        whole = [match for match in best if match.score == WHOLE_NAME and not self.view.is_former[match.line]]
        if len(whole) == 1:
            return whole[0]
        sizes = sorted((float(self.view.people[line]) for line in communes), reverse=True)
        if sizes[0] >= BIG_TOWN and sizes[0] >= DOMINATES * sizes[1]:
            return max(best, key=lambda match: float(self.view.people[match.line]))
        return None
