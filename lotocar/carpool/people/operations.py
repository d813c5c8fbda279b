"""Registering people, hearing what they consent to, giving them their links."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from lotocar.carpool.people import queries, rules
from lotocar.carpool.people.models import (
    Consent,
    Enrolment,
    PairToAvoid,
    Person,
    PhoneLine,
    PrivateLink,
    UsualPlace,
)
from lotocar.errors import Invalid
from lotocar.journal import operations as journal
from lotocar.values.actor import Actor, ActorKind
from lotocar.values.geo import Stop
from lotocar.values.names import clean_name, sort_key
from lotocar.values.phone import PhoneNumber
from lotocar.values.tokens import hash_token, new_hex_id, new_token

# what change_person may touch, and nothing else
CHANGEABLE = frozenset(
    {
        "civility",
        "first_name",
        "last_name",
        "email",
        "contact_preference",
        "call_hours",
        "minor",
        "car",
        "staff_note",
        "flag",
    }
)
# whoever speaks with the person, or loads them from a list, vouches for the number
VOUCHERS = frozenset({ActorKind.STAFF, ActorKind.SYSTEM})


def register_person(
    session: Session,
    *,
    first_name: str,
    last_name: str,
    numbers: Sequence[rules.NewLine],
    civility: str = "",
    email: str = "",
    contact_preference: str = "sms",
    call_hours: str = "",
    minor: bool = False,
    car: str = "",
    staff_note: str = "",
    actor: Actor,
    now: datetime,
) -> Person:
    """A new person. Numbers typed by the team count as confirmed; those typed by the public wait for a code.

    Raises:
        Invalid: no name at all or an unfit one (see values.names), or an unknown way of being contacted.
    """
    first_name, last_name = _names(first_name, last_name)
    _check_preference(contact_preference)
    person = Person(
        public_id=new_hex_id(),
        civility=_civility(civility),
        first_name=first_name,
        last_name=last_name,
        sort_key=sort_key(last_name, first_name),
        email=email.strip(),
        minor=minor,
        contact_preference=contact_preference,
        call_hours=call_hours.strip(),
        car=car.strip(),
        staff_note=staff_note.strip(),
        created_at=now,
        lines=[_new_line(line, actor, now) for line in numbers],
    )
    session.add(person)
    session.flush()  # the journal, and whoever called, need the number
    _note(session, person, "person.registered", actor, now)
    return person


def find_or_register(
    session: Session,
    *,
    first_name: str,
    last_name: str,
    numbers: Sequence[rules.NewLine],
    civility: str = "",
    email: str = "",
    contact_preference: str = "sms",
    call_hours: str = "",
    minor: bool = False,
    car: str = "",
    staff_note: str = "",
    actor: Actor,
    now: datetime,
) -> Person:
    """The person already known by one of these numbers and this name, left as they are; else a new one.

    Another name on the same number is another person: a landline serves a household.
    """
    known = queries.same_person(
        session, first_name=first_name, last_name=last_name, e164s=[line.number.e164 for line in numbers]
    )
    return known or register_person(
        session,
        first_name=first_name,
        last_name=last_name,
        numbers=numbers,
        civility=civility,
        email=email,
        contact_preference=contact_preference,
        call_hours=call_hours,
        minor=minor,
        car=car,
        staff_note=staff_note,
        actor=actor,
        now=now,
    )


def change_person(session: Session, person: Person, *, actor: Actor, now: datetime, **changes: Any) -> None:
    """Set these fields (see CHANGEABLE); the journal keeps which, not their values.

    Raises:
        Invalid: a field that is not to be changed this way, no name left, or an unknown preference.
    """
    if unknown := changes.keys() - CHANGEABLE:
        raise Invalid("person.field_closed", field=min(unknown))
    _check_preference(changes.get("contact_preference", person.contact_preference))
    wanted = {name: value.strip() if isinstance(value, str) else value for name, value in changes.items()}
    _civility(wanted.get("civility", person.civility))
    wanted["first_name"], wanted["last_name"] = _names(
        wanted.get("first_name", person.first_name), wanted.get("last_name", person.last_name)
    )
    touched = sorted(name for name, value in wanted.items() if getattr(person, name) != value)
    for name in touched:
        setattr(person, name, wanted[name])
    if touched:
        person.sort_key = sort_key(person.last_name, person.first_name)
        _note(session, person, "person.changed", actor, now, fields=touched)


def set_terms(
    session: Session,
    person: Person,
    *,
    abilities: str | None,
    monthly_limit: int | None,
    actor: Actor,
    now: datetime,
) -> None:
    """What this driver offers besides a seat, and on how many days a month at most; see `trips.set_terms`.

    Raises:
        Invalid: ability.unknown or person.monthly_limit.
    """
    if monthly_limit is not None and not 1 <= monthly_limit <= rules.MOST_A_MONTH:
        raise Invalid("person.monthly_limit", field="monthly_limit", most=rules.MOST_A_MONTH)
    person.abilities = None if abilities is None else rules.codes_of(rules.bits_of(abilities))
    person.monthly_limit = monthly_limit
    _note(session, person, "person.terms", actor, now)


def avoid_pair(session: Session, one: Person, other: Person, *, actor: Actor, now: datetime) -> None:
    """These two are never proposed to each other any more; neither is told, nor who asked for it.

    Raises:
        Invalid: pair.same.
    """
    if one.id == other.id:
        raise Invalid("pair.same", field="person")
    first, second = sorted((one.id, other.id))
    if other.id not in queries.avoided_with(session, one.id):
        session.add(PairToAvoid(first_id=first, second_id=second, created_at=now))
        session.flush()
        _note(session, one, "person.pair_avoided", actor, now, other=other.id)


def forget_pair(session: Session, one: Person, other: Person, *, actor: Actor, now: datetime) -> None:
    """These two may be proposed to each other again."""
    first, second = sorted((one.id, other.id))
    session.execute(delete(PairToAvoid).where(PairToAvoid.first_id == first, PairToAvoid.second_id == second))
    _note(session, one, "person.pair_forgotten", actor, now, other=other.id)


def add_line(
    session: Session, person: Person, number: PhoneNumber, *, label: str = "", actor: Actor, now: datetime
) -> PhoneLine:
    """One more number for this person; the one they already have when it is the same."""
    for line in person.lines:
        if line.e164 == number.e164:
            return line
    line = _new_line(rules.NewLine(number, label), actor, now)
    person.lines.append(line)
    session.flush()
    _note(session, person, "person.line_added", actor, now, line=line.id)
    return line


def remove_line(session: Session, line: PhoneLine, *, actor: Actor, now: datetime) -> None:
    """Forget one number of a person."""
    person = line.person
    person.lines.remove(line)
    _note(session, person, "person.line_removed", actor, now, line=line.id)


def keep_place(
    session: Session, person: Person, kind: str, stop: Stop, *, actor: Actor, now: datetime
) -> None:
    """This person's « Maison », « Courses »…: one place of each kind, the last one said.

    Raises:
        Invalid: place.kind.
    """
    if kind not in rules.USUAL_PLACES:
        raise Invalid("place.kind", field="kind")
    known = next((one for one in queries.usual_places(session, person.id) if one.kind == kind), None)
    if known is None:
        session.add(UsualPlace(person_id=person.id, kind=kind, stop=stop))
    else:
        known.stop = stop
    session.flush()
    _note(session, person, "person.place_kept", actor, now, kind=kind)


def forget_place(session: Session, person: Person, kind: str, *, actor: Actor, now: datetime) -> None:
    """This person no longer goes there, or never did."""
    session.execute(delete(UsualPlace).where(UsualPlace.person_id == person.id, UsualPlace.kind == kind))
    _note(session, person, "person.place_forgotten", actor, now, kind=kind)


def confirm_line(session: Session, line: PhoneLine, *, actor: Actor, now: datetime) -> None:
    """The person was reached on this number: by a code typed back, or by the desk's own call."""
    if line.confirmed_at is None:
        line.confirmed_at = now
        _note(session, line.person, "person.line_confirmed", actor, now, line=line.id)


