"""What every command needs: the installation it speaks of, refusals in one line, progress."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

import click
from flask_migrate import upgrade
from sqlalchemy.orm import Session

import config
from lotocar.app import create_app
from lotocar.db import db
from lotocar.demonstration.trips import DEPARTEMENT
from lotocar.errors import LotocarError
from lotocar.organisation import queries as organisations
from lotocar.web.edge import House
from lotocar.world.places.home import Home
from lotocar.world.places.queries import local_places
from lotocar.world.places.rules import LocalName

DEMO_DATABASE = config.ROOT / "var" / "demonstration.sqlite3"


def real_app() -> House:
    """The installation that the environment describes; a setting that is wrong is said in one line."""
    return create_app(_real_settings())


def any_app() -> House:
    """The installation the environment describes, else the demonstration."""
    return create_app(any_settings())


def any_settings() -> config.Settings:
    """Those of the installation the environment describes, else of the demonstration."""
    if config.describes_installation():
        return _real_settings()
    return config.demonstration(DEMO_DATABASE, host="127.0.0.1", port=8000)


def _real_settings() -> config.Settings:
    with said():
        return config.from_environment()


def update_tables() -> None:
    """Bring the tables to this version."""
    upgrade(directory=str(config.ROOT / "migrations"))


def has_tables() -> bool:
    """Whether `setup` has been here."""
    return bool(db.inspect(db.engine).has_table("organisation"))


def is_founded(session: Session) -> bool:
    """Whether the organisation exists."""
    try:
        organisations.current(session)
    except LotocarError:
        return False
    return True


def refuse_unfit(app: House) -> None:
    """Stop before serving a database that is not ready, or a demonstration with a real sender."""
    if not has_tables() or not is_founded(db.session()):
        raise click.ClickException("La base n'est pas prête : lancez d'abord « ./run setup ».")
    demonstration = organisations.current(db.session()).is_demonstration
    if demonstration and app.config["LOTOCAR"].sends_for_real:
        raise click.ClickException(
            "Refusé : cette base est une démonstration et de vrais identifiants d'envoi sont réglés. "
            "Retirez TWILIO_ACCOUNT_SID, ou choisissez une autre base."
        )
    db.session.remove()


def password_of(file: Path | None) -> str:
    """What this file holds, else what is typed."""
    if file is not None:
        return file.read_text().strip()
    return getpass.getpass("Mot de passe (12 caractères au moins) : ")


@contextmanager
def said(sentences: Mapping[str, str] = MappingProxyType({})) -> Iterator[None]:
    """Our own errors in one line instead of a traceback, in these sentences where there is one."""
    try:
        yield
    except config.BadSetting as error:
        raise click.ClickException(f"Réglage refusé – {error}") from None
    except LotocarError as error:
        raise click.ClickException(sentences.get(error.code, f"Refusé : {error.code}")) from None


def progress(share: float, what: str) -> None:
    """One line, redrawn, where somebody looks; `share` goes from 0 to 1."""
    if sys.stderr.isatty():
        click.echo(f"\r  {share:4.0%}  {what:<40}", nl=share >= 1, err=True)


def progress_in_lines() -> Callable[[float, str], None]:
    """As `progress`; where nothing can be redrawn, a line at each twentieth."""
    reached = [-1]

    def tell(share: float, what: str) -> None:
        progress(share, what)
        if not sys.stderr.isatty() and int(20 * share) > reached[0]:
            reached[0] = int(20 * share)
            click.echo(f"  {what}", err=True)

    return tell


def home_and_names(app: House) -> tuple[Home, list[LocalName]]:
    """The territory and the team's places; before any set-up, the demonstration's territory and no place."""
    if not (has_tables() and is_founded(db.session())):
        return Home(departements=(DEPARTEMENT,)), []
    house = organisations.current(db.session())
    return app.extensions["lotocar.outside"].home(house), local_places(db.session())
