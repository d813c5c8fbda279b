"""What the registry's rules speak of: one couple of a ride, and why it may not be sent.

A couple is one driver and one passenger, with the start and end of the passenger's own ride. Instants are aware;
money is in euro cents, distances in metres.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from lotocar.civic.registry.couples.identity import identity_key
from lotocar.values.geo import Point


class Role(StrEnum):
    DRIVER = "driver"
    PASSENGER = "passenger"


class Code(StrEnum):
    """Why a couple is not sent; `wording.py` has a sentence for each."""

    NOT_CONFIRMED = "not_confirmed"
    UNHEARD = "unheard"
    NOT_DONE = "not_done"
    DISPUTED = "disputed"
    NO_CONSENT = "no_consent"
    NO_GUARDIAN = "no_guardian"
    NO_PHONE = "no_phone"
    BAD_PHONE = "bad_phone"
    BAD_NAME = "bad_name"
    BAD_ID = "bad_id"
    SAME_PERSON = "same_person"
    SAME_IDENTITY = "same_identity"
    SAME_PHONE = "same_phone"
    END_BEFORE_START = "end_before_start"
    TOO_BRIEF = "too_brief"
    IN_FUTURE = "in_future"
    EXPIRED = "expired"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    BAD_POSITION = "bad_position"
    OUTSIDE_FRANCE = "outside_france"
    SAME_PLACE = "same_place"
    SHORTER_THAN_LINE = "shorter_than_line"
    TOO_FAST = "too_fast"
    TOO_SLOW = "too_slow"
    UNLIKE_ROUTE = "unlike_route"
    BAD_SEATS = "bad_seats"
    BAD_MONEY = "bad_money"
    BAD_PRICE = "bad_price"
    BAD_INCENTIVE = "bad_incentive"
    BAD_PAYMENT = "bad_payment"
    # these depend on the other rides
    ID_USED = "id_used"
    DRIVERS_DIFFER = "drivers_differ"
    HOUSEHOLD = "household"
    COUPLE_TWICE = "couple_twice"
    TOO_MANY_TRIPS = "too_many_trips"
    TOO_CLOSE = "too_close"
    PASSENGER_OVERLAP = "passenger_overlap"


class Warn(StrEnum):
    """What is worth saying of a couple that is sent all the same."""

    SOON = "soon"
    PLATE_LEFT_OUT = "plate_left_out"


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason not to send; `who` names the side it is about, None when it is about the ride."""

    code: Code
    who: Role | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonFacts:
    """One side of a couple.

    `user_id` is our stable random name for the person. `consent` is their latest word on the registry, given
    under the text `consent_version`.
    `adult` None means not asked. `guardian_missing` is a minor for whom no adult has agreed.
    """

    person_id: int
    user_id: str
    phone_e164: str | None
    last_name: str
    consent: bool
    consent_version: str = ""
    consent_at: datetime | None = None
    adult: bool | None = None
    guardian_missing: bool = False

    @property
    def key(self) -> str:
        """The identity key; of nobody when the phone or name is unfit."""
        return identity_key(self.phone_e164 or "", self.last_name)


@dataclass(frozen=True, slots=True)
class Incentive:
    """What somebody other than the passenger adds. Index 0 is the territory, then employer, then operator."""

    index: int
    amount_cents: int
    siret: str


@dataclass(frozen=True, slots=True)
class Payment:
    """A « titre-mobilité » card used for the contribution."""

    index: int
    siret: str
    type: str
    amount_cents: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """Who said by themselves, from their own phone, that the ride took place. The desk's word for them is not it."""

    driver: bool = False
    passenger: bool = False


@dataclass(frozen=True, slots=True)
class Route:
    """The same ride by our own roads; `exact` tells an engine's route from an estimate."""

    distance_m: float
    duration: timedelta
    exact: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CoupleFacts:
    """One driver-passenger couple. `status` is the ride's; `says` are the two sides' words, None unheard."""

    ride_id: int
    journey_id: str
    trip_id: str
    driver: PersonFacts
    passenger: PersonFacts
    start_at: datetime
    start: Point
    end_at: datetime
    end: Point
    distance_m: int
    status: str
    driver_says: str | None = None
    passenger_says: str | None = None
    seats: int = 1
    contribution_cents: int = 0
    revenue_cents: int = 0
    fee_cents: int = 0  # what the operator keeps
    incentives: tuple[Incentive, ...] = ()
    payments: tuple[Payment, ...] = ()
    licence_plate: str | None = None
    evidence: Evidence = Evidence()
    route: Route | None = None
    communes: tuple[str | None, str | None] | None = (
        None  # INSEE codes found at both ends; None: not looked up
    )

    @property
    def duration(self) -> timedelta:
        return self.end_at - self.start_at

    @property
    def sides(self) -> tuple[tuple[Role, PersonFacts], ...]:
        return (Role.DRIVER, self.driver), (Role.PASSENGER, self.passenger)
