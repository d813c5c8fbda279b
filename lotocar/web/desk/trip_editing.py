"""Changing or pausing a driver's trip while they are on the telephone."""

from __future__ import annotations

from flask import Response

from lotocar import clock
from lotocar.carpool.trips import operations as trips
from lotocar.carpool.trips.models import Trip
from lotocar.errors import Invalid, NotFound, Refused
from lotocar.values.wording import period_words
from lotocar.web import collisions, guards
from lotocar.web.desk import area, screens, words
from lotocar.web.edge import session
from lotocar.web.forms import DayField, Form, Needed, row_number
from lotocar.web.render import see_other
from lotocar.web.trip_form import TripForm
from lotocar.web.trip_typed import typed


class PauseForm(Form):
    """The days on which the trip does not run."""

    first_day = DayField("Premier jour sans trajet", validators=[Needed("Quel premier jour ?")])
    last_day = DayField("Dernier jour sans trajet", validators=[Needed("Quel dernier jour ?")])


def edit_trip(trip_id: int) -> Response:
    """The trip in its form, and its pauses."""
    trip = _the_trip(trip_id)
    form = TripForm(formdata=None, data=typed(trip))
    form.show_trip(trip)
    return _page(trip, form, PauseForm(formdata=None))


def save_trip(trip_id: int) -> Response:
    """The trip as the driver now says it."""
    trip, form = _the_trip(trip_id), TripForm()
    form.hold(trip)
    if not form.validate() or not area.accepts(screens.area(), form.origin, form.destination):
        return _page(trip, form, PauseForm(formdata=None), status=422)
    try:
        trips.change_trip(
            session(),
            trip,
            form.offer(),
            expected_revision=row_number(form.revision.data) or 0,
            actor=guards.actor(),
            now=clock.now(),
        )
    except Invalid as error:
        form.blame(error)
        return _page(trip, form, PauseForm(formdata=None), status=422)
    except Refused:
        session().rollback()
        trip = _the_trip(trip_id)
        clash = collisions.trip_clash(session(), trip, form)
        return _page(trip, form, PauseForm(formdata=None), status=409, clash=clash)
    return see_other("desk.person", notice="Trajet modifié.", person_id=trip.driver_id)


def pause_trip(trip_id: int) -> Response:
    """The trip does not run between two days."""
    trip, form = _the_trip(trip_id), PauseForm()
    if form.validate() and form.first_day.value and form.last_day.value:
        first, last = form.first_day.value, form.last_day.value
        try:
            trips.pause(session(), trip, first, last, actor=guards.actor(), now=clock.now())
        except Invalid as error:
            form.blame(error, fields={"": "last_day"})
        else:
            notice = f"En pause {period_words(first, last)}."
            return see_other("desk.edit_trip", notice=notice, trip_id=trip_id)
    shown = TripForm(formdata=None, data=typed(trip))
    shown.show_trip(trip)
    return _page(trip, shown, form, status=422)


def end_pause(trip_id: int, pause_id: int) -> Response:
    """The trip runs again on those days."""
    trip = _the_trip(trip_id)
    trips.remove_pause(session(), trip, pause_id, actor=guards.actor(), now=clock.now())
    return see_other("desk.edit_trip", notice="La pause est retirée.", trip_id=trip_id)


def _the_trip(trip_id: int) -> Trip:
    trip = session().get(Trip, trip_id)
    if trip is None or trip.status == "deleted" or not area.touching([trip], screens.area()):
        raise NotFound("trip")
    return trip


def _page(
    trip: Trip,
    form: TripForm,
    pause: PauseForm,
    *,
    status: int = 200,
    clash: collisions.Clash | None = None,
) -> Response:
    return screens.show(
        "desk/edit_trip.html",
        screen="trips",
        status=status,
        trip=trip,
        form=form,
        pause=pause,
        clash=clash,
        words=words,
    )
