"""The commands behind `./run`: each reads its words, calls one operation, prints.

The texts are in French: whoever runs a mairie's server reads them.
"""

from __future__ import annotations

import getpass
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, time
from pathlib import Path
from time import monotonic
from types import MappingProxyType
from typing import BinaryIO

import click
from flask_migrate import upgrade
from sqlalchemy.orm import Session
from waitress import serve as serve_wsgi

import config
from lotocar import clock, jobs
from lotocar.app import create_app
from lotocar.carpool.matching import checking, listing
from lotocar.carpool.matching.facts import LegFacts, TimeKind
from lotocar.carpool.matching.search import why_not
from lotocar.carpool.rides import replies_rules
from lotocar.carpool.rides.lessons import lessons
from lotocar.civic.registry import command as registry
from lotocar.db import db
from lotocar.demonstration import seed
from lotocar.demonstration.trips import DEPARTEMENT
from lotocar.errors import LotocarError
from lotocar.organisation import operations as organisation
from lotocar.organisation import queries as organisations
from lotocar.staff import operations as staff
from lotocar.staff.rules import ROLES
from lotocar.values import phone
from lotocar.values.actor import SYSTEM
from lotocar.values.days import PARIS, read_day
from lotocar.values.geo import Point, Stop
from lotocar.values.hours import read_hour
from lotocar.web.edge import House
from lotocar.world.places import listing as places
from lotocar.world.places.gazetteer import gazetteer
from lotocar.world.places.home import INSIDE, Home, closeness
from lotocar.world.places.queries import local_places
from lotocar.world.places.rules import LocalName
from lotocar.world.places.search import Ambiguous, Found, resolve
from lotocar.world.roads import command as roads
from lotocar.world.roads.embedded import build_tiles
from lotocar.world.roads.learning import learn
from lotocar.world.roads.zoning import with_fringe

DEMO_DATABASE = config.ROOT / "var" / "demonstration.sqlite3"


@click.group(help="Lotocar – covoiturage solidaire.")
def main() -> None:
    """All commands of the house."""


@main.command(help="Démonstration dans le Lot : aucune clé, aucun réseau.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Adresse d'écoute.")
@click.option("--port", default=8000, show_default=True, help="Port d'écoute.")
@click.option("--reset", is_flag=True, help="Efface la démonstration et la refait.")
def demo(host: str, port: int, reset: bool) -> None:
    """Make or reopen the demonstration, serve it with its worker."""
    try:
        config.refuse_real_sending()
    except config.BadSetting as error:
        raise click.ClickException(f"Réglage refusé – {error}") from None
    if reset:
        for leftover in DEMO_DATABASE.parent.glob(f"{DEMO_DATABASE.name}*"):
            leftover.unlink()
    settings = config.demonstration(DEMO_DATABASE, host=host, port=port)
    app = create_app(settings)
    with app.app_context():
        _migrate()
        if seed.is_empty(db.session()):
            started = monotonic()
            for share, what in seed.fill(
                db.session(), now=clock.now(), outside=app.extensions["lotocar.outside"]
            ):
                _progress(share, what)
            click.echo(f"  Territoire de démonstration rempli en {monotonic() - started:.0f} s.")
    click.echo(f"\n  Lotocar est prêt : {settings.public_base_url}\n")
    for line in seed.accounts_in_words():
        click.echo(f"    {line}")
    click.echo("\n  Ctrl+C pour arrêter.\n")
    with jobs.running(app):
        _serve(app, settings, host=host, port=port)


@main.command(help="Le site, pour de vrai (réglages : variables d'environnement).")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
def serve(host: str, port: int) -> None:
    """Serve an installation that `setup` has prepared."""
    app = _real_app()
    with app.app_context():
        _refuse_unfit(app)
    click.echo(f"Lotocar écoute sur http://{host}:{port}")
    _serve(app, app.config["LOTOCAR"], host=host, port=port)


@main.command(help="Les envois et les tâches programmées.")
def worker() -> None:
    """Run the timetable until told to stop."""
    app = _real_app()
    with app.app_context():
        _refuse_unfit(app)
    click.echo("Lotocar travaille : envois et tâches programmées.")
    jobs.run_worker(app)


