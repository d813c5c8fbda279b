"""What a period tells: counts, delays, communes, lines to recruit."""

from datetime import UTC, date, datetime, timedelta

import pytest

from lotocar.civic.territory import queries, rules, wording
from lotocar.civic.territory.file import figures_csv
from lotocar.civic.territory.rules import Asked, Driven
from lotocar.world.places.drawing import drawing
from lotocar.world.places.home import Home
from tests.support.factories import (
    CAHORS,
    FIGEAC,
    GOURDON,
    NOW,
    a_leg,
    make_approach,
    make_request,
    make_ride,
)

EPCI = {"46042": "200023737", "46102": "200067361", "46127": "244600573", "46128": "200066371"}


def an_asked(passenger_id: int, outcome: str | None = "served_carpool", **changes: object) -> Asked:
    values: dict[str, object] = {
        "passenger_id": passenger_id,
        "source": "desk",
        "outcome": outcome,
        "created_at": NOW,
        "answered_at": NOW + timedelta(hours=2),
        "origin": "46042",
        "destination": "46102",
    }
    return Asked(**(values | changes))  # type: ignore[arg-type]


def the_figures(asked, driven=()):
    return rules.figures(asked, list(driven), epci_of=lambda insee: EPCI.get(insee, ""))


def test_the_month_is_counted_by_what_became_of_each_request():
    asked = [an_asked(n) for n in range(8)] + [an_asked(n, "unserved_no_driver") for n in range(20, 27)]
    figures = the_figures(asked)
    assert (figures.asked.words, figures.served.words, figures.unserved.words) == ("15", "8", "7")
    assert figures.served_share == pytest.approx(8 / 15)
    assert figures.fates["unserved_no_driver"].words == "7"


def test_an_open_request_is_still_under_way():
    assert the_figures([an_asked(n, None) for n in range(6)]).fates["open"].words == "6"


def test_the_share_is_not_told_where_it_would_tell_of_a_few():
    figures = the_figures([an_asked(n) for n in range(8)] + [an_asked(20, "served_purpose_trip")])
    assert figures.fates["served_purpose_trip"].words == "moins de 5"
    assert figures.fates["served_carpool"].words == "non communiqué"
    assert figures.asked.words == "9"


def test_what_was_served_is_the_last_figure_to_cover_another():
    asked = [an_asked(n) for n in range(6)] + [an_asked(20, "no_show")]
    asked += [an_asked(n, "unserved_no_driver") for n in range(30, 39)]
    figures = the_figures(asked)
    assert figures.served.words == "6"
    assert figures.fates["unserved_no_driver"].words == "non communiqué"
    assert figures.unserved.words == "non communiqué"


def test_kilometres_are_those_of_rides_that_took_place():
    driven = [Driven(driver_id=1, passenger_id=n, distance_m=12_400, seats=1) for n in range(5)]
    figures = the_figures([], driven)
    assert (figures.km, figures.rides.words, figures.drivers.words) == (62, "5", "moins de 5")


def test_kilometres_of_four_people_are_not_told():
    driven = [Driven(driver_id=n, passenger_id=n, distance_m=10_000, seats=1) for n in range(4)]
    assert the_figures([], driven).km is None


def test_half_of_the_people_waited_less_than_that():
    waits = [1, 2, 3, 30, 100]
    asked = [an_asked(n, answered_at=NOW + timedelta(hours=hours)) for n, hours in enumerate(waits)]
    found = rules.delays(asked)
    assert found is not None
    assert (found.half, found.within_a_day, found.within_two_days) == (timedelta(hours=3), 0.6, 0.8)


def test_small_communes_stand_together_by_intercommunalite_then_all_together():
    asked = [an_asked(n) for n in range(6)]
    asked += [an_asked(n, origin="46128") for n in range(10, 13)]
    asked += [an_asked(n, origin="46127") for n in range(20, 23)]
    rows = rules.by_commune(asked, epci_of=lambda insee: EPCI.get(insee, ""))
    assert [(row.code, row.asked.words) for row in rows] == [("46042", "6"), ("", "6")]
    same = rules.by_commune(asked, epci_of=lambda insee: "200066371")
    assert [(row.code, row.asked.words) for row in same] == [("46042", "6"), ("200066371", "6")]


def test_a_commune_does_not_give_away_what_the_whole_hides():
    asked = [an_asked(n) for n in range(20)] + [an_asked(n, origin="46127") for n in range(30, 33)]
    asked += [an_asked(n, "unserved_no_driver", origin="46127") for n in range(40, 60)]
    rows = {row.code: row for row in rules.by_commune(asked, epci_of=lambda insee: "")}
    assert rows["46127"].served.words == "moins de 5"
    assert not rows["46042"].served.is_shown


