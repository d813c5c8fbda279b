"""The desk's screens, and how a hand brings each before the camera: full, empty, in error."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from playwright.sync_api import Page
from sqlalchemy import select
from sqlalchemy.orm import Session

from lotocar.carpool.people.models import Person
from lotocar.carpool.rides.models import Approach, Ride
from lotocar.carpool.trips.models import Trip
from lotocar.civic.registry.models import Proof
from lotocar.messages.models import Circuit
from lotocar.organisation.models import OrganisationRow
from lotocar.staff.models import Account
from lotocar.world.transit.models import TransitContact
from tests.support.factories import NOW, make_account, make_passenger
from tests.web.desk.test_every_wait import WAITS

HOUR = timedelta(hours=1)
WAITING = (
    ("inbound", "human"),
    ("request", "handed over"),
    ("call", "left by a colleague"),
    ("request", "way back, there and silent"),
    ("trip", "pending"),
    ("leg", "unserved, a trip came"),
    ("outbox", "needs_human, to be said"),
    ("outbox", "failed"),
    ("request", "confirmed, nothing left"),
    ("proof", "draft"),
    ("proof", "fraud"),
    ("proof", "confirmed"),
    ("proof", "ready, nearly too late"),
)


def prepare(session: Session) -> None:
    """What the demonstration lacks: one thing of each kind that waits, a team, buses, a text reworded."""
    for state in WAITING:
        WAITS[state][1](session)
    make_account(
        session, login="rose@exemple.fr", display_name="Rose", role="referent", communes=["46127", "46102"]
    )
    make_account(session, login="marc", display_name="Marc", role="agent", active=False)
    make_passenger(session, first_name="Simone", last_name="Vayssières")
    for kind, name, phone, communes, note in (
        ("bus", "Ligne 874 (démonstration)", "+33536490051", ["46042", "46102"], ""),
        (
            "on_demand",
            "TAD de Bouriane (démonstration)",
            "+33536490053",
            ["46127", "46042"],
            "Réserver la veille avant 17 h.",
        ),
    ):
        session.add(TransitContact(kind=kind, name=name, phone=phone, communes=communes, note=note))
    house = session.get_one(OrganisationRow, 1)
    house.is_demonstration = False  # which would keep the registry shut
    house.own_texts = {
        "driver_withdrawn": "[service] : nous ne cherchons plus pour [destination], [jour]. Merci ! Ref [référence]"
    }


@dataclass(frozen=True, slots=True)
class Site:
    """A browser signed in, and the database behind it."""

    page: Page
    session: Session

    def one(self, query: Any) -> Any:
        """The first value of this query; an open reading would keep the product from writing on SQLite."""
        found = self.session.scalar(query.limit(1))
        self.session.rollback()
        return found

    def press(self, name: str) -> None:
        """Press the button of the page's main part that says this, and wait for what it leads to."""
        with self.page.expect_navigation():
            self.page.locator("main").get_by_role("button", name=name).first.click()

    def fill(self, **words: str) -> None:
        for name, said in words.items():
            self.page.locator(f"main [name={name}]").first.fill(said)


Lead = Callable[[Site], None]


@dataclass(frozen=True, slots=True)
class Screen:
    """One screen, and what leads to each of its states; None when it has no such state."""

    name: str
    title: str
    full: Lead | None
    empty: Lead | None = None
    error: Lead | None = None


def at(path: str) -> Lead:
    """An address that never changes."""
    return lambda site: _goto(site, path)


def _goto(site: Site, path: str) -> None:
    site.page.goto(path)


def wrong(path: str | Callable[[Site], str], button: str, **words: str) -> Lead:
    """That page once its form was sent with these words."""

    def lead(site: Site) -> None:
        site.page.goto(path if isinstance(path, str) else path(site))
        site.fill(**words)
        site.press(button)

    return lead


def to(path: Callable[[Site], str]) -> Lead:
    return lambda site: _goto(site, path(site))


# --- whose page -----------------------------------------------------------------------------------------------


def _with_drivers(site: Site) -> str:
    asked = select(Approach.ride_request_id).where(Approach.status == "sent").order_by(Approach.id)
    return f"/bureau/demandes/{site.one(asked)}"


def _driver(site: Site) -> str:
    return f"/bureau/personnes/{site.one(select(Trip.driver_id).where(Trip.status == 'active'))}"


def _newcomer(site: Site) -> str:
    return f"/bureau/personnes/{site.one(select(Person.id).where(Person.first_name == 'Simone', Person.last_name == 'Vayssières'))}"


def _open_file(path: Callable[[Site], str]) -> Lead:
    def lead(site: Site) -> None:
        site.page.goto(path(site))
        if site.page.locator("[data-file-door]").count():
            site.press("Ouvrir la fiche")

    return lead


def _wrong_number(site: Site) -> None:
    _open_file(_driver)(site)
    site.fill(phone="12")
    site.press("Ajouter")


