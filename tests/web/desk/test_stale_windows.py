"""A window left open never undoes what a colleague has noted since."""

from __future__ import annotations

from sqlalchemy.orm import Session

from lotocar.carpool.rides.models import Approach
from tests.support.doors import PageClient
from tests.support.factories import make_approach, make_organisation


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
