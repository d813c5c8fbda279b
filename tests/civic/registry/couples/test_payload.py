"""The bodies, against the three that the registry is known to accept."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lotocar.civic.registry.couples.facts import CoupleFacts, Evidence, Incentive, Payment
from lotocar.civic.registry.couples.payload import encode, payload
from lotocar.civic.registry.couples.rules import reasons
from lotocar.civic.registry.files.schema import check_payload, would_pass
from lotocar.values.geo import Point
from tests.civic.registry.fictional import CAJARC, FIGEAC, GOURDON, NOW, TO, a_couple, a_person

ODILE_JSON = """{"identity":{"identity_key":"da792efa5ea6966c0a72ced70607fae2bdf725bd229c5267d38c660f80a49918","operator_user_id":"drv-0000000000000000000000000000001a","phone_trunc":"+336399800"},"revenue":%d}"""
MARCEL_JSON = """{"identity":{"identity_key":"bb3a08b5b541679d69d36d2bdee734cbf25021036f950d92a7a82524fd81c547","operator_user_id":"psg-0000000000000000000000000000002b","phone_trunc":"+336399800"%s},"contribution":%s}"""
MINIMAL = (
    '{"operator_journey_id":"5f0c1f3a9b7e4d2c8a1b6e7f90a1b2c3","operator_trip_id":"0b9d6c1e4f3a4b7d9c2e5a8f71d3c4b5",'
    '"operator_class":"A","incentives":[],"start":{"datetime":"2026-11-20T13:05:00Z","lat":44.44752,"lon":1.44103},'
    '"end":{"datetime":"2026-11-20T14:12:00Z","lat":44.60862,"lon":2.03186},"distance":70500,'
    f'"driver":{ODILE_JSON % 0},"passenger":{MARCEL_JSON % ("", "0")}}}'
)
FULL = (
    '{"operator_journey_id":"a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1","operator_trip_id":"b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2",'
    '"operator_class":"B","licence_plate":"AB-123-CD","incentives":[{"index":0,"amount":150,"siret":"12345678900011"},'
    '{"index":1,"amount":50,"siret":"98765432100022"}],'
    '"start":{"datetime":"2026-11-20T08:30:00+01:00","lat":44.7376,"lon":1.3838},'
    '"end":{"datetime":"2026-11-20T09:18:00+01:00","lat":44.44752,"lon":1.44103},"distance":43800,'
    f'"driver":{ODILE_JSON % 400},'
    '"passenger":'
    + MARCEL_JSON
    % (
        ',"over_18":true',
        '200,"seats":1,"payments":[{"index":0,"siret":"98765432100022",'
        '"type":"titre-mobilite","amount":200}]',
    )
    + "}"
)
CAR = (
    '{"operator_journey_id":"d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4","operator_trip_id":"c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3",'
    '"operator_class":"A","incentives":[],"start":{"datetime":"2026-11-20T16:00:00Z","lat":44.44752,"lon":1.44103},'
    '"end":{"datetime":"2026-11-20T17:20:00Z","lat":44.60862,"lon":2.03186},"distance":71200,'
    f'"driver":{ODILE_JSON % 0},"passenger":{MARCEL_JSON % ("", "0")}}}',
    '{"operator_journey_id":"e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5","operator_trip_id":"c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3",'
    '"operator_class":"A","incentives":[],"start":{"datetime":"2026-11-20T16:50:00Z","lat":44.4853,"lon":1.843},'
    '"end":{"datetime":"2026-11-20T17:20:00Z","lat":44.60862,"lon":2.03186},"distance":25300,'
    f'"driver":{ODILE_JSON % 0},'
    '"passenger":{"identity":{"identity_key":"a83637972fa8e1deda0e70d364678d528ee33dc3747f008d56521c508cbebbb5",'
    '"operator_user_id":"psg-0000000000000000000000000000003c","phone_trunc":"+335364900"},"contribution":0,"seats":2}}',
)


def at(hour: int, minute: int) -> datetime:
    return datetime(2026, 11, 20, hour, minute, tzinfo=UTC)


def the_minimal(**changes: Any) -> CoupleFacts:
    values: dict[str, Any] = {
        "journey_id": "5f0c1f3a9b7e4d2c8a1b6e7f90a1b2c3",
        "trip_id": "0b9d6c1e4f3a4b7d9c2e5a8f71d3c4b5",
        "start_at": at(13, 5),
        "end_at": at(14, 12),
    }
    return a_couple(**(values | changes))


def the_full() -> CoupleFacts:
    free = the_minimal()
    return the_minimal(
        journey_id="a1" * 16,
        trip_id="b2" * 16,
        licence_plate="AB-123-CD",
        evidence=Evidence(driver=True),
        incentives=(Incentive(0, 150, "12345678900011"), Incentive(1, 50, "98765432100022")),
        start_at=at(7, 30),
        start=GOURDON,
        end_at=at(8, 18),
        end=free.start,
        distance_m=43_800,
        revenue_cents=400,
        contribution_cents=200,
        payments=(Payment(0, "98765432100022", "titre-mobilite", 200),),
        passenger=a_person(
            22,
            user_id=free.passenger.user_id,
            phone_e164=free.passenger.phone_e164,
            last_name=free.passenger.last_name,
            adult=True,
        ),
    )


def the_car() -> list[CoupleFacts]:
    first = the_minimal(
        journey_id="d4" * 16, trip_id="c3" * 16, start_at=at(16, 0), end_at=at(17, 20), distance_m=71_200
    )
    second = the_minimal(
        journey_id="e5" * 16,
        trip_id="c3" * 16,
        start_at=at(16, 50),
        end_at=at(17, 20),
        start=CAJARC,
        end=FIGEAC,
        distance_m=25_300,
        passenger=TO,
        seats=2,
    )
    return [first, second]


def test_the_minimal_body_is_the_accepted_one_to_the_byte() -> None:
    assert encode(payload(the_minimal())) == MINIMAL


def test_the_bodies_of_two_passengers_are_the_accepted_ones_to_the_byte() -> None:
    assert tuple(encode(payload(couple)) for couple in the_car()) == CAR


def test_the_full_body_is_the_accepted_one_but_for_the_whole_number() -> None:
    winter = timezone(timedelta(hours=1))
    assert encode(payload(the_full(), ceiling="B", zone=winter)) == FULL


def test_the_accepted_couples_have_nothing_against_them() -> None:
    for couple in (the_minimal(), the_full(), *the_car()):
        assert reasons(couple, now=NOW) == ()
        assert check_payload(payload(couple, ceiling="B")) == []


def test_hours_are_written_in_utc() -> None:
    body = payload(the_full())
    assert (body["start"]["datetime"], body["end"]["datetime"]) == (
        "2026-11-20T07:30:00Z",
        "2026-11-20T08:18:00Z",
    )


def test_parts_of_a_second_are_cut_so_that_a_past_end_stays_past() -> None:
    end_at = at(14, 12) + timedelta(seconds=59, microseconds=999_999)
    assert payload(the_minimal(end_at=end_at))["end"]["datetime"] == "2026-11-20T14:12:59Z"


@pytest.mark.parametrize(("ceiling", "sent"), [("A", "A"), ("B", "B"), ("C", "C")])
def test_the_class_never_passes_the_ceiling(ceiling: str, sent: str) -> None:
    proven = the_minimal(evidence=Evidence(driver=True, passenger=True))
    assert payload(proven, ceiling=ceiling)["operator_class"] == sent
    assert payload(the_minimal(), ceiling=ceiling)["operator_class"] == "A"


def test_no_name_and_no_whole_number_leaves() -> None:
    for couple in (the_full(), *the_car()):
        sent = encode(payload(couple)).lower()
        for person in (couple.driver, couple.passenger):
            assert (person.phone_e164 or "")[1:] not in sent
            assert person.last_name.lower() not in sent


def test_an_unfit_plate_stays_at_home() -> None:
    for plate in (None, "", "   ", "A" * 33):
        assert "licence_plate" not in payload(the_minimal(licence_plate=plate))


@settings(deadline=None)
@given(st.floats(-90, 90), st.floats(-180, 180))
def test_positions_are_plain_decimals_within_a_few_metres(lat: float, lon: float) -> None:
    body = payload(the_minimal(start=Point(lat, lon)))
    text = encode(body["start"])
    assert "e-" not in text
    assert "-0.0}" not in text
    sent = json.loads(text)
    assert abs(sent["lat"] - lat) <= 1.1e-4
    assert abs(sent["lon"] - lon) <= 1.1e-4
    assert would_pass(body)


@pytest.mark.parametrize(
    ("degrees", "text"), [(0.00005, "0.0"), (-0.00009, "0.0"), (-0.00011, "-0.00011"), (0.1 + 0.2, "0.3")]
)
def test_a_position_near_greenwich_is_written_without_exponent(degrees: float, text: str) -> None:
    sent = encode(payload(the_minimal(start=Point(44.5, degrees)))["start"])
    assert sent.endswith(f'"lon":{text}}}')