def _trip(site: Site) -> str:
    return f"/bureau/trajets/{site.one(select(Trip.id).where(Trip.status == 'active'))}/modifier"


def _member(site: Site) -> str:
    return f"/bureau/reglages/equipe/{site.one(select(Account.id).where(Account.display_name == 'Rose'))}"


def _proof(site: Site) -> str:
    return f"/bureau/registre/preuves/{site.one(select(Proof.id).where(Proof.status == 'draft'))}/details"


def _contact(site: Site) -> str:
    return f"/bureau/reglages/transports/{site.one(select(TransitContact.id))}"


def _statement(site: Site) -> str:
    return f"/bureau/personnes/{site.one(select(Ride.driver_id).where(Ride.status == 'done'))}/releve"


# --- hands ----------------------------------------------------------------------------------------------------


def _sms_stopped(path: str) -> Lead:
    """The operator refuses our messages, as long as the picture is taken."""

    def lead(site: Site) -> None:
        circuit = site.session.get(Circuit, "sms") or Circuit(channel="sms")
        site.session.add(circuit)
        circuit.opened_at = NOW
        site.session.commit()
        site.page.goto(path)
        circuit.opened_at = None
        site.session.commit()

    return lead


def _a_call(site: Site) -> None:
    site.page.goto("/bureau/appel")
    for name, said in (
        ("last_name", "Delmas"),
        ("phone", "05 36 49 01 12"),
        ("origin", "Pradines"),
        ("destination", "Gourdon"),
    ):
        site.fill(**{name: said})
        site.page.keyboard.press("Tab")
    site.fill(day="mardi", hour="10h")
    site.page.locator("#candidats .candidate").first.wait_for()
    site.page.locator("#carte svg").first.wait_for()


def _unreadable_hour(site: Site) -> None:
    site.page.goto("/bureau/a-faire?quoi=return")
    site.page.locator("main [name=when]").first.fill("hier")
    with site.page.expect_navigation():
        site.page.keyboard.press("Enter")


def _busy_day(site: Site) -> str:
    """The next day with a ride, as the address of its sheet says it."""
    coming = select(Ride.day).where(Ride.status == "planned", Ride.pickup_at > NOW)
    return f"jour={site.one(coming.order_by(Ride.pickup_at)).isoformat()}"


def _too_soon(site: Site) -> None:
    """A ride to come noted as done, as an old page would send it."""
    site.page.goto(f"/bureau/feuille-du-jour?{_busy_day(site)}")
    button = site.page.get_by_role("button", name="Annulé par le conducteur").first
    button.evaluate("element => { element.form.querySelector('[name=act]').value = 'done' }")
    with site.page.expect_navigation():
        button.click()


def _found(path: str, words: str) -> Lead:
    def lead(site: Site) -> None:
        site.page.goto(path)
        site.page.locator("main input[name=q]").first.fill(words)
        with site.page.expect_navigation():
            site.page.keyboard.press("Enter")

    return lead


def _searched(words: str) -> Lead:
    def lead(site: Site) -> None:
        site.page.goto("/bureau")
        site.page.locator("#recherche").fill(words)
        with site.page.expect_navigation():
            site.page.keyboard.press("Enter")

    return lead


def _not_closed(site: Site) -> None:
    site.page.goto(_with_drivers(site))
    site.page.get_by_text("Clore la demande").click()
    site.press("Clore")


def _not_handed(site: Site) -> None:
    site.page.goto(_with_drivers(site))
    site.page.get_by_text("Passer la demande à un collègue").click()
    site.press("Passer la demande")


def _refused_purpose(site: Site) -> None:
    site.page.goto("/bureau/reglages/listes")
    site.page.locator("#new-0").fill("Dialyse le lundi")
    site.press("Enregistrer les motifs")


def _refused_proof(site: Site) -> None:
    site.page.goto(_proof(site))
    site.fill(siret_0="123", amount_0="beaucoup")
    site.press("Enregistrer")


