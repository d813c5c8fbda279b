"""What an SMS sent to us does: a clear answer to one open question acts once, all else finds a human."""

from __future__ import annotations

import itertools
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lotocar.carpool.people.models import Person
from lotocar.carpool.people.queries import sms_line
from lotocar.carpool.rides.models import Approach, Ride
from lotocar.carpool.rides.replies import answer_by_sms, open_questions, persons_of
from lotocar.carpool.trips.models import Trip
from lotocar.messages import inbound
from lotocar.messages.channels import Received
from lotocar.messages.models import InboundMessage, OutboxMessage
from lotocar.messages.outbox import number_facts, queue, takes_sms
from lotocar.messages.texts import SenderPolicy
from lotocar.values.phone import LineKind, PhoneNumber
from lotocar.world.roads.estimate import EstimatedRoads
from tests.support.factories import (
    NOW,
    PICKUP,
    a_leg,
    a_mobile,
    an_approach_leg,
    make_approach,
    make_driver,
    make_line,
    make_organisation,
    make_passenger,
    make_person,
    make_request,
    make_ride,
    make_trip,
)

POLICY = SenderPolicy(
    two_way=True,
    desk_phone="05 36 49 00 00",
    public_base_url="https://desk.example",
    organisation="Covoiturage solidaire du Lot",
)
_sids = itertools.count(1)


@pytest.fixture(autouse=True)
def organisation(session: Session) -> None:
    make_organisation(session)


@pytest.fixture
def approach(session: Session) -> Approach:
    """Odile is asked by SMS for Tuesday."""
    return ask(session, reference="4821")


def ask(session: Session, **changes: Any) -> Approach:
    """A question put to a driver, its leg waiting for the answer."""
    asked = make_approach(session, **changes)
    for part in asked.legs:
        part.leg.status = "approached"
    session.flush()
    return asked


def number_of(person: Person) -> str:
    line = sms_line(person)
    assert line is not None
    return line.e164


def text(session: Session, number: str, body: str, *, now: datetime = NOW) -> InboundMessage:
    """Somebody texts us, and we read it."""
    row = inbound.store(session, Received(f"SM{next(_sids)}", number, "+33939980000", body), now=now)
    assert row is not None
    session.flush()
    answer_by_sms(session, now=now, inbound_id=row.id, policy=POLICY, roads=EstimatedRoads())
    session.flush()
    return row


def kinds_sent(session: Session, number: str) -> list[str]:
    rows = session.scalars(
        select(OutboxMessage).where(OutboxMessage.to_number == number).order_by(OutboxMessage.created_at)
    )
    return [row.kind for row in rows]


def rides(session: Session) -> list[Ride]:
    return list(session.scalars(select(Ride)))


def test_a_clear_yes_to_the_only_question_accepts(session: Session, approach: Approach) -> None:
    row = text(session, number_of(approach.driver), "OUI")
    assert (row.state, row.decision, row.subject_id) == ("acted", "accept", approach.id)
    assert (approach.status, approach.answered_through) == ("accepted", "sms")
    assert [ride.driver_id for ride in rides(session)] == [approach.driver_id]
    assert kinds_sent(session, number_of(approach.driver)) == ["driver_accepted_confirmed"]


def test_a_stranger_who_typed_the_driver_s_number_online_does_not_make_their_yes_doubtful(
    session: Session, approach: Approach
) -> None:
    make_line(session, make_person(session, phone=None), e164=number_of(approach.driver), confirmed_at=None)
    text(session, number_of(approach.driver), "OUI")
    assert approach.status == "accepted"


def test_a_clear_no_declines(session: Session, approach: Approach) -> None:
    text(session, number_of(approach.driver), "non")
    assert approach.status == "declined"
    assert rides(session) == []


def test_the_same_yes_twice_makes_one_ride(session: Session, approach: Approach) -> None:
    for _ in range(2):
        text(session, number_of(approach.driver), "OUI 4821")
    assert len(rides(session)) == 1
    assert kinds_sent(session, number_of(approach.driver)) == ["driver_accepted_confirmed"]


def test_one_message_read_twice_acts_once(session: Session, approach: Approach) -> None:
    row = text(session, number_of(approach.driver), "OUI")
    again = answer_by_sms(session, now=NOW, inbound_id=row.id, policy=POLICY, roads=EstimatedRoads())
    assert again == ""
    assert len(rides(session)) == 1


@pytest.mark.parametrize(
    "body",
    [
        "oui mais pas avant 9h",
        "peut-être",
        "oui et non",
        "à 8h ?",
        "non c'est bon",
        "",
        "👽",
        "a" * 1600,
        "Qui est Mme D. ?",
        "oui 9999",
    ],
)
def test_a_doubt_changes_nothing_and_finds_a_human(session: Session, approach: Approach, body: str) -> None:
    row = text(session, number_of(approach.driver), body)
    assert row.state == "human"
    assert approach.status == "sent"


