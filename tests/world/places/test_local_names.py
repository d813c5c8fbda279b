"""The team's own names win over everything, and are understood as communes are."""

from __future__ import annotations

import pytest

from lotocar.values.geo import Point
from lotocar.world.places.rules import LocalName
from lotocar.world.places.search import Ambiguous, Found, Home, Unknown, find, resolve

LOT = Home(departements=("46",))
HOSPITAL = LocalName(1, "Hôpital de Cahors", ("CH Cahors", "Jean Rougier"), "46042", Point(44.4543, 1.4407))
STATION = LocalName(2, "Gare de Gourdon", (), "46127", Point(44.7290, 1.3880))
HAMLET = LocalName(3, "Figeac", ("Le Mas",), "46128", Point(44.78, 1.73))  # a hamlet named like a town
MARKET = LocalName(4, "Marché de Prayssac", ("le marché",), "46225", Point(44.5050, 1.1890))
TWIN = LocalName(5, "Le Mas", (), "46102", Point(44.60, 2.03))
ALL = [HOSPITAL, STATION, HAMLET, MARKET, TWIN]


@pytest.mark.parametrize(
    "words",
    ["Hôpital de Cahors", "hopital de cahors", "hopital cahors", "CH Cahors", "ch cahors", "Jean Rougier",
     "JEAN-ROUGIER", "jean rou", "hopital", "l'hôpital", "jean rougié", "rougier"],
)  # fmt: skip
def test_any_of_its_names_finds_the_place(words: str) -> None:
    first = find(words, home=LOT, local_places=[HOSPITAL])[0]
    assert (first.kind, first.label, first.stop.insee) == ("local", "Hôpital de Cahors", "46042")
    assert first.stop.point == HOSPITAL.point
    assert first.detail == "Cahors"


def test_without_the_place_nobody_knows_it() -> None:
    assert find("Jean Rougier", home=LOT) == []


def test_a_local_name_wins_over_the_commune_of_that_name() -> None:
    hits = find("Figeac", home=LOT, local_places=ALL)
    assert [(hit.kind, hit.stop.insee) for hit in hits[:2]] == [("local", "46128"), ("commune", "46102")]
    answer = resolve("figeac", home=LOT, local_places=ALL)
    assert isinstance(answer, Found)
    assert answer.stop.point == HAMLET.point


def test_a_local_place_replaces_the_guess_among_other_words() -> None:
    assert [hit.label for hit in find("gare de gourdon", home=LOT, local_places=ALL)] == ["Gare de Gourdon"]
    assert [hit.label for hit in find("gare de gourdon", home=LOT)] == ["Gourdon"]


def test_a_name_of_two_local_places_is_asked_back() -> None:
    answer = resolve("le mas", home=LOT, local_places=ALL)
    assert isinstance(answer, Ambiguous)
    assert {hit.stop.insee for hit in answer.hits[:2]} == {"46128", "46102"}


def test_the_beginning_of_a_local_name_is_asked_back() -> None:
    assert isinstance(resolve("jean rou", home=LOT, local_places=ALL), Ambiguous)
    assert isinstance(resolve("jean rougié", home=LOT, local_places=ALL), (Ambiguous, Unknown))


def test_a_commune_in_full_stays_before_a_likeness_of_a_local_name() -> None:
    market = LocalName(9, "Gramatt", (), "46042", Point(44.45, 1.44))
    assert find("Gramat", home=LOT, local_places=[market])[0].kind == "commune"


def test_a_postcode_narrows_local_places_too() -> None:
    assert find("le mas 46100", home=LOT, local_places=ALL)[0].stop.insee == "46102"


def test_nonsense_stays_nonsense_with_local_places() -> None:
    for words in ["zorglub", "xx", "12345678", "", "e"]:
        assert find(words, home=LOT, local_places=ALL) == []
