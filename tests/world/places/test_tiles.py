"""The squares of a tile server behind a map, each where its own corners fall."""

from __future__ import annotations

from itertools import pairwise

import pytest

from lotocar.values.geo import Point
from lotocar.world.places.drawing import View, view
from lotocar.world.places.home import Home
from lotocar.world.places.tiles import tiles

URL = "https://tiles.example.org/{z}/{x}/{y}.png"
LOT = Home(departements=("46",))
CAHORS, FIGEAC = Point(44.4475, 1.4406), Point(44.6086, 2.0317)


@pytest.fixture
def seen() -> View:
    found = view(LOT, [CAHORS, FIGEAC])
    assert found is not None
    return found


def test_the_squares_cover_the_view_without_a_gap(seen: View):
    found = tiles(seen, URL)
    assert 4 <= len(found) <= 30
    assert min(one.x for one in found) <= seen.left
    assert min(one.y for one in found) <= seen.top
    assert max(one.x + one.width for one in found) >= seen.left + seen.width
    assert max(one.y + one.height for one in found) >= seen.top + seen.height
    columns = sorted({(one.x, one.x + one.width) for one in found})
    assert all(left[1] == right[0] for left, right in pairwise(columns))


def test_a_square_holds_the_town_that_the_common_scheme_puts_in_it(seen: View):
    x, y = seen.drawing.at(CAHORS)
    (under,) = [
        one for one in tiles(seen, URL) if one.x <= x < one.x + one.width and one.y <= y < one.y + one.height
    ]
    zoom, column, row = (int(part) for part in under.href.removesuffix(".png").split("/")[-3:])
    # worked out by hand for longitude 1.4406 and latitude 44.4475 at zoom 10: column 516, row 370
    assert (column >> (zoom - 10), row >> (zoom - 10)) == (516, 370)


def test_no_address_is_no_background(seen: View):
    assert tiles(seen, "") == []


def test_a_view_is_drawn_finer_the_closer_one_looks():
    far, near = view(LOT, [CAHORS, FIGEAC]), view(LOT, [CAHORS, Point(44.48, 1.43)])
    assert far is not None
    assert near is not None
    assert near.drawing.width > far.drawing.width
    assert len(near.shapes) < len(far.shapes) < 313
    for one in (far, near):
        x, y = one.drawing.at(CAHORS)
        assert one.left < x < one.left + one.width
        assert one.top < y < one.top + one.height


def test_nothing_is_drawn_of_no_territory():
    assert view(Home(), [CAHORS]) is None
    assert view(LOT, []) is None
