from datetime import time

import pytest

from lotocar.values.geo import Stop
from lotocar.web.passenger.showing import commune
from tests.support.factories import (
    FIGEAC,
    GOURDON,
    TUESDAY,
    make_consent,
    make_driver,
    make_trip,
    once,
    weekly,
)

pytestmark = pytest.mark.usefixtures("house")


@pytest.fixture
def odile(session):
    """Odile drives Cahors to Figeac on Tuesdays at 8 h 30, from her doorstep."""
    driver = make_driver(session, first_name="Odile", last_name="Vernet", phone="+33639980021")
    doorstep = Stop("12 impasse du Puits, Cahors", "46042", 44.4475, 1.4406)
    make_trip(session, driver=driver, origin=doorstep, precision="portail vert", note="chez les Vernet")
    session.commit()
    return driver


def search(client, **answers):
    asked = {"origin": "Cahors", "destination": "Figeac", "day": "mardi 24 novembre"} | answers
    return client.get("/").submit("/chercher", **asked)


def test_the_home_page_offers_a_search_a_telephone_and_a_trip_to_offer(client):
    page = client.get("/")
    assert "05 36 49 00 00" in page.main
    assert page.follow("Proposer un trajet").path == "/proposer-un-trajet"


def test_a_search_says_first_name_day_hour_and_detour(client, odile):
    page = search(client)
    assert page.status == 200
    for said in ("Odile", "mardi 24 novembre", "8 h 30", "Sur sa route", "Chaque mardi", "Cahors", "Figeac"):
        assert said in page.main
    assert "noindex" in page.response.headers["X-Robots-Tag"]


def test_a_stop_in_no_known_commune_is_never_shown_as_a_street(app):
    with app.app_context():
        assert commune(Stop("12 impasse du Puits, Cahors", "00000", 44.4475, 1.4406)) == ""


@pytest.mark.parametrize("hidden", ["Vernet", "639980021", "06 39 98 00 21", "impasse", "Puits", "portail"])
def test_a_search_tells_nothing_that_leads_to_somebody(client, odile, hidden):
    """Threats 1 and 3: no name in full, number, street or precise place."""
    assert hidden not in search(client).html


def test_the_cost_rule_and_the_insurance_are_said(client, odile):
    """P7."""
    page = search(client)
    assert "gratuit" in page.main
    assert "frais partagés" in page.main
    assert "Assurance" in page.main


def test_regular_and_one_off_trips_both_show_their_date(client, session, odile):
    make_trip(session, kind="one_off", departures=[once(TUESDAY, time(10))])
    session.commit()
    page = search(client)
    assert "2 trajets passent par là" in page.main
    assert "trajet régulier" in page.main
    assert "trajet ponctuel" in page.main
    assert page.main.count("mardi 24 novembre") >= 2


def test_a_trip_of_another_day_is_not_found(client, odile):
    assert "Aucun conducteur" in search(client, day="mercredi 25 novembre").main


def test_a_detour_of_five_to_ten_minutes_is_shown(client, session):
    """The original hid them all."""
    make_trip(session, max_detour_minutes=30, departures=[weekly(1, time(8))])
    session.commit()
    page = search(client, origin="Pradines")
    assert "étour d’environ" in page.main or "étour d'environ" in page.main


def test_an_hour_of_arrival_chooses(client, odile):
    assert "Odile" in search(client, hour="10h", time_kind="arrive_by").main
    assert "Aucun conducteur" in search(client, hour="6h", time_kind="arrive_by").main


def test_nobody_found_leads_to_a_request_already_filled_in(client):
    page = search(client, origin="Gourdon", hour="9h").follow("Laisser ma demande")
    assert page.path.startswith("/demander?")
    values = {box.get("name"): box.get("value") for box in page.root.iter("input")}
    assert (values["origin"], values["destination"], values["hour"]) == ("Gourdon", "Figeac", "9 h")


def test_the_way_back_is_one_link_away(client, odile):
    page = search(client).follow("Chercher le retour")
    assert "17 h" in page.main


def test_an_unknown_place_is_said_never_guessed(client):
    page = search(client, origin="Xyzzy sur Rien")
    assert page.status == 422
    assert "Nous ne connaissons pas ce lieu" in page.main
    assert 'value="Figeac"' in page.html


def test_an_ambiguous_place_is_asked_back(client):
    page = search(client, origin="Saint-Martin")
    assert page.status == 422
    assert page.all("input", type="radio", name="origin_code")


@pytest.mark.parametrize("day", ["demain", "mardi", "24/11", "24 novembre 2026", "mardi 24 novembre"])
def test_days_are_typed_the_french_way(client, day):
    """P3."""
    assert search(client, day=day).status == 200


SENSELESS = [
    {"day": "31/02"},
    {"day": "hier"},
    {"day": "24/11/20266"},
    {"day": ""},
    {"hour": "25h"},
    {"hour": "02:30", "day": "28/03/2027", "time_kind": "leave_at"},
    {"destination": "Cahors"},
    {"origin": "\x00"},
    {"origin": "🚗" * 50},
    {"origin": "'; DROP TABLE trip; --"},
    {"origin": "x" * 5000},
    {"origin": ""},
]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_search_that_makes_no_sense_is_said(client):
    for answers in SENSELESS:
        page = search(client, **answers)
        assert page.status == 422, answers
        assert page.all("div", class_="error-summary"), answers


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "query", ["", "page=9999999999", "page=-1", "time_kind=never&hour=9h", "origin_code=;;;;"]
)
def test_a_made_up_address_is_answered(client, odile, query):
    page = client.get(
        f"/chercher?origin=Cahors&destination=Figeac&day=24/11&{query}" if query else "/chercher"
    )
    assert page.status in {200, 422}


