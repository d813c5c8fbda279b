"""Proofs for the national registry."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import BinaryIO

import click

from lotocar import clock
from lotocar.civic.registry import command as registry
from lotocar.cli.house import any_app, has_tables, is_founded, progress, real_app, refuse_unfit, said
from lotocar.db import db
from lotocar.jobs.running import rim_of


@click.group(name="registry", help="Preuves de covoiturage.")
def registry_group() -> None:
    """The national registry."""


@registry_group.command(name="export", help="Ce qui serait transmis au registre national, sans rien envoyer.")
@click.option("--since", required=True, type=click.DateTime(["%Y-%m-%d"]), help="Premier jour (2026-11-01).")
@click.option(
    "--until", type=click.DateTime(["%Y-%m-%d"]), help="Dernier jour ; sans lui, jusqu'à aujourd'hui."
)
@click.option("--format", "fmt", type=click.Choice(registry.FORMATS), default="json", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Sortie JSON.")
def registry_export(since: datetime, until: datetime | None, fmt: str, as_json: bool) -> None:
    """Any period: what went, what would go, and what would not with its reason."""
    app = any_app()
    with app.app_context(), said(registry.SENTENCES):
        last = until.date() if until else date.max
        form = "json" if as_json else fmt
        services = app.extensions["lotocar.outside"]
        text = registry.export_text(
            db.session(), services.registry_terms, since=since.date(), until=last, now=clock.now(), fmt=form
        )
        click.echo(text, nl=False)


@registry_group.command(name="check", help="Ce qu'il adviendrait d'un fichier de preuves, sans rien envoyer.")
@click.argument("file", type=click.File("rb"))
@click.option("--json", "as_json", is_flag=True, help="Sortie JSON.")
def registry_check(file: BinaryIO, as_json: bool) -> None:
    """One body, a list of them, or our own export; 1 when one would be refused."""
    app = any_app()
    with app.app_context(), said(registry.SENTENCES):
        told = db.session() if has_tables() and is_founded(db.session()) else None
        verdicts = registry.check(told, file.read(), now=clock.now())
    click.echo(registry.verdicts_json(verdicts) if as_json else registry.verdicts_in_words(verdicts))
    if not all(verdict.passes for verdict in verdicts):
        raise SystemExit(1)


@registry_group.command(
    name="compare", help="Compare un fichier du registre (partenaires ou données ouvertes) aux nôtres."
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Sortie JSON.")
def registry_compare(file: Path, as_json: bool) -> None:
    """What the registry's own files say beside ours; the public one is remembered for the screen of the month."""
    app = any_app()
    with app.app_context(), said(registry.SENTENCES):
        found = registry.compare_file(db.session(), file, now=clock.now())
        db.session().commit()
    click.echo(registry.comparison_json(found) if as_json else registry.comparison_in_words(found))


@registry_group.command(name="send", help="Envoie maintenant ce qui est prêt, puis dit ce qu'il en est.")
@click.option("--json", "as_json", is_flag=True, help="Sortie JSON.")
def registry_send(as_json: bool) -> None:
    """What the worker does each minute, now and with progress."""
    app = real_app()
    with app.app_context(), said(registry.SENTENCES):
        refuse_unfit(app)
    rim = rim_of(app)
    with said(registry.SENTENCES):
        accepted = registry.send(rim.factory, rim.outside, clock.now, told=_send_progress)
    with rim.factory() as session:
        state = registry.status(session, now=clock.now()) | {"accepted": accepted}
    click.echo(registry.status_json(state) if as_json else registry.status_in_words(state))


@registry_group.command(name="status", help="Ce qui attend, ce qui est refusé ou en retard, et le mois.")
@click.option("--json", "as_json", is_flag=True, help="Sortie JSON.")
def registry_status(as_json: bool) -> None:
    """Where this installation stands."""
    app = any_app()
    with app.app_context(), said(registry.SENTENCES):
        state = registry.status(db.session(), now=clock.now())
    click.echo(registry.status_json(state) if as_json else registry.status_in_words(state))


def _send_progress(number: int, of: int) -> None:
    progress(number / of, f"{number} sur {of}")
