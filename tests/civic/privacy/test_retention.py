"""What the public page promises is forgotten, and what is still of use is kept."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from lotocar.carpool.people.models import Person, PrivateLink
from lotocar.carpool.rides.models import ContactReveal
from lotocar.civic.privacy import retention
from lotocar.messages.models import InboundMessage, OutboxMessage
from tests.carpool.rides.agreeing import POLICY
from tests.support.factories import (
    make_driver,
    make_organisation,
    make_passenger,
    make_request,
    make_trip,
    unique_hex,
)


def written(session: Session, at: datetime, status: str = "delivered") -> OutboxMessage:
    row = OutboxMessage(
        id=unique_hex(),
        dedup_key=unique_hex(),
        kind="driver_reminder",
        channel="sms",
        to_number="+33639980011",
        subject_kind="ride",
        subject_id=1,
        body="Rappel : vous emmenez Marcel",
        status=status,
        not_before=at,
        created_at=at,
    )
    session.add(row)
    return row


def test_texts_are_emptied_after_ninety_days_but_not_what_is_still_to_send(session: Session, now: datetime):
    old, recent = now - timedelta(days=91), now - timedelta(days=89)
    settled, kept, waiting = written(session, old), written(session, recent), written(session, old, "queued")
    heard = InboundMessage(
        provider_sid=unique_hex(), from_number="+33639980011", body="OUI", received_at=old, state="acted"
    )
    session.add(heard)
    session.flush()
    retention.run(session, now=now, policy=POLICY)
    session.expire_all()
    assert (settled.body, settled.to_number) == ("", "")
    assert kept.body
    assert waiting.body
    assert (heard.body, heard.from_number) == ("", "")


def test_dead_links_and_old_reveals_are_deleted(session: Session, now: datetime):
    odile, marcel = make_driver(session), make_passenger(session)
    trip = make_trip(session, driver=odile)
    for expires in (now - timedelta(days=2), now + timedelta(days=2)):
        session.add(
            PrivateLink(
                token_hash=unique_hex(),
                person_id=odile.id,
                purpose="approach",
                created_at=now,
                expires_at=expires,
            )
        )
    for at in (now - timedelta(days=366), now - timedelta(days=10)):
        session.add(ContactReveal(driver_id=odile.id, passenger_id=marcel.id, trip_id=trip.id, at=at))
    session.flush()
    retention.run(session, now=now, policy=POLICY)
    assert len(session.scalars(select(PrivateLink)).all()) == 1
    assert len(session.scalars(select(ContactReveal)).all()) == 1


def test_people_are_erased_two_years_after_their_last_sign_and_not_before(session: Session, now: datetime):
    make_organisation(session)
    long_ago = now - timedelta(days=3 * 365)
    gone = make_passenger(session, created_at=long_ago)
    asking = make_passenger(session, created_at=long_ago)
    make_request(session, passenger=asking, updated_at=now)
    driving = make_driver(session, created_at=long_ago)
    make_trip(session, driver=driving, updated_at=now)
    new = make_passenger(session)
    session.flush()
    assert retention.run(session, now=now, policy=POLICY) == 1
    session.expire_all()
    erased = set(session.scalars(select(Person.id).where(Person.erased_at.is_not(None))))
    assert erased == {gone.id}
    assert not erased & {asking.id, driving.id, new.id}
