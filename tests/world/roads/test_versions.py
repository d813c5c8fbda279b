"""Versions of the roads on disk: whole or not there, taken up by processes that run."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import sleep

import numpy as np
import pytest

from lotocar.world.roads.estimate import SLACK_SECONDS, SLOWNESS, EstimatedRoads
from lotocar.world.roads.matrix import MatrixRoads
from lotocar.world.roads.versions import (
    CONSTANT,
    About,
    GroundKeeper,
    Superseded,
    about,
    current_version,
    load,
    publish,
)
from tests.world.roads.test_matrix import CENTRES, make


def constant(folder: Path, slowness: float) -> Path:
    return publish(folder, About(source=CONSTANT, slowness=slowness), lambda _fresh: None)


def test_without_any_version_the_calibrated_constant_serves(tmp_path: Path) -> None:
    assert current_version(tmp_path) is None
    for keeper in (GroundKeeper(None), GroundKeeper(tmp_path), GroundKeeper(tmp_path / "nowhere")):
        assert keeper.current() == EstimatedRoads(SLOWNESS, slack_seconds=SLACK_SECONDS)
    assert not GroundKeeper(None).current().leg(CENTRES[0], CENTRES[1]).exact


def test_the_same_ground_serves_until_another_version_is_published(tmp_path: Path) -> None:
    keeper = GroundKeeper(tmp_path)
    before = keeper.current()
    make(tmp_path)
    after = keeper.current()
    assert isinstance(after, MatrixRoads)
    assert after is keeper.current() is not before


def test_a_version_that_cannot_be_read_leaves_the_former_one(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    keeper = GroundKeeper(tmp_path)
    constant(tmp_path, 0.09)
    before = keeper.current()
    publish(tmp_path, About(source="osrm"), lambda _fresh: None)  # no matrix in it
    assert keeper.current() is before
    assert "former one serves" in caplog.text
    constant(tmp_path, 0.07)
    assert keeper.current() == EstimatedRoads(0.07, slack_seconds=SLACK_SECONDS)


def test_a_version_that_could_not_be_read_for_a_moment_is_taken_up_at_the_next_look(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    keeper = GroundKeeper(tmp_path)
    before, version = keeper.current(), make(tmp_path)
    version.rename(tmp_path / "elsewhere")
    assert keeper.current() is keeper.current() is before
    assert len(caplog.records) == 1, "said once"
    (tmp_path / "elsewhere").rename(version)
    assert isinstance(keeper.current(), MatrixRoads)


def test_a_version_made_from_one_no_longer_in_force_is_refused(tmp_path: Path) -> None:
    first = constant(tmp_path, 0.09)
    second = constant(tmp_path, 0.08)
    for made_from in (None, first):
        with pytest.raises(Superseded):
            publish(tmp_path, About(source=CONSTANT), lambda _fresh: None, made_from=made_from)
    assert current_version(tmp_path) == second
    third = publish(tmp_path, About(source=CONSTANT), lambda _fresh: None, made_from=second)
    assert current_version(tmp_path) == third


def test_two_who_publish_at_once_make_two_versions(tmp_path: Path) -> None:
    def slowly(fresh: Path) -> None:
        sleep(0.05)
        (fresh / "mine").write_text("whole")

    with ThreadPoolExecutor(2) as pool:
        made = pool.map(lambda _: publish(tmp_path, About(source=CONSTANT), slowly), range(2))
        assert {one.name for one in made} == {"v0001", "v0002"}


def test_a_publication_broken_off_changes_nothing(tmp_path: Path) -> None:
    first = constant(tmp_path, 0.09)

    def break_off(fresh: Path) -> None:
        (fresh / "slowness.npy").write_bytes(b"half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        publish(tmp_path, About(source="osrm"), break_off)
    assert current_version(tmp_path) == first
    second = make(tmp_path)  # the name left behind is no obstacle
    assert current_version(tmp_path) == second
    assert second.name == "v0002"


def test_the_version_before_stays_for_who_is_just_opening_it(tmp_path: Path) -> None:
    versions = [constant(tmp_path, slowness) for slowness in (0.07, 0.08, 0.09)]
    assert [one.exists() for one in versions] == [False, True, True]
    assert about(versions[2]).slowness == 0.09


def test_a_matrix_already_open_outlives_its_files(tmp_path: Path) -> None:
    open_one = load(make(tmp_path))
    seconds = open_one.leg(CENTRES[0], CENTRES[7]).seconds
    for _ in range(3):
        constant(tmp_path, 0.09)
    assert open_one.leg(CENTRES[0], CENTRES[7]).seconds == seconds


def test_a_matrix_is_mapped_and_never_written(tmp_path: Path) -> None:
    roads = MatrixRoads.load(make(tmp_path))
    assert isinstance(roads.slowness, np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        roads.slowness[0, 0] = 1