def test_a_yes_with_two_questions_open_asks_which_one_once(session: Session, approach: Approach) -> None:
    other = ask(session, driver=approach.driver, reference="4907")
    number = number_of(approach.driver)
    assert text(session, number, "oui").decision == "which"
    assert text(session, number, "oui").state == "human"
    assert {approach.status, other.status} == {"sent"}
    assert kinds_sent(session, number) == ["which_question"]
    (asked,) = session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "which_question"))
    assert "4821" in asked.body
    assert "4907" in asked.body


@pytest.mark.parametrize("body", ["OUI 4907", "oui 4907.", "4907 oui"])
def test_a_yes_with_its_reference_answers_that_question(
    session: Session, approach: Approach, body: str
) -> None:
    other = ask(session, driver=approach.driver, reference="4907")
    text(session, number_of(approach.driver), body)
    assert (other.status, approach.status) == ("accepted", "sent")


def test_a_couple_on_one_number_must_say_which(session: Session, approach: Approach) -> None:
    number = number_of(approach.driver)
    make_driver(session, first_name="Roger", phone=number)
    assert text(session, number, "oui").decision == "which"
    assert approach.status == "sent"
    text(session, number, "oui 4821")
    assert approach.status == "accepted"


def test_somebody_unknown_finds_a_human_and_no_answer(session: Session, approach: Approach) -> None:
    row = text(session, "+33639980999", "OUI 4821")
    assert row.state == "human"
    assert approach.status == "sent"


def test_a_yes_from_a_spoofed_number_answers_nothing_but_its_own_questions(
    session: Session, approach: Approach
) -> None:
    """Threat 19: whoever writes from another number of ours cannot answer Odile's question."""
    sami = make_person(session, first_name="Sami")
    assert text(session, number_of(sami), "OUI 4821").state == "human"
    assert approach.status == "sent"


def test_a_yes_when_nothing_is_asked_books_nothing(session: Session) -> None:
    driver = make_driver(session)
    assert text(session, number_of(driver), "OUI").state == "human"
    assert rides(session) == []


def test_a_yes_to_a_taken_trip_is_thanked(session: Session, approach: Approach) -> None:
    late = ask(session, ride_request=approach.ride_request, driver=make_driver(session), reference="4907")
    text(session, number_of(approach.driver), "oui")
    assert late.status == "withdrawn"
    row = text(session, number_of(late.driver), "oui")
    assert (row.state, row.decision) == ("acted", "closed")
    assert "driver_already_found" in kinds_sent(session, number_of(late.driver))
    assert len(rides(session)) == 1


def test_a_late_yes_while_the_trip_is_still_free_finds_a_human(session: Session, approach: Approach) -> None:
    approach.status = "expired"
    row = text(session, number_of(approach.driver), "oui")
    assert (row.state, row.decision, row.subject_id) == ("human", "late", approach.id)


def test_a_no_after_the_yes_frees_the_leg_and_tells_the_desk_when_the_trip_is_near(
    session: Session, approach: Approach
) -> None:
    number = number_of(approach.driver)
    text(session, number, "oui")
    row = text(session, number, "non", now=PICKUP - timedelta(hours=3))
    assert (row.state, row.urgent, row.decision) == ("human", True, "cancel")
    assert approach.status == "declined"
    assert [ride.status for ride in rides(session)] == ["cancelled_driver"]


def test_a_no_after_the_yes_days_before_needs_nobody(session: Session, approach: Approach) -> None:
    number = number_of(approach.driver)
    text(session, number, "oui")
    row = text(session, number, "non")
    assert (row.state, approach.status) == ("acted", "declined")


def test_stop_always_works_and_calls_the_desk_when_something_is_to_come(
    session: Session, approach: Approach
) -> None:
    number = number_of(approach.driver)
    waiting = queue(
        session,
        now=NOW,
        kind="driver_withdrawn",
        dedup_key="w",
        to=PhoneNumber(number, LineKind.MOBILE),
        person_id=1,
        subject_kind="approach",
        subject_id=1,
        values={"destination": "Figeac", "pickup_at": PICKUP},
        voice=POLICY,
    )
    row = text(session, number, "STOP")
    assert (row.state, row.decision) == ("human", "stop")
    assert number_facts(session, number) == {"stopped"}
    assert sms_line(approach.driver) is None
    assert (waiting.status, waiting.reason) == ("blocked", "number.stopped")
    assert kinds_sent(session, number).count("stop_confirmed") == 1


