"""The JSON of `./run match`."""

from __future__ import annotations

import json
from datetime import time

from sqlalchemy.orm import Session

from lotocar.carpool.matching.facts import TimeKind
from lotocar.carpool.matching.listing import match_json
from lotocar.world.roads.estimate import EstimatedRoads
from tests.support.factories import CAHORS, FIGEAC, GRAMAT, TUESDAY, make_trip, weekly


def test_both_ways_of_looking_print_the_same_bytes(session: Session) -> None:
    for minutes in (5, 10, 60):
        make_trip(session, max_detour_minutes=minutes)
        make_trip(session, destination=GRAMAT, max_detour_minutes=minutes)
        make_trip(session, departures=[weekly(1, None)])
    asked = {
        "origin": CAHORS,
        "destination": FIGEAC,
        "day": TUESDAY,
        "time_kind": TimeKind.ARRIVE_BY,
        "hour": time(10),
        "ground": EstimatedRoads(),
    }
    through = match_json(session, **asked)
    assert through == match_json(session, **asked, look_at_every_trip=True)
    assert len(json.loads(through)["candidates"]) >= 6


def test_a_candidate_has_its_ids_instants_gap_and_reasons(session: Session) -> None:
    trip = make_trip(session)
    text = match_json(
        session,
        origin=CAHORS,
        destination=FIGEAC,
        day=TUESDAY,
        time_kind=TimeKind.LEAVE_AT,
        hour=time(8),
        ground=EstimatedRoads(),
    )
    [one] = json.loads(text)["candidates"]
    assert (one["trip_id"], one["departure_id"]) == (trip.id, trip.departures[0].id)
    assert one["pickup_at"] == "2026-11-24T08:30:00+01:00"
    assert one["dropoff_at"].startswith("2026-11-24T09:")
    assert (one["detour_seconds"], one["gap_seconds"], one["distances"]) == (0, 1800, "estimate")
    assert [reason["code"] for reason in one["reasons"]] == ["pickup", "detour", "suits_leave_at", "seats"]
    assert "Odile" not in text
    assert "+33" not in text


def test_nobody_is_an_empty_list(session: Session) -> None:
    text = match_json(session, origin=CAHORS, destination=FIGEAC, day=TUESDAY, ground=EstimatedRoads())
    assert json.loads(text)["candidates"] == []
