"""Several at one request: whose it is, who is on it, what is handed over, and taking back one's last step."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Response, request
from wtforms import SelectField

from lotocar import clock
from lotocar.carpool.requests import operations as requests
from lotocar.carpool.requests.models import RideRequest
from lotocar.carpool.rides import handing, undoing
from lotocar.errors import Refused
from lotocar.staff import queries as staff
from lotocar.staff.models import Account
from lotocar.staff.rules import may, within_area
from lotocar.web import guards
from lotocar.web.desk import screens, undo_words, words
from lotocar.web.edge import policy, session
from lotocar.web.forms import Form, Needed, TextField, row_number
from lotocar.web.render import see_other

NOBODY = "0"  # whoever comes next


class HandOverForm(Form):
    """To whom the request goes, and what they must know."""

    # an id of its own: the page holds other notes
    to = SelectField("Passer à", id="passer-a", validate_choice=False)
    note = TextField(
        "Ce qu’il faut savoir",
        id="passer-note",
        maximum=500,
        lines=True,
        validators=[Needed("Écrivez ce qu’il faut savoir.")],
    )

    def offer(self, colleagues: list[Account]) -> None:
        """The colleagues who may take it."""
        named = ((str(one.id), one.display_name) for one in colleagues)
        self.to.choices = [(NOBODY, "qui prendra la suite"), *named]


def of_request(found: RideRequest, *, now: datetime) -> dict[str, Any]:
    """What `_together.html` and `_undo.html` show of a request."""
    form = HandOverForm(formdata=None)
    form.offer(_colleagues(found))
    return {
        "other": colleague(found, now),
        "notes": handing.notes_of(session(), found.id),
        "handing": form,
        "last": undoing.last_step(session(), found, now=now),
        "undo_words": undo_words,
    }


def colleague(found: RideRequest | None, now: datetime) -> Account | None:
    """The colleague seen on this request in the last two minutes, when it is not us."""
    if found is None or found.working_by is None or found.working_seen_at is None:
        return None
    if found.working_seen_at < now - requests.PRESENCE_LASTS:
        return None
    return found.working_by if found.working_by_id != guards.signed_in_account().id else None


def _colleagues(found: RideRequest) -> list[Account]:
    """Who else may act on this request: the journey must touch their area, when they have one."""
    touched = {code for leg in found.legs for code in (leg.origin_insee, leg.destination_insee)}
    me = guards.signed_in_account().id
    return [
        one
        for one in staff.accounts(session())
        if one.active and one.id != me and may(one.role, "desk.act") and within_area(one.communes, touched)
    ]


def let_go(ride_request_id: int) -> Response:
    """The request is nobody's again."""
    found = screens.the_request(ride_request_id)
    me = guards.signed_in_account().id
    try:
        requests.release(session(), found, account_id=me, actor=guards.actor(), now=clock.now())
    except Refused as error:
        said = words.sentence(error.code)
        return see_other("desk.ride_request", notice=said, kind="warning", ride_request_id=ride_request_id)
    return screens.back_to_request(ride_request_id, "Cette demande n’est plus à vous.")


def hand_over(ride_request_id: int) -> Response:
    """The request becomes a colleague's, or nobody's, with a note to read."""
    found = screens.the_request(ride_request_id)
    form = HandOverForm()
    colleagues = {one.id: one for one in _colleagues(found)}
    form.offer(list(colleagues.values()))
    to = colleagues.get(row_number(form.to.data) or 0)
    fine = form.validate()
    if to is None and form.to.data != NOBODY:
        form.to.errors = ["Choisissez à qui passer la demande."]
    if not fine or form.to.errors:
        return _hand_over_page(found, form, status=422)
    try:
        handing.hand_over(
            session(),
            found,
            author_id=guards.signed_in_account().id,
            to_id=to.id if to else None,
            note=form.note.clean,
            actor=guards.actor(),
            now=clock.now(),
        )
    except Refused as error:
        session().rollback()
        found = screens.the_request(ride_request_id)
        return _hand_over_page(found, form, status=409, problem=words.sentence(error.code))
    return see_other("desk.ride_request", notice="Passation notée.", ride_request_id=ride_request_id)


def _hand_over_page(found: RideRequest, form: HandOverForm, *, status: int, problem: str = "") -> Response:
    return screens.show(
        "desk/hand_over.html", screen="home", status=status, found=found, handing=form, problem=problem
    )


def undo(ride_request_id: int) -> Response:
    """Take back one's last step, while nothing of it has reached anybody."""
    found = screens.the_request(ride_request_id)
    try:
        undoing.take_back(
            session(),
            found,
            entry_id=row_number(request.form.get("entry", "")) or 0,
            actor=guards.actor(),
            now=clock.now(),
            policy=policy(),
        )
    except Refused as error:
        session().rollback()
        said = undo_words.why_not(error.code)
        return see_other("desk.ride_request", notice=said, kind="warning", ride_request_id=ride_request_id)
    return screens.back_to_request(ride_request_id, "C’est annulé.")
