"""Postcodes and INSEE codes, whole or half typed, alone or beside a name."""

from __future__ import annotations

import pytest

from lotocar.world.places.gazetteer import gazetteer
from lotocar.world.places.search import Ambiguous, Found, Home, find, resolve

LOT = Home(departements=("46",))


def _codes(words: str, home: Home = LOT) -> list[str]:
    return [hit.stop.insee for hit in find(words, home=home)]


@pytest.mark.parametrize(
    "postcode", ["46000", "46090", "46100", "46200", "46300", "46400", "46500", "12260", "31000"]
)
def test_a_postcode_gives_its_communes_the_biggest_of_the_territory_first(postcode: str) -> None:
    found = [gazetteer().commune(insee) for insee in _codes(postcode)]
    assert found
    assert all(commune and postcode in commune.postcodes for commune in found)
    inside = [commune.population for commune in found if commune and commune.departement == "46"]
    assert inside == sorted(inside, reverse=True)
    assert [commune.departement == "46" for commune in found if commune] == sorted(
        (commune.departement == "46" for commune in found if commune), reverse=True
    )


def test_46100_is_first_of_all_figeac() -> None:
    assert _codes("46100")[0] == "46102"
    assert isinstance(resolve("46100", home=LOT), Ambiguous)


@pytest.mark.parametrize("start", ["46", "461", "4610", "12", "123"])
def test_a_postcode_being_typed_gives_communes_whose_postcode_starts_so(start: str) -> None:
    for insee in _codes(start):
        commune = gazetteer().commune(insee)
        assert commune
        assert any(postcode.startswith(start) for postcode in commune.postcodes)
    assert len(_codes(start)) == 5


@pytest.mark.parametrize("code", ["4", "00", "00000", "99", "99999", "460000", "2C", "46999"])
def test_what_is_no_code_gives_nothing(code: str) -> None:
    assert _codes(code) == []


@pytest.mark.parametrize("insee", ["46102", "46042", "46334", "2A004", "2b033", "97105", "97502"])
def test_an_insee_code_gives_its_commune(insee: str) -> None:
    answer = resolve(insee, home=LOT)
    assert isinstance(answer, Found)
    assert answer.stop.insee == insee.upper()


def test_a_number_that_is_both_is_first_a_postcode() -> None:
    both = find("97411", home=LOT)
    assert [hit.stop.insee for hit in both] == ["97415", "97411"]


@pytest.mark.parametrize(
    ("words", "insee"),
    [
        ("Gourdon 46", "46127"),
        ("Gourdon (06)", "06068"),
        ("gourdon 07", "07098"),
        ("Gourdon Alpes-Maritimes", "06068"),
        ("gourdon, saône et loire", "71222"),
        ("46 gourdon", "46127"),
        ("Sainte-Colombe (46)", "46260"),
        ("Saint-Sauveur 24", "24499"),
        ("saint sauveur dordogne", "24499"),
        ("vigan gard", "30350"),
        ("Le Vigan 30120", "30350"),
        ("le vigan 46300", "46334"),
        ("saint-denis réunion", "97411"),
        ("saint denis 93200", "93066"),
        ("figac 46", "46102"),
        ("figeac 46000", "46102"),
        ("saint sere 46400", "46251"),
        ("vers 46", "46268"),
        ("vers 74", "74296"),
        ("ajaccio 2a", "2A004"),
    ],
)
def test_a_name_with_a_number_or_a_departement_is_the_one_there(words: str, insee: str) -> None:
    assert _codes(words)[0] == insee


def test_a_contradicted_name_is_shown_but_not_certain() -> None:
    assert _codes("figeac 12") == ["46102"]
    assert not isinstance(resolve("figeac 12", home=LOT), Found)


def test_a_street_with_a_postcode_gives_the_town() -> None:
    assert _codes("12 rue Gambetta 46000") == ["46042"]


def test_the_same_name_elsewhere_shows_its_departement() -> None:
    labels = [hit.label for hit in find("Sainte-Colombe", home=LOT)]
    assert labels[0] == "Sainte-Colombe"
    assert all("(" in label for label in labels[1:])