@main.command(help="Met les tables à jour, après une nouvelle version.")
def migrate() -> None:
    """Bring the tables to this version; nothing is asked, so that a script may call it."""
    app = _real_app()
    with app.app_context():
        _migrate()
    click.echo("Les tables sont à jour.")


@main.command(help="Prépare la base : tables, structure, premier compte.")
@click.option("--name", prompt="Nom du service", help="Nom du service.")
@click.option("--desk-phone", prompt="Téléphone de l'accueil", help="Numéro de l'accueil.")
@click.option("--desk-hours", prompt="Horaires de l'accueil", default="", help="Horaires de l'accueil.")
@click.option(
    "--departement", "departements", multiple=True, help="Département du territoire (46). Répétable."
)
@click.option("--epci", "epcis", multiple=True, help="Intercommunalité du territoire (SIREN). Répétable.")
@click.option("--commune", "communes", multiple=True, help="Commune du territoire (code INSEE). Répétable.")
@click.option("--validate-drivers", is_flag=True, help="L'équipe valide chaque conducteur avant ses trajets.")
@click.option("--publisher", default="", help="Éditeur du site, pour les mentions légales.")
@click.option("--host-name", default="", help="Hébergeur du site, pour les mentions légales.")
@click.option("--host-address", default="", help="Adresse et téléphone de l'hébergeur.")
@click.option("--login", prompt="Adresse de la première coordinatrice", help="Identifiant du premier compte.")
@click.option("--display-name", prompt="Son prénom, tel que l'équipe le lira", help="Prénom affiché.")
@click.option(
    "--password-file", type=click.Path(exists=True, path_type=Path), help="Fichier du mot de passe."
)
def setup(
    name: str,
    desk_phone: str,
    desk_hours: str,
    departements: tuple[str, ...],
    epcis: tuple[str, ...],
    communes: tuple[str, ...],
    validate_drivers: bool,
    publisher: str,
    host_name: str,
    host_address: str,
    login: str,
    display_name: str,
    password_file: Path | None,
) -> None:
    """Create the tables, the organisation and the first coordinator; running it again only updates the tables."""
    app = _real_app()
    with app.app_context():
        _migrate()
        session = db.session()
        if _is_founded(session):
            click.echo("La base est à jour ; la structure existe déjà.")
            return
        if not (departements or epcis or communes):
            departements = tuple(
                click.prompt("Départements du territoire (46, 12…)").replace(",", " ").split()
            )
        with _said():
            number = phone.parse_phone(desk_phone)
            organisation.found(
                session,
                name=name,
                desk_phone=number.e164,
                desk_hours=desk_hours,
                departements=departements,
                epcis=epcis,
                communes=communes,
                drivers_need_validation=validate_drivers,
                publisher=publisher,
                host_name=host_name,
                host_address=host_address,
            )
            staff.open_account(
                session,
                login=login,
                display_name=display_name,
                password=_password(password_file),
                role="coordinator",
                actor=SYSTEM,
                now=clock.now(),
            )
            session.commit()
    if not (publisher and host_name):
        click.echo("À compléter dans Réglages : l'éditeur et l'hébergeur, pour les mentions légales.")
    click.echo("C'est prêt. Lancez « ./run serve » et « ./run worker ».")


@main.command(name="account", help="Ouvre un compte de l'équipe.")
@click.option("--login", prompt="Identifiant")
@click.option("--display-name", prompt="Prénom affiché")
@click.option("--role", type=click.Choice(ROLES), default="agent", show_default=True)
@click.option("--commune", "communes", multiple=True, help="Limite le compte à ce code INSEE. Répétable.")
@click.option("--password-file", type=click.Path(exists=True, path_type=Path))
def open_account(
    login: str, display_name: str, role: str, communes: tuple[str, ...], password_file: Path | None
) -> None:
    """One account more, from the server."""
    app = _real_app()
    with app.app_context(), _said():
        session = db.session()
        staff.open_account(
            session,
            login=login,
            display_name=display_name,
            password=_password(password_file),
            role=role,
            communes=communes,
            actor=SYSTEM,
            now=clock.now(),
        )
        session.commit()
    click.echo("Compte ouvert.")