def test_stop_from_somebody_with_nothing_to_come_needs_nobody(session: Session) -> None:
    driver = make_driver(session)
    assert text(session, number_of(driver), "stop").state == "acted"


def test_help_is_answered_three_times_an_hour_at_most(session: Session) -> None:
    number = number_of(make_driver(session))
    for _ in range(5):
        text(session, number, "aide")
    assert kinds_sent(session, number) == ["help_answer"] * 3


def test_a_one_way_sender_answers_nothing_by_itself(session: Session) -> None:
    number = number_of(make_driver(session))
    row = inbound.store(session, Received("SMx", number, "+33939980000", "aide"), now=NOW)
    assert row is not None
    session.flush()
    from dataclasses import replace

    policy = replace(POLICY, two_way=False)
    answer_by_sms(session, now=NOW, inbound_id=row.id, policy=policy, roads=EstimatedRoads())
    assert kinds_sent(session, number) == []


def test_start_after_stop_brings_the_sms_back(session: Session) -> None:
    driver = make_driver(session, phone=a_mobile())
    number = number_of(driver)
    assert text(session, number, "stop").state == "acted"
    line = PhoneNumber(number, LineKind.MOBILE)
    assert not takes_sms(session, line)
    assert text(session, number, " Start ").state == "acted"
    assert takes_sms(session, line)
    assert driver.lines[0].sms_stopped_at is None


def asked_after(session: Session, ride: Ride, side: str, person: Person) -> OutboxMessage:
    message = queue(
        session,
        now=NOW,
        kind="ride_happened",
        dedup_key=f"ride/{ride.id}/happened/{side}",
        to=PhoneNumber(number_of(person), LineKind.MOBILE),
        person_id=person.id,
        subject_kind="ride",
        subject_id=ride.id,
        values={"other_first_name": "Odile", "destination": "Figeac", "pickup_at": PICKUP, "link": ""},
        voice=POLICY,
    )
    message.claimed_at = NOW
    session.flush()
    return message


class TestAfterTheRide:
    """« A-t-il eu lieu ? »: both sides' yes makes it done, a no is for a human."""

    @pytest.fixture
    def ride(self, session: Session) -> Ride:
        ride_request = make_request(session, passenger=make_passenger(session, phone=a_mobile()))
        asked = make_approach(session, ride_request=ride_request, status="accepted", answered_at=NOW)
        asked.legs[0].leg.status = "confirmed"
        ride = make_ride(session, approach=asked)
        asked_after(session, ride, "driver", ride.driver)
        asked_after(session, ride, "passenger", ride.passenger)
        return ride

    def test_both_say_yes(self, session: Session, ride: Ride) -> None:
        now = PICKUP + timedelta(hours=3)
        ride.driver_says = None
        for person in (ride.driver, ride.passenger):
            for message in session.scalars(select(OutboxMessage)):
                message.created_at = now
            assert text(session, number_of(person), "oui", now=now).state == "acted"
        assert (ride.driver_says, ride.passenger_says, ride.status) == ("done", "done", "done")

    def test_one_says_no(self, session: Session, ride: Ride) -> None:
        now = PICKUP + timedelta(hours=3)
        for message in session.scalars(select(OutboxMessage)):
            message.created_at = now
        row = text(session, number_of(ride.driver), "non", now=now)
        assert (row.state, ride.driver_says, ride.status) == ("human", "not_done", "planned")

    def test_a_word_before_the_ride_is_for_a_human(self, session: Session, ride: Ride) -> None:
        row = text(session, number_of(ride.driver), "oui")
        assert (row.state, ride.driver_says, ride.status) == ("human", None, "planned")


def test_an_old_offer_is_confirmed_or_stopped_by_its_driver(session: Session) -> None:
    for body, status in (("oui", "active"), ("non", "stopped")):
        trip: Trip = make_trip(session, confirmed_at=NOW - timedelta(days=100))
        message = queue(
            session,
            now=NOW,
            kind="offer_renewal",
            dedup_key=f"trip/{trip.id}/renewal",
            to=PhoneNumber(number_of(trip.driver), LineKind.MOBILE),
            person_id=trip.driver_id,
            subject_kind="trip",
            subject_id=trip.id,
            values={"origin": "Cahors", "destination": "Figeac", "link": ""},
            voice=POLICY,
        )
        message.claimed_at = NOW
        session.flush()
        text(session, number_of(trip.driver), body, now=NOW + timedelta(hours=1))
        assert trip.status == status
        assert (trip.confirmed_at == NOW + timedelta(hours=1)) == (status == "active")


