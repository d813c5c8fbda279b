"""The test databases themselves: what they promise to every other test."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lotocar.carpool.people.models import Person
from tests.support.factories import make_person, make_trip


@pytest.mark.parametrize("turn", ["first", "second"])
def test_a_session_starts_on_an_empty_database_whatever_was_committed_before(session: Session, turn: str):
    assert session.scalar(select(func.count(Person.id))) == 0
    make_person(session)
    session.commit()


def test_a_refused_row_leaves_the_session_usable(session: Session):
    make_person(session, public_id="a" * 32)
    with pytest.raises(IntegrityError), session.begin_nested():
        make_person(session, public_id="a" * 32)
    make_person(session)
    assert session.scalar(select(func.count(Person.id))) == 2


@pytest.mark.parametrize("turn", ["first", "second"])
def test_a_test_may_have_a_database_of_its_own(engine: Engine, session: Session, turn: str):
    make_trip(session)
    session.commit()
    with Session(engine) as other:
        assert other.scalar(select(func.count(Person.id))) == 1


def test_foreign_keys_hold_on_both(session: Session):
    with pytest.raises(IntegrityError):
        make_trip(session, driver_id=404, driver=None)
