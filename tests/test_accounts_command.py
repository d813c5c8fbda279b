"""What a mairie does to accounts from the server."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lotocar.errors import Invalid, NotFound
from lotocar.staff import operations as staff
from lotocar.staff.models import StaffSession
from lotocar.values.actor import SYSTEM

OLD, NEW = "une phrase assez longue", "une autre phrase longue"


def test_a_new_password_ends_the_sessions_and_lifts_a_lock(session: Session, now: datetime):
    account = staff.open_account(
        session, login="Nadia", display_name="Nadia", password=OLD, role="agent", actor=SYSTEM, now=now
    )
    assert staff.sign_in(session, login="nadia", password=OLD, now=now)
    for _ in range(staff.TRIES_BEFORE_LOCK):
        assert staff.sign_in(session, login="nadia", password="faux", now=now) is None
    staff.change_password(session, account, password=NEW, actor=SYSTEM, now=now)
    assert session.scalars(select(StaffSession)).all() == []
    assert staff.sign_in(session, login="nadia", password=OLD, now=now) is None
    assert staff.sign_in(session, login="nadia", password=NEW, now=now)
    with pytest.raises(Invalid, match="password_short"):
        staff.change_password(session, account, password="court", actor=SYSTEM, now=now)


def test_a_closed_account_is_no_longer_found(session: Session, now: datetime):
    account = staff.open_account(
        session, login="sami", display_name="Sami", password=OLD, role="agent", actor=SYSTEM, now=now
    )
    staff.close_account(session, account.id, actor=SYSTEM, now=now)
    with pytest.raises(NotFound):
        staff.account_of_login(session, "sami")
    assert staff.sign_in(session, login="sami", password=OLD, now=now) is None
