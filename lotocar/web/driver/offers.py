"""Somebody offers a trip: the form, then the code that shows that the number is theirs."""

from __future__ import annotations

from datetime import datetime

from flask import Response, request
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lotocar import clock
from lotocar.carpool.people import codes, consents
from lotocar.carpool.people import operations as people
from lotocar.carpool.people.models import Person, PhoneLine
from lotocar.carpool.people.rules import NewLine
from lotocar.carpool.trips import operations as trips
from lotocar.carpool.trips import queries as trip_queries
from lotocar.carpool.trips.models import Trip
from lotocar.errors import Invalid
from lotocar.organisation import queries as organisation
from lotocar.values.actor import PUBLIC, Actor, ActorKind
from lotocar.web import guards, links
from lotocar.web.driver import sending
from lotocar.web.driver.forms import CodeForm, asked_kind
from lotocar.web.edge import outside, session
from lotocar.web.render import page, see_other
from lotocar.web.trip_form import OfferForm

WRONG_CODE = (
    "Ce n'est pas le bon code, ou il a plus de dix minutes. Vérifiez le dernier SMS reçu. "
    "Après cinq essais, demandez un nouveau code."
)
TOO_MANY = (
    "Plusieurs codes sont déjà partis vers ce numéro. Attendez un quart d'heure, ou laissez-nous vous appeler : "
    "votre trajet est enregistré."
)


def offer() -> Response:
    """The form; `?quand=une-fois` for a trip made once."""
    kind = asked_kind(request.args.get("quand"))
    return page("driver/offer.html", form=OfferForm(kind=kind))


def post_offer() -> Response:
    """Keep the trip and send the code, or say what is missing."""
    form = OfferForm()
    if not form.validate():
        return page("driver/offer.html", form=form, status=422)
    if (posted := trip_queries.posted(session(), form.public_id)) is not None:
        return _what_follows(posted)
    now = clock.now()
    try:
        line = _register(session(), form, now)
    except IntegrityError:  # the same form, sent at the same instant, was kept first
        session().rollback()
        if (posted := trip_queries.posted(session(), form.public_id)) is None:
            raise
        return _what_follows(posted)
    except Invalid as refusal:
        form.blame(refusal)
        return page("driver/offer.html", form=form, status=422)
    if line.kind != "mobile":
        return see_other("driver.call_awaited")
    if not sending.send_code(session(), line, now=now):
        return see_other("driver.call_awaited", notice=TOO_MANY, kind="warning")
    return see_other("driver.confirm")


def confirm() -> Response:
    """Where the code is typed; the number is shown in part, to the browser that asked only."""
    return page("driver/confirm.html", form=CodeForm(), line=_waiting_line())


def check_code() -> Response:
    """The right code opens the trip and gives the private page; each try is kept and counted."""
    form = CodeForm()
    if not form.validate():
        return page("driver/confirm.html", form=form, line=_waiting_line(), status=422)
    now = clock.now()
    line = codes.check_code(
        session(),
        browser_secret=guards.browser_secret() or "",
        code=form.digits,
        key=outside().settings.secret_key,
        now=now,
    )
    if line is None:
        return see_other("driver.confirm", notice=WRONG_CODE, kind="error")
    driver = _confirm(session(), line, now)
    token = links.send_link(session(), driver, now=now)
    return see_other("driver.space", token=token, notice=_welcome())


def send_again() -> Response:
    """One more code, to the same number."""
    line = _waiting_line()
    if line is None:
        return see_other("driver.confirm")
    if not sending.send_code(session(), line, now=clock.now()):
        return see_other("driver.confirm", notice=TOO_MANY, kind="warning")
    return see_other("driver.confirm", notice="Un nouveau code vient de partir. L'ancien ne marche plus.")


def call_awaited() -> Response:
    """What happens next for those to whom no SMS goes: the desk calls."""
    return page("driver/call_awaited.html")


def _register(session: Session, form: OfferForm, now: datetime) -> PhoneLine:
    """A row of its own for whoever fills in the form: they become one with a known driver only once reached."""
    assert form.phone.value is not None  # a needed field
    person = people.register_person(
        session,
        first_name=form.first_name.value or "",
        last_name=form.last_name.value or "",
        numbers=[NewLine(form.phone.value)],
        contact_preference=_preference(form),
        call_hours=form.call_hours.clean,
        actor=PUBLIC,
        now=now,
    )
    trips.post_trip(
        session,
        driver=person,
        offer=form.offer(),
        confirmed=True,
        public_id=form.public_id,
        actor=PUBLIC,
        now=now,
    )
    consents.hear(
        session,
        person,
        share_phone=form.share_phone.data == "yes",
        registry=bool(form.registry.data),
        actor=PUBLIC,
        now=now,
    )
    return person.lines[0]


def _what_follows(posted: Trip) -> Response:
    """Where a form sent again leads: to the code, or to the call when no number of theirs gets an SMS."""
    gets_code = any(line.kind == "mobile" for line in posted.driver.lines)
    return see_other("driver.confirm" if gets_code else "driver.call_awaited")


def _preference(form: OfferForm) -> str:
    # whoever has no mobile is called, whatever was ticked
    if form.phone.value is None or not form.phone.value.can_receive_sms:
        return "call"
    return str(form.contact_preference.data)


def _confirm(session: Session, line: PhoneLine, now: datetime) -> Person:
    actor = Actor(ActorKind.PERSON, line.person_id)
    people.confirm_line(session, line, actor=actor, now=now)
    return trips.confirm_pending(session, line.person, actor=actor, now=now)


def _waiting_line() -> PhoneLine | None:
    secret = guards.browser_secret()
    return codes.waiting_line(session(), browser_secret=secret) if secret else None


def _welcome() -> str:
    if organisation.current(session()).drivers_need_validation:
        return "Merci ! Votre numéro est confirmé. L'équipe vous appelle avant d'ouvrir votre trajet."
    return "Merci ! Votre numéro est confirmé et votre trajet peut être trouvé dès maintenant."
