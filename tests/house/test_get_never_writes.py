"""Looking changes nothing: a phone's preview of a link, a crawler, a page opened twice."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, select

from tests.support.databases import every_table
from tests.support.doors import PageClient
from tests.support.village import Village, readable


def everything(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""
    with engine.connect() as connection:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
            for table in every_table().sorted_tables
        }


@pytest.mark.parametrize("visitor", ["public", "agent", "coordinator"])
def test_no_page_writes_when_it_is_looked_at(
    client: PageClient, app: Flask, engine: Engine, village: Village, visitor: str
):
    if visitor != "public":
        client.sign_in(role=visitor)
    before = everything(engine)
    for rule in readable(app):
        path = village.path(app, rule)
        for headers in ({}, {"HX-Request": "true"}):
            status = client.http.get(path, headers=headers, buffered=True).status_code
            assert status != 500, path
        assert everything(engine) == before, f"GET {path} wrote"


def test_looking_at_the_head_of_a_page_writes_nothing_either(
    client: PageClient, app: Flask, engine: Engine, village: Village
):
    before = everything(engine)
    for rule in readable(app):
        client.http.head(village.path(app, rule), buffered=True)
    assert everything(engine) == before
