"""« À faire » and « Messages »: what waits, and the one key that settles it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from flask import Response, request

from lotocar import clock
from lotocar.carpool.people import queries as persons
from lotocar.carpool.people.models import Person
from lotocar.carpool.rides import operations as rides
from lotocar.carpool.rides import queries, texts
from lotocar.carpool.rides.models import Approach
from lotocar.errors import NotFound, Refused
from lotocar.messages import inbound
from lotocar.messages import operations as message_acts
from lotocar.messages import queries as messages_queries
from lotocar.messages.models import InboundMessage, OutboxMessage
from lotocar.messages.texts import SenderPolicy
from lotocar.values.actor import Actor
from lotocar.web import guards
from lotocar.web.desk import area, screens, todo_list, words
from lotocar.web.edge import outside, policy, session
from lotocar.web.render import see_other

FIRST = 5  # of each list, before « de plus »
CODE_OR_LINK = re.compile(r"https?://\S+|\b\d{6}\b")


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
    """Everything that waits, most pressing first."""
    now, voice = clock.now(), policy()
    waits = todo_list.todo_list(session(), now=now, communes=screens.area())
    to_ring = [*waits.to_call, *waits.to_reconfirm]
    return screens.show(
        "desk/todo.html",
        screen="todo",
        waits=waits,
        senders=_senders(waits.to_read),
        aloud={one.id: texts.aloud_for_driver(one, policy=voice) for one in to_ring},
        recipients=_recipients([*waits.to_say, *waits.failed_messages]),
        body=_shown_body(),
        to_say={one.ride_request.id: _to_say(one, voice) for one in waits.to_tell},
        now=now,
        words=words,
        FIRST=FIRST,
    )


def _recipients(unsent: Iterable[OutboxMessage]) -> dict[int, Person]:
    """Whom each of these messages was for, by their number: a name to ask for, and the hours at which to ring."""
    return persons.by_number(session(), [one.person_id for one in unsent if one.person_id is not None])


def _to_say(one: todo_list.ToTell, voice: SenderPolicy) -> list[str]:
    """The words for a passenger, one text for each driver."""
    return [
        texts.aloud_for_passenger(first, later, policy=voice)
        for first, later in texts.there_and_back(one.rides)
    ]


def messages() -> Response:
    """What was sent and received, and its fate."""
    ours = screens.area()
    received = area.about(
        session(), messages_queries.received(session(), limit=area.to_read(ours, 50)), ours
    )[:50]
    sent = area.about(session(), messages_queries.recent(session(), limit=area.to_read(ours, 100)), ours)[
        :100
    ]
    return screens.show(
        "desk/messages.html",
        screen="messages",
        sent=sent,
        received=received,
        senders=_senders(received),
        situation=messages_queries.situation(session(), now=clock.now()),
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
