"""./run roads, as whoever keeps the server uses it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from lotocar.cli.commands import main
from lotocar.world.roads.building import build
from lotocar.world.roads.embedded import EmbeddedValhalla
from lotocar.world.roads.learning import Lesson, learn
from lotocar.world.roads.versions import current_version, load
from tests.support.roads import crossing, write_extract
from tests.world.roads.test_learning import TODAY


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation whose roads lie in a folder of their own."""
    for name, value in {
        "DATABASE_URL": f"sqlite:///{tmp_path / 'lotocar.sqlite3'}",
        "SECRET_KEY": "only-for-the-tests-only-for-the-tests",
        "PUBLIC_BASE_URL": "http://localhost",
        "ROADS_FOLDER": str(tmp_path / "roads"),
        "ROADS_ENGINE": "embedded",
    }.items():
        monkeypatch.setenv(name, value)
    return tmp_path


def roads(*words: str) -> Result:
    return CliRunner().invoke(main, ["roads", *words])


def test_at_first_it_says_that_it_estimates(here: Path) -> None:
    said = roads("status")
    assert said.exit_code == 0
    assert "estimation à vol d'oiseau, à 45 km/h" in said.output
    assert "Routes pour Valhalla sur cette machine : absentes." in said.output


def test_without_tiles_it_says_what_to_do_first(here: Path) -> None:
    said = roads("build", "--departement", "46")
    assert said.exit_code == 1
    assert "./run roads tiles" in said.output


def test_a_file_that_is_no_extract_is_refused_in_words(here: Path) -> None:
    (here / "photo.osm.pbf").write_bytes(b"not a map")
    said = roads("tiles", str(here / "photo.osm.pbf"))
    assert said.exit_code == 1
    assert "n'est pas un extrait d'OpenStreetMap" in said.output


def test_a_territory_nobody_knows_has_no_commune(here: Path) -> None:
    write_extract(here / "small.osm.pbf")
    assert roads("tiles", str(here / "small.osm.pbf")).exit_code == 0
    said = roads("build", "--departement", "00")
    assert said.exit_code == 1
    assert "Aucune commune" in said.output


def test_status_tells_of_a_matrix_and_of_what_corrects_it(here: Path) -> None:
    write_extract(here / "small.osm.pbf")
    said = roads("tiles", str(here / "small.osm.pbf"))
    assert "./run roads build" in said.output
    folder = here / "roads"
    build_small(folder)
    before = load(current_version(folder)).leg(crossing(1, 1), crossing(9, 9)).seconds
    learn(folder, [Lesson(crossing(1, 1), crossing(9, 9), round(1.2 * before))] * 8, today=TODAY)
    words, data = roads("status").output, json.loads(roads("status", "--json").output)
    assert "9 zones, routes mesurées par Valhalla, sur cette machine, samedi 21 novembre 2026." in words
    assert "Corrigé par 8 durées, samedi 21 novembre 2026." in words
    assert data["lessons"] == 8
    assert data["unfinished"] is None
    assert {one["lessons"] for one in data["corrected"]} == {8}
    assert all(one["factor"] > 1 for one in data["corrected"])


def build_small(folder: Path) -> None:
    """A matrix of nine zones over the small network, by the real engine."""
    centres = [crossing(row, column) for row in (1, 5, 9) for column in (1, 5, 9)]
    engine = EmbeddedValhalla(folder)
    build(folder, centres, engine, lambda _done, _total: None, source="embedded", today=TODAY)
