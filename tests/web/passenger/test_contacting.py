import pytest
from sqlalchemy import func, select

from lotocar.carpool.people.models import Person
from lotocar.carpool.people.operations import record_consent
from lotocar.carpool.rides.models import ContactReveal
from lotocar.journal.models import Entry
from lotocar.values.actor import SYSTEM
from tests.support.factories import NOW, make_consent, make_driver, make_trip

pytestmark = pytest.mark.usefixtures("house")

MARCEL = {"first_name": "Marcel", "last_name": "Poujol", "phone": "05 36 49 01 12"}


@pytest.fixture
def trip(session):
    """Odile lets passengers have her number."""
    odile = make_driver(session, phone="+33639980021")
    make_consent(session, odile, "share_phone")
    trip = make_trip(session, driver=odile)
    session.commit()
    return trip


def reveal(client, trip, **answers):
    return client.get(f"/contacter/{trip.public_id}").submit("/contacter", **(MARCEL | answers))


def reveals(session):
    return session.scalar(select(func.count()).select_from(ContactReveal))


def test_the_number_is_shown_after_a_name_and_a_number_and_recorded(client, session, trip):
    """P4."""
    before = client.get(f"/contacter/{trip.public_id}")
    assert "06 39 98 00 21" not in before.html
    page = reveal(client, trip)
    assert "06 39 98 00 21" in page.main
    assert page.response.headers["Cache-Control"] == "no-store"
    [row] = session.scalars(select(ContactReveal))
    assert (row.trip_id, row.driver_id) == (trip.id, trip.driver_id)
    assert session.get(Person, row.passenger_id).full_name == "Marcel Poujol"
    assert session.scalar(select(Entry).where(Entry.verb == "contact.revealed")).subject_id == trip.driver_id
    assert "639980021" not in client.get(f"/contacter/{trip.public_id}").html.replace(" ", "")


@pytest.mark.parametrize("missing", ["first_name", "last_name", "phone"])
def test_without_name_or_number_nothing_is_shown(client, session, trip, missing):
    page = reveal(client, trip, **{missing: ""})
    assert page.status == 422
    assert "639980021" not in page.html.replace(" ", "")
    assert reveals(session) == 0


def test_a_driver_who_did_not_consent_is_asked_through_the_team(client, session):
    """P4: the form to the team opens with both trips."""
    trip = make_trip(session)
    session.commit()
    page = client.get(f"/contacter/{trip.public_id}?origin=Cahors&destination=Figeac&day=24/11&notice=gagné")
    assert page.path.startswith("/demander?")
    assert "Vous avez choisi le trajet de Odile" in page.main
    assert 'value="Cahors"' in page.html
    assert "gagné" not in page.text
    client.post(f"/contacter/{trip.public_id}", MARCEL)
    assert reveals(session) == 0


def test_a_withdrawn_consent_closes_the_page_at_once(client, session, trip):
    """V9."""
    page = client.get(f"/contacter/{trip.public_id}")
    record_consent(
        session, trip.driver, kind="share_phone", given=False, text_version="1", actor=SYSTEM, now=NOW
    )
    session.commit()
    answer = page.submit("/contacter", **MARCEL)
    assert answer.path.startswith("/demander")
    assert "639980021" not in answer.html.replace(" ", "")


def test_a_minor_needs_a_guardian_s_word_first(client, session, trip):
    """P8."""
    page = reveal(client, trip, minor="y")
    assert page.status == 422
    assert "responsable légal" in page.main
    assert reveals(session) == 0
    assert session.query(Person).filter_by(last_name="Poujol").count() == 0
    page = reveal(client, trip, minor="y", guardian="y")
    assert "06 39 98 00 21" in page.main
    minor = session.scalars(select(Person).where(Person.last_name == "Poujol")).one()
    assert minor.minor
    assert minor.guardian_consent_at is not None


def test_a_known_minor_is_not_waved_through_by_forgetting_the_box(client, session, trip):
    reveal(client, trip, minor="y", guardian="y")
    minor = session.scalars(select(Person).where(Person.last_name == "Poujol")).one()
    minor.guardian_consent_at = None
    session.commit()
    page = reveal(client, trip)
    assert page.status == 422
    assert "639980021" not in page.html.replace(" ", "")


def test_five_numbers_a_day_are_enough_for_one_telephone(client, session, trip):
    for _ in range(5):
        assert reveal(client, trip).status == 200
    page = reveal(client, trip)
    assert page.status == 422
    assert "plusieurs numéros" in page.main
    assert reveals(session) == 5


def test_twenty_numbers_a_day_are_enough_for_one_network(client, session, trip):
    for number in range(20):
        reveal(client, trip, phone=f"05 36 49 02 {number:02d}")
    assert reveal(client, trip, phone="05 36 49 03 00").status == 422
    assert reveals(session) == 20


@pytest.mark.parametrize("change", [{"status": "stopped"}, {"status": "pending"}, {"status": "deleted"}])
def test_a_trip_no_longer_offered_gives_no_number(client, session, trip, change):
    trip.status = change["status"]
    session.commit()
    assert client.get(f"/contacter/{trip.public_id}").status == 404
    assert client.post(f"/contacter/{trip.public_id}", MARCEL).status == 404


@pytest.mark.parametrize("path", ["1", "0" * 32, "x" * 32, "../bureau"])
def test_made_up_trips_are_not_found(client, path):
    assert client.get(f"/contacter/{path}").status == 404
