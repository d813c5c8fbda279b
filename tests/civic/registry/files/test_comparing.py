"""Our books beside the registry's export to its partners."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from lotocar.civic.registry import command
from lotocar.civic.registry.files.comparing import Compared, compare
from lotocar.civic.registry.files.export import export
from lotocar.civic.registry.files.partner_csv import read_partner
from lotocar.errors import Invalid
from tests.civic.registry.evening import Evening
from tests.support.factories import TUESDAY


@pytest.fixture
def theirs(evening: Evening) -> str:
    """Three rides that the registry processed, as it gives them back."""
    evening.rides(3)
    evening.send()
    evening.clock.forward(hours=25)
    evening.check()
    with evening.factory() as session:
        return export(session, since=TUESDAY, now=evening.clock(), fmt="partner", environment="demo")


def compared(evening: Evening, text: str) -> Compared:
    with evening.factory() as session:
        return compare(session, "demo", read_partner(text.encode()))


def test_its_own_export_agrees_with_our_books(evening: Evening, theirs: str) -> None:
    found = compared(evening, theirs)
    assert (found.rows, found.same, found.missing, found.strangers, found.differing) == (3, 3, [], [], {})


def test_what_is_missing_added_or_different_is_named(evening: Evening, theirs: str, tmp_path: Path) -> None:
    header, first, second, third = theirs.splitlines()
    ids = [line.split(";")[2] for line in (first, second, third)]
    other = third.replace(ids[2], "f" * 32)
    changed = second.replace(";68.0;", ";86.0;")
    assert changed != second
    path = tmp_path / "partner.csv"
    path.write_text("\n".join([header, first, changed, other]), encoding="utf-8")
    with evening.factory() as session:
        found = command.compare_file(session, path, now=evening.clock())
    partner = found["partner"]
    assert (partner["rows"], partner["same"]) == (3, 1)
    assert (partner["missing"], partner["strangers"]) == ([ids[2]], ["f" * 32])
    assert partner["differing"] == {ids[1]: ["distance"]}
    said = command.comparison_in_words(found)
    assert f"manque au registre : {ids[2]}" in said
    assert f"diffère : {ids[1]} (distance)" in said


def test_what_it_has_not_processed_yet_is_not_missing(evening: Evening, theirs: str) -> None:
    start = evening.proof().start_at
    evening.rides(1, at=start + timedelta(hours=25))
    evening.send()
    assert compared(evening, theirs).missing == []


def test_a_file_of_something_else_is_refused(evening: Evening, tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_text("a;b\n1;2\n", encoding="utf-8")
    with evening.factory() as session, pytest.raises(Invalid):
        command.compare_file(session, path, now=evening.clock())
    with evening.factory() as session:
        assert compare(session, "demo", []).rows == 0
