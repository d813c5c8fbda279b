"""A click on the map names its commune."""

from __future__ import annotations

from pathlib import Path

import pytest

from lotocar.values.geo import Point
from lotocar.world.places.gazetteer import DATA, gazetteer
from lotocar.world.places.outlines import commune_at


def test_every_centre_from_an_outline_lies_in_it() -> None:
    checked = [c for c in gazetteer() if c.departement == "46"]
    inside = sum(commune_at(commune.point, DATA, ["46"]) == commune.insee for commune in checked)
    assert inside >= 310  # a town hall may stand 200 m beyond a simplified border


def test_a_point_in_a_big_commune_is_not_given_to_a_nearer_small_centre() -> None:
    hamlet = Point(44.7215, 1.6960)  # far from the village, within the outline of its commune
    held = commune_at(hamlet, DATA, ["12", "46"])
    assert held is not None
    assert gazetteer().nearest(hamlet).insee == held


@pytest.mark.parametrize(
    ("point", "insee"),
    [(Point(43.6045, 1.4442), "31555"), (Point(45.1586, 1.5321), "19031"), (Point(48.8566, 2.3522), "75056")],
)
def test_a_point_anywhere_in_france_finds_its_commune(point: Point, insee: str) -> None:
    assert gazetteer().nearest(point).insee == insee


def test_without_outlines_the_nearest_centre_answers() -> None:
    noumea = Point(-22.27, 166.44)
    assert commune_at(noumea, DATA, ["988"]) is None
    assert gazetteer().nearest(noumea).insee == "98818"


def test_a_folder_without_outlines_knows_no_commune(tmp_path: Path) -> None:
    assert commune_at(Point(44.6, 2.0), tmp_path, ["46"]) is None