@main.command(name="close-account", help="Ferme un compte : ses pages ouvertes cessent de répondre aussitôt.")
@click.option("--login", prompt="Identifiant")
def close_account(login: str) -> None:
    """Nobody signs in with it any more."""
    app = _real_app()
    with app.app_context(), _said():
        account = staff.account_of_login(db.session(), login)
        staff.close_account(db.session(), account.id, actor=SYSTEM, now=clock.now())
        db.session().commit()
    click.echo("Compte fermé.")


@main.command(name="new-password", help="Change le mot de passe d'un compte ; ses sessions sont fermées.")
@click.option("--login", prompt="Identifiant")
@click.option("--password-file", type=click.Path(exists=True, path_type=Path))
def new_password(login: str, password_file: Path | None) -> None:
    """Another password, from the server."""
    app = _real_app()
    with app.app_context(), _said():
        account = staff.account_of_login(db.session(), login)
        staff.change_password(
            db.session(), account, password=_password(password_file), actor=SYSTEM, now=clock.now()
        )
        db.session().commit()
    click.echo("Mot de passe changé.")


@main.command(help="Conducteurs possibles pour un trajet.")
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
    app = _any_app()
    with app.app_context(), _said():
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


@main.command(
    name="check-matching", help="Vérifie que la recherche répond comme si l'on regardait chaque trajet."
)
@click.option("--searches", default=50, show_default=True, help="Recherches comparées.")
@click.option("--seed", default=46, show_default=True, help="Le tirage des recherches.")
@click.option("--rebuild", is_flag=True, help="Fait d'abord relire tous les trajets par chaque processus.")
def check_matching(searches: int, seed: int, rebuild: bool) -> None:
    """Build the index with progress and compare it with every trip; fail when one search differs."""
    app = _any_app()
    with app.app_context():
        session = db.session()
        if rebuild:
            click.echo(f"{checking.have_all_read_again(session)} trajets seront relus par chaque processus.")
            session.commit()
        mirror = app.extensions["lotocar.outside"].mirror
        today = clock.now().astimezone(PARIS).date()
        found = checking.checked(
            session, mirror, searches=searches, seed=seed, today=today, tell=_progress_in_lines()
        )
    click.echo(
        f"{found.departures} départs en {found.rows} lignes, {found.index_bytes / 1e6:.1f} Mo. "
        f"{found.searches} recherches, {found.candidates} conducteurs trouvés."
    )
    if found.differing:
        raise click.ClickException(f"{found.differing} recherches diffèrent de ce que donne chaque trajet.")
    click.echo("La recherche répond exactement comme si l'on regardait chaque trajet.")


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


@main.group(name="places", help="Communes, lieux-dits, noms locaux.")
def places_group() -> None:
    """Places."""


@places_group.command(name="find", help="Lit une recherche par ligne, écrit jusqu'à cinq codes INSEE.")
def places_find() -> None:
    """One query per line on standard input; the query and its codes, tab-separated, on standard output."""
    app = _any_app()
    with app.app_context():
        home, names = _home_and_names(app)
        for line in places.find_lines(sys.stdin, home=home, local_places=names):
            click.echo(line)


def _home_and_names(app: House) -> tuple[Home, list[LocalName]]:
    """The territory and the team's places; before any set-up, the demonstration's territory and no place."""
    if not (_has_tables() and _is_founded(db.session())):
        return Home(departements=(DEPARTEMENT,)), []
    house = organisations.current(db.session())
    return app.extensions["lotocar.outside"].home(house), local_places(db.session())


@main.group(name="phone", help="Numéros de téléphone.")
def phone_group() -> None:
    """Numbers."""


@phone_group.command(name="check", help="Lit un numéro par ligne : numéro, nature, ou motif de refus.")
def phone_check() -> None:
    """One number per line on standard input."""
    for line in phone.check_lines(sys.stdin):
        click.echo(line)


