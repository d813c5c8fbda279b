"""Fault 12: two transactions that cross are told apart by PostgreSQL; the one it sacrifices runs again, unseen."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from lotocar.web.edge import session as door_session
from tests.support.factories import make_account


@pytest.mark.postgresql
@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_fault_12_crossing_transactions_are_both_kept(app: Flask, session: Session) -> None:
    first, second = make_account(session).id, make_account(session).id
    session.commit()
    crossing = Barrier(2)
    runs: list[int] = []

    def cross(one: int, other: int) -> str:
        runs.append(one)
        _touch(one)
        if runs.count(one) == 1:
            crossing.wait(timeout=10)
        _touch(other)
        return "kept"

    app.add_url_rule("/croisement/<int:one>/<int:other>", "cross", cross, methods=["POST"])
    app.config["WTF_CSRF_ENABLED"] = False

    def post(path: str) -> int:
        return app.test_client().post(path).status_code

    with ThreadPoolExecutor(2) as pool:
        codes = list(pool.map(post, [f"/croisement/{first}/{second}", f"/croisement/{second}/{first}"]))
    assert codes == [200, 200]
    assert len(runs) >= 3  # PostgreSQL sacrificed one
    session.expire_all()
    counts = session.execute(text("SELECT failed_sign_ins FROM staff_account ORDER BY id")).scalars().all()
    assert counts == [2, 2]


def _touch(account_id: int) -> None:
    door_session().execute(
        text("UPDATE staff_account SET failed_sign_ins = failed_sign_ins + 1 WHERE id = :id"),
        {"id": account_id},
    )
