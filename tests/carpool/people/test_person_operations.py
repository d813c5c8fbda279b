from datetime import timedelta

import pytest
from sqlalchemy import func, select

from lotocar.carpool.people import erasing, queries
from lotocar.carpool.people import operations as people
from lotocar.carpool.people.models import Consent, Person, PhoneLine, PrivateLink
from lotocar.carpool.people.rules import NewLine
from lotocar.errors import Invalid, NotFound, Refused
from lotocar.journal.models import Entry
from lotocar.values.actor import PUBLIC, Actor, ActorKind
from lotocar.values.phone import parse_phone
from tests.support.factories import make_consent, make_driver, make_line, make_passenger, make_person

NADIA = Actor(ActorKind.STAFF, 1)
HOUSEHOLD = "05 36 49 01 12"
MOBILE = "06 39 98 00 21"


def register(session, now, number=MOBILE, actor=PUBLIC, **changes):
    named = {"first_name": "Odile", "last_name": "Vernet"} | changes
    return people.find_or_register(
        session, numbers=[NewLine(parse_phone(number))], actor=actor, now=now, **named
    )


def test_somebody_registered_by_the_desk_may_be_texted_at_once(session, now):
    person = register(session, now, actor=NADIA)
    assert queries.sms_line(person).e164 == "+33639980021"


def test_somebody_registered_from_the_web_is_not_texted_before_a_code(session, now):
    person = register(session, now)
    assert queries.sms_line(person) is None
    people.confirm_line(session, person.lines[0], actor=PUBLIC, now=now)
    assert queries.sms_line(person) is person.lines[0]


def test_a_landline_never_takes_sms(session, now):
    assert queries.sms_line(register(session, now, HOUSEHOLD, NADIA)) is None


def test_a_number_that_said_stop_is_only_rung(session):
    odile = make_driver(session)
    odile.lines[0].sms_stopped_at = odile.lines[0].confirmed_at
    assert queries.sms_line(odile) is None
    assert queries.call_line(odile) is odile.lines[0]


def test_the_same_name_on_the_same_number_is_the_same_person(session, now):
    first = register(session, now)
    assert register(session, now, first_name="ODILE") is first


def test_another_name_on_a_shared_landline_is_another_person(session, now):
    marcel = register(session, now, HOUSEHOLD, first_name="Marcel", last_name="Poujol")
    jeanne = register(session, now, HOUSEHOLD, first_name="Jeanne", last_name="Poujol")
    assert jeanne.id != marcel.id


def test_a_person_already_known_is_left_as_they_are(session, now):
    known = register(session, now, car="Clio grise")
    register(session, now, car="Porsche", contact_preference="call")
    assert (known.car, known.contact_preference) == ("Clio grise", "sms")


def test_nobody_is_registered_without_a_name(session, now):
    with pytest.raises(Invalid) as refusal:
        register(session, now, first_name=" ", last_name="")
    assert refusal.value.field == "last_name"


def test_a_change_is_journalled_by_field_without_its_value(session, now):
    odile = make_driver(session)
    people.change_person(session, odile, last_name="Vernet-Delpech", actor=NADIA, now=now)
    session.flush()
    entry = session.scalars(select(Entry).where(Entry.verb == "person.changed")).one()
    assert entry.data == {"fields": ["last_name"]}
    assert queries.find_people(session, "delpech") == [odile]


def test_a_closed_field_cannot_be_changed(session, now):
    with pytest.raises(Invalid):
        people.change_person(session, make_driver(session), public_id="x", actor=NADIA, now=now)


def test_silence_is_no_consent(session):
    odile = make_driver(session)
    assert queries.consents(session, odile.id) == {}
    assert queries.shares_phone(session, [odile.id]) == set()


def test_the_latest_word_counts(session, now):
    odile, marcel = make_driver(session), make_passenger(session)
    make_consent(session, odile, "share_phone")
    make_consent(session, marcel, "share_phone")
    people.record_consent(
        session, odile, kind="share_phone", given=False, text_version="2026-11", actor=NADIA, now=now
    )
    assert queries.shares_phone(session, [odile.id, marcel.id]) == {marcel.id}
    assert queries.consents(session, odile.id)["share_phone"].actor_id == NADIA.id


def test_an_unknown_kind_of_consent_is_refused(session, now):
    with pytest.raises(Invalid):
        people.record_consent(
            session, make_driver(session), kind="photo", given=True, text_version="1", actor=NADIA, now=now
        )


def test_enrolling_twice_changes_nothing(session, now):
    odile = make_person(session)
    people.enrol(session, odile, role="driver", actor=PUBLIC, now=now)
    people.enrol(session, odile, role="driver", act="accept", actor=NADIA, now=now)
    people.enrol(session, odile, role="driver", act="accept", actor=NADIA, now=now)
    again = people.enrol(session, odile, role="driver", actor=PUBLIC, now=now)
    assert (again.status, len(odile.enrolments)) == ("accepted", 1)


