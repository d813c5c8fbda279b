"""From a ride done to its fate, over real HTTP, on both databases."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from lotocar.carpool.people.models import Consent
from lotocar.carpool.people.operations import record_consent
from lotocar.carpool.rides.confirmations import heard_by_desk
from lotocar.carpool.rides.models import Ride
from lotocar.civic.registry import operations, settling
from lotocar.civic.registry.couples.geography import of_france
from lotocar.civic.registry.models import Proof, RegistryDesk, RegistryTally
from lotocar.civic.registry.operations import KeysAtHand
from lotocar.civic.registry.proofs import Terms, prepare
from lotocar.civic.registry.sending import send_one
from lotocar.errors import Refused
from lotocar.organisation.models import OrganisationRow
from lotocar.values.actor import SYSTEM, Actor, ActorKind
from lotocar.values.geo import Stop
from lotocar.world.roads.estimate import EstimatedRoads
from tests.carpool.rides.agreeing import POLICY
from tests.civic.registry.evening import BOTH, Evening
from tests.support.factories import CAJARC, FIGEAC, make_driver, make_passenger
from tests.support.fake_registry import STORED, Fault


def act(evening: Evening, name: str, proof_id: int, **values: Any) -> Any:
    """One of the desk's acts on a proof, in its own transaction."""
    with evening.factory.begin() as session:
        proof = operations.proof_of(session, proof_id)
        return getattr(operations, name)(session, proof, actor=SYSTEM, now=evening.clock(), **values)


def test_a_ride_done_goes_and_is_final_after_two_days(evening: Evening) -> None:
    evening.rides(2)
    assert evening.send() == 2
    assert evening.statuses() == ["sent", "sent"]
    assert evening.check() == 0  # nobody asks before 24 h
    assert evening.registry.requests["GET journeys"] == 0
    evening.clock.forward(hours=24)
    evening.check()
    assert evening.statuses() == ["checked", "checked"]
    evening.clock.forward(hours=24)
    evening.registry.night()
    evening.check()
    assert evening.statuses() == ["ok", "ok"]
    assert evening.send() == 0
    assert all(one.posts == 1 for one in evening.registry.journal.values())


def test_what_was_sent_and_on_whose_word_is_kept(evening: Evening) -> None:
    (ride_id,) = evening.rides(passenger_said_through="desk")
    evening.send()
    proof = evening.proof()
    assert json.loads(proof.body) == evening.registry.journal[proof.journey_id].body
    assert (proof.driver_word, proof.passenger_word, proof.proof_class) == ("own", "desk", "A")
    assert proof.consents["driver"]["version"] == proof.consents["passenger"]["version"] == "2026-11"
    assert proof.consents["driver"]["at"].startswith("2026-11-21T10:00")
    assert proof.driver_key == json.loads(proof.body)["driver"]["identity"]["identity_key"]
    assert proof.ride_id == ride_id


@pytest.mark.parametrize("status", ["planned", "unknown", "passenger_no_show", "cancelled_driver"])
def test_a_ride_not_known_to_have_taken_place_never_goes(evening: Evening, status: str) -> None:
    evening.rides(status=status)
    assert evening.send() == 0
    evening.clock.forward(hours=20)
    assert evening.send() == 0
    assert evening.registry.journal == {}
    assert set(evening.statuses()) <= {"draft", "too_late"}


def test_a_ride_confirmed_the_next_morning_still_goes(evening: Evening) -> None:
    (ride_id,) = evening.rides(status="planned")
    evening.send()
    assert evening.statuses() == ["draft"]
    evening.clock.forward(hours=9)
    evening.change(ride_id, status="done", driver_says="done", passenger_says="done")
    assert evening.send() == 1
    assert evening.proof().passenger_word == "own"


def test_one_side_s_denial_holds_it(evening: Evening) -> None:
    evening.rides(driver_says="done", passenger_says="not_done")
    evening.send()
    assert evening.statuses() == ["draft"]
    assert evening.proof().reasons == [["disputed", ""]]


