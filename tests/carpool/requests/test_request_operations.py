"""Taking, holding, correcting, closing and forgetting requests, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lotocar.carpool.requests import corrections, queries
from lotocar.carpool.requests import operations as requests
from lotocar.carpool.requests.models import RideRequest
from lotocar.carpool.requests.rules import LegWish
from lotocar.errors import Invalid, NotFound, Refused
from lotocar.journal import queries as journal
from lotocar.values.actor import Actor, ActorKind
from lotocar.values.geo import Stop
from tests.carpool.requests.test_request_rules import BACK, OUT
from tests.support.factories import (
    CAHORS,
    GOURDON,
    NOW,
    TUESDAY,
    a_leg,
    make_account,
    make_passenger,
    make_request,
)

NADIA = Actor(ActorKind.STAFF, 1)
WORDS: dict[str, Any] = {"seats": 1, "purpose": "courses", "wish": "", "staff_note": ""}


def submit(session: Session, **changes: Any) -> RideRequest:
    """Marcel asks for Tuesday, there and back."""
    values: dict[str, Any] = {
        "form_key": "form-1",
        "legs": [OUT, BACK],
        "actor": NADIA,
        "now": NOW,
    } | changes
    if "passenger" not in values:
        values["passenger"] = make_passenger(session)
    return requests.submit(session, **values)


def correct(session: Session, asked: RideRequest, **changes: Any) -> list[Any]:
    session.flush()
    values: dict[str, Any] = {
        "expected_revision": asked.revision,
        "legs": [OUT, BACK],
        "actor": NADIA,
        "now": NOW,
        **WORDS,
    } | changes
    return corrections.correct(session, asked, **values)


def verbs(session: Session, asked: RideRequest) -> list[str]:
    session.flush()
    return [entry.verb for entry in journal.story(session, [("ride_request", asked.id)])]


def states(asked: RideRequest) -> list[str]:
    return [leg.status for leg in asked.legs]


def test_a_request_is_saved_with_its_legs_in_order_and_waits_for_somebody(session: Session):
    asked = submit(session)
    assert [(leg.direction, leg.origin.label, leg.status) for leg in asked.legs] == [
        ("out", "Cahors", "unserved"),
        ("back", "Figeac", "unserved"),
    ]
    assert (asked.status, asked.due_at) == ("to_process", NOW + timedelta(hours=2))
    assert verbs(session, asked) == ["request.submitted"]


def test_the_same_form_sent_twice_makes_one_request(session: Session):
    passenger = make_passenger(session)
    first = submit(session, passenger=passenger)
    assert submit(session, passenger=passenger, wish="autre chose").id == first.id
    assert session.scalar(select(func.count()).select_from(RideRequest)) == 1
    assert first.wish == ""


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"seats": 0}, "seats"),
        ({"seats": 9}, "seats"),
        ({"purpose": "chimio"}, "purpose"),
        ({"wish": "x" * 501}, "wish"),
        ({"staff_note": "x" * 501}, "staff_note"),
        ({"legs": [replace(OUT, destination=CAHORS)]}, "destination"),
    ],
)
def test_what_is_out_of_bounds_is_refused_with_its_field_and_nothing_is_written(
    session: Session, changes: dict[str, Any], field: str
):
    with pytest.raises(Invalid) as refusal:
        submit(session, **changes)
    assert refusal.value.field == field
    assert session.scalar(select(func.count()).select_from(RideRequest)) == 0


def test_who_takes_a_request_is_searching_and_taking_it_again_says_nothing(session: Session):
    nadia, asked = make_account(session), submit(session)
    for _ in range(2):
        requests.take(session, asked, account_id=nadia.id, actor=NADIA, now=NOW)
    assert (asked.status, asked.assigned_to_id) == ("searching", nadia.id)
    assert verbs(session, asked) == ["request.submitted", "request.taken"]
    for _ in range(2):
        requests.release(session, asked, account_id=nadia.id, actor=NADIA, now=NOW)
    assert (asked.status, asked.assigned_to_id) == ("to_process", None)
    assert verbs(session, asked) == ["request.submitted", "request.taken", "request.released"]


def test_what_a_colleague_holds_is_taken_by_whoever_saw_it_and_let_go_by_nobody_else(session: Session):
    nadia, paul, asked = make_account(session), make_account(session), submit(session)
    requests.take(session, asked, account_id=paul.id, actor=NADIA, now=NOW)
    with pytest.raises(Refused, match=r"request\.taken"):
        requests.take(session, asked, account_id=nadia.id, actor=NADIA, now=NOW)
    with pytest.raises(Refused, match=r"request\.not_yours"):
        requests.release(session, asked, account_id=nadia.id, actor=NADIA, now=NOW)
    assert asked.assigned_to_id == paul.id
    requests.take(session, asked, account_id=nadia.id, instead_of=paul.id, actor=NADIA, now=NOW)
    assert asked.assigned_to_id == nadia.id


def test_two_colleagues_see_each_other_and_the_first_holds_the_request(session: Session):
    nadia, louis, asked = make_account(session), make_account(session), submit(session)

    def seen(account_id: int, now: datetime) -> int | None:
        return requests.seen_working(session, asked.id, account_id=account_id, now=now)

    before = asked.revision
    assert seen(nadia.id, NOW) is None
    assert seen(louis.id, NOW + timedelta(minutes=1)) == nadia.id
    assert seen(nadia.id, NOW + timedelta(minutes=2)) is None
    assert seen(louis.id, NOW + timedelta(minutes=5)) is None  # she left
    assert seen(nadia.id, NOW + timedelta(minutes=5)) == louis.id
    session.refresh(asked)
    assert asked.revision == before, "being there is not a change"


def test_a_correction_is_traced_and_names_the_legs_that_changed(session: Session):
    asked = submit(session)
    later = replace(BACK, hour=time(18))
    changed = correct(session, asked, legs=[OUT, later], wish="un sac lourd")
    assert [leg.direction for leg in changed] == ["back"]
    assert (asked.legs[1].hour, asked.wish) == (time(18), "un sac lourd")
    entry = journal.story(session, [("ride_request", asked.id)])[-1]
    assert (entry.verb, entry.data) == (
        "request.corrected",
        {"fields": ["purpose", "wish"], "legs": ["back"]},
    )


def test_positions_rounded_by_a_form_are_no_change(session: Session):
    precise = Stop("Cahors", "46042", 44.447_512_3, 1.440_612_3)
    asked = submit(session, legs=[replace(OUT, origin=precise)], purpose="courses")
    rounded = Stop("Cahors", "46042", 44.44751, 1.44061)
    assert correct(session, asked, legs=[replace(OUT, origin=rounded)]) == []
    assert verbs(session, asked) == ["request.submitted"]


def test_a_correction_may_drop_the_way_back_or_add_one(session: Session):
    asked = submit(session)
    changed = correct(session, asked, legs=[OUT])
    assert [(leg.direction, leg.status) for leg in changed] == [("back", "dropped")]
    correct(session, asked, legs=[OUT, BACK])
    assert [(leg.direction, leg.status) for leg in asked.legs] == [
        ("out", "unserved"),
        ("back", "dropped"),
        ("back", "unserved"),
    ]


def test_more_seats_change_every_leg_still_to_be_driven(session: Session):
    asked = submit(session)
    asked.legs[0].status = "done"
    assert [leg.direction for leg in correct(session, asked, seats=2)] == ["back"]


def test_a_journey_already_driven_is_not_rewritten(session: Session):
    asked = submit(session)
    asked.legs[0].status = "done"
    with pytest.raises(Refused, match=r"leg\.done"):
        correct(session, asked, legs=[replace(OUT, origin=GOURDON), BACK], wish="perdu ?")
    assert (asked.legs[0].origin.label, asked.wish) == ("Cahors", "")


def test_a_correction_of_an_older_version_is_refused_as_stale(session: Session):
    asked = submit(session)
    seen = asked.revision
    correct(session, asked, wish="première")
    session.flush()
    with pytest.raises(Refused, match="stale"):
        correct(session, asked, expected_revision=seen, wish="seconde")
    assert asked.wish == "première"


def test_closing_needs_a_known_outcome_and_gives_up_what_was_not_served(session: Session):
    asked = submit(session)
    asked.legs[0].status = "confirmed"
    with pytest.raises(Invalid):
        requests.close(session, asked, outcome="", actor=NADIA, now=NOW)
    requests.close(session, asked, outcome="unserved_no_driver", note="x" * 400, actor=NADIA, now=NOW)
    assert (asked.status, asked.due_at, states(asked)) == ("closed", None, ["confirmed", "failed"])
    assert len(asked.outcome_note) == 300
    with pytest.raises(Refused):
        requests.close(session, asked, outcome="no_show", actor=NADIA, now=NOW)
    with pytest.raises(Refused, match=r"request\.closed"):
        requests.take(session, asked, account_id=1, actor=NADIA, now=NOW)


def test_reopening_looks_again_for_what_was_given_up_but_not_for_what_was_dropped(session: Session):
    asked = submit(session)
    correct(session, asked, legs=[OUT])
    requests.close(session, asked, outcome="unserved_late", actor=NADIA, now=NOW)
    requests.reopen(session, asked, actor=NADIA, now=NOW)
    assert (asked.status, asked.outcome, states(asked)) == ("to_process", None, ["unserved", "dropped"])


def test_a_promised_call_is_due_at_its_hour_until_it_is_made(session: Session):
    asked, at = submit(session), NOW + timedelta(hours=5)
    requests.call_back_at(session, asked, at, actor=NADIA, now=NOW)
    assert asked.due_at == at
    requests.call_back_at(session, asked, None, actor=NADIA, now=NOW)
    assert asked.due_at == NOW + timedelta(hours=2)


def test_lists_come_by_due_time_and_stay_within_an_area(session: Session):
    near = make_request(session, due_at=NOW + timedelta(hours=3))
    far = make_request(
        session, due_at=NOW + timedelta(hours=1), legs=[a_leg(origin=GOURDON, destination=CAHORS)]
    )
    never = make_request(session)
    make_request(session, status="closed", closed_at=NOW)
    assert [one.id for one in queries.open_requests(session)] == [far.id, near.id, never.id]
    assert [one.id for one in queries.open_requests(session, communes=["46127"])] == [far.id]
    assert queries.count_open(session) == {"to_process": 3}
    assert queries.count_open(session, communes=["46127"]) == {"to_process": 1}
    with pytest.raises(NotFound):
        queries.request_page(session, near.id, communes=["46127"])
    assert queries.numbered(session, near.id, communes=["46127"]) is None
    assert queries.numbered(session, near.id) == near


def test_a_second_booking_the_same_day_is_found(session: Session):
    asked = submit(session)
    assert queries.same_day(session, asked.passenger_id, [TUESDAY], apart_from=asked.id) == []
    other = make_request(session, passenger=asked.passenger)
    assert queries.same_day(session, asked.passenger_id, [TUESDAY], apart_from=asked.id) == other.legs
    other.legs[0].status = "dropped"
    assert queries.same_day(session, asked.passenger_id, [TUESDAY], apart_from=asked.id) == []


def test_forgetting_a_passenger_closes_and_blurs_what_they_asked(session: Session):
    stop = Stop("12 rue du Four", "46042", 44.447_51, 1.440_61)
    asked = submit(session, wish="mon chien", staff_note="sonner", legs=[replace(OUT, origin=stop)])
    requests.erase_person(session, asked.passenger_id, now=NOW)
    assert (asked.status, asked.outcome, asked.wish, asked.staff_note) == (
        "closed",
        "withdrawn_by_passenger",
        "",
        "",
    )
    assert (asked.legs[0].origin_label, asked.legs[0].origin_lat) == ("46042", 44.45)
    assert asked.form_key != "form-1"


def test_forgetting_who_called_leaves_the_passenger_their_request(session: Session):
    nurse = make_passenger(session, first_name="Jeanne")
    asked = submit(session, caller=nurse, caller_relation="infirmière", wish="monter devant")
    requests.erase_person(session, nurse.id, now=NOW)
    assert (asked.caller_id, asked.caller_relation) == (None, "")
    assert (asked.is_open, asked.wish, asked.legs[0].origin_label) == (True, "monter devant", "Cahors")


def test_a_wish_without_hour_is_kept_as_such(session: Session):
    asked = submit(session, legs=[LegWish(direction="out", origin=CAHORS, destination=GOURDON, day=TUESDAY)])
    assert (asked.legs[0].time_kind, asked.legs[0].hour) == ("none", None)
