"""The team's places: kept, changed, removed, and known to the very next search of any process."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from lotocar.errors import Invalid, NotFound
from lotocar.journal import queries as journal
from lotocar.values.actor import Actor, ActorKind
from lotocar.values.geo import Point
from lotocar.world.places import operations as acts
from lotocar.world.places.models import LocalPlace
from lotocar.world.places.queries import listed, local_places
from lotocar.world.places.search import Home, find

LOT = Home(departements=("46",))
NADIA = Actor(ActorKind.STAFF, 7)
HOSPITAL = Point(44.4543, 1.4407)


def _keep_hospital(session: Session, now: datetime, **changes: object) -> LocalPlace:
    given = {
        "name": "Hôpital de Cahors",
        "aliases": ["CH Cahors", "Jean Rougier"],
        "insee": "46042",
        "point": HOSPITAL,
        "actor": NADIA,
        "now": now,
    }
    return acts.add(session, **(given | changes))  # type: ignore[arg-type]


def _labels(session: Session, words: str) -> list[str]:
    return [hit.label for hit in find(words, home=LOT, local_places=local_places(session))]


def test_o5_a_place_added_by_the_operator_is_found_by_its_three_names_at_the_next_search(
    session: Session, now: datetime
) -> None:
    words = ["Hôpital de Cahors", "hopital cahors", "CH Cahors", "ch cahors", "Jean Rougier", "jean-rougier"]
    assert all("Hôpital de Cahors" not in _labels(session, said) for said in words)
    _keep_hospital(session, now)
    for said in words:
        first = find(said, home=LOT, local_places=local_places(session))[0]
        assert (first.kind, first.label, first.stop.point) == ("local", "Hôpital de Cahors", HOSPITAL)


@pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
def test_another_process_knows_the_place_once_it_is_kept(engine: Engine, now: datetime) -> None:
    with Session(engine) as here, Session(engine) as there:
        assert _labels(there, "jean rougier") == []
        there.rollback()
        place = _keep_hospital(here, now)
        here.commit()
        assert _labels(there, "jean rougier") == ["Hôpital de Cahors"]
        there.rollback()
        acts.change(
            here,
            place.id,
            name="Centre hospitalier",
            aliases=["Jean Rougier"],
            insee="46042",
            point=HOSPITAL,
            actor=NADIA,
            now=now,
        )
        here.commit()
        assert _labels(there, "jean rougier") == ["Centre hospitalier"]
        assert "Hôpital de Cahors" not in _labels(there, "ch cahors")


def test_a_removed_place_is_forgotten_but_its_row_stays(session: Session, now: datetime) -> None:
    place = _keep_hospital(session, now)
    acts.remove(session, place.id, actor=NADIA, now=now)
    assert _labels(session, "jean rougier") == []
    assert listed(session) == []
    assert session.get(LocalPlace, place.id) is not None
    with pytest.raises(NotFound):
        acts.remove(session, place.id, actor=NADIA, now=now)


def test_each_act_is_in_the_journal_without_the_name(session: Session, now: datetime) -> None:
    place = _keep_hospital(session, now)
    later = now + timedelta(minutes=5)
    acts.change(
        session, place.id, name="Hôpital", aliases=[], insee="46042", point=HOSPITAL, actor=NADIA, now=later
    )
    acts.remove(session, place.id, actor=NADIA, now=later + timedelta(minutes=1))
    story = journal.story(session, [("local_place", place.id)])
    assert [entry.verb for entry in story] == ["place.added", "place.changed", "place.removed"]
    assert all(entry.actor_id == NADIA.id for entry in story)
    assert "pital" not in str([entry.data for entry in story])


@pytest.mark.parametrize(
    "changes",
    [
        {"name": ""},
        {"name": "x" * 121},
        {"name": "a\x00b"},
        {"insee": "46999"},
        {"insee": "75056"},
        {"point": Point(0.0, 0.0)},
        {"point": Point(float("nan"), 1.44)},
        {"point": Point(1.4407, 44.4543)},  # latitude and longitude exchanged
    ],
)
def test_an_unfit_place_is_refused_and_leaves_nothing(
    session: Session, now: datetime, changes: dict[str, object]
) -> None:
    with pytest.raises(Invalid):
        _keep_hospital(session, now, **changes)
    assert local_places(session) == []


def test_a_place_nobody_kept_cannot_be_changed(session: Session, now: datetime) -> None:
    with pytest.raises(NotFound):
        acts.change(session, 999, name="X", aliases=[], insee="46042", point=HOSPITAL, actor=NADIA, now=now)
