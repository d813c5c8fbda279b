"""Filling an empty database with the demonstration, by the rooms' own operations and one fixed seed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lotocar.carpool.matching import queries as departures
from lotocar.carpool.matching.index import Index
from lotocar.carpool.people import operations as persons
from lotocar.carpool.people.rules import NewLine
from lotocar.carpool.trips import operations as offers
from lotocar.demonstration import people, requests, trips
from lotocar.messages.models import OutboxMessage
from lotocar.organisation import operations as organisation
from lotocar.organisation import queries as organisations
from lotocar.organisation.models import OrganisationRow
from lotocar.outside import Outside
from lotocar.staff import operations as staff
from lotocar.values.actor import SYSTEM, Actor, ActorKind
from lotocar.values.days import PARIS
from lotocar.values.geo import Point
from lotocar.world.places import operations as places

SEED = 46
DRIVERS = 400
LEGS = 1_000
PASSENGERS = 160
PASSWORD = "lotocar-demo-46"  # noqa: S105 shown to everybody, and refused nowhere but in a demonstration
ACCOUNTS = (
    ("nadia", "Nadia", "coordinator"),
    ("paul", "Paul", "agent"),
    ("lise", "Lise", "reader"),
)
LOCAL_PLACES = (
    # labelled fictional: no list of hamlets or services is under a licence that lets us ship it
    ("Marché de Cahors (démonstration)", ["Halles de Cahors"], "46042", Point(44.4476, 1.4412)),
    ("Gare de Gourdon (démonstration)", ["gare Gourdon"], "46127", Point(44.7366, 1.3729)),
)


def is_empty(session: Session) -> bool:
    """Whether nothing was founded here yet."""
    return session.scalar(select(OrganisationRow.id)) is None


def accounts_in_words() -> list[str]:
    """The accounts to print."""
    roles = {"coordinator": "coordinatrice", "agent": "agent", "reader": "lecture seule"}
    return [
        f"{login} / {PASSWORD}   ({roles[role]})".replace(" / ", "  mot de passe : ")
        for login, _name, role in ACCOUNTS
    ]


def fill(session: Session, *, now: datetime, outside: Outside) -> Iterator[tuple[float, str]]:
    """Fill the database, committing as it goes; yields the share done and what is being done."""
    random = Random(SEED)  # noqa: S311 the same people every time is the point
    numbers = people.Numbers()
    yield 0.0, "La structure et l'équipe"
    desk = _found(session, now)
    session.commit()
    started = now - timedelta(days=200)
    country = trips.country()
    yield from _drivers(session, random, numbers, country, started=started, now=now)
    index = Index.build(list(departures.open_departures(session)), outside.mirror.ground)
    stage = requests.Stage(
        session=session,
        random=random,
        places=country,
        ground=outside.mirror.ground,
        index=index,
        policy=outside.policy(organisations.current(session)),
        desk=desk,
        now=now,
    )
    yield from _requests(stage, numbers, started=started)
    _settle_messages(session)
    session.commit()
    yield 1.0, "Prêt"


def _found(session: Session, now: datetime) -> list[Actor]:
    organisation.found(
        session,
        name="Lotocar du Lot",
        desk_phone="+33536490000",
        desk_hours="du lundi au vendredi, de 9 h à 12 h et de 14 h à 17 h",
        departements=[trips.DEPARTEMENT],
        is_demonstration=True,
    )
    accounts = [
        staff.open_account(
            session, login=login, display_name=name, password=PASSWORD, role=role, actor=SYSTEM, now=now
        )
        for login, name, role in ACCOUNTS
    ]
    for name, aliases, insee, point in LOCAL_PLACES:
        places.add(session, name=name, aliases=aliases, insee=insee, point=point, actor=SYSTEM, now=now)
    return [Actor(ActorKind.STAFF, account.id) for account in accounts if account.role != "reader"]


def _drivers(
    session: Session,
    random: Random,
    numbers: people.Numbers,
    country: trips.Country,
    *,
    started: datetime,
    now: datetime,
) -> Iterator[tuple[float, str]]:
    today = now.astimezone(PARIS).date()
    legs = 0
    for civility, first_name, last_name, offer in trips.named_offers():
        driver = persons.register_person(
            session,
            civility=civility,
            first_name=first_name,
            last_name=last_name,
            numbers=[NewLine(numbers.mobile())],
            actor=SYSTEM,
            now=started,
        )
        persons.enrol(session, driver, role="driver", act="accept", actor=SYSTEM, now=started)
        offers.post_trip(session, driver=driver, offer=offer, confirmed=True, actor=SYSTEM, now=now)
        legs += 2
    crowd = [people.driver(session, random, numbers, now=started) for _ in range(DRIVERS - 3)]
    habits = Random(SEED)  # noqa: S311 as above
    for driver in crowd:
        abilities, monthly_limit = people.terms(habits)
        offers.set_terms(
            session, driver, abilities=abilities, monthly_limit=monthly_limit, actor=SYSTEM, now=started
        )
    session.commit()
    yield 0.15, "400 conducteurs"
    posted = 0
    while legs < LEGS:
        driver = crowd[posted] if posted < len(crowd) else random.choice(crowd)
        with_return = LEGS - legs >= 2 and random.random() < 0.75
        offer = trips.offer(random, country, today=today, with_return=with_return)
        offer = trips.with_habits(habits, offer)
        offers.post_trip(session, driver=driver, offer=offer, confirmed=True, actor=SYSTEM, now=now)
        posted, legs = posted + 1, legs + (2 if with_return else 1)
        if posted % 100 == 0:
            session.commit()
            yield 0.15 + 0.35 * legs / LEGS, f"{legs} trajets"
    session.commit()


def _requests(
    stage: requests.Stage, numbers: people.Numbers, *, started: datetime
) -> Iterator[tuple[float, str]]:
    session, random = stage.session, stage.random
    crowd = [people.passenger(session, random, numbers, now=started) for _ in range(PASSENGERS)]
    session.commit()
    fates = [(fate, True) for fate, count in requests.PAST for _ in range(count)]
    fates += [(fate, False) for fate, count in requests.COMING for _ in range(count)]
    random.shuffle(fates)
    for number, (fate, past) in enumerate(fates, 1):
        requests.play(stage, fate, random.choice(crowd), past=past)
        if number % 25 == 0:
            session.commit()
            yield 0.5 + 0.5 * number / len(fates), f"{number} demandes"


def _settle_messages(session: Session) -> None:
    """What the past sent has arrived; nothing of it is for the worker to send again."""
    session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.status == "queued")
        .values(
            status="delivered",
            sent_at=OutboxMessage.created_at,
            settled_at=OutboxMessage.created_at,
            attempt=1,
        )
        .execution_options(synchronize_session=False)
    )