def test_many_candidates_come_in_pages_without_a_cap(client, session):
    for _ in range(45):
        make_trip(session)
    session.commit()
    page = search(client)
    assert "45 trajets" in page.main
    shown = len(page.all("article"))
    while "Suivant" in page.text or "suivante" in page.text:
        following = [href for said, href in page.links().items() if "uivant" in said]
        if not following:
            break
        page = client.get(following[0])
        shown += len(page.all("article"))
    assert shown == 45


def test_searching_writes_nothing(client, session, odile):
    from lotocar.journal.models import Entry

    search(client)
    assert session.query(Entry).count() == 0


def test_the_places_come_as_one_types(client):
    page = client.get("/lieux?q=caho", htmx=True)
    assert "Cahors" in [option.get("data-label") for option in page.all("li")]


@pytest.mark.parametrize("typed", ["", "c", "%00", "🚗", "x" * 3000])
def test_odd_letters_give_no_place_and_no_crash(client, typed):
    assert client.get(f"/lieux?q={typed}", htmx=True).status == 200


@pytest.mark.parametrize(
    "path", ["/comment-ca-marche", "/mentions-legales", "/donnees-personnelles", "/accessibilite"]
)
def test_the_plain_pages_open_from_home(client, path):
    assert client.get(path).status == 200
    assert path in client.get("/").links().values()


def test_robots_stay_out_of_what_is_about_people(client):
    rules = client.get("/robots.txt").html
    assert "Disallow: /chercher" in rules
    assert "Disallow: /mon-espace/" in rules


def test_a_consenting_driver_s_number_is_on_no_page_before_a_name_is_left(client, session, odile):
    """P4: scraping yields no number."""
    make_consent(session, odile, "share_phone")
    make_trip(session, origin=GOURDON)
    session.commit()
    page = search(client)
    pages = [
        page,
        *(client.get(href) for href in page.links().values() if href.startswith(("/contacter", "/demander"))),
    ]
    assert len(pages) > 1
    for seen in pages:
        assert "639980021" not in seen.html.replace(" ", "")
        assert "Vernet" not in seen.html


def test_the_hour_shown_is_when_the_driver_passes_then_arrives(client, session):
    """A driver who leaves Cahors at 8 h 30 passes in Gramat later: a passenger who waits at 8 h 30 would wait for long."""
    make_trip(session, destination=FIGEAC, max_detour_minutes=60)
    session.commit()
    page = search(client, origin="Gramat", destination="Figeac")
    [stub] = page.all("p", class_="ticket__hour")
    assert "vers 9 h" in "".join(stub.itertext())
    assert "Passe à Gramat vers 9 h" in page.main
    assert "arrive vers 10 h" in page.main


def test_an_hour_at_which_nobody_passes_shows_the_other_hours_of_the_day(client, odile):
    page = search(client, hour="6h", time_kind="arrive_by")
    assert "Aucun conducteur ne passe par là à cette heure" in page.main
    assert "À une autre heure ce jour-là" in page.main
    assert "Odile" in page.main


def test_a_day_without_anybody_leads_to_the_days_beside_it(client, odile):
    page = search(client, day="mercredi 25 novembre").follow(
        "La veille, mardi 24 novembre : 1 conducteur possible"
    )
    assert "1 trajet passe par là" in page.main


def test_the_day_before_or_after_may_do_as_well(client, odile):
    page = search(client, day="mercredi 25 novembre", flexible="y")
    assert "1 trajet passe par là" in page.main
    assert "Mercredi 25 novembre, la veille ou le lendemain" in page.main


@pytest.mark.parametrize(("half", "found"), [("morning", True), ("afternoon", False)])
def test_half_a_day_needs_no_hour(client, odile, half, found):
    page = search(client, time_kind=half)
    assert ("1 trajet passe par là" in page.main) is found


@pytest.mark.parametrize(
    ("hour", "found"), [("7h20", True), ("7h10", False), ("9h40", True), ("9h50", False)]
)
def test_around_an_hour_is_an_hour_on_both_sides_and_the_driver_s_quarter(client, odile, hour, found):
    page = search(client, time_kind="around", hour=hour)
    assert ("1 trajet passe par là" in page.main) is found


def test_changing_the_search_keeps_what_was_typed(client, odile):
    page = search(client, hour="10h").follow("Changer la recherche")
    values = {box.get("name"): box.get("value") for box in page.root.iter("input")}
    assert (values["origin"], values["destination"], values["hour"]) == ("Cahors", "Figeac", "10 h")
    assert "noindex" in page.response.headers["X-Robots-Tag"]


def test_what_only_the_team_proposes_is_on_no_public_page(client, session):
    make_trip(session, team_only=True)
    session.commit()
    assert "Aucun conducteur" in search(client).main


def test_no_name_stands_beside_what_else_could_be_done(client, session, odile):
    page = search(client, origin="Gramat", day="mardi 24 novembre", hour="9h")
    for hidden in ("Vernet", "639980021", "impasse"):
        assert hidden not in page.html
