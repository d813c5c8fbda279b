"""The team's accounts, from the server."""

from __future__ import annotations

from pathlib import Path

import click

from lotocar import clock
from lotocar.cli.house import password_of, real_app, said
from lotocar.db import db
from lotocar.staff import operations as staff
from lotocar.staff.rules import ROLES
from lotocar.values.actor import SYSTEM


@click.command(name="account", help="Ouvre un compte de l'équipe.")
@click.option("--login", prompt="Identifiant")
@click.option("--display-name", prompt="Prénom affiché")
@click.option("--role", type=click.Choice(ROLES), default="agent", show_default=True)
@click.option("--commune", "communes", multiple=True, help="Limite le compte à ce code INSEE. Répétable.")
@click.option("--password-file", type=click.Path(exists=True, path_type=Path))
def open_account(
    login: str, display_name: str, role: str, communes: tuple[str, ...], password_file: Path | None
) -> None:
    """One account more, from the server."""
    app = real_app()
    with app.app_context(), said():
        session = db.session()
        staff.open_account(
            session,
            login=login,
            display_name=display_name,
            password=password_of(password_file),
            role=role,
            communes=communes,
            actor=SYSTEM,
            now=clock.now(),
        )
        session.commit()
    click.echo("Compte ouvert.")


@click.command(
    name="close-account", help="Ferme un compte : ses pages ouvertes cessent de répondre aussitôt."
)
@click.option("--login", prompt="Identifiant")
def close_account(login: str) -> None:
    """Nobody signs in with it any more."""
    app = real_app()
    with app.app_context(), said():
        account = staff.account_of_login(db.session(), login)
        staff.close_account(db.session(), account.id, actor=SYSTEM, now=clock.now())
        db.session().commit()
    click.echo("Compte fermé.")


@click.command(name="new-password", help="Change le mot de passe d'un compte ; ses sessions sont fermées.")
@click.option("--login", prompt="Identifiant")
@click.option("--password-file", type=click.Path(exists=True, path_type=Path))
def new_password(login: str, password_file: Path | None) -> None:
    """Another password, from the server."""
    app = real_app()
    with app.app_context(), said():
        account = staff.account_of_login(db.session(), login)
        staff.change_password(
            db.session(), account, password=password_of(password_file), actor=SYSTEM, now=clock.now()
        )
        db.session().commit()
    click.echo("Mot de passe changé.")
