"""The page that maps rows to tests is generated, never written."""

from pathlib import Path

from tests.faults.rows import TESTS, page, rows_of


def test_the_page_says_what_the_tests_are() -> None:
    written = (Path(TESTS).parent / "docs" / "faults.md").read_text()
    assert written == page(), "run: python -m tests.faults.rows > docs/faults.md"


def test_mentions_are_read_from_names_and_docstrings() -> None:
    assert rows_of("test_fault_14_the_desk") == {("fault", 14)}
    assert rows_of("test_faults_1_2_3_kill_nine") == {("fault", 1), ("fault", 2), ("fault", 3)}
    assert rows_of("Faults 1 to 4, 13 and 16: x") == {("fault", n) for n in (1, 2, 3, 4, 13, 16)}
    assert rows_of("Threat 19: whoever") == {("threat", 19)}
    assert rows_of("no fault at all") == set()
