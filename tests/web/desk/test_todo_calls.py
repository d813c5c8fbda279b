"""« À faire »: calls that dropped, and ways back left open, each with the key that settles it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lotocar.carpool.people.models import Enrolment
from lotocar.carpool.requests.models import Draft, RideRequest
from lotocar.carpool.rides import outcomes
from lotocar.carpool.rides.models import Ride
from lotocar.carpool.trips.models import Trip
from lotocar.messages.texts import SenderPolicy
from lotocar.values.actor import SYSTEM
from tests.support.doors import PageClient
from tests.support.factories import NOW, a_leg, make_account, make_approach, make_request, make_ride
from tests.web.desk.steps import press, typed_in
from tests.web.desk.test_every_wait import a_call, a_pending_trip

HOUR = timedelta(hours=1)
VOICE = SenderPolicy(
    two_way=True, desk_phone="05 36 49 00 00", public_base_url="http://localhost", organisation="Lotocar"
)


def the_account(session: Session) -> int:
    return session.scalars(select(Draft.account_id)).one()


def a_way_out(session: Session, plan: str, *, arrives: Any = NOW - HOUR, dates: int = 1) -> list[Ride]:
    """A request with its ways out, a day apart; the passenger knows of all."""
    legs = [
        a_leg(position=at, day=(arrives + timedelta(days=at)).date(), status="confirmed")
        for at in range(dates)
    ]
    asked = make_request(session, status="confirmed", legs=legs, return_plan=plan)
    rides = []
    for at, leg in enumerate(legs):
        agreed = make_approach(session, ride_request=asked, status="accepted", answered_at=NOW)
        agreed.legs[0].leg = leg
        there = arrives + timedelta(days=at)
        times = {
            "pickup_at": there - HOUR,
            "dropoff_at": there,
            "day": there.date(),
            "passenger_told_at": NOW,
        }
        rides.append(make_ride(session, approach=agreed, leg=leg, live_leg_id=leg.id, **times))
    session.commit()
    return rides


def the_request(session: Session) -> RideRequest:
    session.expire_all()
    return session.scalars(select(RideRequest)).one()


def test_a_call_that_dropped_is_taken_up_again_from_the_list(
    client: PageClient, session: Session, organisation: None
):
    a_call(session, client.sign_in(), updated_at=NOW - 11 * timedelta(minutes=1))
    session.commit()
    page = client.get("/bureau/a-faire")
    assert "Appel interrompu" in page.main
    assert "Vidal 05 36 49 01 12 : Cahors → …" in page.main
    assert typed_in(page.follow("Reprendre l’appel"), "last_name") == "Vidal"
    assert "Rien n’attend" in press(page, "/a-faire/vu", "Sans suite").main
    assert session.scalars(select(Draft)).all() == []


def test_a_call_that_a_colleague_left_goes_on_elsewhere(
    client: PageClient, session: Session, organisation: None
):
    lise = make_account(session, display_name="Lise").id
    a_call(session, lise)
    me = client.sign_in()
    page = client.get("/bureau/a-faire")
    assert "appel pris par Lise" in page.main
    page = press(page, "/a-faire/appel", "Reprendre l’appel")
    assert (page.path.partition("?")[0], typed_in(page, "last_name")) == ("/bureau/appel", "Vidal")
    session.expire_all()
    assert the_account(session) == me


def test_a_call_that_nobody_may_see_is_not_taken_over(
    client: PageClient, session: Session, organisation: None
):
    draft = a_call(session, updated_at=NOW - 29 * timedelta(minutes=1))
    owner = draft.account_id
    client.sign_in()
    for subject in (str(draft.id), "", "²"):
        assert client.post("/bureau/a-faire/appel", {"subject": subject}).status == 404
    session.expire_all()
    assert the_account(session) == owner


def test_a_way_back_is_settled_and_taken_back(nadia: PageClient, session: Session):
    a_way_out(session, "rings")
    page = nadia.get("/bureau/a-faire")
    assert "devait appeler une fois libre" in page.main
    assert "Écrire le retour" in page.main
    page = press(page, "/a-faire/vu", "Retour réglé")
    assert "Retour à régler" not in page.main
    assert the_request(session).return_plan == ""
    page = press(page, "/annuler", "Annuler")
    assert "Retour à régler" in page.main
    assert the_request(session).return_plan == "rings"


def test_the_way_back_is_written_from_the_list(nadia: PageClient, session: Session):
    a_way_out(session, "rings")
    page = nadia.get("/bureau/a-faire").follow("Écrire le retour")
    page = page.submit("/corriger", back_hour="17h")
    asked = the_request(session)
    assert [leg.direction for leg in asked.legs] == ["out", "back"]
    assert (asked.return_plan, asked.status) == ("", "to_process")
    assert "Retour à régler" not in nadia.get("/bureau/a-faire").main


def test_a_ride_done_leaves_the_request_open_until_the_way_back_is_settled(
    nadia: PageClient, session: Session
):
    (ride,) = a_way_out(session, "later")
    outcomes.finish(session, ride, "done", actor=SYSTEM, now=NOW, policy=VOICE)
    session.commit()
    page = nadia.get("/bureau/a-faire")
    assert "n’a pas dit comment se fait le retour" in page.main
    page = press(page, "/a-faire/vu", "Retour réglé")
    assert "Rien n’attend" in page.main
    assert the_request(session).outcome == "served_carpool"
    press(page, "/annuler", "Annuler")
    assert (the_request(session).status, the_request(session).return_plan) == ("confirmed", "later")


def test_on_each_date_of_a_series_the_passenger_who_rings_is_waited_for(
    nadia: PageClient, session: Session, clock: Any
):
    a_way_out(session, "rings", dates=2)
    page = press(nadia.get("/bureau/a-faire"), "/a-faire/vu", "Retour réglé")
    assert "pas avant demain" in page.main
    assert the_request(session).return_plan == "rings"
    clock.move_to(NOW + timedelta(days=1))
    nadia.sign_in()
    page = press(nadia.get("/bureau/a-faire?quoi=return"), "/a-faire/vu", "Retour réglé")
    assert the_request(session).return_plan == ""


def test_a_passenger_still_on_the_way_is_not_waited_for(nadia: PageClient, session: Session):
    a_way_out(session, "rings", arrives=NOW + HOUR)
    assert "Rien n’attend" in nadia.get("/bureau/a-faire").main


# --- a driver to reach, a request that is over ----------------------------------------------------------------


def test_a_driver_who_is_reached_is_offered_from_the_list(nadia: PageClient, session: Session):
    a_pending_trip(session)
    session.commit()
    page = press(nadia.get("/bureau/a-faire"), "/a-faire/conducteur", "Joint à ce numéro")
    assert "Numéro confirmé" in page.text
    assert session.scalars(select(Trip.status)).all() == ["active"]


@pytest.mark.parametrize(
    ("button", "trip", "enrolment"),
    [("Accepter", "active", "accepted"), ("Refuser", "pending", "refused")],
)
def test_a_driver_is_accepted_or_refused_from_the_list(
    nadia: PageClient, session: Session, button: str, trip: str, enrolment: str
):
    a_pending_trip(session, reached=True)
    session.commit()
    page = press(nadia.get("/bureau/a-faire"), "/a-faire/conducteur", button)
    assert "Rien n’attend" in page.main
    assert session.scalars(select(Trip.status)).all() == [trip]
    assert session.scalars(select(Enrolment.status)).all() == [enrolment]


@pytest.mark.parametrize(
    ("leg", "button", "outcome"),
    [
        ({"status": "failed"}, "Absent au rendez-vous", "no_show"),
        ({"day": NOW.date() - timedelta(days=1)}, "Personne trouvé", "unserved_no_driver"),
    ],
    ids=["nobody came", "its day is gone"],
)
def test_a_request_that_is_over_ends_from_the_list(
    nadia: PageClient, session: Session, leg: dict[str, Any], button: str, outcome: str
):
    state = "confirmed" if outcome == "no_show" else "searching"
    make_request(session, status=state, legs=[a_leg(**leg)], due_at=NOW - HOUR)
    session.commit()
    page = nadia.get("/bureau/a-faire")
    assert "Demande à clore" in page.main
    page = press(page, "/a-faire/clore", button)
    assert the_request(session).outcome == outcome
    press(page, "/annuler", "Annuler")
    assert the_request(session).is_open


def test_what_is_not_over_is_not_ended_and_nonsense_does_nothing(nadia: PageClient, session: Session):
    asked = make_request(session, status="confirmed")
    session.commit()
    subject = {"subject": str(asked.id), "outcome": "no_show"}
    for kind in ("close", "tell", "", "new"):
        assert nadia.post("/bureau/a-faire/clore", subject | {"kind": kind}).status == 404
    a_pending_trip(session)
    session.commit()
    number = str(session.scalars(select(Trip.id)).one())
    assert nadia.post("/bureau/a-faire/conducteur", {"subject": number, "act": "fly"}).status == 400
    assert the_request(session).is_open
