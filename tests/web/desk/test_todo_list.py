"""« À faire »: everything that waits now, once, counted as it is listed."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lotocar.carpool.rides.models import Approach, Ride
from lotocar.messages.models import InboundMessage, OutboxMessage
from lotocar.web.desk.todo_list import counts, todo_list
from tests.support.doors import PageClient
from tests.support.factories import (
    GOURDON,
    GRAMAT,
    NOW,
    a_landline,
    a_leg,
    make_approach,
    make_driver,
    make_line,
    make_organisation,
    make_request,
    make_ride,
    make_trip,
    unique_hex,
)
from tests.web.desk.steps import press


def letter(session: Session, number: str, body: str = "Peut-être", **changes: object) -> InboundMessage:
    row = InboundMessage(
        **(
            {
                "provider_sid": unique_hex(),
                "from_number": number,
                "body": body,
                "received_at": NOW,
                "state": "human",
            }
            | changes
        )
    )
    session.add(row)
    session.flush()
    return row


def failure(session: Session, **changes: object) -> OutboxMessage:
    row = OutboxMessage(
        **(
            {
                "id": unique_hex(),
                "dedup_key": unique_hex(),
                "kind": "passenger_confirmed",
                "channel": "sms",
                "to_number": "+33639980001",
                "subject_kind": "ride",
                "subject_id": 1,
                "body": "Odile vous emmène",
                "status": "failed",
                "not_before": NOW,
                "created_at": NOW,
            }
            | changes
        )
    )
    session.add(row)
    session.flush()
    return row


def agreed_ride(session: Session, **changes: object) -> Ride:
    asked = make_request(session, status="to_confirm", **changes)
    asked.legs[0].status = "agreed"
    return make_ride(
        session, approach=make_approach(session, ride_request=asked, status="accepted", answered_at=NOW)
    )


def a_busy_morning(session: Session) -> None:
    """One thing of each kind, and things that wait for nobody."""
    letter(session, "+33639980009")
    make_request(session, callback_at=NOW - timedelta(minutes=5), status="searching", due_at=NOW)
    make_request(session, callback_at=NOW + timedelta(hours=5), status="to_process", due_at=NOW)  # later
    agreed_ride(session)
    make_approach(session, status="to_reconfirm")
    make_approach(session, status="to_contact", channel="phone", asked_at=None)
    make_approach(session, status="no_answer", channel="phone")
    make_approach(session, asked_at=NOW - timedelta(hours=25))  # silent
    make_approach(session)  # still thinking
    make_request(session, status="to_process", due_at=NOW + timedelta(hours=1))
    make_request(session, status="searching", due_at=NOW - timedelta(hours=1))
    make_request(session, status="searching", due_at=NOW + timedelta(hours=1))  # later
    make_request(session, status="closed", callback_at=NOW - timedelta(days=1))
    driver = make_driver(session, phone=None)
    make_line(session, driver, e164=a_landline(), confirmed_at=None)
    make_trip(session, driver=driver, status="pending")
    failure(session)
    failure(session, status="delivered")
    over = agreed_ride(session, legs=[a_leg(day=NOW.date() - timedelta(days=1), status="confirmed")])
    over.leg.status = "confirmed"
    over.dropoff_at = NOW - timedelta(hours=1)
    session.flush()


def test_each_thing_waits_in_its_own_list_and_the_tab_counts_them(session: Session):
    make_organisation(session)
    a_busy_morning(session)
    waits = todo_list(session, now=NOW)
    sizes = {name: len(getattr(waits, name)) for name in waits.__slots__}
    # the requests that stand behind the approaches made here are new ones too
    assert sizes.pop("new_requests") >= 1
    assert sizes == {
        "to_read": 1,
        "callbacks": 1,
        "to_tell": 1,
        "to_reconfirm": 1,
        "to_call": 2,
        "unanswered": 1,
        "searching": 1,
        "numbers_to_confirm": 1,
        "to_say": 0,
        "failed_messages": 1,
        "to_settle": 1,
    }
    assert counts(session, now=NOW).all == waits.count
    assert counts(session, now=NOW).messages == 1


def test_nothing_waiting_is_said(nadia: PageClient):
    assert "Rien n’attend" in nadia.get("/bureau/a-faire").main


def test_the_first_of_each_list_are_shown_and_the_others_folded(nadia: PageClient, session: Session):
    for _ in range(7):
        make_request(session, due_at=NOW)
    page = nadia.get("/bureau/a-faire")
    (more,) = [one for one in page.root.iter("details") if one.get("class") == "more"]
    assert len([one for one in more.iter("li")]) == 2
    assert "2 de plus" in page.main


def test_a_passenger_is_told_from_the_list_and_one_comes_back_to_it(nadia: PageClient, session: Session):
    ride = agreed_ride(session)
    page = nadia.get("/bureau/a-faire")
    assert "Odile vous emmène" in page.main
    page = press(page, "/prevenir", "Prévenu par téléphone")
    assert page.path == "/bureau/a-faire"
    session.expire_all()
    assert ride.passenger_told_through == "phone"


def test_v8_a_landline_driver_is_in_the_call_list_with_the_hours_and_the_words_to_say(
    nadia: PageClient, session: Session
):
    odile = make_driver(session, phone=a_landline(), call_hours="après 18 h", contact_preference="call")
    make_approach(
        session, trip=make_trip(session, driver=odile), status="to_contact", channel="phone", asked_at=None
    )
    page = nadia.get("/bureau/a-faire")
    assert "après 18 h" in page.main
    assert "M. P. cherche" in page.main or "Marcel P. cherche" in page.main
    page = press(page, "/reponses/", "Accepte")
    assert page.path == "/bureau/a-faire"
    assert "Conducteur trouvé" in page.text
    assert session.scalars(select(Approach.status)).all() == ["accepted"]


@pytest.mark.parametrize(("button", "status"), [("C’est oui", "accepted"), ("C’est non", "declined")])
def test_a_doubtful_message_is_decided_by_somebody(
    nadia: PageClient, session: Session, button: str, status: str
):
    one = make_approach(session)
    one.legs[0].leg.status = "approached"
    letter(session, one.driver.lines[0].e164, "oui mais plutôt 10h")
    page = nadia.get("/bureau/a-faire")
    assert "oui mais plutôt 10h" in page.main
    page = press(page, "/messages/recus/", button)
    session.expire_all()
    assert one.status == status
    assert session.scalars(select(InboundMessage.state)).all() == ["handled"]


def test_a_message_answers_only_the_questions_of_its_sender(nadia: PageClient, session: Session):
    stranger, other = make_approach(session), make_approach(session)
    one = letter(session, stranger.driver.lines[0].e164)
    for approach in (str(other.id), "", "²", "9" * 30):
        page = nadia.post(f"/bureau/messages/recus/{one.id}", {"outcome": "accept", "approach": approach})
        assert "la liste a changé" in page.text
    session.expire_all()
    assert (other.status, one.state) == ("sent", "human")


def test_a_message_and_a_failure_are_ticked_off(nadia: PageClient, session: Session):
    letter(session, "+33639980009")
    failure(session)
    page = press(nadia.get("/bureau/a-faire"), "/recus/", "Traité")
    page = press(page, "/envoyes/", "Traité")
    assert "Rien n’attend" in page.main


def test_what_became_of_a_past_ride_is_written_from_the_list(nadia: PageClient, session: Session):
    ride = agreed_ride(session)
    ride.leg.status, ride.passenger_told_at = "confirmed", NOW
    ride.pickup_at, ride.dropoff_at = NOW - timedelta(hours=3), NOW - timedelta(hours=2)
    page = press(nadia.get("/bureau/a-faire"), "/trajets-convenus/", "Fait")
    assert (page.path, "Noté : fait" in page.text) == ("/bureau/a-faire", True)
    again = nadia.post(f"/bureau/trajets-convenus/{ride.id}", {"act": "done", "back": "todo"})
    assert "La situation a changé" in again.text


def test_nothing_of_another_area_waits_for_a_referent(
    client: PageClient, session: Session, organisation: None
):
    a_busy_morning(session)
    near = make_request(session, legs=[a_leg(origin=GOURDON, destination=GRAMAT)], due_at=NOW)
    letter(session, near.passenger.lines[0].e164, "Bonjour", person_id=near.passenger_id)
    session.commit()
    waits = todo_list(session, now=NOW, communes=["46127"])
    assert [one.id for one in waits.new_requests] == [near.id]
    assert [one.person_id for one in waits.to_read] == [near.passenger_id]
    assert waits.count == counts(session, now=NOW, communes=["46127"]).all == 2


# --- day sheet ------------------------------------------------------------------------------------------------


def test_o10_the_day_sheet_holds_the_rides_and_whom_to_ring(nadia: PageClient, session: Session):
    monday = datetime(2026, 11, 23, 8, 0, tzinfo=NOW.tzinfo)
    ride = agreed_ride(session, legs=[a_leg(day=monday.date(), hour=time(10))])
    ride.day, ride.pickup_at, ride.dropoff_at = monday.date(), monday, monday + timedelta(hours=1)
    page = nadia.get("/bureau/feuille-du-jour?jour=2026-11-22")
    assert "Lundi 23 novembre" in page.main
    assert "Marcel Poujol" in page.main
    assert "passager à prévenir" in page.main
    assert "pas de portable" in page.main
    refused = nadia.post(f"/bureau/trajets-convenus/{ride.id}", {"act": "done", "back": "day"})
    assert "n'a pas encore eu lieu" in refused.text


@pytest.mark.parametrize("day", ["", "x", "9999-12-31", "0001-01-01", "2026-02-31", "\x00"])
def test_an_absurd_day_is_no_trouble(nadia: PageClient, day: str):
    assert nadia.get("/bureau/feuille-du-jour", query_string={"jour": day}).status == 200


def test_an_unknown_act_on_a_ride_does_nothing(nadia: PageClient, session: Session):
    ride = agreed_ride(session)
    nadia.post(f"/bureau/trajets-convenus/{ride.id}", {"act": "fly"})
    session.expire_all()
    assert ride.status == "planned"
