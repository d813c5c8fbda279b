"""Whom to call for a pair of communes when nobody drives there."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.orm import Session

from lotocar.errors import Invalid, NotFound
from lotocar.values.actor import SYSTEM
from lotocar.world.transit import operations, queries
from lotocar.world.transit.rules import ContactFacts, check, serves
from tests.support.factories import NOW

CAHORS, FIGEAC, GOURDON = "46042", "46102", "46127"


def contact(**changes: Any) -> ContactFacts:
    facts: dict[str, Any] = {
        "kind": "bus",
        "name": "Ligne 874",
        "phone": "+33536490050",
        "communes": (CAHORS, FIGEAC),
    }
    return ContactFacts(**(facts | changes))


@pytest.mark.parametrize(
    ("communes", "one", "other", "served"),
    [
        ((), CAHORS, GOURDON, True),
        ((CAHORS, FIGEAC), CAHORS, FIGEAC, True),
        ((CAHORS, FIGEAC), FIGEAC, CAHORS, True),
        ((CAHORS, FIGEAC), CAHORS, GOURDON, False),
        ((CAHORS,), CAHORS, CAHORS, True),
    ],
)
def test_both_ends_must_be_served(communes: tuple[str, ...], one: str, other: str, served: bool) -> None:
    assert serves(communes, one, other) is served


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"kind": "boat"}, "transit.kind"),
        ({"name": " "}, "transit.name"),
        ({"name": "x" * 121}, "transit.name"),
        ({"phone": ""}, "transit.unreachable"),
        ({"address": "javascript:alert(1)"}, "transit.address"),
        ({"note": "x" * 301}, "transit.note"),
    ],
)
def test_a_contact_that_could_not_be_used_is_refused(changes: dict[str, Any], code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        check(contact(**changes))
    assert refusal.value.code == code


def test_contacts_are_listed_by_kind_for_their_communes_only(session: Session) -> None:
    operations.add(session, contact(kind="atchoum", name="Atchoum", communes=()), actor=SYSTEM, now=NOW)
    operations.add(session, contact(), actor=SYSTEM, now=NOW)
    operations.add(session, contact(name="Ligne 12", communes=(CAHORS, GOURDON)), actor=SYSTEM, now=NOW)
    found = queries.contacts_between(session, FIGEAC, CAHORS)
    assert [one.name for one in found] == ["Ligne 874", "Atchoum"]


def test_a_contact_is_changed_and_removed(session: Session) -> None:
    added = operations.add(session, contact(), actor=SYSTEM, now=NOW)
    operations.change(session, added.id, contact(name="Ligne 875", communes=()), actor=SYSTEM, now=NOW)
    assert [one.name for one in queries.contacts_between(session, GOURDON, CAHORS)] == ["Ligne 875"]
    operations.remove(session, added.id, actor=SYSTEM, now=NOW)
    assert queries.contacts(session) == []
    with pytest.raises(NotFound):
        operations.remove(session, added.id, actor=SYSTEM, now=NOW)
