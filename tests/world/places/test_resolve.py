"""Certain, ambiguous or unknown: said, never guessed."""

from __future__ import annotations

import random

import pytest

from lotocar.world.places.gazetteer import gazetteer
from lotocar.world.places.index import names
from lotocar.world.places.labels import place_hit
from lotocar.world.places.rules import Exactness
from lotocar.world.places.scope import view
from lotocar.world.places.search import Ambiguous, Found, Home, Unknown, resolve

LOT = Home(departements=("46",))


@pytest.mark.parametrize(
    ("words", "insee"),
    [
        ("Figeac", "46102"),
        ("st cere", "46251"),
        ("puy leveque", "46231"),
        ("le montat", "46197"),
        ("Gourdon", "46127"),
        ("Sainte-Colombe", "46260"),
        ("Toulouse", "31555"),
        ("Montauban", "82121"),
        ("Brive-la-Gaillarde", "19031"),
        ("Albi", "81004"),
        ("Paris", "75056"),
        ("Cahors 46000", "46042"),
    ],
)
def test_a_name_that_only_one_place_can_mean_is_found(words: str, insee: str) -> None:
    answer = resolve(words, home=LOT)
    assert isinstance(answer, Found)
    assert answer.stop.insee == insee


@pytest.mark.parametrize(
    "words",
    ["saint-denis", "lissac", "saint jean", "castelnau", "lacapelle", "montpezat", "46100", "46", "saint", "prayssas",
     "fontan", "brive", "vienn"],
)  # fmt: skip
def test_a_name_that_may_mean_several_places_is_asked_back(words: str) -> None:
    answer = resolve(words, home=LOT)
    assert isinstance(answer, Ambiguous)
    assert 1 <= len(answer.hits) <= 5


@pytest.mark.parametrize(
    ("words", "insee"),
    [
        ("figac", "46102"),
        ("gramatt", "46128"),
        ("kaor", "46042"),
        ("gare de Gourdon", "46127"),
        ("sin cere", "46251"),
    ],
)
def test_a_likeness_is_suggested_but_never_taken(words: str, insee: str) -> None:
    answer = resolve(words, home=LOT)
    assert isinstance(answer, Unknown)
    assert answer.suggestions[0].stop.insee == insee


def test_an_unknown_place_is_called_unknown() -> None:
    assert resolve("zorglub", home=LOT) == Unknown()
    assert resolve("", home=LOT) == Unknown()


@pytest.mark.parametrize("home", [LOT, Home(departements=("12", "46")), Home(epcis=("200067361",)), Home()])
def test_every_label_offered_is_understood_when_it_comes_back(home: Home) -> None:
    seen, book = view(home), names()
    inside = [line for line in range(len(book)) if seen.is_inside(line)]
    sample = random.Random(7).sample(range(len(book)), 200)
    lost = []
    for line in [*inside, *sample]:
        hit = place_hit(line, seen, 0.0, Exactness.EXACT)
        answer = resolve(hit.label, home=home)
        if not (isinstance(answer, Found) and answer.stop == hit.stop):
            lost.append(hit.label)
    assert lost == []


def test_two_communes_of_one_name_in_the_territory_are_told_apart() -> None:
    home = Home(departements=("46", "12"))
    answer = resolve("Saint-Félix", home=LOT)
    assert isinstance(answer, Found)
    twins = [c for c in gazetteer() if c.name == "Sainte-Croix" and c.departement in {"12", "24"}]
    both = Home(communes=tuple(c.insee for c in twins))
    assert isinstance(resolve("Sainte-Croix", home=both), Ambiguous)
    for commune in twins:
        told = resolve(f"Sainte-Croix ({commune.departement})", home=both)
        assert isinstance(told, Found)
        assert told.stop.insee == commune.insee
        assert told.stop.label == f"Sainte-Croix ({commune.departement})"
    assert home.departements == ("46", "12")
