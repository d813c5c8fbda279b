"""The schema check: every constraint of the registry, with its path and a French sentence."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lotocar.civic.registry.couples.payload import payload
from lotocar.civic.registry.files.schema import Problem, check_payload, would_pass
from tests.civic.registry.couples.test_payload import FULL, MINIMAL, the_full

GONE = object()


def changed(path: str, value: Any) -> dict[str, Any]:
    """The full body with one value replaced, or removed when `value` is GONE."""
    body: dict[str, Any] = copy.deepcopy(payload(the_full(), ceiling="B"))
    *folders, last = path.strip("/").split("/")
    place: Any = body
    for folder in folders:
        place = place[int(folder) if isinstance(place, list) else folder]
    if value is GONE:
        del place[last]
    else:
        place[int(last) if isinstance(place, list) else last] = value
    return body


def test_the_accepted_bodies_pass() -> None:
    assert check_payload(json.loads(MINIMAL)) == []
    assert check_payload(json.loads(FULL)) == []


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        # the registry's own refusals
        ("/start/datetime", "2026-11-20T13:05:00", "fuseau"),
        ("/driver/identity/identity_key", "DA" * 32, "minuscules"),
        ("/passenger/contribution", 2.5, "sans décimales"),
        ("/distance", 70.5, "sans décimales"),
        ("/comment", "rendez-vous", "n’existe pas"),
        # ours, from its schema
        ("/operator_journey_id", GONE, "manque"),
        ("/operator_journey_id", "", "caractères"),
        ("/operator_journey_id", "a" * 257, "caractères"),
        ("/operator_journey_id", "A" * 32, "minuscules"),
        ("/operator_journey_id", "a" * 31 + "\n", "minuscules"),
        ("/operator_journey_id", 12, "texte"),
        ("/operator_trip_id", GONE, "manque"),
        ("/operator_trip_id", None, "texte"),
        ("/operator_class", "D", "A, B ou C"),
        ("/operator_class", "AB", "caractères"),
        ("/incentives", GONE, "manque"),
        ("/incentives", None, "liste"),
        ("/incentives", [{"index": n, "amount": 1, "siret": "1" * 14} for n in range(20)] * 2, "20"),
        ("/incentives/0", "aide", "objet"),
        ("/incentives/0/index", 20, "0 à 19"),
        ("/incentives/0/amount", 100_001, "0 à 100000"),
        ("/incentives/0/amount", "150", "sans guillemets"),
        ("/incentives/0/siret", "123", "caractères"),
        ("/incentives/0/siret", "1234567890001A", "SIRET"),
        ("/incentives/0/siret", "١" * 14, "SIRET"),
        ("/incentives/1/siret", GONE, "manque"),
        ("/licence_plate", "", "caractères"),
        ("/licence_plate", None, "texte"),
        ("/licence_plate", "A" * 33, "caractères"),
        ("/start", GONE, "manque"),
        ("/start/altitude", 120, "n’existe pas"),
        ("/start/datetime", "2026-02-30T13:05:00Z", "date"),
        ("/start/datetime", "hier", "date"),
        ("/start/datetime", 1_795_000_000, "date"),
        ("/start/lat", "44.4", "sans guillemets"),
        ("/start/lat", 90.1, "-90 à 90"),
        ("/start/lat", float("nan"), "degrés"),
        ("/start/lat", 1e-7, "exposant"),
        ("/end/lon", -181, "-180 à 180"),
        ("/end/lon", True, "degrés"),
        ("/end/datetime", "2026-11-20T07:29:59Z", "avant le départ"),
        ("/distance", 0, "1 à 1000000"),
        ("/distance", 1_000_001, "1 à 1000000"),
        ("/distance", True, "entier"),
        ("/driver", [], "objet"),
        ("/driver/revenue", GONE, "manque"),
        ("/driver/revenue", -1, "0 à 1000000"),
        ("/driver/identity/over_18", True, "n’existe pas"),
        ("/driver/identity/driving_license", "x", "n’existe pas"),
        ("/driver/identity/application_timestamp", "x", "n’existe pas"),
        ("/driver/identity/operator_user_id", GONE, "manque"),
        ("/driver/identity/phone_trunc", GONE, "manque"),
        ("/driver/identity/phone_trunc", "+3363998XX", "deux derniers"),
        ("/driver/identity/phone_trunc", "+3363998", "deux derniers"),
        ("/driver/identity/phone_trunc", "+33639980011234", "caractères"),
        ("/driver/identity/travel_pass", {"name": "tisseo", "user_id": "1"}, "navigo"),
        ("/driver/identity/travel_pass", {"name": "navigo"}, "manque"),
        ("/passenger/identity/over_18", "oui", "true"),
        ("/passenger/seats", 0, "1 à 8"),
        ("/passenger/seats", 9, "1 à 8"),
        ("/passenger/payments/0/type", GONE, "manque"),
        ("/passenger/payments/0/amount", 1.5, "sans décimales"),
    ],
)
def test_a_blocking_problem_is_told_at_its_path(path: str, value: Any, words: str) -> None:
    problems = check_payload(changed(path, value))
    assert not would_pass(changed(path, value))
    told = [one for one in problems if one.blocking and one.path.startswith(path)]
    assert any(words in one.message for one in told), problems


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("/operator_journey_id", "5f0c1f3a-9b7e-4d2c-8a1b-6e7f90a1b2c3"),
        ("/driver/identity/phone", "+33639980011"),
        ("/passenger/identity/firstname", "Marcel"),
        ("/incentive_counterparts", []),
        ("/incentives/0/amount", 150.0),
        ("/incentives/0/amount", 150.5),
        ("/incentives/1/index", 0),
        ("/distance", 43_800.0),
        ("/driver/revenue", 401),
    ],
)
def test_what_the_service_tolerates_is_only_advised_against(path: str, value: Any) -> None:
    problems = check_payload(changed(path, value))
    assert problems
    assert not any(problem.blocking for problem in problems)
    assert would_pass(changed(path, value))


def test_a_whole_number_replaces_the_truncated_one_for_the_registry() -> None:
    body = changed("/driver/identity/phone_trunc", GONE)
    body["driver"]["identity"]["phone"] = "+33639980011"
    assert would_pass(body)


@pytest.mark.parametrize("zone", ["Z", "+01:00", "+0100"])
def test_the_three_writings_of_a_zone_pass(zone: str) -> None:
    assert would_pass(changed("/start/datetime", f"2026-11-20T07:30:00{zone}"))


def test_an_end_equal_to_the_start_passes() -> None:
    assert check_payload(changed("/end/datetime", "2026-11-20T07:30:00Z")) == []


@pytest.mark.parametrize("value", [None, True, False])
def test_an_age_may_be_unsaid(value: bool | None) -> None:
    assert check_payload(changed("/passenger/identity/over_18", value)) == []


@pytest.mark.parametrize("body", [None, [], "texte", 3, {}])
def test_what_is_no_journey_is_told_without_failing(body: object) -> None:
    assert check_payload(body)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
PATHS = (
    "/operator_journey_id", "/operator_class", "/incentives", "/incentives/0", "/start", "/start/datetime", "/end/lat",
    "/distance", "/driver", "/driver/identity", "/driver/revenue", "/passenger/payments", "/passenger/identity/phone_trunc",
)  # fmt: skip


@settings(deadline=None)
@given(st.sampled_from(PATHS), JSON)
def test_any_json_anywhere_gets_french_sentences_and_no_failure(path: str, value: object) -> None:
    for problem in check_payload(changed(path, value)):
        assert isinstance(problem, Problem)
        assert problem.path.startswith("/")
        assert problem.message.endswith((".", ")."))
