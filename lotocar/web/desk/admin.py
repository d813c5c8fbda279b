"""« Réglages »: what a coordinator sets alone, one screen a subject, and what is still missing."""

from __future__ import annotations

from flask import Response, url_for

from lotocar import clock
from lotocar.journal import operations as journal
from lotocar.organisation import queries as organisation
from lotocar.staff import queries as staff
from lotocar.values.days import PARIS
from lotocar.web import guards
from lotocar.web.desk import screens
from lotocar.web.edge import outside, session
from lotocar.world.calendars import queries as calendars
from lotocar.world.transit import queries as transit

SERVICE = 1  # the journal's number for the installation itself: there is one


def settings() -> Response:
    """Every subject, with what to look at."""
    house = organisation.current(session())
    today = clock.now().astimezone(PARIS).date()
    accounts = [one for one in staff.accounts(session()) if one.active]
    sections = [
        (
            "Équipe",
            "desk.team",
            "people",
            f"{len(accounts)} compte{'s' if len(accounts) > 1 else ''} en service",
            "",
        ),
        (
            "Service et mentions légales",
            "desk.service",
            "home",
            house.desk_hours or "Horaires de l'accueil à écrire",
            ""
            if house.publisher and house.host_name
            else "L'éditeur ou l'hébergeur du site n'est pas indiqué.",
        ),
        (
            "Motifs et besoins",
            "desk.lists",
            "list",
            f"{len(house.purposes)} motifs, {len(house.needs)} besoins",
            "",
        ),
        ("Textes des SMS", "desk.texts", "message", _reworded(len(house.own_texts)), ""),
        (
            "Bus et transport à la demande",
            "desk.transit",
            "map",
            _contacts(len(transit.contacts(session()))),
            "",
        ),
        (
            "Vacances et jours fériés",
            "desk.calendar",
            "calendar",
            "Pour les trajets qui les suivent",
            _to_fill(),
        ),
        ("Lieux", "desk.places", "pin", "Hameaux, marchés, rendez-vous", ""),
    ]
    return screens.show(
        "desk/settings.html",
        screen="settings",
        sections=[
            (title, url_for(endpoint), glyph, words, alert)
            for title, endpoint, glyph, words, alert in sections
        ],
        today=today,
    )


def note(verb: str, **data: object) -> None:
    """One line of the journal about the installation: who changed what, and when."""
    journal.note(
        session(),
        actor=guards.actor(),
        now=clock.now(),
        verb=verb,
        subject_kind="service",
        subject_id=SERVICE,
        data=dict(data),
    )


def departements() -> tuple[str, ...]:
    """The départements that the territory touches."""
    house = organisation.current(session())
    touched = {
        commune.departement
        for commune in map(outside().gazetteer.commune, house.communes)
        if commune is not None
    }
    if house.epcis:
        touched |= {one.departement for one in outside().gazetteer if one.epci in house.epcis}
    return tuple(sorted({*house.departements, *touched}))


def _to_fill() -> str:
    today = clock.now().astimezone(PARIS).date()
    zones = calendars.zones_to_fill(session(), departements(), today=today)
    return "Les vacances à venir manquent : écrivez-les." if zones else ""


def _reworded(count: int) -> str:
    return f"{count} réécrit{'s' if count > 1 else ''} par l'équipe" if count else "Ceux de la maison"


def _contacts(count: int) -> str:
    return f"{count} contact{'s' if count > 1 else ''}" if count else "Aucun contact pour l'instant"
