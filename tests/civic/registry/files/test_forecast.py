"""What would happen to a payload file, against what the loopback registry does to it."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lotocar.civic.registry import command
from lotocar.civic.registry.couples.checks import review
from lotocar.civic.registry.couples.payload import payload
from lotocar.civic.registry.files.forecast import forecast, payloads_in
from lotocar.civic.registry.files.json_file import export_json
from lotocar.errors import Invalid
from tests.civic.registry.fictional import NOW, a_couple, short
from tests.civic.registry.rides_bench import a_day
from tests.support.fake_registry import FakeRegistry, Rulebook, Stored, judge


def a_body(number: int = 1, **changes: Any) -> dict[str, Any]:
    return payload(a_couple(number)) | changes


@pytest.mark.parametrize(
    ("changes", "status", "labels"),
    [
        ({}, 201, ()),
        ({"comment": "x"}, 400, ()),
        ({"distance": 70.5}, 400, ()),
        ({"distance": 999}, 422, ("distance_too_short",)),
        ({"start": {"datetime": "2026-11-20T14:05:00", "lat": 44.4, "lon": 1.4}}, 400, ()),
        ({"start": {"datetime": "2026-11-19T19:59:59Z", "lat": 44.4, "lon": 1.4}}, 422, ("expired",)),
        ({"start": {"datetime": "2026-11-20T15:00:00Z", "lat": 44.4, "lon": 1.4}}, 422, ()),
        ({"end": {"datetime": "2026-11-20T20:00:01Z", "lat": 44.4, "lon": 1.4}}, 422, ()),
    ],
)
def test_one_payload(changes: dict[str, Any], status: int, labels: tuple[str, ...]) -> None:
    body = a_body(**changes)
    (verdict,) = forecast([body], now=NOW)
    assert (verdict.status, verdict.labels) == (status, labels)
    assert verdict.passes or verdict.messages
    assert judge(Rulebook(), body, NOW)[0] == status


def test_a_number_twice_and_a_ride_straight_back(registry: FakeRegistry) -> None:
    out, back = payload(a_couple(1)), payload(short(2, datetime(2026, 11, 20, 14, 30, tzinfo=UTC)))
    verdicts = forecast([out, out, back], now=NOW)
    assert [verdict.status for verdict in verdicts] == [201, 409, 422]
    assert verdicts[2].labels == ("too_close_trips",)


def test_a_late_one_is_urged() -> None:
    (verdict,) = forecast([a_body()], now=a_couple(1).start_at + timedelta(hours=21))
    assert verdict.passes
    assert "20 heures" in verdict.advice[0]


def test_five_hundred_random_ones_get_what_the_registry_says(registry: FakeRegistry) -> None:
    couples, _ = a_day(random.Random(3), 0, NOW)
    bodies = [payload(couple) for couple in couples]
    book = Rulebook()
    for body, verdict in zip(bodies, forecast(bodies, now=NOW), strict=True):
        status, code, said = judge(book, body, NOW)
        assert verdict.status == status, (verdict, said)
        assert set(said) <= set(verdict.labels) or code != -32422
        if status == 201 or code == -32422:
            book.keep(Stored(body, NOW))


def test_all_shapes_of_files_are_read() -> None:
    body = a_body()
    ours = json.loads(export_json(review([a_couple(1)], now=NOW)))
    for document in (body, [body], {"journeys": [body]}, ours):
        assert [one["operator_journey_id"] for one in payloads_in(document)] == [  # type: ignore[index]
            body["operator_journey_id"]
        ]


@pytest.mark.parametrize("rubbish", [b"", b"{", b"\xff\xfe", b"1 2"])
def test_a_file_that_is_no_json_is_said_so(rubbish: bytes) -> None:
    with pytest.raises(Invalid, match=r"registry\.not_json"):
        command.check(None, rubbish, now=NOW)


@pytest.mark.parametrize("absurd", [b"3", b"null", b"[]", b'[[], "x", {"start": 1}]', b'{"journeys": 1}'])
def test_any_json_gets_an_answer(absurd: bytes) -> None:
    verdicts = command.check(None, absurd, now=NOW)
    assert all(verdict.status == 400 for verdict in verdicts)
    json.loads(command.verdicts_json(verdicts))
    assert command.verdicts_in_words(verdicts)