@pytest.mark.parametrize("side", ["driver", "passenger"])
def test_nothing_goes_without_the_consent_of_each(evening: Evening, side: str) -> None:
    (ride_id,) = evening.rides()
    with evening.factory.begin() as session:
        person = getattr(session.get_one(Ride, ride_id), side)
        record_consent(
            session,
            person,
            kind="registry",
            given=False,
            text_version="2026-11",
            actor=SYSTEM,
            now=evening.clock(),
        )
    assert evening.send() == 0
    assert evening.proof().reasons == [["no_consent", side]]
    assert evening.registry.journal == {}


def test_a_consent_under_unknown_words_is_none(evening: Evening) -> None:
    evening.rides()
    with evening.factory.begin() as session:
        for consent in session.scalars(select(Consent)):
            consent.text_version = "nobody-knows"
    assert evening.send() == 0
    assert evening.proof().reasons == [["no_consent", "driver"], ["no_consent", "passenger"]]


def test_a_consent_withdrawn_between_getting_ready_and_going_holds_it(evening: Evening) -> None:
    evening.rides()
    evening.registry.script = [Fault.RATE]
    evening.send()
    assert evening.statuses() == ["ready"]
    with evening.factory.begin() as session:
        session.add(
            Consent(
                person_id=session.scalars(select(Ride)).one().passenger_id,
                kind="registry",
                given=False,
                text_version="2026-11",
                at=evening.clock(),
                actor_kind="person",
            )
        )
    evening.clock.forward(minutes=1)
    assert evening.send() == 0
    assert evening.statuses() == ["confirmed"]
    assert evening.registry.journal == {}


def test_too_late_is_said_and_never_burnt(evening: Evening) -> None:
    evening.registry.script = [Fault.RATE]
    evening.rides()
    evening.send()
    evening.clock.forward(hours=14)
    assert evening.send() == 0
    assert evening.statuses() == ["too_late"]
    assert evening.registry.journal == {}


def test_it_goes_until_twenty_hours_after_the_start_and_not_a_second_later(evening: Evening) -> None:
    evening.clock.now = datetime(2026, 11, 25, 3, 30, tzinfo=UTC)
    first, second = evening.rides(2, status="planned")
    evening.send()
    evening.change(first, status="done", driver_says="done", passenger_says="done")
    assert evening.send() == 1
    evening.clock.forward(seconds=1)
    evening.change(second, status="done", driver_says="done", passenger_says="done")
    assert evening.send() == 0
    assert evening.statuses() == ["sent", "too_late"]


@pytest.mark.parametrize("silent", ["driver", "passenger"])
def test_a_side_never_heard_has_not_confirmed_whatever_the_desk_noted(evening: Evening, silent: str) -> None:
    (ride_id,) = evening.rides(**{f"{silent}_says": None})
    assert evening.send() == 0
    assert evening.proof().reasons == [["unheard", silent]]
    with evening.factory.begin() as session:
        heard_by_desk(
            session,
            session.get_one(Ride, ride_id),
            silent,
            actor=Actor(ActorKind.STAFF, 1),
            now=evening.clock(),
            policy=POLICY,
        )
    assert evening.send() == 1
    proof = evening.proof()
    words = {"driver": proof.driver_word, "passenger": proof.passenger_word}
    assert words.pop(silent) == "desk"
    assert set(words.values()) == {"own"}


@pytest.mark.parametrize(
    ("driver", "passenger", "by_evidence"),
    [("sms", "link", "C"), ("sms", "desk", "B"), ("desk", "call", "B"), ("desk", "desk", "A")],
)
def test_the_class_follows_who_confirmed_up_to_the_ceiling(
    evening: Evening, driver: str, passenger: str, by_evidence: str
) -> None:
    evening.rides(3, driver_said_through=driver, passenger_said_through=passenger)
    for ceiling in "ABC":
        evening.terms = replace(evening.terms, ceiling=ceiling)
        with evening.factory.begin() as session:
            prepare(session, terms=evening.terms, now=evening.clock())
        proof = evening.proofs()["ABC".index(ceiling)]
        send_one(evening.factory, evening.registrar, proof.id, evening.clock, terms=evening.terms)
        assert evening.registry.journal[proof.journey_id].body["operator_class"] == min(by_evidence, ceiling)