def test_questions_close_when_their_time_is_over(session: Session, approach: Approach) -> None:
    number = number_of(approach.driver)
    persons = persons_of(session, number)
    assert len(open_questions(session, number, persons, now=NOW)) == 1
    assert open_questions(session, number, persons, now=approach.expires_at) == []


def test_a_second_line_of_the_driver_answers_too(session: Session, approach: Approach) -> None:
    line = make_line(session, approach.driver)
    text(session, line.e164, "oui")
    assert approach.status == "accepted"


def test_out_and_back_are_agreed_together(session: Session) -> None:
    legs = [
        a_leg(),
        a_leg(position=2, direction="back", time_kind="leave_at", hour=time(17, 0)),
    ]
    ride_request = make_request(session, legs=legs)
    trip = make_trip(session)
    proposed = [
        an_approach_leg(leg=legs[0], trip=trip),
        an_approach_leg(leg=legs[1], trip=trip, direction="back", pickup_at=PICKUP + timedelta(hours=8)),
    ]
    asked = ask(session, ride_request=ride_request, trip=trip, legs=proposed)
    text(session, number_of(asked.driver), "oui")
    assert len(rides(session)) == 2


class TestWhatMayMeanSomethingElse:
    """A yes without a number, when it may answer what we did not ask."""

    def test_a_yes_written_before_the_question_and_read_after_it_is_for_a_human(
        self, session: Session, approach: Approach
    ) -> None:
        """Its webhook was missed; the question that it answered is over, and this one came since."""
        wrote = NOW - timedelta(minutes=4)
        number = number_of(approach.driver)
        approach.asked_at = NOW - timedelta(minutes=2)
        rows = [
            inbound.store(session, Received(f"SMold{body}", number, "", body, written_at=wrote), now=NOW)
            for body in ("OUI", "OUI 4821")
        ]
        session.flush()
        for row in rows:
            assert row is not None
            answer_by_sms(session, now=NOW, inbound_id=row.id, policy=POLICY, roads=EstimatedRoads())
        first, second = rows
        assert first is not None
        assert second is not None
        assert (first.state, first.decision) == ("human", "crossed")
        assert (second.state, approach.status) == ("acted", "accepted")

    @pytest.mark.parametrize(
        ("body", "state"),
        [
            ("ok merci", "human"),
            ("d'accord", "human"),
            ("👍", "human"),
            ("OUI", "acted"),
            ("ok 4821", "acted"),
        ],
    )
    def test_an_ok_after_a_reminder_of_another_trip_does_not_accept_this_one(
        self, session: Session, approach: Approach, body: str, state: str
    ) -> None:
        approach.asked_at = NOW - timedelta(hours=1)
        self.remind(session, approach.driver)
        row = text(session, number_of(approach.driver), body)
        assert row.state == state
        assert (approach.status == "accepted") is (state == "acted")

    def test_an_ok_after_a_courtesy_or_the_relaunch_of_the_same_question_accepts(
        self, session: Session, approach: Approach
    ) -> None:
        approach.asked_at = NOW - timedelta(hours=1)
        for kind, values in (("help_answer", {}), ("driver_relaunched", self.question(approach))):
            self.write(session, approach.driver, kind, values)
        assert text(session, number_of(approach.driver), "d'accord").state == "acted"

    def question(self, approach: Approach) -> dict[str, object]:
        return {
            "passenger": "Mme D.",
            "origin": "Cahors",
            "destination": "Figeac",
            "pickup_at": PICKUP,
            "reference": approach.reference,
        }

    def remind(self, session: Session, driver: Person) -> None:
        values = {
            "passenger_first_name": "Marcel",
            "pickup_place": "Gramat",
            "destination": "Brive",
            "pickup_at": PICKUP,
            "reference": "7777",
        }
        self.write(session, driver, "driver_reminder", values)

    def write(self, session: Session, driver: Person, kind: str, values: dict[str, object]) -> None:
        line = sms_line(driver)
        assert line is not None
        row = queue(
            session,
            now=NOW - timedelta(minutes=30),
            kind=kind,
            dedup_key=f"x/{kind}",
            to=line,
            person_id=driver.id,
            subject_kind="ride",
            subject_id=99,
            values=values,
            voice=POLICY,
        )
        row.status, row.claimed_at = "delivered", NOW - timedelta(minutes=30)
        session.flush()


@pytest.mark.parametrize(
    "number",
    ["+33536490001", "+447700900123", "+8816312345", "+33899000000", "+33970000000", "38123", "LOTOCAR"],
)
@pytest.mark.parametrize("body", ["STOP", "AIDE", "au secours"])
def test_no_automatic_answer_ever_leaves_for_a_landline_or_a_costly_number(
    session: Session, number: str, body: str
) -> None:
    text(session, number, body)
    assert kinds_sent(session, number) == []
