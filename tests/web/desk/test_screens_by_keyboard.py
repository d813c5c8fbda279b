"""The desk's screens by keyboard alone, in a browser: from opening each to the last thing one does there."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from lotocar.organisation.models import OrganisationRow
from lotocar.staff.models import Account
from lotocar.staff.operations import hasher
from lotocar.world.places.models import LocalPlace
from lotocar.world.transit.models import TransitContact
from tests.scenarios.conftest import PASSWORD, sign_in
from tests.support.chromium import axe
from tests.support.factories import (
    NOW,
    TUESDAY,
    make_account,
    make_request,
    make_ride,
)
from tests.web.desk.hands import Hands
from tests.web.desk.test_every_wait import WAITS, a_question

pytestmark = [
    pytest.mark.browser,
    pytest.mark.usefixtures("organisation"),
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]


def a_member(session: Session, role: str) -> Account:
    account = make_account(
        session, login="nadia", display_name="Nadia", role=role, password_hash=hasher.hash(PASSWORD)
    )
    session.commit()
    return account


# --- À faire --------------------------------------------------------------------------------------------------

SETTLED = (
    # what waits, the key that settles it, and what the screen answers
    ("Message à lire", "t", "Message traité"),
    ("Passation à lire", "t", "C’est noté"),
    ("Rappel promis", "f", "Rappel fait"),
    ("Appel interrompu", "t", "C’est noté"),
    ("Retour à régler", "t", "C’est noté"),
    ("Passager à prévenir", "p", "Passager prévenu"),
    ("Conducteur à appeler", "o", "Conducteur trouvé"),
    ("Conducteur sans réponse", "r", "Refus noté"),
    ("Nouveau conducteur à joindre", "o", "Numéro confirmé"),
    ("À dire au téléphone", "t", "traité"),
    ("Message non parti", "t", "traité"),
    ("Trajet passé", "f", "Noté : fait"),
    ("Demande à clore", "x", "close"),
    ("Un trajet possible est arrivé", "t", "C’est noté"),
    ("Recherche à reprendre", "k", "Cette demande est à vous"),
    ("Demande nouvelle", "k", "Cette demande est à vous"),
)


def everything_waits(session: Session) -> None:
    """One thing for each outcome, each about somebody else."""
    for state in (
        ("inbound", "human"),
        ("request", "handed over"),
        ("request", "promised"),
        ("call", "left by a colleague"),
        ("request", "driven, way back open"),
        ("request", "to_confirm"),
        ("approach", "to_contact"),
        ("approach", "sent, a day ago"),
        ("trip", "pending"),
        ("outbox", "needs_human, to be said"),
        ("outbox", "failed"),
        ("ride", "planned, over"),
        ("request", "confirmed, nothing left"),
        ("leg", "unserved, a trip came"),
        ("request", "searching"),
        ("request", "to_process"),
    ):
        WAITS[state][1](session)
    session.commit()


def test_the_list_is_emptied_by_keyboard(page: Page, session: Session):
    everything_waits(session)
    a_member(session, "agent")
    sign_in(page)
    hands = Hands(page)
    hands.open("À faire")
    row = page.locator("[data-row]").first
    keys = {why: (key, said) for why, key, said in SETTLED}
    seen = set()
    for _ in range(2 * len(SETTLED)):
        expect(page.locator("h1")).to_have_text("À faire")
        if page.locator("#maintenant").count() == 0:
            break
        hands.press("1")
        expect(row).to_be_focused()
        why = next(one for one in keys if one in row.locator(".due__why").inner_text())
        key, said = keys[why]
        seen.add(why)
        hands.go(key)
        expect(page.locator(".flashes")).to_contain_text(said)
        if key == "k":  # taken, one is on the request
            hands.open("À faire")
    assert seen == set(keys)
    expect(page.locator("main")).to_contain_text("Rien n’attend")
    axe(page)


def test_nobody_answers_or_asks_to_be_rung_later(page: Page, session: Session):
    a_question(session, status="to_contact", channel="phone", asked_at=None)
    make_request(session, status="confirmed", callback_at=NOW - timedelta(hours=1))
    a_member(session, "agent")
    sign_in(page)
    hands = Hands(page)
    hands.open("À faire")
    row = page.locator("[data-row]").first
    hands.press("1")
    expect(row).to_contain_text("Rappel promis")
    hands.press("a")
    expect(row.locator("[name=when]")).to_be_focused()
    page.keyboard.type("hier")
    hands.go("Enter")
    expect(page.locator("main")).to_contain_text("Nous n’avons pas compris quand rappeler")
    hands.press("1", "a")
    page.keyboard.type("demain 9h")
    hands.go("Enter")
    expect(page.locator(".flashes")).to_contain_text("Mis à plus tard")
    expect(row).to_be_focused()
    expect(row).to_contain_text("Conducteur à appeler")
    hands.go("x")
    expect(page.locator(".flashes")).to_contain_text("Pas de réponse")
    expect(page.locator("main")).to_contain_text("pas avant demain à 9 h")
    hands.follow(page.get_by_role("button", name="Le faire maintenant").first)
    expect(page.locator(".flashes")).to_contain_text("De nouveau à faire")
    expect(row).to_be_focused()


# --- together -------------------------------------------------------------------------------------------------


def test_a_request_is_handed_over_and_the_step_taken_back(page: Page, session: Session):
    asked = make_request(session)
    make_account(session, display_name="Lise")
    a_member(session, "agent")
    sign_in(page)
    hands = Hands(page)
    hands.press("/")
    page.keyboard.type(str(asked.id))
    hands.go("Enter")
    expect(page.locator("h1")).to_contain_text("Marcel Poujol")
    hands.use(page.get_by_role("button", name="Je m’en occupe"))
    expect(page.locator("main")).to_contain_text("Vous vous en occupez")
    hands.reach(page.get_by_text("Passer la demande à un collègue"))
    hands.press("Enter")
    hands.reach(page.locator("#passer-a"))
    page.keyboard.type("Lise")
    hands.write(page.locator("#passer-note"), "Rappeler sa fille avant midi")
    hands.follow(page.get_by_role("button", name="Passer la demande"))
    expect(page.locator("main")).to_contain_text("Passation de Nadia pour Lise")
    expect(page.locator(".undo")).to_contain_text("la demande est passée à la suite")
    hands.go("Alt+z")
    expect(page.locator("main")).to_contain_text("Vous vous en occupez")


# --- Réglages -------------------------------------------------------------------------------------------------


def test_a_coordinator_sets_everything_without_a_pointer(page: Page, session: Session):
    a_member(session, "coordinator")
    sign_in(page)
    hands = Hands(page)
    for step in (_invites, _rewords, _opens, _adds_a_bus, _adds_a_place):
        hands.open("Réglages")
        expect(page.locator("h1")).to_have_text("Réglages")
        step(hands)
    session.expire_all()
    rose = session.scalars(select(Account).where(Account.login == "rose")).one()
    assert (rose.role, rose.communes) == ("referent", ["46127"])
    house = session.get_one(OrganisationRow, 1)
    assert house.desk_hours == "du lundi au vendredi de 9 h à 12 h"
    assert "un grand merci" in house.own_texts["driver_already_found"]
    assert session.scalars(select(TransitContact.name)).all() == ["TAD de Bouriane"]
    place = session.scalars(select(LocalPlace)).one()
    assert (place.name, place.aliases, place.insee) == ("Hôpital de Cahors", ["CH Cahors"], "46042")


def _invites(hands: Hands) -> None:
    """Somebody new, then another role for them."""
    page = hands.page
    hands.follow(page.get_by_role("link", name="Équipe"))
    hands.write(page.locator("#login"), "rose")
    hands.write(page.locator("#display_name"), "Rose")
    hands.reach(page.get_by_role("radio", name="Agent"))
    hands.go("Alt+s")
    expect(page.locator("main")).to_contain_text("Le lien à donner à Rose")
    expect(page.locator(".invitation")).to_contain_text("/invitation/")
    hands.reach(page.get_by_role("radio", name="Agent"))
    hands.press("ArrowDown")
    expect(page.get_by_role("radio", name="Référent")).to_be_checked()
    hands.write(page.locator("#communes"), "Gourdon")
    hands.go("Alt+s")
    expect(page.locator(".flashes")).to_contain_text("Compte modifié")
    axe(page)


def _rewords(hands: Hands) -> None:
    """A text in the team's words, previewed while it is typed."""
    page = hands.page
    hands.follow(page.get_by_role("link", name="Textes des SMS"))
    hands.follow(
        page.get_by_role("link", name="Réécrire : Au conducteur : quelqu'un d'autre a dit oui avant")
    )
    words = page.locator("#text")
    kept = words.input_value()
    hands.write(words, kept.replace("merci beaucoup", "un grand merci"))
    expect(page.locator("#apercu")).to_contain_text("un grand merci")
    expect(page.locator("#apercu")).to_contain_text("signes, 2 SMS")
    axe(page)
    hands.go("Alt+s")
    expect(page.locator(".flashes")).to_contain_text("Texte enregistré")