def test_a_shape_refused_is_mended_under_the_same_number(evening: Evening) -> None:
    (ride_id,) = evening.rides(distance_m=68_000)
    evening.registry.versions = {"v3.4"}
    real = evening.registry.post
    evening.registry.post = lambda body: (400, {"error": {"code": -32602, "data": ["/x: bad"]}})  # type: ignore[method-assign]
    evening.send()
    assert evening.statuses() == ["refused_fixable"]
    evening.registry.post = real  # type: ignore[method-assign]
    evening.clock.forward(minutes=5)
    assert evening.send() == 0  # the same body would be refused again
    evening.change(ride_id, distance_m=69_000)
    assert evening.send() == 1
    assert evening.proof().journey_id in evening.registry.journal


@pytest.mark.parametrize(
    "fault",
    [
        Fault.SLOW_BEFORE,
        Fault.SLOW_AFTER,
        Fault.RESET_BEFORE,
        Fault.RESET_AFTER,
        Fault.ERROR_BEFORE,
        Fault.ERROR_AFTER,
        Fault.MAINTENANCE,
        Fault.TRUNCATED,
    ],
)
def test_fault_24_an_unknown_outcome_is_settled_by_reading_before_anything_is_sent_again(
    evening: Evening, fault: Fault
) -> None:
    evening.rides()
    evening.registry.script = [fault]
    assert evening.send() == 0
    assert evening.statuses() == ["uncertain"]
    evening.clock.forward(minutes=2)
    evening.send()
    assert evening.statuses() == ["sent"]
    (stored,) = evening.registry.journal.values()
    assert stored.posts == 1  # after a storing fault it is read, not sent again
    assert evening.registry.requests["GET journeys"] == 1
    assert fault in STORED or evening.proof().attempt == 2


def test_an_unknown_outcome_that_was_a_refusal_is_found_to_be_one(evening: Evening) -> None:
    evening.rides()
    evening.registry.script = [Fault.RESET_AFTER]
    evening.registry.book.labels = lambda body, now: ["too_many_trips_by_day"]  # type: ignore[method-assign]
    evening.send()
    evening.clock.forward(minutes=2)
    evening.send()
    proof = evening.proof()
    assert (proof.status, proof.labels) == ("refused_burnt", ["too_many_trips_by_day"])


def test_a_conflict_is_read_like_a_doubt(evening: Evening) -> None:
    evening.rides()
    evening.registry.script = [Fault.RESET_AFTER]
    evening.send()
    with evening.factory.begin() as session:
        proof = session.scalars(select(Proof)).one()
        proof.status, proof.not_before = "ready", evening.clock()  # as after a restore of yesterday's backup
    evening.send()
    assert evening.statuses() == ["uncertain"]
    evening.clock.forward(minutes=2)
    evening.send()
    assert evening.statuses() == ["sent"]
    assert len(evening.registry.journal) == 1


def test_a_registry_that_stays_silent_is_asked_later_and_later(evening: Evening) -> None:
    evening.rides()
    evening.registry.script = [Fault.RESET_AFTER, *[Fault.ERROR_BEFORE] * 3]
    evening.send()
    for _ in range(3):
        evening.clock.forward(minutes=10)
        evening.send()
    assert evening.proof().failures == 3
    evening.clock.forward(minutes=10)
    evening.send()
    assert evening.statuses() == ["sent"]


def test_fault_24_a_batch_stops_when_told_to_slow_down_and_goes_on_later(evening: Evening) -> None:
    evening.rides(5)
    evening.registry.script = [Fault.NONE, Fault.NONE, Fault.RATE]
    assert evening.send() == 2
    assert sorted(evening.statuses()) == ["ready", "ready", "ready", "sent", "sent"]
    evening.clock.forward(minutes=1)
    assert evening.send() == 3


