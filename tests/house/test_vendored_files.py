"""Files made by others stand as their authors published them, each with its licence."""

from __future__ import annotations

import hashlib

from tests.support.checkout import ROOT

VENDOR = ROOT / "static" / "vendor"
HTMX_2_0_11 = "d6fdc75f204e6bdefa99b69bf1e6d4ac69b8a364f77929f45c13476b4000f717"


def _hash(name: str) -> str:
    return hashlib.sha256((VENDOR / name).read_bytes()).hexdigest()


def test_nothing_was_changed_added_or_lost():
    lines = (VENDOR / "SHA256SUMS").read_text().splitlines()
    expected = {name: digest for digest, name in (line.split(maxsplit=1) for line in lines)}
    present = {str(file.relative_to(VENDOR)) for file in VENDOR.rglob("*") if file.is_file()}
    assert {name: _hash(name) for name in present - {"README.md", "SHA256SUMS"}} == expected


def test_htmx_is_the_second_major_version():
    assert _hash("htmx/htmx.min.js") == HTMX_2_0_11


def test_each_package_carries_its_licence():
    assert all((folder / "LICENSE").exists() for folder in VENDOR.iterdir() if folder.is_dir())
