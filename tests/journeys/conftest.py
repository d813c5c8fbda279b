"""Nadia at her desk, and what she reads there."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page
from sqlalchemy import select
from sqlalchemy.orm import Session

from lotocar.messages.models import OutboxMessage
from lotocar.staff.operations import hasher
from tests.support.factories import make_account, make_organisation

PASSWORD = "une phrase de passe pour Nadia"


@pytest.fixture
def desk(session: Session) -> None:
    """The installation, and Nadia's account."""
    make_organisation(session)
    make_account(session, login="nadia", role="coordinator", password_hash=hasher.hash(PASSWORD))
    session.commit()


def sign_in(page: Page) -> None:
    """Nadia signs in and is at the bureau."""
    page.goto("/connexion")
    page.get_by_label("Identifiant").fill("nadia")
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url("**/bureau")


def texts_to(session: Session, number: str) -> list[str]:
    """The SMS written to this number, oldest first; blocked ones left out."""
    texts = session.scalars(
        select(OutboxMessage.body)
        .where(OutboxMessage.to_number == number, OutboxMessage.status != "blocked")
        .order_by(OutboxMessage.created_at)
    ).all()
    session.rollback()  # an open reading would keep the product from writing on SQLite
    return list(texts)


def figures(text: str, count: int) -> str:
    """The first group of so many figures in a text."""
    found = re.search(rf"(?<!\d)\d{{{count}}}(?!\d)", text)
    assert found, text
    return found.group()