def test_fault_24_a_token_that_ends_in_mid_batch_loses_nothing(evening: Evening) -> None:
    evening.rides(4)
    evening.registry.script = [Fault.NONE, Fault.EXPIRED, Fault.NONE, Fault.EXPIRED]
    assert evening.send() == 4
    assert len(evening.registry.journal) == 4


def test_refused_keys_stop_the_batch_and_warn_the_desk(evening: Evening) -> None:
    evening.rides(3)
    evening.registry.forbidden = True
    assert evening.send() == 0
    assert evening.statuses() == ["ready"] * 3
    assert evening.registry.requests["POST journeys"] == 0
    with evening.factory() as session:
        assert session.get_one(RegistryDesk, 1).trouble == "registry.keys"
    evening.registry.forbidden = False
    evening.clock.forward(minutes=1)
    assert evening.send() == 3
    with evening.factory() as session:
        assert session.get_one(RegistryDesk, 1).trouble == ""


def test_the_same_two_people_again_too_soon_stay_at_home(evening: Evening) -> None:
    with evening.factory.begin() as session:
        odile, marcel = make_driver(session), make_passenger(session)
        evening.ride(session, driver=odile, passenger=marcel)
        back = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
        evening.ride(session, driver=odile, passenger=marcel, at=back)
    assert evening.send() == 1
    assert evening.proof().reasons == [["too_close", ""]]
    evening.clock.forward(minutes=1)
    assert evening.send() == 0  # the one that was sent still counts


def test_a_fifth_trip_of_the_day_stays_at_home_whatever_the_order_of_news(evening: Evening) -> None:
    with evening.factory.begin() as session:
        odile = make_driver(session)
        rides = [
            evening.ride(
                session,
                driver=odile,
                at=datetime(2026, 11, 24, hour, 0, tzinfo=UTC),
                status="done" if hour > 6 else "planned",
            ).id
            for hour in (5, 7, 9, 11, 13)
        ]
    assert evening.send() == 4
    evening.change(rides[0], status="done", driver_says="done", passenger_says="done")
    assert evening.send() == 0
    assert ["too_many_trips", "driver"] in [reason for one in evening.proofs() for reason in one.reasons]


def test_a_ride_taken_back_after_sending_is_cancelled_at_once(evening: Evening) -> None:
    (ride_id,) = evening.rides()
    evening.send()
    evening.change(ride_id, status="passenger_no_show")
    evening.send()
    evening.clock.forward(minutes=1)
    evening.send()
    assert evening.statuses() == ["cancelled"]
    (stored,) = evening.registry.journal.values()
    assert (stored.status, stored.cancel_code) == ("canceled", "NOT_DONE")


def test_a_cancellation_goes_on_through_faults(evening: Evening) -> None:
    evening.rides()
    evening.send()
    act(evening, "cancel", evening.proof().id, code="DUPLICATE")
    evening.registry.script = [Fault.ERROR_BEFORE, Fault.RESET_AFTER]
    for _ in range(3):
        evening.send()
        evening.clock.forward(minutes=2)
    assert evening.statuses() == ["cancelled"]
    with pytest.raises(Refused):
        act(evening, "cancel", evening.proof().id, code="DUPLICATE")


def test_a_corrected_hour_is_corrected_there_too(evening: Evening) -> None:
    (ride_id,) = evening.rides()
    evening.send()
    with pytest.raises(Refused, match=r"registry\.same"):
        act(evening, "correct", evening.proof().id, terms=evening.terms)
    evening.change(ride_id, dropoff_at=datetime(2026, 11, 24, 8, 40, tzinfo=UTC))
    act(evening, "correct", evening.proof().id, terms=evening.terms)
    evening.send()
    assert evening.statuses() == ["sent"]
    (stored,) = evening.registry.journal.values()
    assert stored.body["end"]["datetime"] == "2026-11-24T08:40:00Z"
    assert json.loads(evening.proof().body) == stored.body


