"""Asking drivers, agreeing, and telling the passenger."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lotocar.carpool.people import queries as people
from lotocar.carpool.people.models import Person
from lotocar.carpool.people.rules import may_give_contact
from lotocar.carpool.requests import operations as requests
from lotocar.carpool.requests.models import Leg, RideRequest
from lotocar.carpool.rides import later, queries, rules, texts
from lotocar.carpool.rides.bookings import (
    FREE,
    book,
    cancel,
    free_if_nobody_left,
    lock,
    move_ride,
    note_approach,
    note_ride,
)
from lotocar.carpool.rides.in_order import next_in_line, send_question
from lotocar.carpool.rides.models import Approach, ApproachLeg, Ride
from lotocar.carpool.rides.rules import Proposal
from lotocar.errors import Invalid, Refused
from lotocar.messages.texts import SenderPolicy
from lotocar.values.actor import Actor
from lotocar.world.roads.router import Roads


def approach(
    session: Session,
    *,
    ride_request: RideRequest,
    driver: Person,
    proposals: Sequence[Proposal],
    channel: str,
    turn: str = "",
    actor: Actor,
    now: datetime,
    policy: SenderPolicy,
) -> Approach:
    """One driver asked for these legs: by SMS at once, or as a call to make (`channel` "phone").

    `turn` is "first" for the head of a line, whose answer is not awaited for long, and "later" for those who
    will be asked in their turn (see in_order).

    Raises:
        Invalid: no leg. Refused: request over, leg taken, driver already asked and still thinking, refused or suspended,
            or an SMS to somebody who has no line for it.
    """
    lock(session, ride_request)
    legs = _wanted_legs(ride_request, proposals)
    _may_ask(session, ride_request, driver, channel)
    pickup_at = min(proposal.pickup_at for proposal in proposals)
    deadline = rules.turn_deadline if turn == "first" else rules.answer_deadline
    asked = Approach(
        reference=_reference(session),
        ride_request=ride_request,
        driver=driver,
        channel=channel,
        request_revision=ride_request.revision,
        expires_at=max(pickup_at, now) if turn == "later" else deadline(now=now, pickup_at=pickup_at),
        created_at=now,
        status="queued" if turn == "later" else "to_contact",
        tries=0,
        legs=[
            ApproachLeg(
                leg=legs[proposal.leg_id],
                trip_id=proposal.trip_id,
                direction=proposal.direction,
                departure_id=proposal.departure_id,
                pickup_at=proposal.pickup_at,
                dropoff_at=proposal.dropoff_at,
                detour_seconds=proposal.detour_seconds,
            )
            for proposal in proposals
        ],
    )
    session.add(asked)
    session.flush()  # the text carries its number
    for leg in legs.values():
        requests.move_leg(leg, "approach", now=now)
    if channel == "sms" and turn != "later":
        send_question(session, asked, actor=actor, now=now, policy=policy)
    verb = "queued" if turn == "later" else "asked"
    note_approach(session, asked, verb, actor, now, channel=channel, driver=driver.id)
    return asked


def missed(session: Session, approach: Approach, *, actor: Actor, now: datetime) -> None:
    """Rung, and nobody answered: the question has reached nobody by that.

    Raises:
        Refused: there is nothing to answer any more.
    """
    lock(session, approach.ride_request, approach)
    was = approach.status
    approach.status = rules.approach_after(was, "miss")
    approach.tries += 1
    first = min(part.pickup_at for part in approach.legs)
    again = later.ring_again_at(now, tries=approach.tries, deadline=min(first, approach.expires_at))
    later.put_off(session, "ring", str(approach.id), until=again, in_vain=True, actor=actor, now=now)
    note_approach(session, approach, "missed", actor, now, tries=approach.tries, was=was)


def accept(
    session: Session,
    approach: Approach,
    *,
    through: str,
    actor: Actor,
    now: datetime,
    policy: SenderPolicy,
    roads: Roads,
) -> list[Ride]:
    """The rides that this yes makes: one for each of its legs that is still free.

    An empty list means that it came too late (leg taken, no seat left, request over): the driver is told
    politely and nothing is booked. A second yes to what was agreed gives the same rides again.

    Raises:
        Refused: the approach cannot be accepted any more for another reason.
    """
    lock(session, approach.ride_request, approach)
    standing = list(queries.live_rides(session, approach))
    if approach.status == "accepted":
        return standing
    if approach.status == "to_reconfirm" and standing:
        return _agree_again(session, approach, standing, through=through, actor=actor, now=now, policy=policy)
    free = [leg for leg in approach.legs if leg.leg.status in FREE]
    if not free or not approach.ride_request.is_open or approach.status == "withdrawn":
        return _too_late(session, approach, actor=actor, now=now, policy=policy)
    was, state = approach.status, rules.approach_after(approach.status, "accept")
    rides = [ride for leg in free if (ride := book(session, approach, leg, now=now, roads=roads))]
    if not rides:
        return _too_late(session, approach, actor=actor, now=now, policy=policy)
    approach.status = state
    _answered(approach, through, now)
    note_approach(
        session, approach, "accepted", actor, now, through=through, driver=approach.driver_id, was=was
    )
    _let_others_go(session, approach, actor=actor, now=now, policy=policy)
    free_if_nobody_left(session, approach, now=now)  # a seat may have been missing on one of the legs
    texts.thank_driver(session, approach, rides, now=now, policy=policy)
    return rides


def decline(
    session: Session,
    approach: Approach,
    *,
    reason: str,
    through: str,
    actor: Actor,
    now: datetime,
    policy: SenderPolicy,
) -> None:
    """The driver says no; a no after the yes undoes what was agreed and puts the leg back to search.

    Raises:
        Refused: there is nothing to decline any more.
    """
    lock(session, approach.ride_request, approach)
    rides = list(queries.live_rides(session, approach))
    was = approach.status
    approach.status = rules.approach_after(was, "decline")
    approach.decline_reason = reason[:200]
    _answered(approach, through, now)
    for ride in rides:
        cancel(session, ride, "cancel_by_driver", actor=actor, now=now, policy=policy)
    free_if_nobody_left(session, approach, now=now)
    note_approach(session, approach, "declined", actor, now, through=through, after_yes=bool(rides), was=was)
    next_in_line(session, approach, actor=actor, now=now, policy=policy)


def withdraw(
    session: Session, approach: Approach, *, actor: Actor, now: datetime, policy: SenderPolicy
) -> None:
    """The desk no longer needs this driver, who is told when the question had reached them."""
    lock(session, approach.ride_request, approach)
    rides = list(queries.live_rides(session, approach))
    reached = approach.asked_at is not None
    was = approach.status
    approach.status = rules.approach_after(was, "withdraw")
    for ride in rides:
        cancel(session, ride, "cancel_by_passenger", actor=actor, now=now, policy=policy)
    if reached and not rides:
        texts.let_driver_go(session, approach, now=now, policy=policy)
    free_if_nobody_left(session, approach, now=now)
    note_approach(session, approach, "withdrawn", actor, now, was=was)


def tell_passenger(
    session: Session,
    ride_request: RideRequest,
    *,
    through: str,
    actor: Actor,
    now: datetime,
    policy: SenderPolicy,
) -> list[Ride]:
    """The passenger knows: by SMS sent now, or ticked after a call ("phone"). The rides that were told.

    A ride whose driver is being asked again after a change is not told: nobody knows yet whether it stands.

    Raises:
        Refused: nothing to tell, a minor without a recorded authorisation, or no line for an SMS.
    """
    lock(session, ride_request)
    rides = queries.rides_to_tell(session, ride_request)
    if not rides:
        raise Refused("ride.nothing_to_tell")
    passenger = ride_request.passenger
    if not may_give_contact(
        minor=passenger.minor, guardian_consented=passenger.guardian_consent_at is not None
    ):
        raise Refused("person.guardian")
    if through == "sms" and people.sms_line(passenger) is None:
        raise Refused("person.no_sms")
    for ride in rides:
        ride.passenger_told_at = now
        ride.passenger_told_through = through
        requests.move_leg(ride.leg, "tell", now=now)
        note_ride(session, ride, "told", actor, now, through=through)
    if through == "sms":
        for first, later in texts.there_and_back(rides):
            texts.tell_passenger(session, first, later, now=now, policy=policy)
    return rides


def _wanted_legs(ride_request: RideRequest, proposals: Sequence[Proposal]) -> dict[int, Leg]:
    if not ride_request.is_open:
        raise Refused("request.closed")
    if not proposals:
        raise Invalid("approach.no_leg", field="legs")
    legs = {leg.id: leg for leg in ride_request.legs}
    for proposal in proposals:
        if proposal.leg_id not in legs:
            raise Invalid("approach.no_leg", field="legs")
        if legs[proposal.leg_id].status not in FREE:
            raise Refused("approach.taken")
    return {proposal.leg_id: legs[proposal.leg_id] for proposal in proposals}


def _may_ask(session: Session, ride_request: RideRequest, driver: Person, channel: str) -> None:
    if channel not in {"sms", "phone"}:
        raise Invalid("approach.channel", field="channel")
    if driver.erased_at is not None or driver.id == ride_request.passenger_id:
        raise Refused("approach.driver")
    if any(one.role == "driver" and one.status in {"refused", "suspended"} for one in driver.enrolments):
        raise Refused("approach.driver_closed")
    if channel == "sms" and people.sms_line(driver) is None:
        raise Refused("approach.no_sms")
    thinking = select(Approach.id).where(
        Approach.ride_request_id == ride_request.id,
        Approach.driver_id == driver.id,
        Approach.status.in_(sorted(rules.WAITING | {"accepted"})),
    )
    if session.scalar(thinking) is not None:
        raise Refused("approach.already_asked")


def _reference(session: Session) -> str:
    """Four digits that no waiting approach carries."""
    taken = set(session.scalars(select(Approach.reference).where(Approach.status.in_(sorted(rules.WAITING)))))
    while True:
        reference = str(rules.FIRST_REFERENCE + secrets.randbelow(10_000 - rules.FIRST_REFERENCE))
        if reference not in taken or len(taken) > 6000:
            return reference


def _agree_again(
    session: Session,
    approach: Approach,
    rides: list[Ride],
    *,
    through: str,
    actor: Actor,
    now: datetime,
    policy: SenderPolicy,
) -> list[Ride]:
    """The driver still agrees after the change: the rides take the new day, hours, places and seats."""
    parts = {part.leg_id: part for part in approach.legs}
    for ride in rides:
        move_ride(session, ride, parts[ride.leg_id], seats=approach.ride_request.seats, now=now)
    approach.status = rules.approach_after(approach.status, "accept")
    _answered(approach, through, now)
    note_approach(session, approach, "accepted", actor, now, through=through, again=True)
    texts.thank_driver(session, approach, rides, now=now, policy=policy)
    return rides


def _too_late(
    session: Session, approach: Approach, *, actor: Actor, now: datetime, policy: SenderPolicy
) -> list[Ride]:
    if approach.status in rules.WAITING:
        approach.status = rules.approach_after(approach.status, "withdraw")
    approach.answered_at = approach.answered_at or now
    texts.already_found(session, approach, now=now, policy=policy)
    free_if_nobody_left(session, approach, now=now)
    note_approach(session, approach, "too_late", actor, now)
    return []


def _answered(approach: Approach, through: str, now: datetime) -> None:
    approach.answered_at = now
    approach.answered_through = through


def _let_others_go(
    session: Session, winner: Approach, *, actor: Actor, now: datetime, policy: SenderPolicy
) -> None:
    """The drivers who were still thinking about legs that are now all taken are thanked."""
    others = session.scalars(
        select(Approach).where(
            Approach.ride_request_id == winner.ride_request_id,
            Approach.id != winner.id,
            Approach.status.in_(sorted(rules.WAITING)),
        )
    )
    for other in others:
        if any(part.leg.status in FREE for part in other.legs):
            continue
        reached = other.asked_at is not None
        was = other.status
        other.status = rules.approach_after(was, "withdraw")
        if reached:
            texts.let_driver_go(session, other, now=now, policy=policy)
        note_approach(session, other, "withdrawn", actor, now, because="taken", was=was)
