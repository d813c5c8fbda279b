import threading
import time as time_passes
from datetime import date, time

import pytest
from sqlalchemy import select

from lotocar.carpool.people.models import Person
from lotocar.carpool.requests.models import RideRequest
from tests.support.doors import PageClient
from tests.support.factories import TUESDAY, make_passenger, make_request, make_trip

pytestmark = pytest.mark.usefixtures("house")

MARCEL = {
    "origin": "Limogne-en-Quercy",
    "destination": "Cahors",
    "day": "mercredi 25 novembre",
    "first_name": "Marcel",
    "last_name": "Poujol",
    "phone": "05 36 49 01 12",
}


def ask(client, path="/demander", **answers):
    return client.get(path).submit("/demander", **(MARCEL | answers))


def the_request(session):
    session.expire_all()
    return session.scalars(select(RideRequest)).one()


def test_a_request_left_online_arrives_at_the_desk(client, session):
    """P1: a landline is enough."""
    page = ask(client, hour="10h", seats="2", wish="un sac lourd")
    row = the_request(session)
    assert page.path == "/demande-recue"
    assert f"n° {row.id}" in page.text
    assert (row.source, row.status, row.seats, row.wish) == ("web", "to_process", 2, "un sac lourd")
    [leg] = row.legs
    assert (leg.day, leg.time_kind, leg.hour) == (date(2026, 11, 25), "arrive_by", time(10))
    assert row.passenger.full_name == "Marcel Poujol"


def test_the_way_back_is_a_leg_of_its_own(client, session):
    ask(client, back="yes", back_hour="17h")
    legs = [(leg.direction, leg.origin_label, leg.time_kind, leg.hour) for leg in the_request(session).legs]
    assert legs == [("out", "Limogne-en-Quercy", "none", None), ("back", "Cahors", "leave_at", time(17))]


def test_an_hour_of_return_is_enough_to_ask_for_one(client, session):
    ask(client, back_hour="17h")
    assert len(the_request(session).legs) == 2


def test_the_same_form_sent_twice_makes_one_request(client, session):
    page = client.get("/demander")
    page.submit("/demander", **MARCEL)
    assert page.submit("/demander", **MARCEL).path == "/demande-recue"
    the_request(session)


def test_the_same_form_sent_twice_at_once_makes_one_request(app, client, session):
    """The second is past the look for a known key when the first one is kept."""
    key = client.get("/demander").all("input", name="form_key")[0].get("value")
    first, answers = make_request(session, form_key=key), []

    def send():
        answers.append(PageClient(app, session).post("/demander", MARCEL | {"form_key": key}))

    second = threading.Thread(target=send)
    second.start()
    time_passes.sleep(1.5)
    session.commit()
    second.join(30)
    assert [one.path for one in answers] == ["/demande-recue"]
    assert the_request(session).id == first.id


def test_the_same_request_from_another_page_is_the_same_and_another_day_is_not(client, session):
    """Fault 23: gone back to and sent again."""
    first, again = ask(client, back="yes"), ask(client, back="yes")
    assert f"n° {the_request(session).id}" in first.text
    assert f"n° {the_request(session).id}" in again.text
    ask(client, day="jeudi 26 novembre", back="yes")
    assert session.query(RideRequest).count() == 2


def test_the_trip_that_was_chosen_is_a_hint_for_the_desk(client, session):
    trip = make_trip(session)
    session.commit()
    address = f"/demander?trip={trip.public_id}&day=24/11/2026"
    # nobody is asked before the team decides to
    assert "L’équipe pourra lui demander" in client.get(address).main
    ask(client, path=address, day=f"{TUESDAY:%d/%m/%Y}")
    assert the_request(session).trip_id == trip.id


def test_a_known_passenger_is_recognised_and_left_as_they_are(client, session):
    marcel = make_passenger(session, phone="+33536490112", call_hours="le matin")
    session.commit()
    ask(client)
    row = the_request(session)
    assert row.passenger_id == marcel.id
    assert row.passenger.call_hours == "le matin"


def test_the_minor_s_authorisation_is_recorded(client, session):
    """P8."""
    ask(client, minor="y", guardian="y")
    passenger = the_request(session).passenger
    assert passenger.minor
    assert passenger.guardian_consent_at is not None


def test_more_than_five_requests_a_day_are_taken_by_phone(client, session):
    for day in range(25, 30):
        ask(client, day=f"{day}/11/2026")
    page = ask(client, day="30/11/2026")
    assert page.status == 422
    assert "Appelez-nous" in page.main
    assert session.query(RideRequest).count() == 5


WRONG = [
    ({"origin": ""}, "Écrivez une commune"),
    ({"origin": "Xyzzy sur Rien"}, "ne connaissons pas"),
    ({"destination": "Limogne-en-Quercy"}, "au même endroit"),
    ({"day": "31/02"}, "calendrier"),
    ({"day": "20/11/2026"}, "passé"),
    ({"hour": "midi trente-douze"}, "pas compris"),
    ({"back_day": "24/11"}, "avant l'aller"),
    ({"day": "28/03/2027", "hour": "2h30"}, "heure d'été"),
    ({"day": "31/10/2027", "back_hour": "2h30"}, "heure d'hiver"),
    ({"phone": ""}, "Écrivez un numéro"),
    ({"phone": "0899 00 00 00"}, "surtaxés"),
    ({"last_name": ""}, "Écrivez votre nom"),
    ({"last_name": "a\x00"}, "invisible"),
    ({"wish": "x" * 501}, "500 caractères"),
    ({"seats": "9"}, ""),
]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(client, session):
    empty = client.get("/demander")
    for answers, said in WRONG:
        page = empty.submit("/demander", **(MARCEL | answers))
        assert page.status == 422, answers
        assert said in page.main, answers
        assert 'value="Marcel"' in page.html, answers
    assert session.query(Person).count() == 0


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_wish_of_a_megabyte_is_too_long_not_a_crash(client, session):
    assert ask(client, wish="x" * 1_000_000).status in {413, 422}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "path", ["/demander?trip=x", "/demander?trip=%00", "/demander?origin=%00&day=31/02&form_key=x"]
)
def test_a_made_up_address_still_opens_the_form(client, path):
    assert client.get(path).status == 200