def test_seats_cannot_be_corrected_so_the_ride_goes_again_under_a_new_number(evening: Evening) -> None:
    (ride_id,) = evening.rides()
    evening.send()
    first = evening.proof()
    evening.change(ride_id, seats=2)
    with pytest.raises(Refused, match=r"registry\.not_correctable"):
        act(evening, "correct", first.id, terms=evening.terms)
    act(evening, "cancel", first.id, code="WRONG_DATA")
    evening.send()
    act(evening, "renew", first.id)
    assert evening.send() == 1
    assert evening.statuses() == ["cancelled", "sent"]
    stored = evening.registry.journal[evening.proof().journey_id]
    assert stored.body["passenger"]["seats"] == 2
    assert stored.trip == evening.registry.journal[first.journey_id].trip


def test_a_burnt_number_is_never_used_again_and_never_after_the_day(evening: Evening) -> None:
    evening.rides()
    evening.registry.book.labels = lambda body, now: ["distance_too_short"]  # type: ignore[method-assign]
    evening.send()
    burnt = evening.proof()
    assert (burnt.status, burnt.labels) == ("refused_burnt", ["distance_too_short"])
    assert "distance_too_short" in burnt.answer
    for _ in range(3):
        evening.clock.forward(minutes=10)
        assert evening.send() == 0
    assert evening.registry.journal[burnt.journey_id].posts == 1
    evening.clock.forward(hours=14)
    with pytest.raises(Refused, match=r"registry\.too_late_to_renew"):
        act(evening, "renew", burnt.id)


def test_a_standing_proof_is_not_doubled(evening: Evening) -> None:
    evening.rides()
    evening.send()
    with pytest.raises(Refused, match=r"registry\.standing"):
        act(evening, "renew", evening.proof().id)
    assert len(evening.proofs()) == 1


def test_a_later_ok_over_a_refusal_changes_nothing_and_is_shown(evening: Evening) -> None:
    evening.rides(2)
    evening.send()
    refused, flagged = evening.proofs()
    with evening.factory.begin() as session:
        session.get_one(Proof, refused.id).status = "refused_burnt"
        session.get_one(Proof, flagged.id).status = "fraud"
    for stored in evening.registry.journal.values():
        stored.status = "ok"
    evening.clock.forward(days=3)
    evening.reconcile()
    assert evening.statuses() == ["refused_burnt", "fraud"]
    assert all(one.contradicted_at == evening.clock() for one in evening.proofs())


def test_the_night_counts_the_month_strangers_and_what_is_missing(evening: Evening) -> None:
    evening.rides(3)
    evening.send()
    first, second, third = evening.proofs()
    journal = evening.registry.journal
    journal[first.journey_id].status = "ok"
    journal[second.journey_id].status = "fraud_error"
    stranger = journal.pop(third.journey_id)
    stranger.body = stranger.body | {"operator_journey_id": "f" * 32}
    journal["f" * 32] = stranger
    evening.clock.forward(days=3)
    evening.check()
    evening.reconcile()
    with evening.factory() as session:
        tally = {(row.month, row.status): row.count for row in session.scalars(select(RegistryTally))}
    assert tally == {
        ("2026-11", "ok"): 1,
        ("2026-11", "fraud_error"): 1,
        ("2026-11", "stranger"): 1,
        ("2026-11", "missing"): 1,
    }
    assert evening.statuses()[:2] == ["ok", "fraud"]


def test_nights_are_reconciled_once(evening: Evening) -> None:
    def tonight() -> bool:
        return settling.reconcile_tonight(
            evening.factory, evening.registrar, evening.clock, environment="demo"
        )

    assert tonight()
    assert not tonight()
    evening.clock.now = datetime(2026, 11, 25, 0, 59, tzinfo=UTC)
    assert not tonight()
    evening.clock.now = datetime(2026, 11, 25, 1, 1, tzinfo=UTC)  # 2 h 01 in Paris
    assert tonight()
    assert not tonight()


