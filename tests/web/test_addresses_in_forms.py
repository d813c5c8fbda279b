"""A street address in a place field, when the address service is on: taken when sure, asked back when not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from lotocar.errors import Unavailable
from lotocar.values.geo import Point, Stop
from lotocar.web.forms import find_place
from lotocar.world.places.search import Ambiguous, Found, Unknown
from tests.support.factories import make_organisation

GAMBETTA = Stop("12 Rue Gambetta 46000 Cahors", "46042", 44.447, 1.441)
OTHER = Stop("12 Rue Gambetta 46300 Gourdon", "46127", 44.737, 1.384)


class Addresses:
    """Finds what the test gives it, or fails as a service does."""

    def __init__(self, *stops: Stop, down: bool = False) -> None:
        self.stops, self.down, self.asked = list(stops), down, 0

    def find(self, text: str, *, near: Point | None = None, limit: int = 5) -> list[Stop]:
        self.asked += 1
        if self.down:
            raise Unavailable("addresses.failed")
        return self.stops


@pytest.fixture
def ask(app: Flask, session: Session):
    make_organisation(session)
    session.commit()

    def resolved(text: str, addresses: Addresses):
        app.extensions["lotocar.outside"] = replace(app.extensions["lotocar.outside"], addresses=addresses)
        with app.test_request_context():
            return find_place(text)

    return resolved


def test_an_address_that_holds_every_word_is_taken(ask):
    assert ask("12 rue gambetta cahors", Addresses(GAMBETTA, OTHER)) == Found(GAMBETTA)


def test_several_addresses_are_asked_back(ask):
    answer = ask("12 rue gambetta", Addresses(GAMBETTA, OTHER))
    assert isinstance(answer, Ambiguous)
    assert [hit.stop for hit in answer.hits] == [GAMBETTA, OTHER]


def test_a_service_that_is_down_changes_nothing(ask):
    assert isinstance(ask("12 rue gambetta xyzzy", Addresses(down=True)), Unknown | Ambiguous)


@pytest.mark.parametrize("text", ["Cahors", "46000", "Gourdon 46"])
def test_communes_and_postcodes_are_asked_of_nobody(ask, text: str):
    addresses = Addresses(GAMBETTA)
    ask(text, addresses)
    assert addresses.asked == 0