@main.group(name="replies", help="Réponses reçues par SMS.")
def replies_group() -> None:
    """Replies."""


@replies_group.command(name="classify", help="Lit « texte,questions ouvertes » en CSV, ajoute la décision.")
def replies_classify() -> None:
    """CSV on standard input, the same with the decision on standard output."""
    for line in replies_rules.classify_lines(sys.stdin):
        click.echo(line)


@main.group(name="registry", help="Preuves de covoiturage.")
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
    app = _any_app()
    with app.app_context(), _said(registry.SENTENCES):
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
    app = _any_app()
    with app.app_context(), _said(registry.SENTENCES):
        told = db.session() if _has_tables() and _is_founded(db.session()) else None
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
    app = _any_app()
    with app.app_context(), _said(registry.SENTENCES):
        found = registry.compare_file(db.session(), file, now=clock.now())
        db.session().commit()
    click.echo(registry.comparison_json(found) if as_json else registry.comparison_in_words(found))


@registry_group.command(name="send", help="Envoie maintenant ce qui est prêt, puis dit ce qu'il en est.")
@click.option("--json", "as_json", is_flag=True, help="Sortie JSON.")
def registry_send(as_json: bool) -> None:
    """What the worker does each minute, now and with progress."""
    app = _real_app()
    with app.app_context(), _said(registry.SENTENCES):
        _refuse_unfit(app)
    rim = jobs.rim_of(app)
    with _said(registry.SENTENCES):
        accepted = registry.send(rim.factory, rim.outside, clock.now, told=_send_progress)
    with rim.factory() as session:
        state = registry.status(session, now=clock.now()) | {"accepted": accepted}
    click.echo(registry.status_json(state) if as_json else registry.status_in_words(state))


@registry_group.command(name="status", help="Ce qui attend, ce qui est refusé ou en retard, et le mois.")
@click.option("--json", "as_json", is_flag=True, help="Sortie JSON.")
def registry_status(as_json: bool) -> None:
    """Where this installation stands."""
    app = _any_app()
    with app.app_context(), _said(registry.SENTENCES):
        state = registry.status(db.session(), now=clock.now())
    click.echo(registry.status_json(state) if as_json else registry.status_in_words(state))


@main.group(name="roads", help="Les routes : durées entre communes, pour trouver les bons conducteurs.")
def roads_group() -> None:
    """Roads."""


