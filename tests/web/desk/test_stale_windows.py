"""A window left open never undoes what a colleague has noted since."""

from __future__ import annotations

from sqlalchemy.orm import Session

from lotocar.carpool.requests.models import RideRequest
from lotocar.carpool.rides.models import Approach, Ride
from tests.support.doors import PageClient
from tests.support.factories import make_account, make_approach, make_organisation, make_request
from tests.web.desk.steps import typed_in


def test_a_no_from_an_old_window_does_not_undo_a_yes(client: PageClient, session: Session):
    make_organisation(session)
    asked = make_approach(session, status="to_contact", channel="phone", asked_at=None)
    client.sign_in(role="agent")
    page = client.get(f"/bureau/demandes/{asked.ride_request_id}")
    form = f"/reponses/{asked.id}"
    yes = client.get(f"/bureau/demandes/{asked.ride_request_id}").submit(form, button="Accepte")
    assert yes.status == 200
    late = client.post(
        f"/bureau/demandes/{asked.ride_request_id}/reponses/{asked.id}",
        {"outcome": "decline", "seen": "to_contact"},
    )
    assert late.status == 409
    assert "a changé depuis que cette page est ouverte" in late.main
    session.expire_all()
    assert session.get_one(Approach, asked.id).status == "accepted"
    assert page.status == 200


def test_the_passenger_is_not_told_from_an_old_window(client: PageClient, session: Session):
    make_organisation(session)
    asked = make_approach(session, status="to_contact", channel="phone", asked_at=None)
    client.sign_in(role="agent")
    path = f"/bureau/demandes/{asked.ride_request_id}"
    client.get(path).submit(f"/reponses/{asked.id}", button="Accepte")
    late = client.post(f"{path}/prevenir", {"through": "phone", "seen": "1"})
    assert late.status == 409
    assert "relisez avant de prévenir" in late.main
    assert client.get(path).submit("/prevenir", button="Prévenu par téléphone").status == 200


def test_a_request_is_not_closed_from_a_window_older_than_what_was_agreed(
    client: PageClient, session: Session
):
    make_organisation(session)
    asked = make_approach(session, status="to_contact", channel="phone", asked_at=None)
    client.sign_in(role="agent")
    path = f"/bureau/demandes/{asked.ride_request_id}"
    old = client.get(path)
    client.get(path).submit(f"/reponses/{asked.id}", button="Accepte")
    client.get(path).submit("/prevenir", button="Prévenu par téléphone")
    late = old.submit("/clore", outcome="unserved_no_driver", note="personne le mardi")
    assert late.status == 409
    assert "relisez avant de clore" in late.main
    assert "personne le mardi" in [one.get("value") for one in late.form("/clore").iter("input")]
    [pane] = [one for one in late.root.iter("details") if late.form("/clore") in list(one.iter())]
    assert pane.get("open") is not None
    session.expire_all()
    assert session.query(Ride).one().status == "planned"
    session.rollback()
    assert late.submit("/clore").status == 200  # having read, one may still close
    session.expire_all()
    assert session.get_one(RideRequest, asked.ride_request_id).outcome == "unserved_no_driver"


def test_a_request_is_not_taken_from_whoever_took_it_since(client: PageClient, session: Session):
    make_organisation(session)
    asked = make_request(session)
    client.sign_in(role="agent")
    old = client.get(f"/bureau/demandes/{asked.id}")
    asked.assigned_to_id = paul = make_account(session, display_name="Paul").id
    session.commit()
    late = old.submit("/prendre")
    assert late.status == 409
    assert "a pris cette demande depuis" in late.main
    assert "Paul s’en occupe" in late.main
    session.expire_all()
    assert asked.assigned_to_id == paul
    session.rollback()
    assert "Vous vous en occupez" in late.submit("/prendre").main


def test_a_colleague_s_request_is_not_let_go_from_an_old_window(client: PageClient, session: Session):
    make_organisation(session)
    asked = make_request(session)
    client.sign_in(role="agent")
    old = client.get(f"/bureau/demandes/{asked.id}").submit("/prendre")
    session.expire_all()
    asked.assigned_to_id = paul = make_account(session, display_name="Paul").id
    session.commit()
    late = old.submit("/laisser")
    assert "n'est plus à vous" in late.text
    session.expire_all()
    assert asked.assigned_to_id == paul


def test_a_note_for_a_colleague_outlives_the_closing_of_its_request(client: PageClient, session: Session):
    make_organisation(session)
    asked = make_request(session)
    client.sign_in(role="agent")
    old = client.get(f"/bureau/demandes/{asked.id}")
    client.get(f"/bureau/demandes/{asked.id}").submit("/clore", outcome="unserved_no_driver")
    late = old.submit("/passer", note="Rappeler sa fille avant midi")
    assert late.status == 409
    assert "Cette demande est close" in late.main
    assert typed_in(late, "note") == "Rappeler sa fille avant midi"
