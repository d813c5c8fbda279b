"""A lost link is replaced by SMS; the page never tells who is registered."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import Response
from sqlalchemy.orm import Session

from lotocar import clock
from lotocar.carpool.people import queries
from lotocar.carpool.people.models import Person
from lotocar.values.phone import PhoneNumber
from lotocar.web import links
from lotocar.web.driver.forms import LostLinkForm
from lotocar.web.edge import session
from lotocar.web.render import page, see_other

SENT = (
    "Si ce numéro est le portable d'un conducteur inscrit, un nouveau lien vient de partir par SMS et l'ancien "
    "ne marche plus. Rien reçu dans dix minutes ? Appelez-nous."
)
# a stranger must not be able to change somebody's link all day long
MOST_LINKS = ((timedelta(hours=1), 2), (timedelta(days=1), 5))


def lost_link() -> Response:
    """The form."""
    return page("driver/lost_link.html", form=LostLinkForm())


def replace_link() -> Response:
    """The same answer for every number."""
    form = LostLinkForm()
    if not form.validate():
        return page("driver/lost_link.html", form=form, status=422)
    assert form.phone.value is not None  # a needed field
    now = clock.now()
    for driver in _drivers_on(session(), form.phone.value, now):
        links.send_link(session(), driver, now=now)
    return see_other("driver.lost_link", notice=SENT, kind="info")


def _drivers_on(session: Session, number: PhoneNumber, now: datetime) -> list[Person]:
    reached = queries.confirmed_persons(session, number.e164)
    return [person for person in reached if _may_have(session, person, number, now)]


def _may_have(session: Session, person: Person, number: PhoneNumber, now: datetime) -> bool:
    line = queries.sms_line(person)
    if line is None or line.e164 != number.e164 or not any(one.role == "driver" for one in person.enrolments):
        return False
    return all(
        queries.links_since(session, person.id, purpose="driver_page", since=now - window) < most
        for window, most in MOST_LINKS
    )
