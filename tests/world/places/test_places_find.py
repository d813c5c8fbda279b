"""`./run places find`: a query a line, its codes beside it."""

from __future__ import annotations

from lotocar.values.geo import Point
from lotocar.world.places.listing import find_lines
from lotocar.world.places.rules import LocalName
from lotocar.world.places.search import Home

LOT = Home(departements=("46",))


def _lines(*queries: str, places: tuple[LocalName, ...] = ()) -> list[str]:
    return list(find_lines(queries, home=LOT, local_places=places))


def test_each_line_gives_its_query_and_its_codes() -> None:
    assert _lines("figac\n", "zorglub\n", "st cere\r\n") == ["figac\t46102", "zorglub", "st cere\t46251"]


def test_a_blank_line_keeps_its_line() -> None:
    assert _lines("\n", "  \n", "cahors\n") == ["", "  ", "cahors\t46042"]


def test_at_most_five_distinct_codes_in_order() -> None:
    codes = _lines("saint\n")[0].split("\t")[1:]
    assert len(codes) == 5
    assert len(set(codes)) == 5


def test_a_local_place_and_its_commune_are_one_code() -> None:
    place = LocalName(1, "Cahors gare", (), "46042", Point(44.449, 1.433))
    assert _lines("cahors", places=(place,)) == ["cahors\t46042"]


def test_lines_come_out_as_they_go_in() -> None:
    def endless() -> object:
        yield "cahors"
        raise AssertionError("read ahead")

    assert next(find_lines(endless(), home=LOT)) == "cahors\t46042"  # type: ignore[arg-type]
