"""Who passes that way: one leg, and the check of the index."""

from __future__ import annotations

import json
from datetime import time

import click
from sqlalchemy.orm import Session

from lotocar import clock
from lotocar.carpool.matching import checking, listing
from lotocar.carpool.matching.facts import LegFacts, TimeKind
from lotocar.carpool.matching.search import why_not
from lotocar.cli.house import any_app, progress_in_lines, said
from lotocar.db import db, reading
from lotocar.organisation import queries as organisations
from lotocar.values.days import PARIS, read_day
from lotocar.values.geo import Stop
from lotocar.values.hours import read_hour
from lotocar.web.edge import House
from lotocar.world.places.queries import local_places
from lotocar.world.places.search import Ambiguous, Found, resolve


@click.command(help="Conducteurs possibles pour un trajet.")
@click.option("--from", "origin", required=True, help="Lieu de départ.")
@click.option("--to", "destination", required=True, help="Lieu d'arrivée.")
@click.option("--date", "day", required=True, help="Jour (2026-11-24, 24/11, mardi).")
@click.option("--leave-at", help="Partir à cette heure (9h30).")
@click.option("--arrive-by", help="Être arrivé à cette heure.")
@click.option("--seats", default=1, show_default=True, help="Places demandées.")
@click.option("--json", "as_json", is_flag=True, help="Sortie JSON.")
@click.option("--why", type=int, metavar="NUMÉRO", help="Dit pourquoi ce conducteur n'est pas proposé.")
@click.option("--exhaustive", is_flag=True, help="Regarde chaque trajet, sans index.")
def match(
    origin: str,
    destination: str,
    day: str,
    leave_at: str | None,
    arrive_by: str | None,
    seats: int,
    as_json: bool,
    why: int | None,
    exhaustive: bool,
) -> None:
    """Print the candidates for one leg, or why one driver is not among them."""
    app = any_app()
    with app.app_context(), said(), reading():
        session = db.session()
        wanted = read_day(day, clock.now().astimezone(PARIS).date())
        kind, hour = _wish(leave_at, arrive_by)
        start, end = _the_place(app, session, origin), _the_place(app, session, destination)
        ground = app.extensions["lotocar.outside"].mirror.ground
        if why is not None:
            leg = LegFacts(start.point, end.point, wanted, kind, hour, seats)
            click.echo(why_not(session, leg, roads=ground, driver_id=why).words)
            return
        text = listing.match_json(
            session,
            origin=start,
            destination=end,
            day=wanted,
            time_kind=kind,
            hour=hour,
            seats=seats,
            ground=ground,
            look_at_every_trip=exhaustive,
        )
    click.echo(text if as_json else _in_words(text))


@click.command(
    name="check-matching", help="Vérifie que la recherche répond comme si l'on regardait chaque trajet."
)
@click.option("--searches", default=50, show_default=True, help="Recherches comparées.")
@click.option("--seed", default=46, show_default=True, help="Le tirage des recherches.")
@click.option("--rebuild", is_flag=True, help="Fait d'abord relire tous les trajets par chaque processus.")
def check_matching(searches: int, seed: int, rebuild: bool) -> None:
    """Build the index with progress and compare it with every trip; fail when one search differs."""
    app = any_app()
    with app.app_context():
        session = db.session()
        if rebuild:
            click.echo(f"{checking.have_all_read_again(session)} trajets seront relus par chaque processus.")
            session.commit()
        known = _gathered(app, session, searches, seed)
    found = checking.checked(known, progress_in_lines())
    click.echo(
        f"{found.departures} départs en {found.rows} lignes, {found.index_bytes / 1e6:.1f} Mo. "
        f"{found.searches} recherches, {found.candidates} conducteurs trouvés."
    )
    if found.differing:
        raise click.ClickException(f"{found.differing} recherches diffèrent de ce que donne chaque trajet.")
    click.echo("La recherche répond exactement comme si l'on regardait chaque trajet.")


def _gathered(app: House, session: Session, searches: int, seed: int) -> checking.Gathered:
    """One state of the database; it is let go of at once, since a reader may keep SQLite's writers waiting."""
    mirror = app.extensions["lotocar.outside"].mirror
    today = clock.now().astimezone(PARIS).date()
    with reading():
        checking.hold_one_state(session)
        known = checking.gathered(
            session, mirror, searches=searches, seed=seed, today=today, tell=progress_in_lines()
        )
        session.rollback()
    return known


def _wish(leave_at: str | None, arrive_by: str | None) -> tuple[TimeKind, time | None]:
    if leave_at and arrive_by:
        raise click.UsageError("Donnez --leave-at ou --arrive-by, pas les deux.")
    if arrive_by:
        return TimeKind.ARRIVE_BY, read_hour(arrive_by)
    return (TimeKind.LEAVE_AT, read_hour(leave_at)) if leave_at else (TimeKind.NONE, None)


def _the_place(app: House, session: Session, text: str) -> Stop:
    """The place these words name; a doubt stops the command and says what it may be."""
    home = app.extensions["lotocar.outside"].home(organisations.current(session))
    answer = resolve(text, home=home, local_places=local_places(session))
    if isinstance(answer, Found):
        return answer.stop
    hits = answer.hits if isinstance(answer, Ambiguous) else answer.suggestions
    choices = ", ".join(hit.label for hit in hits) or "aucun lieu proche"
    raise click.ClickException(f"Lieu incertain « {text} » : {choices}.")


def _in_words(text: str) -> str:
    found = json.loads(text)["candidates"]
    lines = [f"trajet {one['trip_id']} : {one['words']}" for one in found]
    return "\n".join(lines) or "Personne ne passe par là ce jour-là."
