"""The demonstration territory, with the two people whom the calls know, answering on this machine."""

from __future__ import annotations

import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

import config
from lotocar import clock
from lotocar.app import create_app
from lotocar.carpool.people import operations as people
from lotocar.carpool.people.models import Person
from lotocar.carpool.people.rules import NewLine
from lotocar.carpool.requests import operations as requests
from lotocar.carpool.requests.models import Leg, RideRequest
from lotocar.carpool.requests.rules import LegWish
from lotocar.carpool.trips.models import Departure, Trip
from lotocar.db import db
from lotocar.demonstration import seed
from lotocar.values.actor import SYSTEM
from lotocar.values.days import PARIS
from lotocar.values.geo import Stop
from lotocar.values.phone import parse_phone
from lotocar.world.places.gazetteer import gazetteer
from lotocar.world.transit import operations as transit
from lotocar.world.transit.rules import ContactFacts
from tests.support.doors import close_app, serving

ACCOUNT = (seed.ACCOUNTS[0][0], seed.PASSWORD)


@dataclass(frozen=True, slots=True)
class World:
    """Where it answers, and how big it is."""

    url: str
    words: str


@contextmanager
def world() -> Iterator[World]:
    """The territory on a database of its own, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="lotocar-bench-", ignore_cleanup_errors=True) as folder:
        listener = socket.create_server(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        settings = config.demonstration(Path(folder) / "desk.sqlite3", host="127.0.0.1", port=port)
        app = create_app(replace(settings, public_base_url=f"http://127.0.0.1:{port}"))
        with app.app_context():
            db.create_all()
            now = clock.now()
            for _ in seed.fill(db.session(), now=now, outside=app.extensions["lotocar.outside"]):
                pass
            people_of_the_calls(db.session(), now)
            db.session().commit()
            size = _size(db.session())
            db.session.remove()
        with serving(app, listener):
            yield World(settings.public_base_url, size)
        close_app(app)


def _size(session: Session) -> str:
    drivers, legs, asked = (
        session.scalar(query)
        for query in (
            select(func.count(func.distinct(Trip.driver_id))),
            select(func.count(Departure.id)),
            select(func.count(RideRequest.id)),
        )
    )
    return f"{drivers} drivers, {legs} departures, {asked} requests"


def people_of_the_calls(session: Session, now: datetime) -> None:
    delmas = _somebody(session, "Andrée", "Delmas", "05 36 49 08 01", now)
    today = now.astimezone(PARIS).date()
    tuesday = today - timedelta(days=(today.weekday() - 1) % 7 or 7)
    _past_request(session, delmas, tuesday, now - timedelta(days=10))
    bus = ContactFacts(
        kind="on_demand", name="TAD du Lot (démonstration)", phone="+33536490046", note="réserver la veille"
    )
    transit.add(session, bus, actor=SYSTEM, now=now)
    _somebody(session, "Karim", "Rouquette", "06 39 98 08 02", now)


def _somebody(session: Session, first_name: str, last_name: str, number: str, now: datetime) -> Person:
    return people.register_person(
        session,
        first_name=first_name,
        last_name=last_name,
        numbers=[NewLine(parse_phone(number))],
        actor=SYSTEM,
        now=now,
    )


def _past_request(session: Session, passenger: Person, day: date, then: datetime) -> None:
    wish = LegWish(
        direction="out",
        origin=_commune("46224"),
        destination=_commune("46127"),
        day=day,
        time_kind="arrive_by",
        hour=time(10),
    )
    asked = requests.submit(
        session, form_key="bench-delmas", passenger=passenger, legs=[wish], actor=SYSTEM, now=then
    )
    requests.close(session, asked, outcome="served_carpool", actor=SYSTEM, now=then + timedelta(days=8))
    session.flush()
    assert session.scalar(select(Leg.id).where(Leg.ride_request_id == asked.id))


def _commune(insee: str) -> Stop:
    commune = gazetteer().commune(insee)
    assert commune is not None
    return Stop(commune.name, insee, commune.point.lat, commune.point.lon)
