"""The client against a registry on this machine: each way in which a call may turn out, by what is then known."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lotocar.civic.registry.client.registrar import (
    AlreadyThere,
    KeysRefused,
    NotStored,
    RefusedRules,
    RefusedShape,
    Slow,
    TooEarly,
    Unknown,
    VersionGone,
)
from lotocar.civic.registry.client.rpc import RpcRegistrar
from lotocar.civic.registry.couples.payload import encode, payload
from tests.civic.registry.evening import Clock
from tests.civic.registry.fictional import NOW, a_couple
from tests.support.fake_registry import STORED, FakeRegistry, Fault


@pytest.fixture(autouse=True)
def friday(registry_clock: Clock) -> None:
    registry_clock.now = NOW


def a_body(number: int = 1, **changes: Any) -> str:
    return encode(payload(a_couple(number)) | changes)


def the_id(number: int = 1) -> str:
    return f"{number:032x}"


def test_a_proof_is_stored_and_its_fate_read(registry: FakeRegistry, registrar: RpcRegistrar) -> None:
    registrar.send(a_body())
    assert list(registry.journal) == [the_id()]
    fate = registrar.status(the_id())
    assert fate is not None
    assert (fate.status, fate.labels) == ("pending", ())
    assert registrar.status(the_id(2)) is None


def test_one_token_serves_a_batch_and_is_renewed_before_it_ends(
    registry: FakeRegistry, registrar: RpcRegistrar, registry_clock: Clock
) -> None:
    for number in range(1, 8):
        registrar.send(a_body(number, operator_trip_id="a" * 32))
    assert registry.paths.count("POST /v3.4/auth/access_token") == 1
    registry_clock.forward(seconds=241)
    registrar.status(the_id(1))
    assert registry.paths.count("POST /v3.4/auth/access_token") == 2


def test_a_token_that_ends_in_mid_batch_is_renewed_once(
    registry: FakeRegistry, registrar: RpcRegistrar
) -> None:
    registry.script = [Fault.NONE, Fault.EXPIRED]
    registrar.send(a_body(1))
    registrar.send(a_body(2, operator_trip_id=a_couple(1).trip_id))
    assert len(registry.journal) == 2
    registry.script = [Fault.EXPIRED, Fault.EXPIRED]
    with pytest.raises(KeysRefused):
        registrar.send(a_body(3))
    assert len(registry.journal) == 2


def test_wrong_keys_and_missing_rights_are_nobody_s_fault_but_ours(
    registry: FakeRegistry, registrar: RpcRegistrar, registry_clock: Clock
) -> None:
    with pytest.raises(KeysRefused):
        registry.registrar(secret_key="another").send(a_body())
    registry.forbidden = True
    with pytest.raises(KeysRefused):
        registrar.send(a_body())
    assert registry.journal == {}


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault.SLOW_BEFORE, Unknown),
        (Fault.SLOW_AFTER, Unknown),
        (Fault.RESET_BEFORE, Unknown),
        (Fault.RESET_AFTER, Unknown),
        (Fault.ERROR_BEFORE, Unknown),
        (Fault.ERROR_AFTER, Unknown),
        (Fault.MAINTENANCE, Unknown),
        (Fault.TRUNCATED, Unknown),
        (Fault.RATE, Slow),
    ],
)
def test_fault_24_each_way_to_fail_is_told_by_what_is_known(
    registry: FakeRegistry, registrar: RpcRegistrar, fault: Fault, error: type[Exception]
) -> None:
    registry.script = [fault]
    with pytest.raises(error):
        registrar.send(a_body())
    assert (the_id() in registry.journal) == (fault in STORED)


def test_nobody_listening_is_known_to_have_stored_nothing(
    registry: FakeRegistry, registrar: RpcRegistrar
) -> None:
    deaf = RpcRegistrar(base_url="http://127.0.0.1:9", access_key="a", secret_key="b")
    with pytest.raises(NotStored, match=r"registry\.unreachable"):
        deaf.send(a_body())


def test_the_same_number_twice_is_a_conflict_also_after_a_refusal(
    registry: FakeRegistry, registrar: RpcRegistrar
) -> None:
    registrar.send(a_body())
    with pytest.raises(AlreadyThere):
        registrar.send(a_body())
    with pytest.raises(RefusedRules):
        registrar.send(a_body(2, distance=999, operator_trip_id="b" * 32))
    with pytest.raises(AlreadyThere):
        registrar.send(a_body(2))


def test_a_broken_rule_comes_with_its_labels_and_whole_answer(
    registry: FakeRegistry, registrar: RpcRegistrar, registry_clock: Clock
) -> None:
    registry_clock.forward(hours=24)
    with pytest.raises(RefusedRules) as refusal:
        registrar.send(a_body())
    assert refusal.value.labels == ("expired",)
    assert "terms_violation_error_details" in json.loads(refusal.value.text)["error"]["data"]


def test_a_wrong_shape_is_refused_with_its_paths(registry: FakeRegistry, registrar: RpcRegistrar) -> None:
    with pytest.raises(RefusedShape) as refusal:
        registrar.send(a_body(comment="rendez-vous"))
    assert "comment" in refusal.value.text
    assert registry.journal == {}


def test_an_end_in_the_future_may_be_sent_later(
    registry: FakeRegistry, registrar: RpcRegistrar, registry_clock: Clock
) -> None:
    registry_clock.now = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)
    with pytest.raises(TooEarly):
        registrar.send(a_body())
    assert registry.journal == {}


def test_a_limit_reached_is_waited_for_without_another_call(
    registry: FakeRegistry, registrar: RpcRegistrar, registry_clock: Clock
) -> None:
    registry.remaining = 0
    registrar.send(a_body(1))
    calls = len(registry.paths)
    with pytest.raises(Slow) as pause:
        registrar.send(a_body(2))
    assert pause.value.retry_after == timedelta(seconds=7)
    assert len(registry.paths) == calls
    assert registrar.status(the_id()) is not None  # another limit
    registry.remaining = None
    registry_clock.forward(seconds=8)
    registrar.send(a_body(2, operator_trip_id=a_couple(1).trip_id))


def test_a_fifth_token_in_a_minute_is_waited_for(registry: FakeRegistry, registry_clock: Clock) -> None:
    for _ in range(5):
        registry.registrar().status(the_id())
    with pytest.raises(Slow):
        registry.registrar().status(the_id())


def test_a_version_no_longer_served_is_tried_one_lower(
    registry: FakeRegistry, registrar: RpcRegistrar
) -> None:
    registry.versions = {"v3.3"}
    registrar.send(a_body())
    assert "POST /v3.3/journeys" in registry.paths
    registry.versions = {"v3.5"}
    with pytest.raises(VersionGone):
        registrar.send(a_body(2))


def test_a_version_that_ends_while_a_token_lives_is_noticed(
    registry: FakeRegistry, registrar: RpcRegistrar
) -> None:
    registrar.send(a_body())
    registry.versions = {"v3.3"}
    assert registrar.status(the_id()) is not None
    assert registrar.version == "v3.3"


def test_an_empty_answer_about_an_unknown_number_is_not_taken_for_the_end_of_a_version(
    registry: FakeRegistry, registrar: RpcRegistrar
) -> None:
    registry.says_nothing_of_unknown = True
    for number in range(1, 10):
        assert registrar.status(the_id(number)) is None
    assert registrar.version == "v3.4"
    assert registry.paths.count("POST /v3.4/auth/access_token") == 2


def test_cancelling_twice_is_harmless_and_an_unknown_number_is_said(
    registry: FakeRegistry, registrar: RpcRegistrar
) -> None:
    registrar.send(a_body())
    assert registrar.cancel(the_id(), code="NOT_DONE", message="")
    assert registrar.cancel(the_id(), code="NOT_DONE", message="")
    assert registry.journal[the_id()].status == "canceled"
    assert not registrar.cancel(the_id(2), code="NOT_DONE", message="")


def test_a_correction_replaces_what_may_be_replaced(registry: FakeRegistry, registrar: RpcRegistrar) -> None:
    registrar.send(a_body())
    body = json.loads(a_body())
    named = ("incentives", "operator_class", "start", "end")
    changed = {name: body[name] for name in named} | {"distance": 71_000}
    assert registrar.correct(the_id(), json.dumps(changed))
    assert registry.journal[the_id()].body["distance"] == 71_000
    with pytest.raises(RefusedShape):
        registrar.correct(the_id(), json.dumps({"distance": 1}))


def test_lists_are_read_to_their_end(
    registry: FakeRegistry, registrar: RpcRegistrar, registry_clock: Clock
) -> None:
    for number in range(1, 131):
        registrar.send(a_body(number, operator_trip_id="c" * 32))
    registry_clock.forward(days=1)
    start = datetime(2026, 11, 16, tzinfo=UTC)
    listed = registrar.journeys(status="pending", start=start, end=start + timedelta(days=7))
    assert listed == sorted(registry.journal)
    assert registrar.journeys(status="ok", start=start, end=start + timedelta(days=7)) == []


@pytest.mark.parametrize("written", [["a_label"], [{"label": "a_label", "metas": {}}]])
def test_labels_are_read_as_text_and_as_objects(
    registry: FakeRegistry, registrar: RpcRegistrar, written: list[Any]
) -> None:
    registrar.send(a_body())
    registry.journal[the_id()].status = "fraud_error"
    registry.journal[the_id()].labels = written
    fate = registrar.status(the_id())
    assert fate is not None
    assert fate.labels == ("a_label",)
