"""Who lives in the demonstration."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from sqlalchemy.orm import Session

from lotocar.carpool.people import consents
from lotocar.carpool.people import operations as people
from lotocar.carpool.people.models import Person
from lotocar.carpool.people.rules import ABILITIES, NewLine
from lotocar.demonstration import names
from lotocar.values.actor import SYSTEM
from lotocar.values.phone import LineKind, PhoneNumber


@dataclass(slots=True)
class Numbers:
    """Fictional numbers, each given once: ranges that reach nobody."""

    mobiles: int = field(default=100)
    landlines: int = field(default=200)

    def mobile(self) -> PhoneNumber:
        self.mobiles += 1
        return PhoneNumber(f"+3363998{self.mobiles:04d}", LineKind.MOBILE)

    def landline(self) -> PhoneNumber:
        self.landlines += 1
        return PhoneNumber(f"+3353649{self.landlines:04d}", LineKind.LANDLINE)


def driver(session: Session, random: Random, numbers: Numbers, *, now: datetime) -> Person:
    """An accepted driver: one in twelve has a landline only, two in five share their number."""
    landline_only = random.random() < 1 / 12
    person = _person(
        session,
        random,
        [NewLine(numbers.landline() if landline_only else numbers.mobile())],
        prefers_call=landline_only or random.random() < 0.15,
        car=random.choice(names.CARS),
        now=now,
    )
    people.enrol(session, person, role="driver", act="accept", actor=SYSTEM, now=now)
    shares, declares = random.random() < 0.4, random.random() < 0.7
    consents.hear(session, person, share_phone=shares, registry=declares, actor=SYSTEM, now=now)
    return person


def terms(random: Random) -> tuple[str | None, int | None]:
    """What a driver offers besides a seat, or None when nobody asked, and on how many days a month at most."""
    asked, limited = random.random() < 0.6, random.random() < 0.08
    abilities = ",".join(one for one in ABILITIES if random.random() < 0.45)
    return abilities if asked else None, random.choice((2, 4, 8)) if limited else None


def passenger(session: Session, random: Random, numbers: Numbers, *, now: datetime) -> Person:
    """A passenger: two in five have a landline only."""
    landline_only = random.random() < 0.4
    line = NewLine(numbers.landline() if landline_only else numbers.mobile())
    person = _person(session, random, [line], prefers_call=landline_only, car="", now=now)
    people.enrol(session, person, role="passenger", act="accept", actor=SYSTEM, now=now)
    consents.hear(session, person, share_phone=False, registry=random.random() < 0.75, actor=SYSTEM, now=now)
    return person


def _person(
    session: Session, random: Random, lines: list[NewLine], *, prefers_call: bool, car: str, now: datetime
) -> Person:
    woman = random.random() < 0.6
    return people.register_person(
        session,
        civility="mme" if woman else "m",
        first_name=random.choice(names.WOMEN if woman else names.MEN),
        last_name=random.choice(names.SURNAMES),
        numbers=lines,
        contact_preference="call" if prefers_call else "sms",
        call_hours=random.choice(names.CALL_HOURS) if prefers_call else "",
        car=car,
        actor=SYSTEM,
        now=now,
    )
