"""The year's rides behind a private link: a driver's, a passenger's, with the question on a car."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from lotocar.carpool.people import operations as people
from lotocar.civic.registry.models import PassengerCar
from lotocar.values.actor import SYSTEM
from tests.support.chromium import axe
from tests.support.factories import NOW, make_driver, make_ride

pytestmark = pytest.mark.usefixtures("house")
EARLIER = datetime(2026, 10, 6, 7, 30, tzinfo=UTC)


@pytest.fixture
def ride(session):
    """Odile took Marcel in October."""
    done = make_ride(
        session,
        status="done",
        pickup_at=EARLIER,
        dropoff_at=EARLIER + timedelta(hours=1),
        day=EARLIER.date(),
    )
    session.commit()
    return done


def link(session, person, purpose, subject_id=None):
    token = people.issue_link(session, person, purpose=purpose, subject_id=subject_id, actor=SYSTEM, now=NOW)
    session.commit()
    return token


def answers(session):
    session.expire_all()
    return [(row.has_car, row.told_through) for row in session.scalars(select(PassengerCar))]


def test_a_driver_reaches_it_from_the_private_page(client, session, ride):
    token = link(session, ride.driver, "driver_page")
    page = client.get(f"/mon-espace/{token}").follow("Voir mes trajets de l’année")
    assert "Mes trajets faits en 2026" in page.text
    for said in ("Odile", "Figeac", "68 km", "13 kg", "conducteur", "1 trajet (13 kg) : la question"):
        assert said in page.text, said
    assert "Marcel" not in page.text
    assert "aviez-vous une voiture" not in page.text  # never rode as a passenger
    assert page.response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("purpose", ["ride_happened", "statement"])
def test_a_passenger_sees_it_through_a_link_of_theirs_and_says_whether_they_had_a_car(
    client, session, ride, purpose
):
    token = link(session, ride.passenger, purpose, ride.id if purpose == "ride_happened" else None)
    page = client.get(f"/mes-trajets/{token}")
    assert "passager" in page.text
    assert "Retour à ma page" not in page.text
    assert "Si chaque passager avait pris sa propre voiture" in page.text
    assert "onvention" not in page.text
    page = page.submit("/voiture", has_car="yes")
    assert "C'est enregistré" in page.text
    assert answers(session) == [(True, "link")]
    assert "la question n’a pas été posée" not in page.text
    page.submit("/voiture", has_car="no")
    assert answers(session) == [(False, "link")]
    assert "Choisissez oui ou non" in client.post(f"/mes-trajets/{token}/voiture", {"has_car": "maybe"}).text
    assert answers(session) == [(False, "link")]


def test_the_question_after_a_ride_leads_to_it(client, session, ride):
    token = link(session, ride.passenger, "ride_happened", ride.id)
    page = client.get(f"/trajet-fait/{token}").follow("Voir tous mes trajets faits cette année")
    assert "Mes trajets faits en 2026" in page.text


@pytest.mark.parametrize("purpose", ["approach", "offer_renewal"])
def test_a_link_given_for_something_else_does_not_open_it(client, session, ride, purpose):
    token = link(session, ride.passenger, purpose, 1)
    assert client.get(f"/mes-trajets/{token}").status == 404
    assert client.get("/mes-trajets/nothing-at-all").status == 404


def test_somebody_without_a_ride_reads_so(client, session):
    token = link(session, make_driver(session), "driver_page")
    assert "Aucun trajet fait cette année-là" in client.get(f"/mes-trajets/{token}?annee=1066").text


@pytest.mark.browser
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("width", [360, 1280])
def test_it_is_read_printed_and_answered_by_keyboard(page, live_server, session, ride, width):
    token = link(session, ride.passenger, "statement")
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"/mes-trajets/{token}")
    axe(page)
    sizes = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert sizes[0] <= sizes[1]
    page.get_by_role("radio", name="Oui").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("C'est enregistré")
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", name="Mes trajets faits en 2026")).to_be_visible()
    expect(page.get_by_role("table", name="Trajets de l’année")).to_be_visible()
    expect(page.get_by_role("button", name="Enregistrer")).to_be_hidden()
