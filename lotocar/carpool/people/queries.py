"""Finding people: by a link, by a number, by a few letters; and what they agreed to."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from lotocar.carpool.people import rules
from lotocar.carpool.people.models import Consent, PairToAvoid, Person, PhoneLine, PrivateLink, UsualPlace
from lotocar.db import Base
from lotocar.errors import NotFound
from lotocar.values.names import fold
from lotocar.values.tokens import hash_token

LEAST_DIGITS = 3
LEAST_LETTERS = 3


def person_of_link(
    session: Session, token: str, *, purpose: str, now: datetime
) -> tuple[Person, PrivateLink]:
    """Whose link this is, and the link itself.

    Raises:
        NotFound: link.dead when unknown, revoked, expired, for another purpose, or of an erased person.
    """
    link = session.scalar(
        select(PrivateLink)
        .where(PrivateLink.token_hash == hash_token(token))
        .options(joinedload(PrivateLink.person).selectinload(Person.lines))
    )
    if link is None or link.purpose != purpose or link.revoked_at is not None:
        raise NotFound("link.dead")
    if (link.expires_at is not None and link.expires_at <= now) or link.person.erased_at is not None:
        raise NotFound("link.dead")
    return link.person, link


def links_since(session: Session, person_id: int, *, purpose: str, since: datetime) -> int:
    """How many links of this purpose the person was given since this instant."""
    given = select(func.count()).where(
        PrivateLink.person_id == person_id, PrivateLink.purpose == purpose, PrivateLink.created_at > since
    )
    return session.scalar(given) or 0


def has_link(session: Session, person_id: int, *, purpose: str) -> bool:
    """Whether this person holds a private link of this purpose that was not taken back."""
    held = select(PrivateLink.id).where(
        PrivateLink.person_id == person_id, PrivateLink.purpose == purpose, PrivateLink.revoked_at.is_(None)
    )
    return session.scalar(held.limit(1)) is not None


def is_named_elsewhere(session: Session, person_id: int, *, apart_from: str) -> bool:
    """Whether a row of another table than this one points at the person, what belongs to them alone left out.

    The tables are read from the metadata: rooms above are not known here.
    """
    pointing = (
        key.parent
        for table in Base.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column is Person.__table__.c.id and key.ondelete != "CASCADE" and table.name != apart_from
    )
    return any(session.scalar(select(exists().where(column == person_id))) for column in pointing)


def same_person(
    session: Session, *, first_name: str, last_name: str, e164s: Collection[str]
) -> Person | None:
    """Who has one of these numbers and this name (see rules.is_same_person); the longest known, or None."""
    known = session.scalars(
        select(Person)
        .where(Person.erased_at.is_(None), Person.lines.any(PhoneLine.e164.in_(e164s)))
        .order_by(Person.id)
    )
    return next(
        (one for one in known if rules.is_same_person(first_name, last_name, one.first_name, one.last_name)),
        None,
    )


def confirmed_persons(session: Session, e164: str) -> list[Person]:
    """Everybody who was reached on this number, the longest known first."""
    reached = PhoneLine.e164 == e164, PhoneLine.confirmed_at.is_not(None)
    return list(
        session.scalars(
            select(Person)
            .where(Person.erased_at.is_(None), Person.lines.any(and_(*reached)))
            .order_by(Person.id)
        )
    )


def confirmed_by_number(session: Session, e164s: Collection[str]) -> dict[str, list[Person]]:
    """Everybody who was reached on each of these numbers, the longest known first."""
    reached = (
        select(PhoneLine)
        .join(PhoneLine.person)
        .where(PhoneLine.e164.in_(e164s), PhoneLine.confirmed_at.is_not(None), Person.erased_at.is_(None))
        .options(joinedload(PhoneLine.person))
        .order_by(PhoneLine.person_id)
    )
    known: dict[str, list[Person]] = {}
    for line in session.scalars(reached):
        known.setdefault(line.e164, []).append(line.person)
    return known


def find_people(session: Session, text: str, *, limit: int = 8, within: Any | None = None) -> list[Person]:
    """People whose number holds these digits (3 or more) or whose names begin like these words (2 letters or more).

    `within`, a select of numbers, keeps some people only; None is everybody.
    """
    condition = _number_holds(text) if any(character.isdigit() for character in text) else _names_begin(text)
    if condition is None:
        return []
    found = select(Person).where(Person.erased_at.is_(None), condition)
    if within is not None:
        found = found.where(Person.id.in_(within))
    shown = found.options(selectinload(Person.lines), selectinload(Person.enrolments))
    return list(session.scalars(shown.order_by(Person.sort_key, Person.id).limit(limit)))


def avoided_with(session: Session, person_id: int) -> frozenset[int]:
    """Those who are never to be proposed to this person, nor this person to them."""
    either = or_(PairToAvoid.first_id == person_id, PairToAvoid.second_id == person_id)
    pairs = session.execute(select(PairToAvoid.first_id, PairToAvoid.second_id).where(either))
    return frozenset(number for pair in pairs for number in pair if number != person_id)


def pairs_to_avoid(session: Session) -> dict[int, frozenset[int]]:
    """`avoided_with` for everybody who has a pair, at once."""
    found: dict[int, set[int]] = {}
    for first, second in session.execute(select(PairToAvoid.first_id, PairToAvoid.second_id)):
        found.setdefault(first, set()).add(second)
        found.setdefault(second, set()).add(first)
    return {person_id: frozenset(others) for person_id, others in found.items()}


def by_number(session: Session, person_ids: Iterable[int]) -> dict[int, Person]:
    """These people by their number; those who were erased are left out."""
    wanted = set(person_ids)
    if not wanted:
        return {}
    found = select(Person).where(Person.id.in_(wanted), Person.erased_at.is_(None))
    return {one.id: one for one in session.scalars(found)}


def consents(session: Session, person_id: int) -> dict[str, Consent]:
    """The person's latest word on each kind; a kind they never spoke of is absent, which is a no."""
    rows = session.scalars(select(Consent).where(Consent.person_id == person_id).order_by(Consent.id))
    return {row.kind: row for row in rows}


