"""The right to be forgotten reaches every table about a person."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from lotocar.carpool.people.models import PhoneCode, PrivateLink
from lotocar.carpool.requests.models import RideRequest
from lotocar.carpool.rides.models import ContactReveal
from lotocar.civic.privacy import erasure
from lotocar.db import Base
from lotocar.messages.models import InboundMessage, OutboxMessage
from lotocar.messages.texts import SenderPolicy
from lotocar.values.actor import SYSTEM
from tests.support.checkout import ROOT
from tests.support.databases import every_table
from tests.support.factories import (
    FIGEAC,
    NOW,
    a_leg,
    make_approach,
    make_consent,
    make_driver,
    make_passenger,
    make_person,
    make_request,
    make_ride,
    make_trip,
    unique_hex,
)

POLICY = SenderPolicy(
    two_way=True, desk_phone="05 36 49 00 00", public_base_url="http://localhost", organisation="Covoiturage"
)
# each stands for something that a person said of themselves; none may be found afterwards
TRACES = ("Zoroastre", "Quelquefois", "33639980999", "zq@example", "Clio vermillon", "derrière le four banal")


def tables_about_people() -> set[str]:
    """Tables with a column that points at a person, by a foreign key or by its name."""
    every_table()
    return {
        table.name
        for table in Base.metadata.tables.values()
        for column in table.columns
        if column.name == "person_id" or any(key.column.table.name == "person" for key in column.foreign_keys)
    }


def rooms_emptied() -> set[str]:
    """The rooms whose `erase_person` is called by name."""
    tree = ast.parse((ROOT / "lotocar/civic/privacy/erasure.py").read_text())
    homes = {
        (alias.asname or alias.name): node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    calls = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    return {str(home) for name, home in homes.items() if f"{name}.erase_person" in calls}


def test_every_table_about_a_person_is_emptied_by_its_room():
    rooms = {
        mapper.local_table.name: mapper.class_.__module__.removesuffix(".models")
        for mapper in Base.registry.mappers
        if isinstance(mapper.local_table, Table)
    }
    forgotten = {
        table: rooms[table] for table in tables_about_people() if rooms[table] not in rooms_emptied()
    }
    assert forgotten == {}


def _everything_about(session: Session, person: Any) -> None:
    """Rows in every room that tell something of this person, as driver, passenger and caller."""
    make_consent(session, person, "share_phone")
    session.add(PrivateLink(token_hash="b" * 64, person_id=person.id, purpose="driver_page", created_at=NOW))
    session.add(
        PhoneCode(
            line_id=person.lines[0].id,
            browser_hash="c" * 64,
            code_hash="d" * 64,
            created_at=NOW,
            expires_at=NOW,
        )
    )
    trip = make_trip(session, driver=person, note=TRACES[5], precision=TRACES[5])
    mine = make_request(
        session,
        passenger=person,
        wish=TRACES[5],
        staff_note=TRACES[1],
        legs=[a_leg(origin=FIGEAC.__class__(TRACES[5], "46102", 44.6, 2.0))],
    )
    make_request(session, caller=person, caller_relation=TRACES[5])
    make_ride(session, approach=make_approach(session, trip=trip, status="accepted"))
    make_ride(
        session,
        approach=make_approach(session, ride_request=mine, status="declined", decline_reason=TRACES[5]),
    )
    other = make_passenger(session)
    session.add(ContactReveal(driver_id=person.id, passenger_id=other.id, trip_id=trip.id, at=NOW))
    for number, about in ((person.lines[0].e164, None), ("+33536490001", person.id)):
        session.add(
            OutboxMessage(
                id=unique_hex(),
                dedup_key=unique_hex(),
                kind="driver_approached",
                channel="sms",
                to_number=number,
                person_id=about,
                subject_kind="approach",
                subject_id=1,
                body=f"Bonjour {person.full_name}",
                not_before=NOW,
                created_at=NOW,
            )
        )
    session.add(
        InboundMessage(
            provider_sid=unique_hex(),
            from_number=person.lines[0].e164,
            body=f"OUI {person.full_name}",
            raw={"From": person.lines[0].e164, "Body": person.full_name},
            received_at=NOW,
            person_id=person.id,
        )
    )
    session.flush()


def _stored(session: Session) -> Iterator[tuple[str, str]]:
    """Every value of the database as text, with the table and column that hold it."""
    for table in every_table().sorted_tables:
        for row in session.execute(select(table)).mappings():
            for column, value in row.items():
                yield f"{table.name}.{column}", str(value)


def traces_left(session: Session) -> list[str]:
    return sorted({where for where, value in _stored(session) if any(trace in value for trace in TRACES)})


def test_nothing_that_a_person_said_is_left_in_any_column(session: Session):
    person = make_person(
        session,
        first_name=TRACES[0],
        last_name=TRACES[1],
        phone=f"+{TRACES[2]}",
        email=f"{TRACES[3]}.fr",
        car=TRACES[4],
        staff_note=TRACES[5],
        call_hours=TRACES[5],
        roles=["driver", "passenger"],
    )
    _everything_about(session, person)
    assert traces_left(session)
    erasure.erase(session, person.id, actor=SYSTEM, now=NOW, policy=POLICY)
    session.flush()
    session.expire_all()
    assert traces_left(session) == []


def test_the_others_keep_their_rows(session: Session):
    odile, marcel = make_driver(session), make_passenger(session)
    ride = make_ride(
        session,
        approach=make_approach(
            session,
            trip=make_trip(session, driver=odile),
            ride_request=make_request(session, passenger=marcel),
            status="accepted",
        ),
    )
    erasure.erase(session, odile.id, actor=SYSTEM, now=NOW, policy=POLICY)
    session.flush()
    session.expire_all()
    assert session.scalars(select(RideRequest.passenger_id)).all() == [marcel.id]
    assert ride.passenger.full_name == "Marcel Poujol"
    assert ride.driver.full_name == ""