@roads_group.command(name="tiles", help="Prépare les routes d'un extrait d'OpenStreetMap (.osm.pbf).")
@click.argument("extract", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def roads_tiles(extract: Path) -> None:
    """Tiles for the embedded engine."""
    with _said(roads.ERRORS):
        build_tiles(_roads_folder(_any_settings()), extract)
    click.echo("Les routes sont prêtes. Ensuite : « ./run roads build ».")


@roads_group.command(
    name="build", help="Mesure les durées entre communes. Interrompu, il reprend où il en était."
)
@click.option("--engine", type=click.Choice(config.ROAD_ENGINES[1:]), help="Qui mesure ; sinon ROADS_ENGINE.")
@click.option("--url", help="Adresse du serveur ; sinon ROADS_URL.")
@click.option("--departement", "departements", multiple=True, help="Au lieu du territoire réglé. Répétable.")
def roads_build(engine: str | None, url: str | None, departements: tuple[str, ...]) -> None:
    """A new matrix, taken up by running processes."""
    app = _any_app()
    settings: config.Settings = app.config["LOTOCAR"]
    folder, source = _roads_folder(settings), engine or settings.roads_engine or roads.EMBEDDED
    with app.app_context(), _said(roads.ERRORS):
        home = Home(departements=departements) if departements else _home_and_names(app)[0]
        version = roads.build(
            folder,
            _territory(home),
            source=source,
            url=url or settings.roads_url,
            tell=_progress_in_lines(),
            today=clock.now().astimezone(PARIS).date(),
        )
    click.echo(roads.built_words(version))


@roads_group.command(name="status", help="Ce que l'on sait des routes, et ce qui le corrige.")
@click.option("--json", "as_json", is_flag=True, help="Sortie JSON.")
def roads_status(as_json: bool) -> None:
    """What serves searches now."""
    state = roads.status(_roads_folder(_any_settings()), lambda point: gazetteer().nearest(point).name)
    click.echo(roads.status_json(state) if as_json else roads.status_in_words(state))


@roads_group.command(name="learn", help="Corrige les durées par ce que disent conducteurs et passagers.")
def roads_learn() -> None:
    """What the worker does each night, now."""
    app = _any_app()
    with app.app_context(), _said(roads.ERRORS):
        folder = _roads_folder(app.config["LOTOCAR"])
        learned = learn(folder, lessons(db.session()), today=clock.now().astimezone(PARIS).date())
    click.echo(roads.learned_words(learned))


def _territory(home: Home) -> list[Point]:
    """The communes of the territory, then those around it that journeys cross."""
    inside = [one.point for one, near in zip(gazetteer(), closeness(home), strict=True) if near == INSIDE]
    return with_fringe(inside, [one.point for one in gazetteer()])


def _roads_folder(settings: config.Settings) -> Path:
    if settings.roads_folder is None:
        raise click.ClickException("ROADS_FOLDER : dites où garder les routes.")
    return settings.roads_folder


def _progress_in_lines() -> Callable[[float, str], None]:
    """As `_progress`; where nothing can be redrawn, a line at each twentieth."""
    said = [-1]

    def tell(share: float, what: str) -> None:
        _progress(share, what)
        if not sys.stderr.isatty() and int(20 * share) > said[0]:
            said[0] = int(20 * share)
            click.echo(f"  {what}", err=True)

    return tell


def _send_progress(number: int, of: int) -> None:
    _progress(number / of, f"{number} sur {of}")


def _real_app() -> House:
    try:
        return create_app(config.from_environment())
    except config.BadSetting as error:
        raise click.ClickException(f"Réglage refusé – {error}") from None


def _any_app() -> House:
    """The installation the environment describes, else the demonstration."""
    if config.describes_installation():
        return _real_app()
    return create_app(_any_settings())


def _any_settings() -> config.Settings:
    """Those of the installation the environment describes, else of the demonstration."""
    try:
        if config.describes_installation():
            return config.from_environment()
    except config.BadSetting as error:
        raise click.ClickException(f"Réglage refusé – {error}") from None
    return config.demonstration(DEMO_DATABASE, host="127.0.0.1", port=8000)


def _migrate() -> None:
    upgrade(directory=str(config.ROOT / "migrations"))


def _has_tables() -> bool:
    return bool(db.inspect(db.engine).has_table("organisation"))


def _is_founded(session: Session) -> bool:
    try:
        organisations.current(session)
    except LotocarError:
        return False
    return True


def _refuse_unfit(app: House) -> None:
    """Stop before serving a database that is not ready, or a demonstration with a real sender."""
    if not _has_tables() or not _is_founded(db.session()):
        raise click.ClickException("La base n'est pas prête : lancez d'abord « ./run setup ».")
    demonstration = organisations.current(db.session()).is_demonstration
    if demonstration and app.config["LOTOCAR"].sends_for_real:
        raise click.ClickException(
            "Refusé : cette base est une démonstration et de vrais identifiants d'envoi sont réglés. "
            "Retirez TWILIO_ACCOUNT_SID, ou choisissez une autre base."
        )
    db.session.remove()


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


def _password(file: Path | None) -> str:
    if file is not None:
        return file.read_text().strip()
    return getpass.getpass("Mot de passe (12 caractères au moins) : ")


@contextmanager
def _said(sentences: Mapping[str, str] = MappingProxyType({})) -> Iterator[None]:
    """Our own errors in one line instead of a traceback, in these sentences where there is one."""
    try:
        yield
    except LotocarError as error:
        raise click.ClickException(sentences.get(error.code, f"Refusé : {error.code}")) from None


def _progress(share: float, what: str) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r  {share:4.0%}  {what:<40}", nl=share >= 1, err=True)


if __name__ == "__main__":
    main()
