"""Departures as columns of numbers: what the index sweeps over, 62 bytes a departure.

Rarely needed things (pauses, seats already promised) stay beside, by departure number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lotocar.carpool.matching.facts import DayRange, DepartureFacts
from lotocar.carpool.matching.times import minute_of
from lotocar.world.roads.router import Ground
from lotocar.world.roads.spots import Spots

Rows = NDArray[np.intp]

MINUTE_BITS = 11
MINUTES = (1 << MINUTE_BITS) - 1
UNKNOWN_HOUR = 1440  # sorts after every minute of the day
BACK, WEEKLY, SPECIAL = 1, 2, 4
_FIRST_DAY = 700_000  # 1917: codes of dates start after those of weekdays and stay within 20 bits
_ALWAYS, _FOREVER = date.min.toordinal(), date.max.toordinal()


def code_of_weekday(weekday: int) -> int:
    """The calendar code of a weekly departure: 0 is Monday."""
    return weekday


def code_of_day(day: date) -> int:
    """The calendar code of a one-off departure."""
    return 7 + day.toordinal() - _FIRST_DAY


@dataclass(frozen=True, slots=True)
class Extras:
    """What only some departures have."""

    pauses: tuple[DayRange, ...]
    seats_taken: Mapping[date, int]

    def is_paused(self, day: date) -> bool:
        return any(pause.first <= day <= pause.last for pause in self.pauses)


@dataclass(frozen=True, slots=True)
class Columns:
    """One row per open departure.

    `slot` is a calendar code (or, in a sorted table, a run number) and the minute of the day in its low
    bits. `budget` is base time plus detour limit in seconds: the longest the whole way may last. `first` and
    `last` are the ordinals of the days of validity.
    """

    origin: Spots
    destination: Spots
    slot: NDArray[np.int32]
    budget: NDArray[np.int32]
    limit_minutes: NDArray[np.uint16]
    flexibility_minutes: NDArray[np.uint16]
    seats: NDArray[np.uint8]
    flags: NDArray[np.uint8]
    first: NDArray[np.int32]
    last: NDArray[np.int32]
    trip: NDArray[np.int32]
    departure: NDArray[np.int32]
    driver: NDArray[np.int32]

    @classmethod
    def of(cls, departures: Sequence[DepartureFacts], ground: Ground) -> Columns:
        """The open departures among these, in their order."""
        rows = [one for one in departures if one.is_open]
        origin = ground.locate(one.origin for one in rows)
        destination = ground.locate(one.destination for one in rows)
        usual = ground.seconds_between(origin, destination)
        limit = _column((one.max_detour_minutes for one in rows), np.uint16)
        measured = _column((-1 if one.base_seconds is None else one.base_seconds for one in rows), np.int64)
        base = np.where(measured < 0, usual, measured)
        return cls(
            origin=origin,
            destination=destination,
            slot=_column((_slot(one) for one in rows), np.int32),
            budget=(base + 60 * limit.astype(np.int64)).astype(np.int32),
            limit_minutes=limit,
            flexibility_minutes=_column((one.flexibility_minutes for one in rows), np.uint16),
            seats=_column((one.seats for one in rows), np.uint8),
            flags=_column((_flags(one) for one in rows), np.uint8),
            first=_column((_ordinal(one.valid_from, _ALWAYS) for one in rows), np.int32),
            last=_column((_ordinal(one.valid_until, _FOREVER) for one in rows), np.int32),
            trip=_column((one.trip_id for one in rows), np.int32),
            departure=_column((one.departure_id for one in rows), np.int32),
            driver=_column((one.driver_id for one in rows), np.int32),
        )

    def __len__(self) -> int:
        return len(self.slot)

    @property
    def nbytes(self) -> int:
        """The memory held."""
        return sum(int(getattr(self, one.name).nbytes) for one in fields(self))

    def take(self, rows: Rows) -> Columns:
        """The rows of these ranks."""
        return Columns(**{one.name: _take(getattr(self, one.name), rows) for one in fields(self)})

    @classmethod
    def joined(cls, parts: Sequence[Columns]) -> Columns:
        """The rows of all the parts, at least one, one after another."""
        return cls(**{one.name: _joined([getattr(part, one.name) for part in parts]) for one in fields(cls)})

    def by_number(self) -> list[bytes]:
        """Every column in the order of departure numbers, to compare two sets of rows."""
        ordered = self.take(np.argsort(self.departure, kind="stable"))
        return [_raw(getattr(ordered, one.name)) for one in fields(self)]

    def with_slot(self, slot: NDArray[np.int32]) -> Columns:
        return replace(self, slot=slot)


def _raw(column: Any) -> bytes:
    if isinstance(column, Spots):
        return b"".join(axis.tobytes() for axis in (column.x, column.y, column.z, column.zone))
    return bytes(column.tobytes())


def _take(column: Any, rows: Rows) -> Any:
    return column.take(rows)


def _joined(parts: list[Any]) -> Any:
    return Spots.joined(parts) if isinstance(parts[0], Spots) else np.concatenate(parts)


def _column(values: Iterable[int], kind: type[np.integer[Any]]) -> NDArray[Any]:
    return np.fromiter(values, dtype=kind)


def _slot(one: DepartureFacts) -> int:
    code = code_of_day(one.day) if one.day is not None else code_of_weekday(one.weekday or 0)
    return (code << MINUTE_BITS) | (UNKNOWN_HOUR if one.hour is None else minute_of(one.hour))


def _flags(one: DepartureFacts) -> int:
    back = BACK if one.direction == "back" else 0
    weekly = WEEKLY if one.day is None else 0
    return back | weekly | (SPECIAL if one.pauses or one.seats_taken else 0)


def _ordinal(day: date | None, otherwise: int) -> int:
    return otherwise if day is None else day.toordinal()


def extras_of(departures: Iterable[DepartureFacts]) -> dict[int, Extras]:
    """What the columns do not hold, by departure number."""
    return {
        one.departure_id: Extras(one.pauses, one.seats_taken)
        for one in departures
        if one.is_open and (one.pauses or one.seats_taken)
    }
