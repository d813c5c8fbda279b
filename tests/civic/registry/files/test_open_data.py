"""The public file of a month: the registry's own rule, then what the file itself shows of our communes."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from lotocar.civic.registry import command
from lotocar.civic.registry.files.open_data import count_communes, counts_of, is_open_data, keep_counts
from lotocar.civic.registry.models import OpenDataCommune
from lotocar.civic.registry.standing import dropped, dropped_from_open_data
from lotocar.errors import Invalid
from tests.civic.registry.evening import Evening

PLACE = ("datetime", "date", "time", "lon", "lat", "insee", "department", "town", "towngroup", "country")
COLUMNS = (
    "journey_id", "trip_id", *(f"journey_start_{name}" for name in PLACE), *(f"journey_end_{name}" for name in PLACE),
    "passenger_seats", "operator_class", "journey_distance", "journey_duration", "has_incentive",
)  # fmt: skip
READ = datetime(2027, 1, 5, 9, 0, tzinfo=UTC)


def a_file(*rides: tuple[str, str], month: str = "2026-11", parted: str = ";") -> str:
    """Rides from one commune to another, as data.gouv.fr gives them."""
    lines = [parted.join(COLUMNS)]
    for number, (start, end) in enumerate(rides):
        row = dict.fromkeys(COLUMNS, "x")
        row |= {"journey_id": str(number), "journey_start_insee": start, "journey_end_insee": end}
        row |= {"journey_start_date": f"{month}-12"}
        lines.append(parted.join(row.values()))
    return "\n".join(lines) + "\n"


def counted(text: str) -> dict[tuple[str, str], int]:
    header, *rest = text.splitlines()
    assert is_open_data(header)
    return dict(count_communes(rest, header=header))


def test_the_file_has_its_twenty_seven_columns() -> None:
    assert len(COLUMNS) == 27
    assert not is_open_data("operator_journey_id;start_datetime")


def test_by_the_rule_a_commune_seen_fewer_than_six_times_is_left_out_with_its_rides() -> None:
    ends = [("46042", "46102")] * 5 + [("46042", "46045")]
    found = dropped(ends)
    assert (found.rides, found.shown, found.read_at) == (
        6,
        0,
        None,
    )  # Cahors is seen six times, the others are not
    assert found.communes == [("46102", 5), ("46045", 1)]
    assert dropped([("46042", "46102")] * 6).shown == 6
    assert dropped([("46042", "46042")] * 3).shown == 3  # a start and an end each time
    assert dropped([]).communes == []


@pytest.mark.parametrize("parted", [";", ","])
def test_starts_and_ends_of_all_services_are_counted_by_month(parted: str) -> None:
    text = a_file(("46042", "46102"), ("46102", "46042"), ("31555", "46042"), parted=parted)
    assert counted(text) == {("2026-11", "46042"): 3, ("2026-11", "46102"): 2, ("2026-11", "31555"): 1}


@pytest.mark.parametrize("line", ["too;short", ";".join("x" for _ in COLUMNS)])
def test_a_broken_line_is_named(line: str) -> None:
    with pytest.raises(Invalid) as refusal:
        count_communes(["", line][1:], header=";".join(COLUMNS))
    assert refusal.value.code == "registry.open_data"


def test_the_file_has_the_last_word_over_our_own_count() -> None:
    ends = [("46042", "46102")] * 3 + [("46042", "46045")] * 7
    public = {
        code: OpenDataCommune(month="2026-11", insee=code, seen=seen, at=READ)
        for code, seen in (("46042", 20), ("46102", 6), ("46045", 0))
    }
    found = dropped(ends, public)
    assert (found.shown, found.communes, found.read_at) == (3, [("46045", 7)], READ)


def test_absent_is_not_unread_and_a_second_reading_replaces_the_first(session: Session) -> None:
    for rides, seen in ((("46042", "46042"), 2), (("46102", "46042"), 1)):
        months = keep_counts(session, counted(a_file(rides)), ours={"46042", "46045"}, now=READ)
        session.flush()
        assert months == ["2026-11"]
        kept = {code: row.seen for code, row in counts_of(session, "2026-11").items()}
        assert kept == {"46042": seen, "46045": 0}  # and nothing of communes that are not ours
    assert counts_of(session, "2026-10") == {}


def test_the_command_reads_the_file_and_the_month_s_screen_knows(evening: Evening, tmp_path: Path) -> None:
    evening.rides(2)
    evening.send()
    path = tmp_path / "2026-11.csv"
    path.write_text("\N{BYTE ORDER MARK}" + a_file(("46042", "46102")), encoding="utf-8")
    with evening.factory.begin() as session:
        before = dropped_from_open_data(session, "demo", "2026-11")
        assert (before.shown, before.read_at) == (0, None)
        found = command.compare_file(session, path, now=READ)
    (month,) = json.loads(command.comparison_json(found))["open_data"]
    assert (month["month"], month["rides"], month["shown"], month["dropped_communes"]) == (
        "2026-11",
        2,
        2,
        [],
    )
    assert "2 de nos 2 trajets y sont" in command.comparison_in_words(found)
    with evening.factory() as session:
        assert dropped_from_open_data(session, "demo", "2026-11").read_at == READ
