"""A departure that can serve a leg, with all that a screen says of it. Pure.

A search finds hundreds and shows a few, in which it says this hour or that: so a candidate keeps the numbers by which
it was found, and works out hours and reasons when somebody looks.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from lotocar.carpool.matching.facts import Datum, Reason, TimeKind
from lotocar.carpool.matching.times import Wish, as_instant
from lotocar.values.days import local


class Asked(NamedTuple):
    """What a leg asked for, as far as a candidate's figures speak of it; one for all candidates of a search.

    `needs` are bits of people.rules.ABILITIES, `error_seconds` is the usual error of a detour that is estimated.
    """

    time_kind: TimeKind
    wish: Wish
    needs: int
    known_drivers: frozenset[int]
    error_seconds: int


class Candidate(NamedTuple):
    """A departure that can serve the leg on `day`, the local day on which the driver leaves.

    `leaves` is the instant of the driver's usual hour in seconds since 1970, None when he gave no hour. `is_unasked`
    tells that nobody asked this driver about needs. Instants are those of the usual hour, None without one.
    """

    trip_id: int
    departure_id: int
    driver_id: int
    direction: str
    day: date
    is_weekly: bool
    leaves: int | None
    to_pickup_seconds: int
    ride_seconds: int
    detour_seconds: int
    exact: bool
    limit_seconds: int
    free_seats: int
    is_unasked: bool
    asked: Asked

    @property
    def departure_at(self) -> datetime | None:
        return None if self.leaves is None else as_instant(self.leaves)

    @property
    def pickup_at(self) -> datetime | None:
        return None if self.leaves is None else as_instant(self.leaves + self.to_pickup_seconds)

    @property
    def dropoff_at(self) -> datetime | None:
        if self.leaves is None:
            return None
        return as_instant(self.leaves + self.to_pickup_seconds + self.ride_seconds)

    @property
    def _anchor(self) -> int | None:
        """The instant that the leg's window speaks of: the pick-up's or the drop-off's."""
        if self.leaves is None:
            return None
        pickup = self.leaves + self.to_pickup_seconds
        return pickup if self.asked.wish.anchor == "pickup" else pickup + self.ride_seconds

    @property
    def gap_seconds(self) -> int | None:
        """The pick-up minus the hour wished for (leave at), or the drop-off minus it (arrive by): negative is early.

        None without a wish or without an hour.
        """
        anchor, wanted = self._anchor, self.asked.wish.wanted
        return None if anchor is None or wanted is None else anchor - wanted

    @property
    def shift_seconds(self) -> int:
        """How much later (or, negative, earlier) than his usual hour the driver would have to leave.

        Within his flexibility; 0 when the usual hour suits.
        """
        anchor, wish = self._anchor, self.asked.wish
        return 0 if anchor is None else min(max(anchor, wish.earliest), wish.latest) - anchor

    @property
    def wanted_at(self) -> datetime | None:
        """The hour wished for."""
        wanted = self.asked.wish.wanted
        return None if wanted is None else as_instant(wanted)

    @property
    def time_kind(self) -> TimeKind:
        """How the passenger means that hour."""
        return self.asked.time_kind

    @property
    def error_seconds(self) -> int:
        """The usual error of an estimated detour, 0 when it is exact."""
        return 0 if self.exact else self.asked.error_seconds

    @property
    def to_ask(self) -> int:
        """The needs (bits) about which nobody asked the driver yet."""
        return self.asked.needs if self.is_unasked else 0

    @property
    def is_known(self) -> bool:
        """Whether this is the driver of the last time."""
        return self.driver_id in self.asked.known_drivers

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Why it fits, in the order in which one would say it."""
        return (
            self._pickup_reason(),
            self._detour_reason(),
            *self._time_reasons(),
            self._seats_reason(),
            *self._people_reasons(),
        )

    def _pickup_reason(self) -> Reason:
        if self.pickup_at is None:
            return Reason("hour_unknown", {})
        usual = self.wanted_at or self.departure_at or self.pickup_at
        crosses = local(self.pickup_at).date() != local(usual).date()
        return Reason("pickup", {"at": self.pickup_at, "other_day": crosses})

    def _detour_reason(self) -> Reason:
        data: dict[str, Datum] = {
            "seconds": self.detour_seconds,
            "limit_seconds": self.limit_seconds,
            "exact": self.exact,
            "error_seconds": self.error_seconds,
        }
        return Reason("detour", data)

    def _time_reasons(self) -> tuple[Reason, ...]:
        said = []
        if self.gap_seconds is not None:
            said.append(self._hour_reason(self.gap_seconds))
        if self.shift_seconds:
            said.append(Reason("flexibility", {"shift_seconds": self.shift_seconds}))
        return tuple(said)

    def _hour_reason(self, gap_seconds: int) -> Reason:
        data: dict[str, Datum] = {
            "gap_seconds": gap_seconds,
            "wanted_at": self.wanted_at,
            "leaves_at": self.departure_at,
        }
        return Reason(f"suits_{self.time_kind}", data)

    def _seats_reason(self) -> Reason:
        return Reason("seats", {"free": self.free_seats})

    def _people_reasons(self) -> tuple[Reason, ...]:
        said = []
        if self.is_known:
            said.append(Reason("same_driver", {}))
        if self.to_ask:
            said.append(Reason("to_ask", {"needs": self.to_ask}))
        return tuple(said)
