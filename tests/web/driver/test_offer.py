import threading
import time as time_passes
from datetime import time, timedelta

import pytest

from lotocar.carpool.people.models import Person
from lotocar.carpool.people.queries import consents
from lotocar.carpool.trips import operations as trips
from lotocar.carpool.trips.models import Trip
from tests.support.doors import PageClient
from tests.support.factories import make_driver
from tests.support.offered import awaiting_call, live_trips
from tests.web.driver.steps import ODILE, ONCE, confirm, last_code, offer, texts

pytestmark = pytest.mark.usefixtures("house")


def hours(trip):
    return {(one.direction, one.weekday): one.hour for one in trip.departures}


def test_a_driver_offers_a_trip_and_confirms_the_number(client, session):
    page = offer(client)
    assert page.path == "/confirmer"
    assert "06 ** ** ** 21" in page.text
    assert live_trips(session) == []
    page = confirm(client, session)
    assert page.path.startswith("/mon-espace/")
    assert "Bonjour Odile" in page.text
    [trip] = live_trips(session)
    assert hours(trip) == {("out", 0): time(8, 30), ("out", 3): time(8, 30)}


def test_each_day_may_have_its_own_hour_and_way_back(client, session):
    offer(client, same_back="17h", **{"friday-hour": "8h", "friday-back": "non", "thursday-back": "18 h 15"})
    assert hours(session.query(Trip).one()) == {
        ("out", 0): time(8, 30),
        ("back", 0): time(17),
        ("out", 3): time(8, 30),
        ("back", 3): time(18, 15),
        ("out", 4): time(8),
    }


def test_a_trip_made_once_has_its_date_and_its_way_back(client, session):
    offer(client, once=True, back_hour="18h")
    trip = session.query(Trip).one()
    assert trip.kind == "one_off"
    assert [(one.direction, one.day.isoformat(), one.hour) for one in trip.departures] == [
        ("out", "2026-11-24", time(8, 30)),
        ("back", "2026-11-24", time(18)),
    ]


def test_silence_is_no_consent(client, session):
    offer(client)
    person = session.query(Person).one()
    assert {kind: one.given for kind, one in consents(session, person.id).items()} == {
        "share_phone": False,
        "registry": False,
    }


def test_a_consent_is_kept_with_its_text(client, session):
    offer(client, share_phone="yes", registry="y")
    said = consents(session, session.query(Person).one().id)
    assert {kind: (one.given, one.text_version) for kind, one in said.items()} == {
        "share_phone": (True, "2026-11"),
        "registry": (True, "2026-11"),
    }


def test_a_landline_gets_no_sms_and_waits_for_the_desk_s_call(client, session):
    """V8, and V1's other half: the desk confirms a landline."""
    page = offer(client, phone="05 36 49 00 21", contact_preference="sms")
    assert page.path == "/nous-vous-appelons"
    assert texts(session, "driver_code") == []
    [trip] = awaiting_call(session)
    assert trip.driver.contact_preference == "call"


def test_known_and_unknown_numbers_get_the_same_answer(client, session):
    make_driver(session, phone="+33639980031")
    session.commit()
    known, unknown = (offer(client, phone=f"06 39 98 00 3{last}") for last in (1, 2))
    assert known.path == unknown.path
    assert known.main.replace("31", "32") == unknown.main


def test_a_known_driver_who_confirms_keeps_one_page_with_both_trips(client, session):
    known = make_driver(session, phone="+33639980021")
    session.commit()
    offer(client)
    confirm(client, session)
    session.expire_all()
    assert [trip.driver_id for trip in live_trips(session)] == [known.id]


def test_the_wrong_code_is_counted_and_five_are_enough(client, session):
    offer(client)
    code = last_code(session)
    for _ in range(5):
        page = client.get("/confirmer").submit("/confirmer", code="000000" if code != "000000" else "111111")
        assert "pas le bon code" in page.text
    assert "pas le bon code" in client.get("/confirmer").submit("/confirmer", code=code).text
    assert live_trips(session) == []


def test_the_code_typed_with_spaces_is_understood(client, session):
    offer(client)
    code = last_code(session)
    page = client.get("/confirmer").submit("/confirmer", code=f" {code[:3]} {code[3:]}")
    assert page.path.startswith("/mon-espace/")


def test_another_browser_cannot_use_the_code(app, client, session):
    from tests.web.tidy import TidyClient

    offer(client)
    thief = TidyClient(app, session)
    assert "Aucun code" in thief.get("/confirmer").text
    thief.post("/confirmer", {"code": last_code(session)})
    assert live_trips(session) == []


def test_no_more_than_three_codes_in_a_quarter_of_an_hour(client, session, clock, now):
    offer(client)
    for _ in range(4):
        page = client.get("/confirmer").submit("/confirmer/renvoyer")
    assert "quart d'heure" in page.text
    assert len(texts(session, "driver_code")) == 3
    clock.move_to(now + timedelta(minutes=16))
    client.get("/confirmer").submit("/confirmer/renvoyer")
    assert len(texts(session, "driver_code")) == 4


def test_the_trip_is_kept_even_when_no_code_may_be_sent(client, session):
    for _ in range(3):
        offer(client)
    page = offer(client)
    assert page.path == "/nous-vous-appelons"
    assert session.query(Trip).count() == 4


def test_the_same_form_sent_twice_makes_one_trip(client, session):
    page = client.get("/proposer-un-trajet")
    page.submit("/proposer-un-trajet", **ODILE)
    assert page.submit("/proposer-un-trajet", **ODILE).path == "/confirmer"
    assert session.query(Trip).count() == 1
    assert len(texts(session, "driver_code")) == 1