def shares_phone(session: Session, person_ids: Iterable[int]) -> set[int]:
    """Those of these people whose latest word allows their number to be given to a passenger."""
    return _consenting(session, "share_phone", person_ids)


def household(session: Session, person: Person) -> list[Person]:
    """The other people reached on one of this person's numbers, the longest known first."""
    numbers = [line.e164 for line in person.lines]
    shared = select(Person).where(
        Person.erased_at.is_(None), Person.id != person.id, Person.lines.any(PhoneLine.e164.in_(numbers))
    )
    return list(session.scalars(shared.order_by(Person.id)))


def usual_places(session: Session, person_id: int) -> list[UsualPlace]:
    """The places this person keeps going to, home first."""
    found = session.scalars(select(UsualPlace).where(UsualPlace.person_id == person_id)).all()
    return sorted(found, key=lambda one: rules.USUAL_PLACES.index(one.kind))


def sms_line(person: Person) -> PhoneLine | None:
    """The mobile on which this person may be texted: confirmed (the team's own typing counts) and not stopped."""
    return next(
        (one for one in person.lines if one.kind == "mobile" and one.confirmed_at and not one.sms_stopped_at),
        None,
    )


def call_line(person: Person) -> PhoneLine | None:
    """The number on which this person is best rung: confirmed first, their own before a neighbour's."""
    return min(
        person.lines, key=lambda one: (one.confirmed_at is None, one.label != "", one.id), default=None
    )


def _consenting(session: Session, kind: str, person_ids: Iterable[int]) -> set[int]:
    wanted = set(person_ids)
    if not wanted:
        return set()
    latest = (
        select(func.max(Consent.id))
        .where(Consent.kind == kind, Consent.person_id.in_(wanted))
        .group_by(Consent.person_id)
    )
    given = select(Consent.person_id).where(Consent.id.in_(latest), Consent.given.is_(True))
    return set(session.scalars(given))


def _number_holds(text: str) -> ColumnElement[bool] | None:
    digits = "".join(character for character in text if character in "0123456789")
    if len(digits) < LEAST_DIGITS:
        return None
    national = (
        PhoneLine.e164.like(f"+33{digits[1:]}%") if digits[0] == "0" else PhoneLine.e164.like(f"+{digits}%")
    )
    return Person.lines.any(or_(national, PhoneLine.e164.like(f"%{digits}%")))


def _names_begin(text: str) -> ColumnElement[bool] | None:
    words = fold(text).split()
    if sum(map(len, words)) < LEAST_LETTERS:
        return None
    begins = (
        # sort_key parts its words with a 0
        or_(Person.sort_key.startswith(word), Person.sort_key.contains(f"0{word}"))
        for word in words
    )
    return and_(*begins)
