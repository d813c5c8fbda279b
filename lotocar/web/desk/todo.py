"""« À faire » and « Messages »: what waits, and the one key that settles it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from flask import Response, request
from wtforms import HiddenField

from lotocar import clock
from lotocar.carpool.people import queries as persons
from lotocar.carpool.requests import drafts
from lotocar.carpool.requests import queries as requests
from lotocar.carpool.rides import handing, later, openings, queries, returns, texts, undoing
from lotocar.carpool.rides import operations as rides
from lotocar.carpool.rides.models import Approach, Ride
from lotocar.civic.registry import wording
from lotocar.errors import Invalid, NotFound, Refused
from lotocar.messages import inbound, letters
from lotocar.messages import operations as message_acts
from lotocar.messages import queries as messages_queries
from lotocar.messages.models import InboundMessage, OutboxMessage
from lotocar.messages.texts import SenderPolicy
from lotocar.values.actor import Actor
from lotocar.values.days import local
from lotocar.values.hours import local_instant
from lotocar.values.when import read_when
from lotocar.web import guards
from lotocar.web.desk import area, screens, todo_list, todo_words, together, undo_words, words
from lotocar.web.desk.todo_action import Action
from lotocar.web.desk.todo_sources import BY_KIND
from lotocar.web.edge import outside, policy, session
from lotocar.web.forms import Form, TextField, row_number, showable
from lotocar.web.render import see_other

CODE_OR_LINK = re.compile(r"https?://\S+|\b\d{6}\b")


class LaterForm(Form):
    """When to ring again about one thing, in the words people use."""

    kind = HiddenField()
    subject = HiddenField()
    when = TextField("Rappeler à", maximum=60)


def _body(message: OutboxMessage) -> str:
    """The text without the code or private link in it: they open a door, and are for one person only."""
    return CODE_OR_LINK.sub("(masqué)", message.body)


def _whole_body(message: OutboxMessage) -> str:
    """The whole text: without a provider, this screen is where messages arrive."""
    return message.body


def _shown_body() -> Callable[[OutboxMessage], str]:
    """How this account reads a text: whole only while nothing leaves, and with the right to ring people."""
    whole = screens.rights()["numbers"] and not outside().settings.sends_for_real
    return _whole_body if whole else _body


def todo() -> Response:
    """Everything that waits, most pressing first; or one kind of it, page by page (`quoi`)."""
    return _show_todo()


def _show_todo(*, status: int = 200, form: LaterForm | None = None) -> Response:
    kind = request.args.get("quoi", "")
    kind = kind if kind in BY_KIND else ""
    ask, page = screens.ask(), screens.page_number()
    found = screens.waiting()
    waits = todo_list.todo_list(session(), ask, found, kind=kind, page=page)
    actions = [line.action for line in (*waits.now, *waits.later)]
    return screens.show(
        "desk/todo.html",
        screen="todo",
        status=status,
        waits=waits,
        kind=kind,
        page=page,
        has_more=bool(kind) and waits.is_full,
        form=form or LaterForm(formdata=None),
        now=ask.now,
        words=words,
        todo_words=todo_words,
        registry_words=wording,
        part_of=todo_words.FRAGMENT,
        counted=todo_list.counted,
        at_work=lambda asked: together.colleague(asked, ask.now) is not None,
        last=_last_step(),
        undo_words=undo_words,
        back="todo",
        **_shown_of(actions),
    )


def _shown_of(actions: Sequence[Action]) -> dict[str, Any]:
    """What the fragments of these actions show besides their rows."""
    voice = policy()
    to_ring = [one.row for one in actions if one.kind in {"reconfirm", "ring", "silent"}]
    return {
        "senders": _senders([one.row for one in actions if one.kind == "message"]),
        "aloud": {one.id: texts.aloud_for_driver(one, policy=voice) for one in to_ring},
        "to_say": {one.subject: _to_say(one.row, voice) for one in actions if one.kind == "tell"},
        "body": _shown_body(),
    }


def _to_say(rides_: Sequence[Ride], voice: SenderPolicy) -> list[str]:
    """The words for a passenger, one text for each driver."""
    return [
        texts.aloud_for_passenger(first, later_, policy=voice)
        for first, later_ in texts.there_and_back(rides_)
    ]


def _last_step() -> undoing.LastStep | None:
    """What was just done from the list, to be taken back."""
    number = row_number(request.args.get("fait"))
    found = requests.numbered(session(), number, communes=screens.area()) if number else None
    return undoing.last_step(session(), found, now=clock.now()) if found else None


def put_later() -> Response:
    """Nobody answered, or the person asked to be rung at another hour (`when`, in the words people use)."""
    ask, form = screens.ask(), LaterForm()
    action = todo_list.the_action(session(), ask, form.kind.data or "", form.subject.data or "")
    typed = form.when.clean if form.validate() else ""
    in_vain = "absent" in request.form
    try:
        later.put_off(
            session(),
            action.kind,
            action.subject,
            until=_until(action, typed, ask.now, in_vain=in_vain),
            deadline=action.deadline,
            in_vain=in_vain,
            about=action.request.id if action.request else None,
            actor=guards.actor(),
            now=ask.now,
        )
    except (Invalid, Refused) as error:
        session().rollback()
        form.when.errors = [todo_words.LATER.get(error.code, todo_words.LATER["later.unreadable"])]
        return _show_todo(status=422, form=form)
    return see_other("desk.todo", notice="Absent : à rappeler." if in_vain else "Mis à plus tard.")


def _until(action: Action, typed: str, now: datetime, *, in_vain: bool) -> datetime:
    """When to come back to it.

    Raises:
        Invalid: what was typed says no hour.
    """
    if in_vain:
        tries = later.tries_of(session(), action.kind, action.subject) + 1
        return later.ring_again_at(now, tries=tries, deadline=action.deadline)
    today = local(now).date()
    said = read_when(typed, today)
    if said.hour is None:
        raise Invalid("later.unreadable")
    return local_instant(said.day or today, said.hour)


def take_up() -> Response:
    """Do now what had been put to later."""
    ask = screens.ask()
    action = todo_list.the_action(
        session(), ask, request.form.get("kind", ""), request.form.get("subject", "")
    )
    later.take_up(session(), action.kind, action.subject)
    return see_other("desk.todo", notice="De nouveau à faire.")


def tick() -> Response:
    """Seen or settled: a note, a trip that could have served, a letter that did not leave, a call, a way back."""
    ask = screens.ask()
    action = todo_list.the_action(
        session(), ask, request.form.get("kind", ""), request.form.get("subject", "")
    )
    ticks = {
        "note": lambda: handing.read(session(), action.row, now=ask.now),
        "opening": lambda: openings.handle(session(), action.row, now=ask.now),
        "draft": lambda: drafts.forget(session(), action.row.call.form_key),
        "return": lambda: returns.settle(
            session(), action.row.leg.ride_request, actor=guards.actor(), now=ask.now
        ),
        "letter": lambda: letters.handle(session(), action.row, actor=guards.actor(), now=ask.now),
    }
    if action.kind not in ticks:
        raise NotFound("todo")
    ticks[action.kind]()
    undone_from = action.subject if action.kind == "return" else None
    return see_other("desk.todo", notice="C’est noté.", fait=undone_from)


def messages() -> Response:
    """What was sent and received, and its fate."""
    theirs = area.known_there(screens.area())
    received = messages_queries.received(session(), limit=50, within=theirs)
    sent = messages_queries.recent(session(), limit=100, within=theirs)
    return screens.show(
        "desk/messages.html",
        screen="messages",
        sent=sent,
        received=received,
        senders=_senders(received),
        situation=messages_queries.situation(session(), now=clock.now(), caps=outside().caps),
        body=_shown_body(),
        words=words,
    )


def read_message(inbound_id: int) -> Response:
    """A received message, decided by a human: the answer it gives, or simply dealt with."""
    outcome = request.form.get("outcome", "handled")
    now, actor = clock.now(), guards.actor()
    _within_area(session().get(InboundMessage, inbound_id))
    notice = "Message traité."
    if outcome in {"accept", "decline"}:
        try:
            notice = _answer(inbound_id, outcome, actor, now)
        except Refused as error:
            session().rollback()
            return see_other("desk.todo", notice=words.sentence(error.code), kind="warning")
    inbound.handle(session(), inbound_id, actor=actor, now=now)
    return see_other("desk.todo", notice=notice)


def handle_failure(message_id: str) -> Response:
    """A message that failed: somebody dealt with it otherwise."""
    message_id = showable(message_id)  # PostgreSQL refuses to compare with a text that holds a NUL
    _within_area(session().get(OutboxMessage, message_id))
    message_acts.handle(session(), message_id, actor=guards.actor(), now=clock.now())
    return see_other("desk.todo", notice="Échec d'envoi traité.")


def _within_area(message: InboundMessage | OutboxMessage | None) -> None:
    if message is None or not area.about(session(), [message], screens.area()):
        raise NotFound("message")


def _answer(inbound_id: int, outcome: str, actor: Actor, now: datetime) -> str:
    one = _question_of(session().get_one(InboundMessage, inbound_id), request.form.get("approach", ""))
    screens.the_request(one.ride_request_id)  # 404 outside the account's area
    if outcome == "decline":
        rides.decline(session(), one, reason="", through="sms", actor=actor, now=now, policy=policy())
        return "Réponse notée : non."
    booked = rides.accept(
        session(), one, through="sms", actor=actor, now=now, policy=policy(), roads=outside().roads
    )
    return "Réponse notée : oui." if booked else words.TOO_LATE


def _question_of(message: InboundMessage, number: str) -> Approach:
    """The question that this message answers, among those open for whoever may have written it."""
    open_ones = _open_questions(message)
    found = next((one for one in open_ones if str(one.id) == number), None)
    if found is None:
        raise Refused("approach.gone")
    return found


def _open_questions(message: InboundMessage) -> Sequence[Approach]:
    people = persons.confirmed_persons(session(), message.from_number)
    return queries.open_by_sms(session(), [person.id for person in people])


def _senders(received: Sequence[InboundMessage]) -> dict[int, dict[str, object]]:
    """Who may have written each message, and the questions open for them."""
    people = persons.confirmed_by_number(session(), {one.from_number for one in received})
    ids = {person.id for ones in people.values() for person in ones}
    asked = queries.open_by_sms(session(), ids)
    known: dict[int, dict[str, object]] = {}
    for message in received:
        writers = people.get(message.from_number, [])
        mine = {person.id for person in writers}
        known[message.id] = {
            "people": writers,
            "approaches": [one for one in asked if one.driver_id in mine],
        }
    return known
