"""Who measures the roads is a setting, refused at start when it is unfit."""

from __future__ import annotations

from pathlib import Path

import pytest

import config

NEEDED = {"SECRET_KEY": "only-for-the-tests-only-for-the-tests", "PUBLIC_BASE_URL": "http://localhost"}


def settings(**changes: str) -> config.Settings:
    return config.from_environment(NEEDED | changes)


def test_without_a_word_nobody_is_asked_and_the_folder_is_ours() -> None:
    assert settings().roads_engine == ""
    assert settings().roads_folder == config.ROOT / "var" / "roads"
    assert settings(ROADS_FOLDER="/srv/roads").roads_folder == Path("/srv/roads")


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"ROADS_ENGINE": "horse"}, "ROADS_ENGINE"),
        ({"ROADS_ENGINE": "osrm"}, "ROADS_URL"),
        ({"ROADS_ENGINE": "valhalla"}, "ROADS_URL"),
        ({"ROADS_ENGINE": "osrm", "ROADS_URL": "http://roads.example.fr"}, "ROADS_URL"),
    ],
)
def test_an_unfit_setting_is_refused_by_name(changes: dict[str, str], name: str) -> None:
    with pytest.raises(config.BadSetting, match=name):
        settings(**changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"ROADS_ENGINE": "Embedded"},
        {"ROADS_ENGINE": "ign"},
        {"ROADS_ENGINE": "osrm", "ROADS_URL": "http://127.0.0.1:5000"},
        {"ROADS_ENGINE": "valhalla", "ROADS_URL": "https://roads.example.fr"},
    ],
)
def test_fit_settings_are_taken(changes: dict[str, str]) -> None:
    assert settings(**changes).roads_engine == changes["ROADS_ENGINE"].lower()