def test_two_passengers_of_one_car_share_its_number(evening: Evening) -> None:
    with evening.factory.begin() as session:
        odile = make_driver(session)
        for place in ({}, {"origin": CAJARC}):
            evening.ride(session, driver=odile, car_trip_key="c3" * 16, leg=place)
    assert evening.send() == 2
    assert {stored.trip for stored in evening.registry.journal.values()} == {"c3" * 16}


def test_a_hospital_is_declared_as_its_town_and_a_ride_within_it_stays_at_home(evening: Evening) -> None:
    ground = of_france()
    evening.terms = Terms(
        environment="demo", roads=EstimatedRoads(), where=ground.declared, insee_of=ground.insee_of
    )
    hospital = Stop("Centre hospitalier, Cahors", "46042", 44.4521, 1.4402)
    evening.rides(leg={"origin": FIGEAC, "destination": hospital})
    evening.rides(
        leg={"origin": Stop("Terre Rouge", "46042", 44.4480, 1.4400), "destination": hospital},
        distance_m=1_500,
    )
    evening.send()
    (stored,) = evening.registry.journal.values()
    centre = ground.gazetteer.commune("46042")
    assert centre is not None
    assert (stored.body["end"]["lat"], stored.body["end"]["lon"]) == (
        round(centre.point.lat, 5),
        round(centre.point.lon, 5),
    )
    held = [proof for proof in evening.proofs() if proof.status == "confirmed"]
    assert len(held) == 1
    assert ["same_place", ""] in held[0].reasons or ["too_slow", ""] in held[0].reasons


# --- the switch -----------------------------------------------------------------------------------------------


def switch(evening: Evening, to: str, keys: KeysAtHand = BOTH) -> None:
    with evening.factory.begin() as session:
        operations.switch(session, to, keys=keys, actor=SYSTEM, now=evening.clock())


def test_nothing_goes_while_the_switch_is_off_or_elsewhere(evening: Evening) -> None:
    evening.rides()
    for elsewhere in ("off", "production"):
        switch(evening, elsewhere)
        assert evening.send() == 0
        assert evening.check() == 0
    assert evening.registry.paths == []
    switch(evening, "demo")
    assert evening.send() == 1


def test_a_demonstration_database_is_never_switched_on(evening: Evening) -> None:
    evening.rides()
    with evening.factory.begin() as session:
        session.get_one(OrganisationRow, 1).is_demonstration = True
    for to in ("demo", "production"):
        with pytest.raises(Refused, match=r"registry\.demonstration"):
            switch(evening, to)
    assert evening.send() == 0  # though it had been switched on before
    assert evening.registry.paths == []


def test_a_registry_without_keys_cannot_be_chosen(evening: Evening) -> None:
    with pytest.raises(Refused, match=r"registry\.no_keys"):
        switch(evening, "production", KeysAtHand(demo=True))


def test_what_went_to_the_demonstration_is_sent_anew_to_production(evening: Evening) -> None:
    evening.rides()
    evening.send()
    switch(evening, "production")
    evening.terms = Terms(environment="production", roads=evening.terms.roads)
    assert evening.send() == 1
    demo, production = evening.proofs()
    assert (demo.environment, production.environment) == ("demo", "production")
    assert demo.journey_id != production.journey_id
    assert demo.ride_id == production.ride_id


def test_an_evening_s_rides_are_all_asked_about_within_the_day() -> None:
    """The SMS that asks both sides leaves an hour after the ride, by day: hours before the deadline."""
    from lotocar.carpool.rides.timetable import ASK_AFTER
    from lotocar.civic.registry.couples.rules import SEND_WITHIN
    from lotocar.messages import rules as messages

    for quarter in range(4 * 24):
        start = datetime(2026, 11, 24, tzinfo=UTC) + timedelta(minutes=15 * quarter)
        asked = messages.leaves_at(now=start + timedelta(hours=1) + ASK_AFTER, night_from=None)
        assert asked - start <= SEND_WITHIN - timedelta(hours=5), start
