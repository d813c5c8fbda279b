"""One request on its page: legs, candidates, who was asked, what to say, and how it ends."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response, abort, request
from wtforms import HiddenField, SelectField

from lotocar import clock
from lotocar.carpool.requests import corrections
from lotocar.carpool.requests import operations as requests
from lotocar.carpool.requests import queries as request_queries
from lotocar.carpool.requests.models import Leg, RideRequest
from lotocar.carpool.requests.rules import GIVEN_UP
from lotocar.carpool.rides import changes, outcomes, queries, texts
from lotocar.carpool.rides import operations as rides
from lotocar.carpool.rides.models import Ride
from lotocar.carpool.trips.models import Trip
from lotocar.errors import Invalid, NotFound, Refused
from lotocar.messages.texts import SenderPolicy
from lotocar.staff.models import Account
from lotocar.values import wording
from lotocar.values.hours import local_instant
from lotocar.web import collisions, guards
from lotocar.web.desk import area, contacts, journey_map, screens, story, together, words
from lotocar.web.desk.hand_pick_form import HandPickForm
from lotocar.web.desk.intake_form import CorrectionForm
from lotocar.web.desk.leg_panes import LegPane, date_lines, leg_panes
from lotocar.web.edge import outside, policy, session
from lotocar.web.forms import AT_NIGHT, DayField, Form, HourField, Needed, TextField, read_date, row_number
from lotocar.web.render import page, see_other
from lotocar.world.transit.models import TransitContact


class ClosingForm(Form):
    """How the request ends; the outcome is compulsory. `seen` is the revision that was read."""

    seen = HiddenField()
    outcome = SelectField(
        "Suite donnée",
        choices={"": "Choisissez…", **words.OUTCOME},
        validators=[Needed("Choisissez la suite donnée.")],
    )
    note = TextField("Précision", maximum=300)


class CallbackForm(Form):
    """When to ring again."""

    # ids of their own: the page holds other days and hours
    day = DayField("Jour", id="rappel-jour", validators=[Needed("Quel jour rappeler ?")])
    hour = HourField("Heure", id="rappel-heure", validators=[Needed("À quelle heure rappeler ?")])


def ride_request(ride_request_id: int) -> Response:
    """The whole request, as it stands."""
    return show_request(screens.the_request(ride_request_id))


def show_request(
    found: RideRequest,
    *,
    status: int = 200,
    closing: ClosingForm | None = None,
    callback: CallbackForm | None = None,
    picking: HandPickForm | None = None,
    problem: str = "",
) -> Response:
    """The request's page, perhaps with a form to correct or a sentence on what could not be done."""
    now, voice = clock.now(), policy()
    approaches = queries.approaches_of_request(session(), found.id)
    told = queries.rides_of_request(session(), found)
    panes = leg_panes(session(), found, approaches, now=now, sees_numbers=screens.rights()["numbers"])
    return screens.show(
        "desk/request.html",
        screen="home",
        status=status,
        found=found,
        panes=panes,
        map=journey_map.request_map(panes),
        dates=date_lines(found),
        same_day=_same_day(found),
        contacts=_contacts(found, panes),
        approaches=approaches,
        rides=told,
        to_tell=_to_tell(told, voice),
        aloud={one.id: texts.aloud_for_driver(one, policy=voice) for one in approaches if one.is_waiting},
        story=story.of_request(session(), found, approaches),
        **together.of_request(found, now=now),
        closing=closing or ClosingForm(formdata=None, seen=found.revision),
        callback=callback or CallbackForm(formdata=None),
        picking=picking or HandPickForm(formdata=None),
        problem=problem,
        pointed_at=session().get(Trip, found.trip_id) if found.trip_id else None,
        words=words,
        now=now,
    )


def _same_day(found: RideRequest) -> Sequence[Leg]:
    """What the passenger has besides on the same days, while this is still open."""
    if not found.is_open:
        return []
    days = {leg.day for leg in found.legs if leg.status not in GIVEN_UP}
    return request_queries.same_day(session(), found.passenger_id, days, apart_from=found.id)


