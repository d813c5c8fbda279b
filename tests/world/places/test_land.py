"""On French land or not: at sea, across each border, on small islands, and around the one foreign town inside."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
import shapely

from lotocar.values.geo import Point
from lotocar.world.places.build.land import ISLANDS, write
from lotocar.world.places.build.positions import Positions
from lotocar.world.places.gazetteer import gazetteer
from lotocar.world.places.land import Land, land

PACIFIC_AND_SOUTH = ("984", "986", "987", "988", "989")


@pytest.mark.parametrize(
    "point",
    [
        Point(44.4475, 1.4406),
        Point(43.45, 4.55),  # the middle of the Camargue
        Point(48.46, -5.09),  # Ouessant
        Point(47.31, -1.20),  # Orée d'Anjou, which no package draws
        Point(46.99, 6.43),  # Les Premiers Sapins, drawn by its former communes only
        Point(41.39, 9.16),  # Bonifacio
        Point(3.5, -53.0),
        Point(-21.1, 55.5),
        Point(-12.8, 45.2),
        Point(46.78, -56.18),  # Saint-Pierre
        Point(18.07, -63.08),  # Saint-Martin
    ],
)
def test_land_of_a_commune(point: Point) -> None:
    assert land().holds(point)


@pytest.mark.parametrize(
    "point",
    [
        Point(43.35, 3.75),  # off Sète, five kilometres from its beach
        Point(46.15, -1.35),  # between Ré and Oléron, whose communes are all around
        Point(49.8, -0.5),  # the Channel
        Point(43.73, 7.42),  # Monaco
        Point(42.465, 1.98),  # Llívia, in Spain and inside France
        Point(42.51, 1.52),  # Andorra
        Point(46.205, 6.145),  # Geneva
        Point(48.573, 7.815),  # Kehl, across the Rhine from Strasbourg
        Point(49.234, 6.997),  # Sarrebruck
        Point(50.6, 3.39),  # Tournai
        Point(43.34, -1.78),  # Irun
        Point(0.0, 0.0),
        Point(91.0, 2.0),
        Point(float("nan"), 2.0),
    ],
)
def test_the_sea_and_the_neighbours(point: Point) -> None:
    assert not land().holds(point)


def test_every_commune_stands_on_it_except_those_of_the_pacific_and_the_south() -> None:
    sample = (gazetteer().at(line) for line in range(0, len(gazetteer()), 9))
    off = [commune.insee for commune in sample if not land().holds(commune.point)]
    assert all(insee.startswith(PACIFIC_AND_SOUTH) for insee in off)
    former = (gazetteer().former_at(line) for line in range(0, gazetteer().former_count(), 9))
    assert all(land().holds(one.point) for one in former)


def test_a_quay_beyond_a_simplified_shore_is_land_and_two_hundred_metres_more_is_not(tmp_path: Path) -> None:
    square = {
        "type": "MultiPolygon",
        "coordinates": [[[[2.0, 46.0], [2.1, 46.0], [2.1, 46.1], [2.0, 46.1], [2.0, 46.0]]]],
    }
    (tmp_path / "land.geojson.gz").write_bytes(gzip.compress(json.dumps(square).encode()))
    shore = Land(tmp_path)
    assert shore.holds(Point(46.05, 2.1 + 190 / 77_200))
    assert not shore.holds(Point(46.05, 2.1 + 230 / 77_200))
    assert not shore.holds(Point(46.1 + 150 / 111_195, 2.1 + 150 / 77_200))  # 212 m off the corner


class Drawn:
    """Two squares that touch, around a hole; an island known by its centre."""

    def __init__(self) -> None:
        self.rows = [
            {"code": "46042", "nom": "Cahors", "type": "commune-actuelle"},
            {"code": "46007", "nom": "Arcambal", "type": "commune-deleguee"},
            {"code": "97701", "nom": "Saint-Barthélemy", "type": "commune-actuelle"},
        ]

    def records(self, _name: str) -> list[dict[str, str]]:
        return self.rows

    def current(self) -> list[dict[str, str]]:
        return [row for row in self.rows if row["type"] == "commune-actuelle"]

    def outline(self, kind: str, code: str, _name: str = "") -> shapely.MultiPolygon | None:
        frame = shapely.box(1.0, 44.0, 1.3, 44.3).difference(shapely.box(1.1, 44.1, 1.2, 44.2))
        shapes = {("COM", "46042"): frame, ("COMD", "46007"): shapely.box(1.3, 44.0, 1.4, 44.3)}
        shape = shapes.get((kind, code))
        return None if shape is None else shapely.MultiPolygon([shape])

    def town_hall(self, _kind: str, _code: str, _name: str = "") -> None:
        return None


def test_the_build_joins_outlines_fills_holes_and_draws_islands(tmp_path: Path) -> None:
    drawn = Drawn()
    positions = Positions.__new__(Positions)
    positions.wheels, positions._by_hand = drawn, {"97701": Point(17.9, -62.83)}  # type: ignore[assignment]
    said = write(tmp_path, drawn, positions)  # type: ignore[arg-type]
    assert said.startswith("land.geojson.gz: 2 parts")
    made = Land(tmp_path)
    assert made.holds(Point(44.15, 1.15))  # the hole
    assert made.holds(Point(44.15, 1.35))  # a former commune
    assert made.holds(Point(17.9 + 0.9 * ISLANDS["97701"] / 111_195, -62.83))
    assert not made.holds(Point(17.9 + 1.1 * ISLANDS["97701"] / 111_195, -62.83))
    assert write(tmp_path, drawn, positions) == said  # type: ignore[arg-type]