def test_an_accepted_driver_cannot_be_refused_afterwards(session, now):
    with pytest.raises(Refused):
        people.enrol(session, make_driver(session), role="driver", act="refuse", actor=NADIA, now=now)


def test_a_new_link_kills_the_old_one(session, now):
    """V3: the old link stops working."""
    odile = make_driver(session)
    old = people.issue_link(session, odile, purpose="driver_page", actor=NADIA, now=now)
    new = people.issue_link(session, odile, purpose="driver_page", actor=NADIA, now=now)
    session.flush()
    assert queries.person_of_link(session, new, purpose="driver_page", now=now)[0] is odile
    with pytest.raises(NotFound):
        queries.person_of_link(session, old, purpose="driver_page", now=now)


def test_links_about_two_questions_live_side_by_side(session, now):
    odile = make_driver(session)
    tokens = [
        people.issue_link(session, odile, purpose="approach", subject_id=number, actor=NADIA, now=now)
        for number in (1, 2)
    ]
    session.flush()
    subjects = [
        queries.person_of_link(session, token, purpose="approach", now=now)[1].subject_id for token in tokens
    ]
    assert subjects == [1, 2]


def test_a_link_serves_one_purpose_and_ends(session, now):
    odile = make_driver(session)
    token = people.issue_link(
        session, odile, purpose="approach", actor=NADIA, now=now, expires_at=now + timedelta(hours=1)
    )
    session.flush()
    for purpose, instant in (("driver_page", now), ("approach", now + timedelta(hours=1))):
        with pytest.raises(NotFound):
            queries.person_of_link(session, token, purpose=purpose, now=instant)


def test_a_link_is_kept_as_a_hash_only(session, now):
    token = people.issue_link(session, make_driver(session), purpose="driver_page", actor=NADIA, now=now)
    session.flush()
    assert token not in session.scalars(select(PrivateLink.token_hash)).all()


@pytest.mark.parametrize(
    "typed", ["verne", "VERNET odile", "ôdi ver", "0639980077", "06 39 98 00 77", "0077", "+33 6 39"]
)
def test_the_desk_finds_a_person_by_some_letters_or_digits(session, typed):
    odile = make_driver(session, phone="+33639980077", sort_key="vernet00odile")
    make_passenger(session, sort_key="poujol00marcel")
    assert queries.find_people(session, typed) == [odile]


@pytest.mark.parametrize("typed", ["", "v", "06", "%", "_e", "0639980078", "ernet"])
def test_too_little_or_something_else_finds_nobody(session, typed):
    make_driver(session, phone="+33639980077", sort_key="vernet00odile")
    assert queries.find_people(session, typed) == []


def test_a_line_is_added_once_and_removed(session, now):
    odile = make_driver(session)
    fixed = parse_phone(HOUSEHOLD)
    line = people.add_line(session, odile, fixed, label="voisine", actor=NADIA, now=now)
    assert people.add_line(session, odile, fixed, actor=NADIA, now=now) is line
    people.remove_line(session, line, actor=NADIA, now=now)
    session.flush()
    assert [kept.kind for kept in odile.lines] == ["mobile"]


def test_the_own_number_is_rung_before_the_neighbour(session, now):
    marcel = make_passenger(session, phone=None)
    make_line(session, marcel, e164="+33536490001", label="voisine")
    own = make_line(session, marcel, e164="+33536490002")
    assert queries.call_line(marcel) is own


def test_a_merged_person_brings_their_number_and_words(session, now):
    known = make_driver(session)
    draft = make_driver(session, phone="+33639980055", contact_preference="call", call_hours="le soir")
    make_consent(session, draft, "share_phone")
    erasing.merge_persons(session, kept=known, merged=draft, actor=PUBLIC, now=now)
    session.expire_all()
    assert {line.e164 for line in known.lines} >= {"+33639980055"}
    assert queries.shares_phone(session, [known.id]) == {known.id}
    assert (known.call_hours, draft.erased_at) == ("le soir", now)


def test_an_erased_person_leaves_an_empty_row(session, now):
    """V9: personal data are gone and the counts remain."""
    odile = make_driver(session, email="odile@example.org", staff_note="x", car="Clio", call_hours="le soir")
    make_consent(session, odile, "share_phone")
    token = people.issue_link(session, odile, purpose="driver_page", actor=NADIA, now=now)
    erasing.erase_person(session, odile.id, now=now)
    session.expire_all()
    row = session.get(Person, odile.id)
    assert (row.full_name, row.email, row.staff_note, row.car, row.sort_key) == ("", "", "", "", "")
    assert [one.status for one in row.enrolments] == ["left"]
    assert (
        session.scalar(select(func.count()).select_from(PhoneLine).where(PhoneLine.person_id == row.id)) == 0
    )
    assert session.scalar(select(func.count()).select_from(Consent).where(Consent.person_id == row.id)) == 0
    with pytest.raises(NotFound):
        queries.person_of_link(session, token, purpose="driver_page", now=now)
