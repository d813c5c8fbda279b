"""The processes and what prepares their database: demo, serve, worker, migrate, setup."""

from __future__ import annotations

from pathlib import Path
from time import monotonic
from typing import Any

import click
from sqlalchemy.orm import Session
from waitress import serve as serve_wsgi

import config
from lotocar import clock
from lotocar.app import create_app
from lotocar.cli.house import (
    DEMO_DATABASE,
    is_founded,
    password_of,
    progress,
    real_app,
    refuse_unfit,
    said,
    update_tables,
)
from lotocar.db import db
from lotocar.demonstration import seed
from lotocar.jobs.running import run_worker, running
from lotocar.organisation import operations as organisation
from lotocar.staff import operations as staff
from lotocar.values import phone
from lotocar.values.actor import SYSTEM
from lotocar.web.edge import House


@click.command(help="Démonstration dans le Lot : aucune clé, aucun réseau.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Adresse d'écoute.")
@click.option("--port", default=8000, show_default=True, help="Port d'écoute.")
@click.option("--reset", is_flag=True, help="Efface la démonstration et la refait.")
def demo(host: str, port: int, reset: bool) -> None:
    """Make or reopen the demonstration, serve it with its worker."""
    with said():
        config.refuse_real_sending()
    if reset:
        for leftover in DEMO_DATABASE.parent.glob(f"{DEMO_DATABASE.name}*"):
            leftover.unlink()
    settings = config.demonstration(DEMO_DATABASE, host=host, port=port)
    app = create_app(settings)
    with app.app_context():
        update_tables()
        if seed.is_empty(db.session()):
            started = monotonic()
            for share, what in seed.fill(
                db.session(), now=clock.now(), outside=app.extensions["lotocar.outside"]
            ):
                progress(share, what)
            click.echo(f"  Territoire de démonstration rempli en {monotonic() - started:.0f} s.")
    click.echo(f"\n  Lotocar est prêt : {settings.public_base_url}\n")
    for line in seed.accounts_in_words():
        click.echo(f"    {line}")
    click.echo("\n  Ctrl+C pour arrêter.\n")
    with running(app):
        _serve(app, settings, host=host, port=port)


@click.command(help="Le site, pour de vrai (réglages : variables d'environnement).")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
def serve(host: str, port: int) -> None:
    """Serve an installation that `setup` has prepared."""
    app = real_app()
    with app.app_context():
        refuse_unfit(app)
    click.echo(f"Lotocar écoute sur http://{host}:{port}")
    _serve(app, app.config["LOTOCAR"], host=host, port=port)


@click.command(help="Les envois et les tâches programmées.")
def worker() -> None:
    """Run the timetable until told to stop."""
    app = real_app()
    with app.app_context():
        refuse_unfit(app)
    click.echo("Lotocar travaille : envois et tâches programmées.")
    run_worker(app)


@click.command(help="Met les tables à jour, après une nouvelle version.")
def migrate() -> None:
    """Bring the tables to this version; nothing is asked, so that a script may call it."""
    app = real_app()
    with app.app_context():
        update_tables()
    click.echo("Les tables sont à jour.")


@click.command(help="Prépare la base : tables, structure, premier compte.")
@click.option("--name", prompt="Nom du service", help="Nom du service.")
@click.option("--desk-phone", prompt="Téléphone de l'accueil", help="Numéro de l'accueil.")
@click.option("--desk-hours", prompt="Horaires de l'accueil", default="", help="Horaires de l'accueil.")
@click.option(
    "--departement", "departements", multiple=True, help="Département du territoire (46). Répétable."
)
@click.option("--epci", "epcis", multiple=True, help="Intercommunalité du territoire (SIREN). Répétable.")
@click.option("--commune", "communes", multiple=True, help="Commune du territoire (code INSEE). Répétable.")
@click.option(
    "--validate-drivers",
    "drivers_need_validation",
    is_flag=True,
    help="L'équipe valide chaque conducteur avant ses trajets.",
)
@click.option("--publisher", default="", help="Éditeur du site, pour les mentions légales.")
@click.option("--host-name", default="", help="Hébergeur du site, pour les mentions légales.")
@click.option("--host-address", default="", help="Adresse et téléphone de l'hébergeur.")
@click.option("--login", prompt="Adresse de la première coordinatrice", help="Identifiant du premier compte.")
@click.option("--display-name", prompt="Son prénom, tel que l'équipe le lira", help="Prénom affiché.")
@click.option(
    "--password-file", type=click.Path(exists=True, path_type=Path), help="Fichier du mot de passe."
)
def setup(
    login: str, display_name: str, password_file: Path | None, publisher: str, host_name: str, **house: Any
) -> None:
    """Create the tables, the organisation and the first coordinator; running it again only updates the tables."""
    app = real_app()
    with app.app_context():
        update_tables()
        session = db.session()
        if is_founded(session):
            click.echo("La base est à jour ; la structure existe déjà.")
            return
        with said():
            _found(session, publisher=publisher, host_name=host_name, **house)
            staff.open_account(
                session,
                login=login,
                display_name=display_name,
                password=password_of(password_file),
                role="coordinator",
                actor=SYSTEM,
                now=clock.now(),
            )
            session.commit()
    if not (publisher and host_name):
        click.echo("À compléter dans Réglages : l'éditeur et l'hébergeur, pour les mentions légales.")
    click.echo("C'est prêt. Lancez « ./run serve » et « ./run worker ».")


def _found(session: Session, *, desk_phone: str, departements: tuple[str, ...], **house: Any) -> None:
    if not (departements or house["epcis"] or house["communes"]):
        departements = tuple(click.prompt("Départements du territoire (46, 12…)").replace(",", " ").split())
    number = phone.parse_phone(desk_phone)
    organisation.found(session, desk_phone=number.e164, departements=departements, **house)


def _serve(app: House, settings: config.Settings, *, host: str, port: int) -> None:
    serve_wsgi(
        app,
        host=host,
        port=port,
        threads=settings.threads,
        ident="lotocar",
        # the app believes as many proxies as the settings say; with none, their headers stop here
        clear_untrusted_proxy_headers=settings.trusted_proxies == 0,
    )
