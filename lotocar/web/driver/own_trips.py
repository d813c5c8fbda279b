"""A driver's own trips, one act a view; every act is a POST."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from flask import Response, request
from sqlalchemy.exc import IntegrityError

from lotocar import clock
from lotocar.carpool.people.models import Person
from lotocar.carpool.trips import operations as trips
from lotocar.carpool.trips import queries
from lotocar.carpool.trips.models import Trip
from lotocar.errors import Invalid, NotFound, Refused
from lotocar.web import collisions
from lotocar.web.driver.forms import OneDayForm, PauseForm, asked_kind
from lotocar.web.driver.showing import shown
from lotocar.web.driver.space import acting, driver_of, is_awaited, today, trip_of
from lotocar.web.edge import session
from lotocar.web.forms import row_number
from lotocar.web.render import page, see_other
from lotocar.web.trip_form import TripForm
from lotocar.web.trip_typed import typed

ADDED = "Votre nouveau trajet est enregistré."
NOT_ACCEPTED = "L'équipe n'a pas accepté votre inscription : ce trajet n'est pas enregistré."
SUSPENDED = "L'équipe a suspendu vos trajets : celui-ci n'est pas enregistré."


def new_trip(token: str) -> Response:
    """The form for one more trip of a driver we know."""
    driver_of(token)
    form = TripForm(kind=asked_kind(request.args.get("quand")))
    return _form_page(token, form)


def add_trip(token: str) -> Response:
    """One more trip."""
    driver, form = driver_of(token), TripForm()
    if form.validate():
        if _is_kept(driver, form):
            return see_other("driver.space", token=token, notice=ADDED)
        try:
            trips.post_trip(
                session(),
                driver=driver,
                offer=form.offer(),
                confirmed=True,
                public_id=form.public_id,
                actor=acting(driver),
                now=clock.now(),
            )
            return see_other("driver.space", token=token, notice=ADDED)
        except IntegrityError:  # the same form, sent at the same instant, was kept first
            session().rollback()
            if not _is_kept(driver, form):
                raise
            return see_other("driver.space", token=token, notice=ADDED)
        except Invalid as refusal:
            form.blame(refusal)
        except Refused as refusal:
            session().rollback()
            problem = SUSPENDED if refusal.code == "trip.driver_suspended" else NOT_ACCEPTED
            return _form_page(token, form, status=409, problem=problem)
    return _form_page(token, form, status=422)


def edit_trip(token: str, public_id: str) -> Response:
    """The same form, filled in."""
    _driver, trip = trip_of(token, public_id)
    form = TripForm(data=typed(trip))
    form.show_trip(trip)
    return _form_page(token, form, trip)


def change_trip(token: str, public_id: str) -> Response:
    """The trip as the driver now says it."""
    driver, trip = trip_of(token, public_id)
    form = TripForm()
    form.hold(trip)
    if form.validate():
        try:
            trips.change_trip(
                session(),
                trip,
                form.offer(),
                expected_revision=row_number(form.revision.data) or 0,
                actor=acting(driver),
                now=clock.now(),
            )
            return see_other("driver.space", token=token, notice="Votre trajet est modifié.")
        except Invalid as refusal:
            form.blame(refusal)
        except Refused:
            session().rollback()
            trip = trip_of(token, public_id)[1]
            # who of the team changed it is nobody else's business
            clash = replace(collisions.trip_clash(session(), trip, form), by="")
            return _form_page(token, form, trip, status=409, clash=clash)
    return _form_page(token, form, trip, status=422)


def pause_form(token: str, public_id: str) -> Response:
    """Between which days?"""
    _driver, trip = trip_of(token, public_id)
    return _pause_page(token, trip, PauseForm())


def pause_trip(token: str, public_id: str) -> Response:
    """This trip, or every trip of the driver, does not run between two days."""
    driver, trip = trip_of(token, public_id)
    form = PauseForm()
    if not form.validate():
        return _pause_page(token, trip, form, status=422)
    first, last = form.days
    try:
        for one in _still_running(driver.id) if form.every.data else [trip]:
            trips.pause(session(), one, first, last, actor=acting(driver), now=clock.now())
    except Invalid as refusal:
        form.blame(refusal)
        return _pause_page(token, trip, form, status=422)
    return see_other("driver.space", token=token, notice="La pause est enregistrée.")


def end_pause(token: str, public_id: str, pause_id: int) -> Response:
    """The trip runs again on those days."""
    driver, trip = trip_of(token, public_id)
    trips.remove_pause(session(), trip, pause_id, actor=acting(driver), now=clock.now())
    return see_other("driver.space", token=token, notice="La pause est retirée.")


def one_day_form(token: str, public_id: str) -> Response:
    """Which day, and what then?"""
    _driver, trip = trip_of(token, public_id)
    return _one_day_page(token, trip, OneDayForm())


def change_one_day(token: str, public_id: str) -> Response:
    """One day only: no trip, other hours, or another day."""
    driver, trip = trip_of(token, public_id)
    form = OneDayForm()
    if not form.validate():
        return _one_day_page(token, trip, form, status=422)
    day = form.the_day
    try:
        if form.is_off:
            trips.pause(session(), trip, day, day, actor=acting(driver), now=clock.now())
        else:
            trips.move_day(
                session(),
                trip,
                day,
                to=form.to.value or day,
                hour=form.hour.value,
                back_hour=form.back_hour.value,
                actor=acting(driver),
                now=clock.now(),
            )
    except Invalid as refusal:
        form.blame(refusal, fields={"last_day": "day"})
        return _one_day_page(token, trip, form, status=422)
    return see_other(
        "driver.space", token=token, notice="C'est noté pour ce jour-là. Le reste ne change pas."
    )


def restore_one_day(token: str, public_id: str) -> Response:
    """That day is like the others again."""
    driver, trip = trip_of(token, public_id)
    try:
        day = date.fromisoformat(request.form.get("day", ""))
    except ValueError:
        raise NotFound("departure") from None
    trips.restore_day(session(), trip, day, actor=acting(driver), now=clock.now())
    return see_other("driver.space", token=token, notice="Ce jour-là redevient comme les autres.")


def stop_trip(token: str, public_id: str) -> Response:
    """No passenger finds it any more."""
    driver, trip = trip_of(token, public_id)
    if trip.status != "stopped":  # the button may be pressed twice
        trips.stop(session(), trip, actor=acting(driver), now=clock.now())
    return see_other(
        "driver.space", token=token, notice="Ce trajet n'est plus proposé. Vous pouvez le reprendre."
    )


def resume_trip(token: str, public_id: str) -> Response:
    """Passengers find it again."""
    driver, trip = trip_of(token, public_id)
    if trip.status != "active":
        trips.resume(session(), trip, actor=acting(driver), now=clock.now())
    return see_other("driver.space", token=token, notice="Ce trajet est de nouveau proposé.")


def ask_delete(token: str, public_id: str) -> Response:
    """Sure?"""
    driver, trip = trip_of(token, public_id)
    awaited = is_awaited(driver, trip)
    return page("driver/delete_trip.html", token=token, shown=shown(trip, today()), promised=awaited)


def delete_trip(token: str, public_id: str) -> Response:
    """The trip leaves the page and every search, unless a passenger still counts on it."""
    driver, trip = driver_of(token), queries.posted(session(), public_id)
    if trip is None or trip.driver_id != driver.id:
        raise NotFound("trip")
    if is_awaited(driver, trip):
        return see_other("driver.ask_delete", token=token, public_id=public_id)
    if trip.status != "deleted":
        trips.delete(session(), trip, actor=acting(driver), now=clock.now())
    return see_other("driver.space", token=token, notice="Le trajet est supprimé.")


def _still_running(driver_id: int) -> list[Trip]:
    return [one for one in queries.trips_of(session(), driver_id) if one.status == "active"]


def _is_kept(driver: Person, form: TripForm) -> bool:
    """Whether this very page has already given the driver its trip."""
    posted = queries.posted(session(), form.public_id)
    return posted is not None and posted.driver_id == driver.id


def _form_page(
    token: str,
    form: TripForm,
    trip: Trip | None = None,
    *,
    status: int = 200,
    problem: str = "",
    clash: collisions.Clash | None = None,
) -> Response:
    return page(
        "driver/trip_form.html",
        form=form,
        token=token,
        trip=trip,
        problem=problem,
        clash=clash,
        status=status,
    )


def _pause_page(token: str, trip: Trip, form: PauseForm, *, status: int = 200) -> Response:
    others = [one for one in _still_running(trip.driver_id) if one.id != trip.id]
    return page(
        "driver/pause.html",
        form=form,
        token=token,
        shown=shown(trip, today()),
        has_others=bool(others),
        status=status,
    )


def _one_day_page(token: str, trip: Trip, form: OneDayForm, *, status: int = 200) -> Response:
    if trip.kind != "regular":
        raise NotFound("trip")
    return page("driver/one_day.html", form=form, token=token, shown=shown(trip, today()), status=status)