def record_consent(
    session: Session,
    person: Person,
    *,
    kind: str,
    given: bool,
    text_version: str,
    actor: Actor,
    now: datetime,
) -> Consent:
    """What the person says about one use of their data, dated; rows are only added, the latest counts.

    Raises:
        Invalid: a kind nobody knows.
    """
    if kind not in rules.CONSENTS:
        raise Invalid("consent.kind", field=kind)
    consent = Consent(
        person_id=person.id,
        kind=kind,
        given=given,
        text_version=text_version,
        at=now,
        actor_kind=actor.kind.value,
        actor_id=actor.id,
    )
    session.add(consent)
    session.flush()  # « the latest counts » is read by row number
    _note(session, person, "person.consent", actor, now, kind=kind, given=given)
    return consent


def record_guardian_consent(session: Session, person: Person, *, actor: Actor, now: datetime) -> None:
    """A parent or guardian of this minor agrees to the ride; dated once."""
    person.minor = True
    if person.guardian_consent_at is None:
        person.guardian_consent_at = now
        _note(session, person, "person.guardian_consented", actor, now)


def enrol(
    session: Session, person: Person, *, role: str, act: str = "apply", actor: Actor, now: datetime
) -> Enrolment:
    """Where the person stands after this act; `apply` only makes sure that there is a candidate.

    A missing enrolment is created as candidate first. Repeating an act that already held changes nothing.

    Raises:
        Invalid: unknown role.
        Refused: the table has no such step.
    """
    if role not in rules.ROLES:
        raise Invalid("enrolment.role", field="role")
    enrolment = next((one for one in person.enrolments if one.role == role), None)
    if enrolment is None:
        enrolment = Enrolment(role=role, status="candidate", since=now)
        person.enrolments.append(enrolment)
        _note(session, person, "enrolment.apply", actor, now, role=role)
    if act == "apply" and enrolment.status != "left":
        return enrolment
    if act == "accept" and enrolment.status == "accepted":
        return enrolment
    enrolment.status = rules.enrolment_after(enrolment.status, act)
    enrolment.since = now
    session.flush()
    _note(session, person, f"enrolment.{act}", actor, now, role=role)
    return enrolment


