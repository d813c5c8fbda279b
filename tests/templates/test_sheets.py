"""The style sheets and scripts keep their promises: contrast, nothing from elsewhere, no evaluation."""

from __future__ import annotations

import re

import pytest

from tests.templates.pages import STATIC

SHEETS = sorted((STATIC / "css").glob("*.css"))
SCRIPTS = sorted((STATIC / "js").glob("*.js"))
INKS = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", (STATIC / "css" / "ink.css").read_text()))


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two of our inks, from 1 to 21 (WCAG 2.2, relative luminance)."""
    dark, light = sorted(_luminance(INKS.get(name, name)) for name in (one, other))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(
    "paper", ["paper", "sheet", "saffron", "saffron-wash", "brick-wash", "pine-wash", "#ffffff"]
)
def test_body_text_has_a_contrast_of_seven(paper: str):
    assert contrast("ink", paper) >= 7


@pytest.mark.parametrize(
    ("ink", "paper"),
    [
        ("ink-soft", "paper"),
        ("ink-soft", "stone-wash"),
        ("pine", "paper"),
        ("#ffffff", "pine"),
        ("#ffffff", "pine-deep"),
        ("mint", "pine-deep"),
        ("saffron", "pine-deep"),
        ("saffron-ink", "saffron-wash"),
        ("brick", "brick-wash"),
        ("river", "river-wash"),
        ("leaf", "leaf-wash"),
        ("stone", "stone-wash"),
    ],
)
def test_every_other_pair_of_inks_has_a_contrast_of_four_and_a_half(ink: str, paper: str):
    assert contrast(ink, paper) >= 4.5


@pytest.mark.parametrize(
    ("edge", "paper"), [("edge", "paper"), ("edge", "sheet"), ("ring", "paper"), ("ring-glow", "pine-deep")]
)
def test_edges_of_fields_and_the_focus_ring_have_a_contrast_of_three(edge: str, paper: str):
    assert contrast(edge, paper) >= 3


@pytest.mark.parametrize("path", [*SHEETS, *SCRIPTS], ids=lambda path: path.name)
def test_nothing_is_fetched_from_elsewhere(path):
    assert "://" not in path.read_text()


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.name)
def test_braces_of_a_sheet_are_closed(path):
    source = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)
    assert source.count("{") == source.count("}")


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_no_script_evaluates_text(path):
    assert not re.search(r"\beval\(|new Function|innerHTML|document\.write", path.read_text())


def test_colours_are_named_once():
    strays = {
        (path.name, colour)
        for path in SHEETS
        if path.name not in {"ink.css", "print.css"}
        for colour in re.findall(r"#[0-9a-f]{3,6}\b(?![^{]*\{)", path.read_text())
        if colour != "#fff"
    }
    assert strays == set()
