"""What is installed is what was chosen: hashes for everything, no address, one version of each package."""

from __future__ import annotations

import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support.checkout import ROOT

LOCKS = ("requirements.lock", "requirements-roads.lock", "requirements-dev.lock")
EXTRAS = {"requirements-roads.lock": "roads", "requirements-dev.lock": "dev"}
PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^ ;\\]+)")


def _pins(lock: str) -> dict[str, str]:
    found = map(PIN.match, (ROOT / lock).read_text().splitlines())
    return {canonicalize_name(pin["name"]): pin["version"] for pin in found if pin}


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_file_names_no_address(lock: str):
    text = (ROOT / lock).read_text()
    assert "://" not in text
    assert not re.search(
        r"^\s*(--(extra-)?index-url|--find-links|--trusted-host|-[if]\b)", text, re.MULTILINE
    )


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_has_its_hashes(lock: str):
    blocks = re.split(r"\n(?=\S)", (ROOT / lock).read_text())
    bare = [block for block in blocks if PIN.match(block) and "--hash=sha256:" not in block]
    assert bare == []
    assert all(PIN.match(block) or block.startswith("#") for block in blocks if block.strip())


def test_tests_run_on_the_versions_that_are_installed_for_real():
    runtime, roads, development = map(_pins, LOCKS)
    assert runtime.items() <= roads.items() <= development.items()


@pytest.mark.parametrize("lock", LOCKS)
def test_the_lock_holds_every_dependency_at_an_allowed_version(lock: str):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"]]
    if lock in EXTRAS:
        wanted += project["optional-dependencies"][EXTRAS[lock]]
    pins = _pins(lock)
    for requirement in map(Requirement, wanted):
        assert pins[canonicalize_name(requirement.name)] in requirement.specifier, requirement
