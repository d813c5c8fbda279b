"""A click on the map names its commune."""

from __future__ import annotations

import pytest

from lotocar.values.geo import Point
from lotocar.world.places.gazetteer import DATA, gazetteer
from lotocar.world.places.outlines import commune_at


def test_every_centre_from_an_outline_lies_in_it() -> None:
    checked = [c for c in gazetteer() if c.departement == "46"]
    inside = sum(commune_at(commune.point, DATA) == commune.insee for commune in checked)
    assert inside >= 310  # a town hall may stand 200 m beyond a simplified border


def test_a_point_in_a_big_commune_is_not_given_to_a_nearer_small_centre() -> None:
    hamlet = Point(44.7215, 1.6960)  # far from the village, within the outline of its commune
    held = commune_at(hamlet, DATA)
    assert held is not None
    assert gazetteer().nearest(hamlet).insee == held


@pytest.mark.parametrize(
    ("point", "insee"),
    [(Point(43.6045, 1.4442), "31555"), (Point(45.1586, 1.5321), "19031"), (Point(-22.27, 166.44), "98818")],
)
def test_without_outlines_the_nearest_centre_answers(point: Point, insee: str) -> None:
    assert commune_at(point, DATA) is None
    assert gazetteer().nearest(point).insee == insee


def test_a_folder_without_outlines_knows_no_commune(tmp_path: object) -> None:
    assert commune_at(Point(44.6, 2.0), tmp_path) is None  # type: ignore[arg-type]
