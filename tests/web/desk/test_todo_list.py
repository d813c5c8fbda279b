"""« À faire »: everything that waits now, once, counted as it is listed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lotocar.carpool.rides.models import Approach, Ride
from lotocar.messages.models import InboundMessage, OutboxMessage
from lotocar.web.desk.todo_action import Ask
from lotocar.web.desk.todo_list import counts, todo_list
from tests.support.doors import PageClient
from tests.support.factories import (
    GOURDON,
    GRAMAT,
    NOW,
    a_landline,
    a_leg,
    make_account,
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


def asked(session: Session, communes: Sequence[str] = ()) -> Ask:
    return Ask(now=NOW, account_id=make_account(session).id, communes=communes)


def test_each_thing_waits_once_and_the_tab_counts_them(session: Session):
    make_organisation(session)
    a_busy_morning(session)
    ask = asked(session)
    found = counts(session, ask)
    sizes = {kind: count for kind, count in found.by_kind.items() if count}
    # the requests that stand behind the approaches made here are new ones too
    assert sizes.pop("new") >= 1
    assert sizes == {
        "message": 1,
        "callback": 1,
        "tell": 1,
        "reconfirm": 1,
        "ring": 2,
        "silent": 1,
        "search": 1,
        "number": 1,
        "failure": 1,
        "settle": 1,
    }
    waits = todo_list(session, ask, found)
    assert len(waits.now) + len(waits.later) == waits.count == found.all
    assert found.messages == 1


def test_the_most_pressing_comes_first_whatever_its_kind(session: Session):
    make_request(session, status="to_process", due_at=NOW + timedelta(hours=1))
    late = make_request(session, status="searching", due_at=NOW - timedelta(hours=1))
    letter(session, "+33639980009", urgent=True)
    ask = asked(session)
    lines = todo_list(session, ask, counts(session, ask)).now
    assert [line.action.kind for line in lines] == ["message", "search", "new"]
    assert lines[1].action.request == late


def test_a_ride_of_last_week_does_not_go_before_a_passenger_who_waits(session: Session):
    over = agreed_ride(session)
    over.leg.status = "confirmed"
    over.passenger_told_at = NOW
    over.pickup_at, over.dropoff_at = NOW - timedelta(days=8), NOW - timedelta(days=8)
    make_request(session, status="searching", due_at=NOW - timedelta(minutes=1))
    session.flush()
    ask = asked(session)
    lines = todo_list(session, ask, counts(session, ask)).now
    assert [line.action.kind for line in lines] == ["search", "settle"]


def test_nothing_waiting_is_said(nadia: PageClient):
    assert "Rien n’attend" in nadia.get("/bureau/a-faire").main


def test_the_most_pressing_are_shown_and_each_kind_has_a_list_of_its_own(nadia: PageClient, session: Session):
    for _ in range(45):
        make_request(session, due_at=NOW)
    page = nadia.get("/bureau/a-faire")
    assert len([one for one in page.root.iter("li") if "data-row" in one.attrib]) == 30
    assert "Voici les 30 plus pressées" in page.main
    page = nadia.get("/bureau/a-faire?quoi=new")
    assert len([one for one in page.root.iter("li") if "data-row" in one.attrib]) == 40
    page = page.follow("Les suivantes")
    assert len([one for one in page.root.iter("li") if "data-row" in one.attrib]) == 5


def test_a_passenger_is_told_from_the_list_and_one_comes_back_to_it(nadia: PageClient, session: Session):
    ride = agreed_ride(session)
    page = nadia.get("/bureau/a-faire")
    assert "Odile vous emmène" in page.main
    page = press(page, "/prevenir", "Prévenu par téléphone")
    assert page.path.startswith("/bureau/a-faire")
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
    assert page.path.startswith("/bureau/a-faire")
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


@pytest.mark.parametrize("number", ["99999999999999999999", "3000000000", "²", "-1", "\x00"])
def test_the_number_of_what_was_done_may_be_nonsense(nadia: PageClient, number: str):
    assert nadia.get("/bureau/a-faire", query_string={"fait": number}).status == 200


@pytest.mark.parametrize("subject", ["\x00", "99999999999999999999", "\ufdd0"])
@pytest.mark.parametrize("kind", ["say", "failure", "letter", "new"])
def test_a_subject_that_nothing_has_is_not_found(nadia: PageClient, kind: str, subject: str):
    for act in ("plus-tard", "maintenant", "vu"):
        assert nadia.post(f"/bureau/a-faire/{act}", {"kind": kind, "subject": subject}).status == 404
    assert nadia.post("/bureau/messages/envoyes/%00").status == 404


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
    assert (page.path.split("?")[0], "Noté : fait" in page.text) == ("/bureau/a-faire", True)
    again = nadia.post(f"/bureau/trajets-convenus/{ride.id}", {"act": "done", "back": "todo"})
    assert "La situation a changé" in again.text


def test_nothing_of_another_area_waits_for_a_referent(
    client: PageClient, session: Session, organisation: None
):
    a_busy_morning(session)
    near = make_request(session, legs=[a_leg(origin=GOURDON, destination=GRAMAT)], due_at=NOW)
    letter(session, near.passenger.lines[0].e164, "Bonjour", person_id=near.passenger_id)
    session.commit()
    ask = asked(session, ["46127"])
    found = counts(session, ask)
    assert {kind: count for kind, count in found.by_kind.items() if count} == {"message": 1, "new": 1}
    rows = [line.action for line in todo_list(session, ask, found).now]
    assert {one.kind: one.subject for one in rows}["new"] == str(near.id)
    assert [one.row.person_id for one in rows if one.kind == "message"] == [near.passenger_id]


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