def _contacts(found: RideRequest, panes: Sequence[LegPane]) -> Sequence[TransitContact]:
    """Bus and on-demand lines, once nobody fits."""
    bare = [pane.leg for pane in panes if pane.is_looked_for and not pane.rows]
    return contacts.between(bare[0].origin, bare[0].destination) if bare else []


def call_off(ride_request_id: int) -> Response:
    """One date of a series is no longer wanted: its drivers are told, the other dates stay."""
    found = screens.the_request(ride_request_id)
    day = read_date(request.form.get("day", ""))
    legs = [leg for leg in found.legs if leg.day == day]
    if not legs:
        raise NotFound("leg")
    now, actor = clock.now(), guards.actor()
    try:
        dropped = corrections.call_off(session(), found, legs, actor=actor, now=now)
        changes.reconfirm_after_change(
            session(), dropped, actor=actor, now=now, policy=policy(), roads=outside().roads
        )
    except Refused as error:
        session().rollback()
        return show_request(
            screens.the_request(ride_request_id), status=409, problem=words.sentence(error.code)
        )
    notice = f"{wording.day_words(legs[0].day).capitalize()} annulé. Les autres dates ne changent pas."
    return see_other("desk.ride_request", notice=notice, ride_request_id=ride_request_id)


def _to_tell(rides_: Sequence[Ride], voice: SenderPolicy) -> list[tuple[Ride, str]]:
    """What the passenger must hear, one text for each driver."""
    return [
        (first, texts.aloud_for_passenger(first, later, policy=voice))
        for first, later in texts.there_and_back(queries.untold(rides_))
    ]


def correct_page(ride_request_id: int) -> Response:
    """The request in a form, to correct anything."""
    found = screens.the_request(ride_request_id)
    form = CorrectionForm(formdata=None)
    form.show(found)
    if request.args.get("retour") and form.back.data != "yes":
        form.back.data = "yes"  # « À faire » leads here to write the way back
    return screens.show("desk/correct.html", screen="home", found=found, form=form, words=words)


def correct(ride_request_id: int) -> Response:
    """Correct, with a trace; drivers whose leg changed are asked again."""
    found = screens.the_request(ride_request_id)
    form = CorrectionForm()
    form.hold_days(found)
    if form.validate() and area.accepts(screens.area(), form.origin, form.destination):
        try:
            _correct(found, form)
        except Invalid as error:
            form.blame(error)
        except Refused as error:
            session().rollback()
            return _clash(ride_request_id, form, error)
        else:
            return see_other("desk.ride_request", notice="Demande corrigée.", ride_request_id=ride_request_id)
    return screens.show("desk/correct.html", screen="home", status=422, found=found, form=form, words=words)


def _correct(found: RideRequest, form: CorrectionForm) -> None:
    now, actor = clock.now(), guards.actor()
    changed = corrections.correct(
        session(),
        found,
        expected_revision=row_number(form.revision.data) or 0,
        legs=form.wishes(),
        seats=form.seats.data or 1,
        needs=form.needed,
        return_plan=form.return_plan,
        purpose=form.purpose.data,
        wish=form.wish.clean,
        staff_note=form.staff_note.clean,
        caller=found.caller,
        caller_relation=found.caller_relation,
        actor=actor,
        now=now,
    )
    changes.reconfirm_after_change(
        session(), changed, actor=actor, now=now, policy=policy(), roads=outside().roads
    )


def _clash(ride_request_id: int, form: CorrectionForm, error: Refused) -> Response:
    """Somebody else was quicker: what they saved is shown beside what was being typed, which is kept.

    Having read both, one may save again: the form now stands on what the other saved.
    """
    found = screens.the_request(ride_request_id)
    form.revision.data = str(found.revision)
    saved = CorrectionForm(formdata=None)
    saved.show(found)
    return screens.show(
        "desk/correct.html",
        screen="home",
        status=409,
        found=found,
        form=form,
        clash=collisions.clash(
            session(),
            ("ride_request", ride_request_id),
            saved,
            form,
            title="Quelqu’un d’autre a modifié cette demande pendant que vous écriviez"
            if error.code == "stale"
            else words.sentence(error.code),
        ),
        words=words,
    )


