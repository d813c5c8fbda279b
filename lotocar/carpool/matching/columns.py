"""Departures as columns of numbers, one row a pattern: what the index sweeps over, some 54 bytes a row.

Rarely needed things (pauses, seats already promised) stand on a shelf, by number. Columns of durations and days
are as narrow as the largest value needs: an odd trip costs bytes, never exactness.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from itertools import pairwise
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from lotocar.carpool.matching.facts import DepartureFacts
from lotocar.carpool.matching.patterns import Pattern, Shelf
from lotocar.carpool.matching.times import minute_of
from lotocar.world.roads.router import Ground
from lotocar.world.roads.spots import Spots

Rows = NDArray[np.intp]
Ints = NDArray[np.int64]
Marks = TypeVar("Marks", int, Ints)  # one row's, or many

MINUTE_BITS = 11
MINUTES = (1 << MINUTE_BITS) - 1
UNKNOWN_HOUR = 1440  # sorts after every minute of the day
WEEKLY_CODE = 0  # the calendar code of every weekly row; those of dates are above
_FIRST_DAY = 700_000  # 1917: codes of dates stay within 20 bits, days of validity within 16

# marks, from the lowest bit: weekdays 7 (that of its date for a dated row), back 1, team only 1, abilities 7, seats 6,
# dated 1, by declared places 1, step 8
WEEKDAYS, BACK, TEAM_ONLY, DATED, BY_PLACES = 0x7F, 1 << 7, 1 << 8, 1 << 22, 1 << 23
_ABILITIES, _SEATS, _STEP = 9, 16, 24
_EARLIER_DAYS = np.array([mask.bit_count() for mask in range(128)], dtype=np.int64)


def code_of_day(day: date) -> int:
    """The calendar code of a dated departure, and the number under which validity knows the day."""
    return day.toordinal() - _FIRST_DAY


@dataclass(frozen=True, slots=True)
class Columns:
    """One row per pattern.

    `slot` is a calendar code (or, in a sorted table, a run number) and the minute of the day in its low
    bits. `budget` is base time plus detour limit in seconds: the longest the whole way may last. `marks` packs
    the small things (see the functions below). `extra` is a number of the shelf. `first` and `last` are the days of
    validity, 0 where there is no end. `departure` is the number of the pattern's first departure.
    """

    origin: Spots
    destination: Spots
    slot: NDArray[np.int32]
    budget: NDArray[np.unsignedinteger[Any]]
    limit_minutes: NDArray[np.unsignedinteger[Any]]
    flexibility_minutes: NDArray[np.unsignedinteger[Any]]
    marks: NDArray[np.uint32]
    extra: NDArray[np.unsignedinteger[Any]]
    first: NDArray[np.unsignedinteger[Any]]
    last: NDArray[np.unsignedinteger[Any]]
    trip: NDArray[np.int32]
    departure: NDArray[np.int32]
    driver: NDArray[np.int32]

    @classmethod
    def of(cls, patterns: Sequence[Pattern], ground: Ground, shelf: Shelf) -> Columns:
        """These patterns, in their order."""
        rows = [one.facts for one in patterns]
        origin = ground.locate(one.origin for one in rows)
        destination = ground.locate(one.destination for one in rows)
        usual = _usual_seconds(rows, ground, ground.seconds_between(origin, destination))
        limit = _ints(one.max_detour_minutes for one in rows)
        measured = _ints(-1 if one.base_seconds is None else one.base_seconds for one in rows)
        return cls(
            origin=origin,
            destination=destination,
            slot=_ints(map(_slot, rows)).astype(np.int32),
            budget=narrow(np.where(measured < 0, usual, measured) + 60 * limit),
            limit_minutes=narrow(limit),
            flexibility_minutes=narrow(_ints(one.flexibility_minutes for one in rows)),
            marks=_ints(map(_marks, patterns)).astype(np.uint32),
            extra=narrow(_ints(map(shelf.number_of, rows))),
            first=narrow(_ints(_valid_day(one.valid_from) for one in rows)),
            last=narrow(_ints(_valid_day(one.valid_until) for one in rows)),
            trip=_ints(one.trip_id for one in rows).astype(np.int32),
            departure=_ints(one.departure_id for one in rows).astype(np.int32),
            driver=_ints(one.driver_id for one in rows).astype(np.int32),
        )

    def __len__(self) -> int:
        return len(self.slot)

    @property
    def nbytes(self) -> int:
        """The memory held."""
        return sum(int(getattr(self, one.name).nbytes) for one in fields(self))

    @property
    def departures(self) -> int:
        """How many departures the rows stand for."""
        return int(np.maximum(_EARLIER_DAYS[self.marks & WEEKDAYS], 1).sum())

    def take(self, rows: Rows) -> Columns:
        """The rows of these ranks."""
        return Columns(**{one.name: _take(getattr(self, one.name), rows) for one in fields(self)})

    @classmethod
    def joined(cls, parts: Sequence[Columns]) -> Columns:
        """The rows of all the parts, at least one, one after another."""
        return cls(**{one.name: _joined([getattr(part, one.name) for part in parts]) for one in fields(cls)})

    def with_slot(self, slot: NDArray[np.int32]) -> Columns:
        return replace(self, slot=slot)

    def renumbered(self, extra: Ints) -> Columns:
        """The same with other numbers of a shelf."""
        return replace(self, extra=narrow(extra))

    def on_day(self, day: date) -> Rows:
        """The rows of unsorted columns that leave on this day."""
        that_weekday = self.marks & np.uint32(DATED | 1 << day.weekday()) == 1 << day.weekday()
        return np.flatnonzero(that_weekday | (self.slot >> MINUTE_BITS == code_of_day(day)))

    def departures_on(self, rows: Rows, weekdays: Ints | int) -> Ints:
        """The number of the departure of each row on a weekday on which it runs."""
        marks = self.marks[rows].astype(np.int64)
        earlier = _EARLIER_DAYS[marks & WEEKDAYS & ((1 << weekdays) - 1)]
        number: Ints = self.departure[rows] + (marks >> _STEP) * earlier
        return number

    def by_departure(self, shelf: Shelf) -> tuple[list[bytes], list[tuple[int, object]]]:
        """Every departure by itself, in the order of their numbers, whatever rows hold them; and the extras."""
        found = [np.flatnonzero(self.marks & np.uint32(1 << weekday)) for weekday in range(7)]
        weekdays, rows = np.repeat(np.arange(7), [len(rows) for rows in found]), np.concatenate(found)
        number = self.departures_on(rows, weekdays)
        order = np.lexsort((self.slot[rows], number))
        rows, weekdays, number = rows[order], weekdays[order], number[order]
        bare = self.marks[rows] & ~np.uint32(WEEKDAYS) & np.uint32((1 << _STEP) - 1)
        raw = [weekdays.tobytes(), number.tobytes(), bare.tobytes()]
        for one in fields(self):
            if one.name not in ("marks", "extra", "departure"):
                raw += _raw(getattr(self, one.name).take(rows))
        special = np.flatnonzero(self.extra[rows])
        return raw, [(int(number[rank]), shelf[int(self.extra[rows[rank]])]) for rank in special.tolist()]


def seats_of(marks: Ints) -> Ints:
    return (marks >> _SEATS) & 0x3F


def abilities_of(marks: Marks) -> Marks:
    """Bits of people.rules.ABILITIES; -1 (every bit) for a driver whom nobody asked."""
    return ((marks >> _ABILITIES) & 0x7F) - 1


def _usual_seconds(rows: Sequence[DepartureFacts], ground: Ground, straight: Ints) -> Ints:
    """How long each lasts by road without a passenger: straight there, or by its declared places."""
    for rank, one in enumerate(rows):
        if one.vias:
            straight[rank] = sum(ground.leg(a, b).seconds for a, b in pairwise(one.stops))
    return straight


def _raw(column: Any) -> list[bytes]:
    parts = (column.xyz, column.zone) if isinstance(column, Spots) else (column,)
    return [bytes(part.astype(np.int64).tobytes()) for part in parts if part is not None]


def _take(column: Any, rows: Rows) -> Any:
    return column.take(rows)


def _joined(parts: list[Any]) -> Any:
    return Spots.joined(parts) if isinstance(parts[0], Spots) else np.concatenate(parts)


def _ints(values: Iterable[int]) -> Ints:
    return np.fromiter(values, dtype=np.int64)


def narrow(values: Ints) -> NDArray[np.unsignedinteger[Any]]:
    """The same in the least bytes."""
    largest = int(values.max()) if len(values) else 0
    return values.astype(np.min_scalar_type(largest))


def _slot(one: DepartureFacts) -> int:
    code = WEEKLY_CODE if one.day is None else code_of_day(one.day)
    return (code << MINUTE_BITS) | (UNKNOWN_HOUR if one.hour is None else minute_of(one.hour))


def _marks(one: Pattern) -> int:
    facts = one.facts
    abilities = 0 if facts.abilities is None else facts.abilities + 1
    flags = (BACK if facts.direction == "back" else 0) | (TEAM_ONLY if facts.team_only else 0)
    flags |= BY_PLACES if facts.vias else 0
    packed = (abilities << _ABILITIES) | (facts.seats << _SEATS) | (one.step << _STEP)
    return flags | packed | (one.weekdays if facts.day is None else DATED | 1 << facts.day.weekday())


def _valid_day(day: date | None) -> int:
    return 0 if day is None else max(1, code_of_day(day))
