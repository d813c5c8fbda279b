"""Drivers' offers: the list, and registering a driver or a trip on the phone."""

from __future__ import annotations

from flask import Response, request
from sqlalchemy.exc import IntegrityError

from lotocar import clock
from lotocar.carpool.people import consents
from lotocar.carpool.people import operations as people
from lotocar.carpool.people import queries as persons
from lotocar.carpool.people.models import Person
from lotocar.carpool.people.rules import NewLine
from lotocar.carpool.trips import operations as offers
from lotocar.carpool.trips import queries
from lotocar.carpool.trips.models import Trip
from lotocar.errors import Invalid, NotFound, Refused
from lotocar.values.days import DAY_NAMES
from lotocar.web import guards, links
from lotocar.web.desk import area, screens, words
from lotocar.web.edge import session
from lotocar.web.forms import find_place, showable
from lotocar.web.render import see_other
from lotocar.web.trip_form import OfferForm, TripForm
from lotocar.world.places.search import Found

PAGE = 40


def trips() -> Response:
    """Offers, by commune and weekday, the least recently confirmed last."""
    place = showable(request.args.get("lieu", "")).strip()[:80]
    weekday = request.args.get("jour", "")
    answer = find_place(place) if place else None
    insee = answer.stop.insee if isinstance(answer, Found) else None
    page = screens.page_number()
    found = queries.listed(
        session(),
        insee=insee,
        weekday=DAY_NAMES.index(weekday) if weekday in DAY_NAMES else None,
        communes=screens.area(),
        limit=PAGE + 1,
        offset=(page - 1) * PAGE,
    )
    return screens.show(
        "desk/trips.html",
        screen="trips",
        trips=found[:PAGE],
        has_more=len(found) > PAGE,
        page=page,
        place=place,
        unknown=bool(place) and insee is None,
        weekday=weekday,
        days=DAY_NAMES,
        words=words,
        now=clock.now(),
    )


def new_driver() -> Response:
    """The driver's form, filled by the desk while they speak."""
    kind = "one_off" if request.args.get("quand") == "une-fois" else "regular"
    return _driver_page(OfferForm(formdata=None, kind=kind))


def register_driver() -> Response:
    """Keep the driver and the trip; the number counts as confirmed, since we are speaking with them."""
    form = OfferForm()
    if not form.validate() or form.phone.value is None or not _is_ours(form):
        return _driver_page(form, status=422)
    if (posted := queries.posted(session(), form.public_id)) is not None:
        return _kept(posted)
    now, actor = clock.now(), guards.actor()
    try:
        driver = people.find_or_register(
            session(),
            first_name=form.first_name.value or "",
            last_name=form.last_name.value or "",
            numbers=[NewLine(form.phone.value)],
            contact_preference=form.contact_preference.data if form.phone.value.can_receive_sms else "call",
            call_hours=form.call_hours.clean,
            actor=actor,
            now=now,
        )
        driver = _post(driver, form)
    except Invalid as error:
        form.blame(error)
        return _driver_page(form, status=422)
    except IntegrityError as error:
        return _kept_first(form, error)
    except Refused as error:
        session().rollback()
        return _driver_page(form, status=409, problem=words.sentence(error.code))
    # what a known driver agreed to is withdrawn on their page only
    said = persons.consents(session(), driver.id)
    consents.hear(
        session(),
        driver,
        share_phone=form.share_phone.data == "yes" or ("share_phone" in said and said["share_phone"].given),
        registry=bool(form.registry.data) or ("registry" in said and said["registry"].given),
        actor=actor,
        now=now,
    )
    notice = "Conducteur et trajet enregistrés."
    if persons.sms_line(driver) is not None and not persons.has_link(
        session(), driver.id, purpose="driver_page"
    ):
        links.send_link(session(), driver, now=now, actor=actor)
        notice += " Son lien privé part par SMS."
    return see_other("desk.person", notice=notice, person_id=driver.id)


def new_trip(person_id: int) -> Response:
    """One trip more for a known driver."""
    kind = "one_off" if request.args.get("quand") == "une-fois" else "regular"
    return _trip_page(screens.the_person(person_id), TripForm(formdata=None, kind=kind))


def add_trip(person_id: int) -> Response:
    """Keep it."""
    driver, form = screens.the_person(person_id), TripForm()
    if not form.validate() or not _is_ours(form):
        return _trip_page(driver, form, status=422)
    if (posted := queries.posted(session(), form.public_id)) is not None:
        return _kept(posted)
    try:
        driver = _post(driver, form)
    except Invalid as error:
        form.blame(error)
        return _trip_page(driver, form, status=422)
    except IntegrityError as error:
        return _kept_first(form, error)
    except Refused as error:
        session().rollback()
        return _trip_page(screens.the_person(person_id), form, status=409, problem=words.sentence(error.code))
    return see_other("desk.person", notice="Trajet enregistré.", person_id=driver.id)


def change_trip(trip_id: int) -> Response:
    """Stop, resume or delete a trip on behalf of its driver."""
    trip = session().get(Trip, trip_id)
    acts = {
        "stop": (offers.stop, "stopped"),
        "resume": (offers.resume, "active"),
        "delete": (offers.delete, "deleted"),
    }
    act, after = acts.get(request.form.get("act", ""), (None, ""))
    if trip is None or act is None or not area.touching([trip], screens.area()):
        raise NotFound("trip")
    if trip.status != after:  # the key may be pressed twice
        act(session(), trip, actor=guards.actor(), now=clock.now())
    return see_other("desk.person", notice="Trajet mis à jour.", person_id=trip.driver_id)


def _post(driver: Person, form: TripForm) -> Person:
    """Keep the trip as it was said; gives its driver, whose number counts as confirmed."""
    now, actor = clock.now(), guards.actor()
    offers.post_trip(
        session(),
        driver=driver,
        offer=form.offer(),
        confirmed=True,
        public_id=form.public_id,
        actor=actor,
        now=now,
    )
    return offers.confirm_pending(session(), driver, actor=actor, now=now)


def _kept(posted: Trip) -> Response:
    """Where a form sent again leads: to what its first sending kept."""
    return see_other("desk.person", notice="Trajet enregistré.", person_id=posted.driver_id)


def _kept_first(form: TripForm, error: IntegrityError) -> Response:
    """The same form, sent at the same instant, was kept first; any other refusal of the database goes on."""
    session().rollback()
    posted = queries.posted(session(), form.public_id)
    if posted is None:
        raise error
    return _kept(posted)


def _is_ours(form: TripForm) -> bool:
    return area.accepts(screens.area(), form.origin, form.destination)


def _driver_page(form: OfferForm, *, status: int = 200, problem: str = "") -> Response:
    return screens.show("desk/new_driver.html", screen="trips", status=status, form=form, problem=problem)


def _trip_page(driver: Person, form: TripForm, *, status: int = 200, problem: str = "") -> Response:
    return screens.show(
        "desk/new_trip.html", screen="trips", status=status, form=form, driver=driver, problem=problem
    )
