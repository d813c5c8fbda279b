"""The territory, then its neighbours, then size; a name typed in full beats what only looks like it."""

from __future__ import annotations

import pytest

from lotocar.world.places.gazetteer import gazetteer
from lotocar.world.places.home import FAR, INSIDE, NEIGHBOUR, closeness
from lotocar.world.places.search import Home, find

LOT = Home(departements=("46",))
GRAND_FIGEAC = "200067361"


def _codes(words: str, home: Home = LOT) -> list[str]:
    return [hit.stop.insee for hit in find(words, home=home)]


def test_the_neighbours_of_the_lot_are_the_departements_it_touches() -> None:
    levels = dict(zip(gazetteer().column(0), closeness(LOT).tolist(), strict=True))
    assert levels["46042"] == INSIDE
    for insee in ["12202", "15014", "19272", "24037", "47001", "82121"]:
        assert levels[insee] == NEIGHBOUR
    for insee in ["31555", "75056", "33063", "81004", "97411"]:
        assert levels[insee] == FAR
    assert sum(level == INSIDE for level in levels.values()) == 312


def test_an_epci_prefers_itself_then_its_departement() -> None:
    home = Home(epcis=(GRAND_FIGEAC,))
    levels = dict(zip(gazetteer().column(0), closeness(home).tolist(), strict=True))
    assert levels["46102"] == INSIDE
    assert levels["46042"] == NEIGHBOUR
    assert levels["12052"] == INSIDE  # it crosses the border of the Lot
    assert _codes("capdenac", home)[:2] == ["46055", "12052"]


def test_a_single_commune_can_be_a_territory() -> None:
    for commune in gazetteer():
        if commune.name == "Sainte-Colombe":
            assert _codes("sainte colombe", Home(communes=(commune.insee,)))[0] == commune.insee


def test_lists_from_the_database_make_a_home_too() -> None:
    assert Home(departements=["46"]) == LOT  # type: ignore[arg-type]
    assert hash(Home(departements=["46"])) == hash(LOT)  # type: ignore[arg-type]


def test_without_a_territory_only_size_counts() -> None:
    assert _codes("saint denis", Home())[0] == "97411"
    assert _codes("gourdon", Home())[:1] == ["46127"]


@pytest.mark.parametrize(
    ("words", "first", "second"),
    [
        ("gourdon", "46127", "71222"),  # inside, then far
        ("condat", "46074", "15054"),  # inside, then a neighbour
        ("le vigan", "46334", "30350"),
        ("monteils", "82126", "12150"),  # two neighbours, the bigger first
        ("albi", "81004", "46002"),  # in full far away, then Albiac's beginning
        ("prayssas", "47213", "46225"),  # in full at a neighbour's, then Prayssac's likeness
        ("lissac", "46175", "19117"),  # first words inside, then at a neighbour's
    ],
)
def test_the_order_is_the_one_the_desk_expects(words: str, first: str, second: str) -> None:
    assert _codes(words)[:2] == [first, second]


@pytest.mark.parametrize(
    ("words", "insee"),
    [
        ("limoges", "87085"),
        ("albi", "81004"),
        ("marseille", "13055"),
        ("prayssas", "47213"),
        ("gordes", "84050"),
    ],
)
def test_a_name_in_full_far_away_beats_a_likeness_at_home(words: str, insee: str) -> None:
    assert _codes(words)[0] == insee


def test_ambiguous_names_all_appear_with_their_departement() -> None:
    hits = find("Sainte-Colombe", home=LOT)
    assert len(hits) == 5
    assert len({hit.stop.insee for hit in hits}) == 5
    assert hits[0].stop.insee == "46260"


def test_every_commune_of_the_territory_is_found_by_its_own_name() -> None:
    for commune in gazetteer():
        if commune.departement == "46":
            assert _codes(commune.name)[0] == commune.insee, commune.name


def test_neighbours_are_found_by_name_and_departement() -> None:
    for commune in gazetteer():
        if commune.departement == "19":
            assert _codes(f"{commune.name} ({commune.departement})")[0] == commune.insee, commune.name