def _opens(hands: Hands) -> None:
    page = hands.page
    hands.follow(page.get_by_role("link", name="Service et mentions légales"))
    hands.write(page.locator("#desk_hours"), "du lundi au vendredi de 9 h à 12 h")
    hands.go("Alt+s")
    expect(page.locator(".flashes")).to_contain_text("Réglages du service enregistrés")
    expect(page.locator("main")).to_contain_text("de 8 h à 20 h 30")  # what the host decides is told


def _adds_a_bus(hands: Hands) -> None:
    page = hands.page
    hands.follow(page.get_by_role("link", name="Bus et transport à la demande"))
    hands.reach(page.locator("#kind"))
    page.keyboard.type("Transport")
    hands.write(page.locator("#name"), "TAD de Bouriane")
    hands.write(page.locator("#phone"), "05 36 49 00 77")
    hands.write(page.locator("#communes"), "Gourdon, Salviac")
    hands.go("Alt+s")
    expect(page.locator(".flashes")).to_contain_text("Contact ajouté")
    expect(page.locator("main")).to_contain_text("TAD de Bouriane")


def _adds_a_place(hands: Hands) -> None:
    """Near a commune: the map is for those who point."""
    page = hands.page
    hands.open("Lieux")
    hands.write(page.locator("#name"), "Hôpital de Cahors")
    hands.write(page.locator("#aliases"), "CH Cahors")
    hands.reach(page.locator("#near"))
    page.keyboard.type("Cahors")
    expect(page.locator(":focus")).to_have_attribute("aria-expanded", "true")
    hands.press("Tab")
    hands.go("Alt+s")
    expect(page.locator("main")).to_contain_text("aussi CH Cahors")
    axe(page)


