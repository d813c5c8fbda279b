"""A small world with something on every page, for the tests that visit them all.

`village` fills the test's own database and says which row stands behind each parameter of an address.
A route with a new parameter needs a line in `values` below.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from lotocar.carpool.people.models import PrivateLink
from lotocar.carpool.trips.models import Pause
from lotocar.civic.registry.models import Proof, RegistryDesk
from lotocar.messages.models import InboundMessage, OutboxMessage
from lotocar.staff.models import Invitation
from lotocar.values.tokens import hash_token, new_token
from lotocar.world.calendars.models import SchoolBreak
from lotocar.world.transit.models import TransitContact
from tests.support.factories import (
    NOW,
    TUESDAY,
    make_account,
    make_approach,
    make_consent,
    make_driver,
    make_organisation,
    make_passenger,
    make_request,
    make_ride,
    make_trip,
    unique_hex,
)

# only ever asked for by htmx
DOWNLOADS = {"desk.day_copy"}  # written in HTML, kept as a file
FRAGMENTS = {"desk.live_candidates", "desk.live_map", "desk.usual_journey", "passenger.places"}


@dataclass(frozen=True, slots=True)
class Village:
    """Which value stands for each parameter of an address, by name."""

    values: dict[str, str | int]
    driver_token: str
    tokens: dict[str, str]  # of the other private links, by the first word of their address

    def path(self, app: Flask, rule: Rule) -> str:
        """The rule's address with its parameters filled in."""
        token = self.tokens.get(rule.rule.split("/")[1], self.driver_token)
        values = {name: token if name == "token" else self.values[name] for name in rule.arguments}
        with app.test_request_context():
            return str(app.url_for(rule.endpoint, **values))


def readable(app: Flask) -> Iterator[Rule]:
    """Every route that answers GET, static files apart."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if "GET" in (rule.methods or ()) and rule.endpoint != "static":
            yield rule


@pytest.fixture
def village(session: Session) -> Village:
    """Odile, Marcel, their requests and messages, stored for good in the test's own database."""
    make_organisation(session)
    odile, marcel = make_driver(session), make_passenger(session)
    make_consent(session, odile, "share_phone")
    trip = make_trip(session, driver=odile)
    trip.pauses.append(Pause(first_day=TUESDAY + timedelta(days=7), last_day=TUESDAY + timedelta(days=14)))
    asked = make_request(session, passenger=marcel, caller=make_passenger(session, first_name="Jeanne"))
    approach = make_approach(session, trip=trip, ride_request=asked)
    ride = make_ride(session, approach=make_approach(session, trip=trip, status="accepted", answered_at=NOW))
    driver_token = new_token()
    tokens = {first: new_token() for first in ("reponse", "trajet-fait", "offre")}
    for token, purpose, subject in (
        (driver_token, "driver_page", None),
        (tokens["reponse"], "approach", approach.id),
        (tokens["trajet-fait"], "ride_happened", ride.id),
        (tokens["offre"], "offer_renewal", trip.id),
    ):
        session.add(
            PrivateLink(
                token_hash=hash_token(token),
                person_id=odile.id,
                purpose=purpose,
                subject_id=subject,
                created_at=NOW,
                expires_at=NOW + timedelta(days=30),
            )
        )
    sent = OutboxMessage(
        id=unique_hex(),
        dedup_key=unique_hex(),
        kind="driver_approached",
        channel="sms",
        to_number=odile.lines[0].e164,
        person_id=odile.id,
        subject_kind="approach",
        subject_id=approach.id,
        body="Bonjour Odile, Covoiturage solidaire du Lot : pouvez-vous emmener M. Poujol ?",
        status="failed",
        not_before=NOW,
        created_at=NOW,
    )
    received = InboundMessage(
        provider_sid=unique_hex(),
        from_number=odile.lines[0].e164,
        body="Peut-être, à quelle heure ?",
        received_at=NOW,
        state="human",
        person_id=odile.id,
    )
    proof = Proof(
        environment="demo",
        ride_id=ride.id,
        live_ride_id=ride.id,
        journey_id=ride.journey_key,
        trip_id=ride.car_trip_key,
        start_at=NOW - timedelta(hours=13),
        end_at=NOW - timedelta(hours=12),
        status="sent",
        error="registry.act_refused",
        not_before=NOW,
        created_at=NOW,
        updated_at=NOW,
    )
    switch = RegistryDesk(id=1, environment="demo", switched_at=NOW)
    invited, invitation = make_account(session, display_name="Lise"), new_token()
    asked_to_come = Invitation(
        token_hash=hash_token(invitation),
        account_id=invited.id,
        created_at=NOW,
        expires_at=NOW + timedelta(days=7),
    )
    bus = TransitContact(kind="bus", name="Ligne 1 (démonstration)", phone="+33536490050", communes=["46042"])
    holidays = SchoolBreak(
        zone="C", name="Noël", first_day=TUESDAY + timedelta(days=25), last_day=TUESDAY + timedelta(days=40)
    )
    session.add_all([sent, received, proof, switch, asked_to_come, bus, holidays])
    session.commit()
    values: dict[str, str | int] = {
        "ride_request_id": asked.id,
        "person_id": odile.id,
        "trip_id": trip.id,
        "public_id": trip.public_id,
        "pause_id": trip.pauses[0].id,
        "approach_id": approach.id,
        "ride_id": ride.id,
        "line_id": odile.lines[0].id,
        "inbound_id": received.id,
        "message_id": sent.id,
        "outbox_id": sent.id,
        "attempt": 1,
        "place_id": 1,
        "proof_id": proof.id,
        "step": "identity",
        "usual_kind": "maison",
        "account_id": invited.id,
        "invitation": invitation,
        "session_id": 1,
        "contact_id": bus.id,
        "break_id": holidays.id,
        "holiday_id": 1,
        "kind": "passenger_confirmed",
    }
    return Village(values, driver_token, tokens)