ACCOUNT = "/mon-compte"
SCREENS = (
    Screen("bureau", "Le bureau", at("/bureau"), at("/bureau"), _sms_stopped("/bureau")),
    Screen(
        "appel",
        "Nouvel appel",
        _a_call,
        at("/bureau/appel"),
        wrong("/bureau/appel", "Enregistrer la demande", phone="12", day="bientôt"),
    ),
    Screen("demande", "Demande", to(_with_drivers), None, _not_closed),
    Screen(
        "demande-corriger",
        "Corriger une demande",
        to(lambda site: _with_drivers(site) + "/corriger"),
        None,
        wrong(lambda site: _with_drivers(site) + "/corriger", "Enregistrer", day="bientôt", hour="25h"),
    ),
    Screen("demande-passer", "Passer une demande", None, None, _not_handed),
    Screen("a-faire", "À faire", at("/bureau/a-faire"), at("/bureau/a-faire"), _unreadable_hour),
    Screen("a-faire-sujet", "À faire, un seul sujet", at("/bureau/a-faire?quoi=proof")),
    Screen(
        "feuille-du-jour",
        "Feuille du jour",
        to(lambda site: f"/bureau/feuille-du-jour?{_busy_day(site)}"),
        at("/bureau/feuille-du-jour"),
        _too_soon,
    ),
    Screen(
        "feuilles-des-conducteurs",
        "Feuilles des conducteurs",
        to(lambda site: f"/bureau/feuille-du-jour/conducteurs?{_busy_day(site)}"),
        at("/bureau/feuille-du-jour/conducteurs"),
    ),
    Screen("recherche", "Recherche partout", _searched("combes"), _searched("zzz")),
    Screen(
        "personnes", "Personnes", _found("/bureau/personnes", "combes"), _found("/bureau/personnes", "zzz")
    ),
    Screen("personne", "Une personne", _open_file(_driver), None, _wrong_number),
    Screen("personne-nouvelle", "Une personne sans trajet", _open_file(_newcomer)),
    Screen("releve", "Relevé des trajets", _open_file(_statement)),
    Screen("effacer", "Effacer une personne", to(lambda site: _newcomer(site) + "/effacer")),
    Screen("trajets", "Trajets", at("/bureau/trajets"), at("/bureau/trajets")),
    Screen("trajet", "Modifier un trajet", to(_trip), None, wrong(_trip, "Enregistrer", origin="Nulle-Part")),
    Screen(
        "conducteur",
        "Inscrire un conducteur",
        None,
        at("/bureau/conducteurs/nouveau"),
        wrong("/bureau/conducteurs/nouveau", "Inscrire", phone="12", origin="Nulle-Part"),
    ),
    Screen(
        "messages",
        "Messages",
        at("/bureau/messages"),
        at("/bureau/messages"),
        _sms_stopped("/bureau/messages"),
    ),
    Screen(
        "lieux",
        "Lieux",
        at("/bureau/lieux"),
        at("/bureau/lieux"),
        wrong("/bureau/lieux", "Ajouter ce lieu", near="Nulle-Part"),
    ),
    Screen("pilotage", "Pilotage", at("/bureau/pilotage?duree=3"), at("/bureau/pilotage")),
    Screen("bilan", "Bilan à imprimer", at("/bureau/pilotage/bilan?duree=3"), at("/bureau/pilotage/bilan")),
    Screen("registre", "Registre", at("/bureau/registre"), at("/bureau/registre")),
    Screen("registre-mois", "Registre, le mois", at("/bureau/registre/mois"), at("/bureau/registre/mois")),
    Screen("registre-trajet", "Registre, plaque et aides d’un trajet", to(_proof), None, _refused_proof),
    Screen(
        "adhesion",
        "Dossier d’adhésion",
        at("/bureau/registre/adhesion"),
        None,
        wrong("/bureau/registre/adhesion", "Enregistrer cette étape"),
    ),
    Screen("reglages", "Réglages", at("/bureau/reglages"), at("/bureau/reglages")),
    Screen(
        "equipe",
        "Réglages, équipe",
        at("/bureau/reglages/equipe"),
        at("/bureau/reglages/equipe"),
        wrong("/bureau/reglages/equipe", "Ouvrir le compte", communes="Nulle-Part"),
    ),
    Screen(
        "membre",
        "Réglages, un compte",
        to(_member),
        None,
        wrong(_member, "Enregistrer", display_name="", communes="Nulle-Part"),
    ),
    Screen(
        "service",
        "Réglages, service",
        at("/bureau/reglages/service"),
        at("/bureau/reglages/service"),
        wrong("/bureau/reglages/service", "Enregistrer le service", name="", desk_phone="12"),
    ),
    Screen("listes", "Réglages, motifs et besoins", at("/bureau/reglages/listes"), None, _refused_purpose),
    Screen("textes", "Réglages, textes des SMS", at("/bureau/reglages/textes")),
    Screen(
        "texte",
        "Réglages, un texte",
        at("/bureau/reglages/textes/driver_withdrawn"),
        None,
        wrong(
            "/bureau/reglages/textes/driver_withdrawn", "Enregistrer ce texte", text="[service] : c’est fini."
        ),
    ),
    Screen(
        "transports",
        "Réglages, bus et transport à la demande",
        at("/bureau/reglages/transports"),
        at("/bureau/reglages/transports"),
        wrong("/bureau/reglages/transports", "Ajouter ce contact", name="Ligne 1", communes="Nulle-Part"),
    ),
    Screen(
        "transport",
        "Réglages, un contact",
        to(_contact),
        None,
        wrong(_contact, "Enregistrer", name="", phone="12"),
    ),
    Screen(
        "calendrier",
        "Réglages, calendrier",
        at("/bureau/reglages/calendrier"),
        at("/bureau/reglages/calendrier"),
        wrong("/bureau/reglages/calendrier", "Ajouter ces vacances", first_day="bientôt"),
    ),
    Screen(
        "compte", "Mon compte", at(ACCOUNT), None, wrong(ACCOUNT, "Changer", password="court", again="autre")
    ),
)
