"""Asking drivers, and writing down what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from flask import Response, request

from lotocar import clock
from lotocar.carpool.matching.candidate import Candidate
from lotocar.carpool.people import queries as persons
from lotocar.carpool.people.models import Person
from lotocar.carpool.requests.models import Leg, RideRequest
from lotocar.carpool.rides import in_order, queries
from lotocar.carpool.rides import operations as rides
from lotocar.carpool.rides.models import Approach
from lotocar.carpool.rides.rules import Proposal
from lotocar.errors import Invalid, NotFound, Refused
from lotocar.values.actor import Actor
from lotocar.values.hours import local_instant, local_instant_lenient
from lotocar.values.wording import counted
from lotocar.web import guards
from lotocar.web.desk import screens, words
from lotocar.web.desk.hand_pick_form import HandPickForm
from lotocar.web.desk.leg_panes import candidates_of
from lotocar.web.desk.ride_requests import show_request
from lotocar.web.edge import outside, policy, session
from lotocar.web.forms import AT_NIGHT, showable
from lotocar.web.render import see_other


def ask(ride_request_id: int) -> Response:
    """Ask the drivers whose boxes are ticked, by SMS; or one, by the button pressed.

    Each choice reads "leg:trip:departure"; choices of one driver for both legs make one question.
    """
    found = screens.the_request(ride_request_id)
    channel = "phone" if request.form.get("channel") == "phone" else "sms"
    chosen = request.form.getlist("choice")
    if not chosen:
        return show_request(found, status=422, problem="Cochez au moins un conducteur.")
    try:
        asked = _ask_all(found, chosen, channel, in_order=request.form.get("how") == "in_order")
    except (Refused, Invalid) as error:
        session().rollback()
        return show_request(
            screens.the_request(ride_request_id), status=409, problem=words.sentence(error.code)
        )
    notice = _asked_words(asked, channel, in_order=request.form.get("how") == "in_order")
    return see_other("desk.ride_request", notice=notice, ride_request_id=ride_request_id)


def _asked_words(asked: int, channel: str, *, in_order: bool) -> str:
    if in_order and asked > 1:
        return (
            f"{asked} conducteurs, l'un après l'autre : le suivant est sollicité si le premier ne peut pas."
        )
    if channel == "sms":
        return f"{counted(asked, 'conducteur sollicité', 'conducteurs sollicités')} par SMS."
    return "Appel à faire noté : dites ce qu'il en est sorti."


def hand_pick(ride_request_id: int) -> Response:
    """Ask somebody the search did not find, at an hour that was agreed."""
    found = screens.the_request(ride_request_id)
    form = HandPickForm()
    legs = [leg for leg in found.legs if str(leg.id) in request.form.getlist("leg")]
    if not form.validate(legs) or form.picked is None or form.hour.value is None:
        return show_request(found, status=422, picking=form)
    channel = "sms" if request.form.get("channel") == "sms" and persons.sms_line(form.picked) else "phone"
    try:
        proposals = [_by_hand(leg, local_instant(leg.day, form.hour.value)) for leg in legs]
        _approach(found, form.picked, proposals, channel)
    except Invalid as error:
        form.blame(error, fields=AT_NIGHT)
        return show_request(found, status=422, picking=form)
    except Refused as error:
        session().rollback()
        found = screens.the_request(ride_request_id)
        return show_request(found, status=409, picking=form, problem=words.sentence(error.code))
    notice = "Conducteur sollicité."
    if channel != request.form.get("channel", channel):
        notice = "Pas de SMS possible pour cette personne : appel à faire noté."
    return see_other("desk.ride_request", notice=notice, ride_request_id=ride_request_id)


def answer(ride_request_id: int, approach_id: int) -> Response:
    """Write down what came of asking: accepted, declined, missed or withdrawn."""
    screens.the_request(ride_request_id)
    one = queries.approach_of_request(session(), ride_request_id, approach_id)
    outcome = request.form.get("outcome", "")
    now, actor = clock.now(), guards.actor()
    through = "phone" if one.channel == "phone" else "desk"
    try:
        _still_as_seen(one)
        notice = _write_down(one, outcome, through, actor, now)
    except Refused as error:
        session().rollback()
        return show_request(
            screens.the_request(ride_request_id), status=409, problem=words.sentence(error.code)
        )
    return screens.back_to_request(ride_request_id, notice)


def _still_as_seen(one: Approach) -> None:
    """What the page showed still holds: a colleague's « oui » is never undone from an old window.

    Raises:
        Refused: the driver answered, or was let go, since the page was drawn.
    """
    if request.form.get("seen", one.status) != one.status:
        raise Refused("approach.moved")


def _write_down(one: Approach, outcome: str, through: str, actor: Actor, now: datetime) -> str:
    if outcome == "accept":
        booked = rides.accept(
            session(), one, through=through, actor=actor, now=now, policy=policy(), roads=outside().roads
        )
        return "Conducteur trouvé : il reste à prévenir le passager." if booked else words.TOO_LATE
    if outcome == "decline":
        reason = showable(" ".join(request.form.get("reason", "").split()))[:200]
        rides.decline(session(), one, reason=reason, through=through, actor=actor, now=now, policy=policy())
        return "Refus noté."
    if outcome == "miss":
        rides.missed(session(), one, actor=actor, now=now)
        in_order.next_in_line(session(), one, actor=actor, now=now, policy=policy())
        return "Pas de réponse : c'est noté."
    if outcome == "withdraw":
        rides.withdraw(session(), one, actor=actor, now=now, policy=policy())
        in_order.next_in_line(session(), one, actor=actor, now=now, policy=policy())
        return "Ce conducteur n'est plus sollicité."
    raise Refused("approach.outcome")


def _ask_all(found: RideRequest, chosen: Sequence[str], channel: str, *, in_order: bool) -> int:
    """Ask these drivers, in the order of the page; who has no SMS is a call to make."""
    by_driver = _proposals(found, [one for choice in chosen for one in choice.split(",")])
    if not by_driver:
        raise Refused("approach.gone")
    for rank, (driver_id, proposals) in enumerate(by_driver.items()):
        driver = session().get(Person, driver_id)
        if driver is None:
            raise NotFound("person")
        turn = ("first" if rank == 0 else "later") if in_order and len(by_driver) > 1 else ""
        reached = channel if persons.sms_line(driver) is not None else "phone"
        _approach(found, driver, proposals, reached if len(chosen) > 1 else channel, turn=turn)
    return len(by_driver)


def _proposals(found: RideRequest, chosen: Sequence[str]) -> dict[int, list[Proposal]]:
    """What is put to each driver: the choices "leg:trip:departure" that still hold.

    Raises:
        Refused: one of them no longer fits.
    """
    legs = {str(leg.id): leg for leg in found.legs}
    able: dict[str, dict[str, Candidate]] = {}
    by_driver: dict[int, list[Proposal]] = {}
    for one in chosen:
        leg_id, _, key = one.partition(":")
        if leg_id not in legs:
            continue
        if leg_id not in able:
            fitting = candidates_of(session(), legs[leg_id], now=clock.now())
            able[leg_id] = {f"{each.trip_id}:{each.departure_id}": each for each in fitting}
        if key not in able[leg_id]:
            raise Refused("approach.gone")
        fit = able[leg_id][key]
        by_driver.setdefault(fit.driver_id, []).append(_proposal(legs[leg_id], fit))
    return by_driver


def _approach(
    found: RideRequest, driver: Person, proposals: Sequence[Proposal], channel: str, *, turn: str = ""
) -> None:
    rides.approach(
        session(),
        ride_request=found,
        driver=driver,
        proposals=proposals,
        channel=channel,
        turn=turn,
        actor=guards.actor(),
        now=clock.now(),
        policy=policy(),
    )


def _proposal(leg: Leg, found: Candidate) -> Proposal:
    """What to ask, at the driver's hour moved by what his flexibility must give; a driver without an hour is
    asked for the hour wished.

    Raises:
        Refused: neither has said an hour.
    """
    shift = timedelta(seconds=found.shift_seconds)
    pickup_at, dropoff_at = found.pickup_at, found.dropoff_at
    if pickup_at is None or dropoff_at is None:
        pickup_at, dropoff_at = _wished(leg, timedelta(seconds=found.ride_seconds))
    return Proposal(
        leg_id=leg.id,
        trip_id=found.trip_id,
        direction=found.direction,
        departure_id=found.departure_id,
        pickup_at=pickup_at + shift,
        dropoff_at=dropoff_at + shift,
        detour_seconds=found.detour_seconds,
    )


def _wished(leg: Leg, ride: timedelta) -> tuple[datetime, datetime]:
    if leg.hour is None:
        raise Refused("approach.hour")
    at = local_instant_lenient(leg.day, leg.hour)
    return (at - ride, at) if leg.time_kind == "arrive_by" else (at, at + ride)


def _by_hand(leg: Leg, pickup_at: datetime) -> Proposal:
    ride = timedelta(seconds=outside().roads.leg(leg.origin.point, leg.destination.point).seconds)
    return Proposal(
        leg_id=leg.id,
        trip_id=None,
        direction=leg.direction,
        departure_id=None,
        pickup_at=pickup_at,
        dropoff_at=pickup_at + ride,
        detour_seconds=0,
    )
