"""Candidates and absentees in plain French."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from lotocar.carpool.matching.facts import DayRange, DepartureFacts, LegFacts, Rule, TimeKind
from lotocar.carpool.matching.rules import fits
from lotocar.carpool.matching.wording import (
    at_place,
    candidate_words,
    exclusion_words,
    gap_words,
    hour_note,
    passing_words,
    sentences,
    why_words,
)
from lotocar.carpool.trips.rules import SeatPart
from lotocar.world.roads.estimate import EstimatedRoads
from tests.carpool.matching.cast import (
    CAHORS,
    SOUILLAC,
    TUESDAY,
    candidate,
    exclusion,
    make_departure,
    make_leg,
)

ROADS = EstimatedRoads(0.085)  # its own pace, so that a new calibration moves no figure here


def said(departure: DepartureFacts, leg: LegFacts, pickup: str = "Pradines") -> str:
    return candidate_words(candidate(fits(departure, leg, ROADS)), pickup=pickup)


def test_o1_in_words() -> None:
    words = said(make_departure(), make_leg())
    assert words == "passe à Pradines à 8 h 36, détour d'environ 4 min, arrive 42 min en avance"
    note = hour_note(candidate(fits(make_departure(), make_leg(), ROADS)))
    assert note == "le départ de 8 h 30 convient pour arriver à 10 h"


def test_reasons_one_by_one_and_the_gap_alone() -> None:
    found = candidate(fits(make_departure(), make_leg(), ROADS))
    assert sentences(found) == [
        "passe à 8 h 36",
        "détour d'environ 4 min",
        "arrive 42 min en avance",
        "3 places libres",
    ]
    assert gap_words(found) == "arrive 42 min en avance"
    assert gap_words(candidate(fits(make_departure(), make_leg(hour=None), ROADS))) == ""


@pytest.mark.parametrize(
    ("departure", "leg", "words"),
    [
        (
            make_departure(),
            make_leg(pickup=CAHORS, dropoff=SOUILLAC, time_kind=TimeKind.LEAVE_AT, hour=time(8)),
            "passe à Cahors à 8 h 30, sur sa route, 30 min plus tard que l'heure souhaitée",
        ),
        (
            make_departure(),
            make_leg(pickup=CAHORS, dropoff=SOUILLAC, time_kind=TimeKind.LEAVE_AT, hour=time(8, 30)),
            "passe à Cahors à 8 h 30, sur sa route, à l'heure souhaitée",
        ),
        (
            make_departure(),
            make_leg(pickup=CAHORS, dropoff=SOUILLAC, time_kind=TimeKind.LEAVE_AT, hour=time(8, 50)),
            "passe à Cahors à 8 h 30, sur sa route, 20 min plus tôt que l'heure souhaitée, "
            "s'il est possible de partir 5 min plus tard",
        ),
        (
            make_departure(hour=None),
            make_leg(pickup=CAHORS, dropoff=SOUILLAC),
            "heure à préciser, sur sa route",
        ),
        (
            make_departure(hour=time(8, 0)),
            make_leg(pickup=CAHORS, dropoff=SOUILLAC, hour=None),
            "passe à Cahors à 8 h, sur sa route",
        ),
        (
            make_departure(weekday=0, hour=time(23, 50)),
            make_leg(pickup=CAHORS, dropoff=SOUILLAC, time_kind=TimeKind.LEAVE_AT, hour=time(0, 5)),
            "passe à Cahors lundi 23 novembre à 23 h 50, sur sa route, 15 min plus tôt que l'heure souhaitée",
        ),
    ],
)
def test_a_candidate_says_where_when_and_at_what_cost(
    departure: DepartureFacts, leg: LegFacts, words: str
) -> None:
    assert said(departure, leg, "Cahors") == words


def closed(why: str) -> dict[str, Any]:
    return {"pauses": (DayRange(TUESDAY, TUESDAY, why),)}


ABSENT: list[tuple[Rule, dict[str, Any], dict[str, Any], str]] = [
    (Rule.CLOSED, {"is_open": False}, {}, "ce trajet n'est pas proposé en ce moment"),
    (Rule.SAME_PERSON, {"driver_id": 2}, {}, "c'est la personne qui cherche un trajet"),
    (Rule.AVOIDED, {}, {"avoid": frozenset({1})}, "ces deux personnes ne voyagent pas ensemble"),
    (
        Rule.DETOUR,
        {"max_detour_minutes": 1},
        {},
        "détour d'environ 4 min, 3 min de plus que sa limite de 1 min",
    ),
    (
        Rule.DAY,
        {"weekday": 0},
        {},
        "part le lundi, pas le mardi",
    ),
    (
        Rule.DAY,
        {"day": date(2026, 11, 26)},
        {},
        "ne fait ce trajet que le jeudi 26 novembre",
    ),
    (Rule.HIDDEN, {"team_only": True}, {"is_public": True}, "ce trajet n'est proposé que par l'équipe"),
    (
        Rule.NEEDS,
        {"abilities": 1},
        {"needs": 41},
        "ne propose pas : accepter un animal et attendre sur place",
    ),
    (
        Rule.VALIDITY,
        {"valid_from": date(2026, 12, 1)},
        {},
        "ce trajet commence le mardi 1er décembre",
    ),
    (
        Rule.VALIDITY,
        {"valid_until": date(2026, 10, 30)},
        {},
        "ce trajet a pris fin le vendredi 30 octobre",
    ),
    (
        Rule.PAUSE,
        {"pauses": (DayRange(TUESDAY, date(2026, 12, 15)),)},
        {},
        "en pause jusqu'au mardi 15 décembre",
    ),
    (Rule.PAUSE, closed("moved"), {}, "a changé ses horaires ce jour-là"),
    (Rule.PAUSE, closed("school"), {}, "ne fait pas ce trajet pendant les vacances scolaires"),
    (Rule.PAUSE, closed("term"), {}, "ne fait ce trajet que pendant les vacances scolaires"),
    (Rule.PAUSE, closed("holiday"), {}, "ne fait pas ce trajet les jours fériés"),
    (Rule.PAUSE, closed("month"), {}, "a déjà pris autant de trajets que convenu pour ce mois"),
    (Rule.SEATS, {"seats_taken": {TUESDAY: (SeatPart(3),)}}, {}, "plus de place ce jour-là"),
    (Rule.SEATS, {}, {"seats": 4}, "il ne reste que 3 places ce jour-là"),
    (
        Rule.HOUR,
        {"hour": time(9, 30)},
        {},
        "passerait à 9 h 36 et arriverait à 10 h 17 : 3 min trop tard, souplesse comprise",
    ),
    (
        Rule.HOUR,
        {"hour": time(6)},
        {},
        "passerait à 6 h 06 : 1 h 27 trop tôt, souplesse comprise",
    ),
    (
        Rule.GONE,
        {},
        {"not_before": datetime(2026, 11, 24, 9, 0, tzinfo=UTC)},
        "passe à 8 h 36 : c'est déjà passé",
    ),
    (
        Rule.GONE,
        {"hour": None},
        {"not_before": datetime(2026, 11, 25, 9, 0, tzinfo=UTC)},
        "ce jour est passé",
    ),
]


@pytest.mark.parametrize(("rule", "departure", "leg", "words"), ABSENT)
def test_why_not_him(rule: Rule, departure: dict[str, Any], leg: dict[str, Any], words: str) -> None:
    answer = exclusion(fits(make_departure(**departure), make_leg(**leg), ROADS))
    assert (answer.rule, exclusion_words(answer)) == (rule, words)


def test_every_rule_has_its_words() -> None:
    assert {rule for rule, *_ in ABSENT} == set(Rule)


def test_articles_of_places_are_contracted() -> None:
    places = ["Le Vigan", "Les Arques", "La Bastide", "L'Hospitalet", "Lentillac"]
    assert [at_place(label) for label in places] == [
        "au Vigan",
        "aux Arques",
        "à La Bastide",
        "à L'Hospitalet",
        "à Lentillac",
    ]


def test_the_way_home_is_said_from_its_own_start() -> None:
    home = make_departure(direction="back", origin=SOUILLAC, destination=CAHORS, hour=time(17, 30))
    leg = make_leg(pickup=SOUILLAC, dropoff=CAHORS, time_kind=TimeKind.LEAVE_AT, hour=time(17))
    assert said(home, leg, "Souillac").startswith("passe à Souillac à 17 h 30, sur sa route")


def test_what_nobody_asked_the_driver_is_to_be_asked_and_the_last_driver_is_marked() -> None:
    leg = make_leg(needs=3, known_drivers=frozenset({1}))
    words = sentences(candidate(fits(make_departure(), leg, ROADS)))
    assert words[-2:] == [
        "même conducteur que la dernière fois",
        "à lui demander : de la place dans le coffre et un bras pour marcher",
    ]


def test_the_hour_of_passing_and_of_arriving() -> None:
    passes = candidate(fits(make_departure(), make_leg(), ROADS))
    assert passing_words(passes) == "passe vers 8 h 36, arrive vers 9 h 17"
    assert passing_words(candidate(fits(make_departure(hour=None), make_leg(), ROADS))) == ""


def why(*departures: DepartureFacts, **changes: Any) -> str:
    return why_words([fits(one, make_leg(**changes), ROADS) for one in departures])


def test_why_not_says_all_the_days_of_a_driver_at_once() -> None:
    week = [make_departure(departure_id=number, weekday=number) for number in (0, 2, 4)]
    assert why(*week) == "part le lundi, le mercredi et le vendredi, pas le mardi"
    assert why() == "ne propose aucun trajet"
    assert why(make_departure()).startswith("convient : passe à 8 h 36, détour d'environ")
    assert why(make_departure(max_detour_minutes=1)).endswith("3 min de plus que sa limite de 1 min")


def test_why_not_never_tells_who_asked_not_to_travel_together() -> None:
    assert why(make_departure(), avoid=frozenset({1})) == "ces deux personnes ne voyagent pas ensemble"
