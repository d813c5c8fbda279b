"""The driver's own page, behind a private link: see, change, pause, stop, delete, consent, leave."""

from __future__ import annotations

from datetime import date, datetime

from flask import Response
from sqlalchemy.orm import Session

from lotocar import clock
from lotocar.carpool.people import consents
from lotocar.carpool.people import operations as people
from lotocar.carpool.people import queries as people_queries
from lotocar.carpool.people.models import Person
from lotocar.carpool.rides import queries as rides
from lotocar.carpool.trips import operations as trips
from lotocar.carpool.trips import queries
from lotocar.carpool.trips.models import Trip
from lotocar.civic.privacy import erasure
from lotocar.errors import Invalid
from lotocar.values.actor import Actor, ActorKind
from lotocar.values.days import PARIS
from lotocar.values.phone import masked
from lotocar.web import links
from lotocar.web.driver.forms import ConsentsForm, ContactForm
from lotocar.web.driver.promises import promises_of
from lotocar.web.driver.showing import TripShown, shown
from lotocar.web.driver.wanted import wanted
from lotocar.web.edge import policy, session
from lotocar.web.render import page, see_other
from lotocar.web.trip_form import TermsForm

PURPOSE = "driver_page"
KEPT = "C'est enregistré."


def space(token: str) -> Response:
    """Everything we hold about this driver, and what may be done with it."""
    return _page(driver_of(token), token)


def change_consents(token: str) -> Response:
    """What the driver allows from now on."""
    driver, form, now = driver_of(token), ConsentsForm(), clock.now()
    if not form.validate():
        return _page(driver, token, consents_form=form, status=422)
    consents.hear(
        session(),
        driver,
        share_phone=form.share_phone.data == "yes",
        registry=bool(form.registry.data),
        actor=acting(driver),
        now=now,
    )
    return see_other("driver.space", token=token, notice=KEPT)


def change_contact(token: str) -> Response:
    """How the driver is reached, and in which car."""
    driver, form = driver_of(token), ContactForm()
    if not form.validate():
        return _page(driver, token, contact_form=form, status=422)
    try:
        people.change_person(
            session(),
            driver,
            contact_preference=form.contact_preference.data,
            call_hours=form.call_hours.clean,
            car=form.car.clean,
            actor=acting(driver),
            now=clock.now(),
        )
    except Invalid as refusal:
        form.blame(refusal)
        return _page(driver, token, contact_form=form, status=422)
    return see_other("driver.space", token=token, notice=KEPT)


def change_terms(token: str) -> Response:
    """What the driver offers besides a seat, and how often."""
    driver, form = driver_of(token), TermsForm()
    if not form.validate():
        return _page(driver, token, terms_form=form, status=422)
    trips.set_terms(session(), driver, **form.said(), actor=acting(driver), now=clock.now())
    return see_other("driver.space", token=token, notice=KEPT)


def leave(token: str) -> Response:
    """What will be forgotten, before it is."""
    driver = driver_of(token)
    return page("driver/leave.html", driver=driver, token=token, promised=is_awaited(driver))


def forget_me(token: str) -> Response:
    """Forget this driver for good, unless a passenger still counts on them: then the desk must know first."""
    driver = driver_of(token)
    if is_awaited(driver):
        return see_other("driver.leave", token=token)
    erasure.erase(session(), driver.id, actor=acting(driver), now=clock.now(), policy=policy())
    return see_other(
        "passenger.home", notice="Vos données sont effacées et vos trajets retirés. Merci pour tout."
    )


def driver_of(token: str) -> Person:
    """Whose page this is.

    Raises:
        NotFound: link.dead.
    """
    return people_queries.person_of_link(session(), token, purpose=PURPOSE, now=clock.now())[0]


def trip_of(token: str, public_id: str) -> tuple[Person, Trip]:
    """The driver, and one of the driver's own trips.

    Raises:
        NotFound: link.dead, or not a trip of this driver.
    """
    driver = driver_of(token)
    return driver, queries.trip_of(session(), driver.id, public_id)


def acting(driver: Person) -> Actor:
    """The driver as the author of what happens here."""
    return Actor(ActorKind.PERSON, driver.id)


def is_awaited(driver: Person, trip: Trip | None = None) -> bool:
    """Whether a passenger counts on this driver for a ride to come, on that trip or on any."""
    now = clock.now()
    return any(
        ride.driver_id == driver.id and ride.status == "planned" and ride.dropoff_at > now
        for ride in rides.rides_of_person(session(), driver.id)
        if trip is None or ride.trip_id == trip.id
    )


def today(now: datetime | None = None) -> date:
    """The day in the territory."""
    return (now or clock.now()).astimezone(PARIS).date()


def _page(
    driver: Person,
    token: str,
    *,
    consents_form: ConsentsForm | None = None,
    contact_form: ContactForm | None = None,
    terms_form: TermsForm | None = None,
    status: int = 200,
) -> Response:
    return page(
        "driver/space.html",
        status=status,
        driver=driver,
        token=token,
        address=links.private_address(token),
        trips=_trips(session(), driver),
        wanted=wanted(session(), driver.id, today()),
        promises=promises_of(session(), driver.id, clock.now()),
        numbers=[("Votre numéro", masked(line.e164)) for line in driver.lines],
        consents_form=consents_form or _consents_form(session(), driver),
        contact_form=contact_form or ContactForm(formdata=None, obj=driver),
        terms_form=terms_form or TermsForm.of(driver),
        form=consents_form or contact_form or terms_form,
    )


def _trips(session: Session, driver: Person) -> list[TripShown]:
    return [shown(trip, today()) for trip in queries.trips_of(session, driver.id)]


def _consents_form(session: Session, driver: Person) -> ConsentsForm:
    said = {kind: one.given for kind, one in people_queries.consents(session, driver.id).items()}
    return ConsentsForm(
        formdata=None,  # what is posted beside it is another form
        share_phone="yes" if said.get("share_phone") else "no",
        registry=bool(said.get("registry")),
    )