# --- Pilotage and the day sheet -------------------------------------------------------------------------------


def test_the_month_and_the_day_are_read_kept_and_printed(page: Page, session: Session):
    make_ride(session)
    a_member(session, "agent")
    # a window that prints waits for its owner: here it only says that it was asked
    page.add_init_script("window.print = () => document.body.dataset.printed = 'yes'")
    sign_in(page)
    hands = Hands(page)
    printed = page.locator("body[data-printed=yes]")

    hands.open("Pilotage")
    expect(page.locator("h1")).to_have_text("Pilotage : novembre 2026")
    hands.follow(page.get_by_role("link", name="Avant"))
    expect(page.locator("h1")).to_have_text("Pilotage : octobre 2026")
    with page.expect_download() as kept:
        hands.press("t")
    assert kept.value.suggested_filename == "lotocar-2026-10-1-mois.csv"
    hands.go("i")
    expect(page.locator("h1")).to_contain_text("octobre 2026")
    hands.reach(page.get_by_role("button", name="Imprimer"))
    hands.press("Enter")
    expect(printed).to_have_count(1)

    hands.open("Feuille du jour")
    expect(page.locator("h1")).to_have_text("Feuille du jour")
    for _ in range((TUESDAY - NOW.date()).days):
        hands.follow(page.get_by_role("link", name="Le lendemain"))
    expect(page.locator("main")).to_contain_text("Mardi 24 novembre")
    hands.reach(page.get_by_role("button", name="Imprimer"))
    hands.press("Enter")
    expect(printed).to_have_count(1)
    hands.follow(page.get_by_role("link", name="Feuilles des conducteurs"))
    expect(page.locator("main")).to_contain_text("Odile Vernet")
    axe(page)