def take(ride_request_id: int) -> Response:
    """The request becomes the signed-in colleague's."""
    found = screens.the_request(ride_request_id)
    try:
        requests.take(
            session(),
            found,
            account_id=guards.signed_in_account().id,
            instead_of=row_number(request.form.get("holder")),
            actor=guards.actor(),
            now=clock.now(),
        )
    except Refused as error:
        return show_request(found, status=409, problem=words.sentence(error.code))
    return screens.back_to_request(ride_request_id, "Cette demande est à vous.")


def presence(ride_request_id: int) -> Response:
    """Say that we are here; answer who else is."""
    screens.the_request(ride_request_id)
    me = guards.signed_in_account()
    other_id = requests.seen_working(session(), ride_request_id, account_id=me.id, now=clock.now())
    other = session().get(Account, other_id) if other_id else None
    return page("desk/_presence.html", other=other, me=me)


def close(ride_request_id: int) -> Response:
    """End the request with its outcome."""
    found = screens.the_request(ride_request_id)
    form = ClosingForm()
    if not form.validate():
        return show_request(found, status=422, closing=form)
    try:
        outcomes.close_request(
            session(),
            found,
            outcome=form.outcome.data,
            note=form.note.clean,
            expected_revision=row_number(form.seen.data) or 0,
            actor=guards.actor(),
            now=clock.now(),
            policy=policy(),
        )
    except Refused as error:
        session().rollback()
        found = screens.the_request(ride_request_id)
        form.seen.data = str(found.revision)  # what is shown beside it is read before closing again
        return show_request(found, status=409, closing=form, problem=words.sentence(error.code))
    return see_other("desk.home", notice=f"Demande n° {found.id} close.")


def reopen(ride_request_id: int) -> Response:
    """Open again a request that was closed."""
    found = screens.the_request(ride_request_id)
    outcomes.reopen_request(session(), found, actor=guards.actor(), now=clock.now())
    return see_other("desk.ride_request", notice="Demande rouverte.", ride_request_id=ride_request_id)


def call_back(ride_request_id: int) -> Response:
    """Promise a call."""
    found = screens.the_request(ride_request_id)
    form = CallbackForm()
    if not form.validate() or form.day.value is None or form.hour.value is None:
        return show_request(found, status=422, callback=form)
    try:
        at = local_instant(form.day.value, form.hour.value)
    except Invalid as error:
        form.blame(error, fields=AT_NIGHT)
        return show_request(found, status=422, callback=form)
    requests.call_back_at(session(), found, at, actor=guards.actor(), now=clock.now())
    return see_other("desk.ride_request", notice="Rappel noté.", ride_request_id=ride_request_id)


def called_back(ride_request_id: int) -> Response:
    """The promised call was made."""
    found = screens.the_request(ride_request_id)
    requests.call_back_at(session(), found, None, actor=guards.actor(), now=clock.now())
    return screens.back_to_request(ride_request_id, "Rappel fait.")


def tell(ride_request_id: int) -> Response:
    """The passenger is told: by SMS now, or was told on the phone."""
    found = screens.the_request(ride_request_id)
    through = request.form.get("through", "")
    if through not in {"sms", "phone"}:
        abort(400)
    try:
        if request.form.get("seen", str(found.revision)) != str(found.revision):
            raise Refused("stale.tell")
        rides.tell_passenger(
            session(), found, through=through, actor=guards.actor(), now=clock.now(), policy=policy()
        )
    except Refused as error:
        return show_request(found, status=409, problem=words.sentence(error.code))
    return screens.back_to_request(ride_request_id, "Passager prévenu.")