def issue_link(
    session: Session,
    person: Person,
    *,
    purpose: str,
    actor: Actor,
    now: datetime,
    subject_id: int | None = None,
    expires_at: datetime | None = None,
) -> str:
    """The secret of a new private link; older links of this purpose (and subject) die at once."""
    session.execute(
        update(PrivateLink)
        .where(PrivateLink.person_id == person.id, PrivateLink.purpose == purpose)
        .where(PrivateLink.subject_id.is_not_distinct_from(subject_id), PrivateLink.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    token = new_token()
    session.add(
        PrivateLink(
            token_hash=hash_token(token),
            person_id=person.id,
            purpose=purpose,
            subject_id=subject_id,
            created_at=now,
            expires_at=expires_at,
        )
    )
    _note(session, person, "link.issued", actor, now, purpose=purpose)
    return token


def _new_line(line: rules.NewLine, actor: Actor, now: datetime) -> PhoneLine:
    return PhoneLine(
        e164=line.number.e164,
        kind=line.number.kind.value,
        label=line.label.strip(),
        confirmed_at=now if actor.kind in VOUCHERS else None,
    )


def _names(first_name: str, last_name: str) -> tuple[str, str]:
    if not first_name.strip() and not last_name.strip():
        raise Invalid("person.name_missing", field="last_name")
    first = clean_name(first_name, field="first_name") if first_name.strip() else ""
    return first, clean_name(last_name, field="last_name") if last_name.strip() else ""


def _civility(civility: str) -> str:
    if civility not in rules.CIVILITIES:
        raise Invalid("person.civility", field="civility")
    return civility


def _check_preference(preference: str) -> None:
    if preference not in rules.CONTACT_PREFERENCES:
        raise Invalid("person.preference", field="contact_preference")


def _note(session: Session, person: Person, verb: str, actor: Actor, now: datetime, **data: Any) -> None:
    journal.note(
        session,
        actor=actor,
        now=now,
        verb=verb,
        subject_kind="person",
        subject_id=person.id,
        data=data or None,
    )