def test_a_line_is_the_same_there_and_back():
    there = [an_asked(n, "unserved_declined") for n in range(3)]
    back = [an_asked(n, "unserved_late", origin="46102", destination="46042") for n in range(3, 6)]
    lines, wider = rules.missing_lines(there + back, epci_of=lambda insee: EPCI[insee])
    assert [(line.ends, line.unserved.words) for line in lines] == [(("46042", "46102"), "6")]
    assert wider == ()


def test_what_is_too_small_between_communes_shows_between_intercommunalites():
    asked = [an_asked(n, "unserved_no_driver", origin=code) for n, code in enumerate(["46042", "46128"] * 3)]
    lines, wider = rules.missing_lines(asked, epci_of=lambda insee: "246")
    assert lines == ()
    assert [(line.ends, line.unserved.words) for line in wider] == [(("246", "246"), "6")]


def test_the_file_computes_nothing_and_holds_no_figure_that_is_hidden():
    asked = [an_asked(n, origin="99999") for n in range(6)] + [an_asked(50, "no_show")]
    text = figures_csv("novembre 2026", the_figures(asked), [], name_of=lambda code: f"=1+{code}")
    assert "\n'" not in text
    assert ";'=1+99999;" in text
    assert text.startswith("\ufeffperiode;rubrique;libelle;valeur;unite\r\n")
    assert "novembre 2026;suite donnée;Personne au rendez-vous;moins de 5;demandes" in text


@pytest.mark.parametrize(
    ("first", "months", "words"),
    [
        (date(2026, 11, 1), 1, "novembre 2026"),
        (date(2026, 9, 1), 3, "de septembre à novembre 2026"),
        (date(2025, 12, 1), 12, "de décembre 2025 à novembre 2026"),
        (date(2026, 8, 1), 3, "d'août à octobre 2026"),
    ],
)
def test_a_period_is_said_in_full(first, months, words):
    assert wording.period_words(first, months) == words


def test_a_month_begins_and_ends_on_french_clocks(session):
    late = datetime(2026, 10, 31, 23, 30, tzinfo=UTC)  # half past midnight on the 1st in Paris
    make_request(session, created_at=late)
    make_request(session, created_at=late - timedelta(hours=1))
    make_request(session, status="draft", created_at=NOW)
    found = queries.asked_between(session, date(2026, 11, 1), date(2026, 12, 1))
    assert [one.created_at for one in found] == [late]


def test_a_request_is_counted_once_from_its_first_leg(session):
    legs = [a_leg(position=0), a_leg(position=1, direction="back", origin=FIGEAC, destination=CAHORS)]
    make_request(session, legs=legs)
    found = queries.asked_between(session, date(2026, 11, 1), date(2026, 12, 1))
    assert [(one.origin, one.destination) for one in found] == [(CAHORS.insee, FIGEAC.insee)]


def test_a_limited_account_counts_what_touches_its_communes(session):
    make_request(session)
    make_ride(session, status="done", day=date(2026, 11, 20))
    inside = {"first": date(2026, 11, 1), "following": date(2026, 12, 1)}
    for communes, count in (([GOURDON.insee], 0), ([FIGEAC.insee], 1)):
        assert len(queries.driven_between(session, *inside.values(), communes=communes)) == count
        assert bool(queries.asked_between(session, *inside.values(), communes=communes)) == bool(count)


def test_only_rides_that_took_place_are_driven(session):
    for status in ("planned", "done", "cancelled_driver"):
        make_ride(session, approach=make_approach(session), status=status, day=date(2026, 11, 20))
    assert len(queries.driven_between(session, date(2026, 11, 1), date(2026, 12, 1))) == 1


def test_the_map_draws_every_commune_of_the_territory():
    drawn = drawing(Home(departements=("46",)))
    assert len(drawn.shapes) == 312
    assert all(shape.path.startswith("M") and shape.path.endswith("z") for shape in drawn.shapes)
    assert sum(len(shape.path) for shape in drawn.shapes) < 100_000  # a page one can send on a country line


def test_a_territory_without_outlines_shows_its_centres():
    drawn = drawing(Home(communes=("98818", "98805")))
    assert [shape.path for shape in drawn.shapes] == ["", ""]
    assert len({(shape.x, shape.y) for shape in drawn.shapes}) == 2
