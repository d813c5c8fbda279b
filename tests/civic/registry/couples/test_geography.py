"""Communes of France, and places whose name would tell of somebody's health."""

from __future__ import annotations

import pytest

from lotocar.civic.registry.couples.facts import Code
from lotocar.civic.registry.couples.geography import of_france, tells_of_health
from lotocar.civic.registry.couples.rules import reasons
from lotocar.values.geo import Point, Stop
from lotocar.world.places.gazetteer import gazetteer
from tests.civic.registry.fictional import NOW, a_couple

FRANCE = of_france()


@pytest.mark.parametrize(
    ("lat", "lon", "insee"),
    [
        (44.4475, 1.4406, "46042"),
        (44.6086, 2.0317, "46102"),
        (43.45, 4.55, "13096"),  # the middle of the Camargue
        (45.4, 6.9, "73290"),  # Val-Cenis, though the village of Tignes is nearer
        (48.46, -5.09, "29155"),
        (3.5, -53.0, "97301"),  # Régina, though the village of Saül is nearer
        (44.7215, 1.6960, "46018"),  # a hamlet nearer to another village
    ],
)
def test_a_point_on_land_has_its_commune(lat: float, lon: float, insee: str) -> None:
    assert FRANCE.insee_of(Point(lat, lon)) == insee


@pytest.mark.parametrize(
    ("lat", "lon"),
    [
        (49.8, -0.5),
        (43.0, 5.2),
        (43.35, 3.75),  # five kilometres off Sète, whose centre is nearer than many communes reach
        (43.73, 7.42),  # Monaco
        (41.65, -0.88),
        (45.07, 7.68),
        (1.44, 44.44),
        (0.0, 0.0),
        (91.0, 1.0),
        (float("nan"), 1.0),
    ],
)
def test_a_point_at_sea_or_abroad_has_none(lat: float, lon: float) -> None:
    assert FRANCE.insee_of(Point(lat, lon)) is None


def test_a_couple_without_a_commune_at_one_end_stays_at_home() -> None:
    assert reasons(a_couple(1, communes=("46042", "46102")), now=NOW) == ()
    (reason,) = reasons(a_couple(1, communes=("46042", None)), now=NOW)
    assert reason.code is Code.OUTSIDE_FRANCE


@pytest.mark.parametrize(
    "label",
    [
        "Hôpital de Cahors",
        "Centre hospitalier",
        "CHU Purpan",
        "Cabinet du Dr Martin",
        "Pharmacie de la place",
        "Kinésithérapeute, Prayssac",
        "Maison de santé, Puy-l'Évêque",
        "EHPAD Les Balcons",
        "Laboratoire d'analyses",
        "Clinique du Quercy",
        "Centre de dialyse",
        "Dentiste",
    ],
)
def test_places_that_tell_of_health(label: str) -> None:
    assert tells_of_health(label)


@pytest.mark.parametrize(
    "label", ["Cahors", "Gare de Gourdon", "Marché de Prayssac", "Mairie", "Leclerc", "Cardaillac", "Irvals"]
)
def test_places_that_do_not(label: str) -> None:
    assert not tells_of_health(label)


def test_a_health_place_is_declared_as_its_village_s_centre() -> None:
    hospital = Stop("Centre hospitalier, Cahors", "46042", 44.4521, 1.4402)
    centre = gazetteer().commune("46042")
    assert centre is not None
    assert FRANCE.declared(hospital) == centre.point
    station = Stop("Gare de Cahors", "46042", 44.4490, 1.4330)
    assert FRANCE.declared(station) == station.point