def test_the_same_form_sent_twice_from_a_landline_awaits_one_call(client, session):
    page = client.get("/proposer-un-trajet")
    for _ in range(2):
        answer = page.submit("/proposer-un-trajet", **(ODILE | {"phone": "05 36 49 00 21"}))
        assert answer.path == "/nous-vous-appelons"
    assert session.query(Trip).count() == 1


def test_the_same_form_sent_twice_at_once_makes_one_trip(app, client, session):
    """Both are past the look for a known key when the first one is kept."""
    key = client.get("/proposer-un-trajet").all("input", name="form_key")[0].get("value")
    answers = []

    def send():
        answers.append(PageClient(app, session).post("/proposer-un-trajet", ODILE | {"form_key": key}))

    senders = [threading.Thread(target=send) for _ in range(2)]
    trips.bump_revision(session)  # held back here, until both have looked
    for one in senders:
        one.start()
    time_passes.sleep(1.5)
    session.rollback()
    for one in senders:
        one.join(30)
    assert [one.path for one in answers] == ["/confirmer", "/confirmer"]
    assert (session.query(Trip).count(), session.query(Person).count()) == (1, 1)


def test_who_awaits_no_code_learns_that_the_trip_is_kept(client):
    page = client.get("/confirmer")
    assert "Aucun code" in page.main
    assert "il est enregistré" in page.main


def test_the_private_link_leaves_by_sms_too(client, session):
    offer(client)
    page = confirm(client, session)
    [message] = texts(session, "driver_link")
    assert page.path in message.body


def test_where_drivers_need_validation_the_page_says_so(client, session):
    from lotocar.organisation.models import OrganisationRow

    session.get(OrganisationRow, 1).drivers_need_validation = True
    session.commit()
    offer(client)
    assert "L'équipe vous appelle" in confirm(client, session).text
    assert live_trips(session) == []


WRONG = [
    ({"origin": ""}, "Écrivez une commune"),
    ({"origin": "Xyzzy sur Rien"}, "Nous ne connaissons pas ce lieu"),
    ({"destination": "cahors"}, "au même endroit"),
    ({"same_hour": "25:00"}, "Cette heure n'existe pas"),
    ({"same_hour": ""}, "À quelle heure partez-vous le lundi"),
    ({"monday-on": None, "thursday-on": None}, "Cochez au moins un jour"),
    ({"monday-hour": "bientôt"}, "pas compris cette heure"),
    ({"first_name": ""}, "Écrivez votre prénom"),
    ({"last_name": "x" * 81}, "trop long"),
    ({"last_name": "Ver\x00net"}, "caractère invisible"),
    ({"phone": "0892 68 00 00"}, "surtaxés"),
    ({"phone": "+44 7700 900123"}, "numéros français"),
    ({"phone": "12"}, ""),
    ({"note": "x" * 501}, "500 caractères"),
    ({"note": "a\x00b"}, "caractère invisible"),
    ({"seats": "9"}, ""),
    ({"seats": "-1"}, ""),
    ({"max_detour_minutes": "beaucoup"}, ""),
]
WRONG_ONCE = [
    ({"day": "31/02"}, "n'existe pas dans le calendrier"),
    ({"day": "24/11/20266"}, ""),
    ({"day": "hier"}, ""),
    ({"day": "20/11/2026"}, "déjà passé"),
    ({"day": ""}, "Écrivez le jour"),
    ({"hour": ""}, "Écrivez l'heure"),
    ({"day": "28/03/2027", "hour": "2h30"}, "heure d'été"),
    ({"day": "31/10/2027", "hour": "2h30"}, "heure d'hiver"),
    ({"back_hour": "7h"}, "après l'aller"),
    ({"back_day": "25/11"}, "l'heure du retour"),
]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(client, session):
    empty = client.get("/proposer-un-trajet")
    for answers, said in WRONG:
        page = empty.submit("/proposer-un-trajet", **(ODILE | answers))
        assert page.status == 422, answers
        assert said in page.text, answers
        assert 'value="Odile"' in page.html or "first_name" in answers, answers
    assert session.query(Person).count() == 0


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_wrong_date_is_said_beside_it(client, session):
    empty = client.get("/proposer-un-trajet?quand=une-fois")
    for answers, said in WRONG_ONCE:
        page = empty.submit("/proposer-un-trajet", **(ONCE | answers))
        assert page.status == 422, answers
        assert said in page.text, answers
        assert 'value="06 39 98 00 21"' in page.html, answers
    assert session.query(Trip).count() == 0


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "text", ["O'Brien", "Y", "Ælfgifu 🚗", '"><script>alert(1)</script>', "{{ 7*7 }}", "=1+1"]
)
def test_odd_but_honest_words_come_back_as_typed(client, session, text):
    offer(client, last_name=text, note=text, precision=text)
    person = session.query(Person).one()
    assert person.last_name == text
    page = confirm(client, session)
    assert text in page.text


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_note_of_a_megabyte_is_too_long_not_a_crash(client, session):
    page = offer(client, note="x" * 1_000_000)
    assert page.status in {413, 422}
    assert session.query(Trip).count() == 0


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_hidden_fields_cannot_be_forced(client, session):
    data = {**dict.fromkeys(("status", "driver_id", "confirmed_at", "revision", "id"), "1")}
    client.post("/proposer-un-trajet", ODILE | data | {"form_key": "../../etc", "kind": "monthly"})
    trip = session.query(Trip).one()
    assert (trip.status, trip.kind, len(trip.public_id)) == ("pending", "regular", 32)
