"""Durations by road between communes."""

from __future__ import annotations

from pathlib import Path

import click

import config
from lotocar import clock
from lotocar.carpool.rides.lessons import lessons
from lotocar.cli.house import any_app, any_settings, has_tables, home_and_names, progress_in_lines, said
from lotocar.db import db
from lotocar.values.days import PARIS
from lotocar.values.geo import Point
from lotocar.world.places.gazetteer import gazetteer
from lotocar.world.places.home import INSIDE, Home, closeness
from lotocar.world.roads import command as roads
from lotocar.world.roads.embedded import build_tiles
from lotocar.world.roads.learning import learn
from lotocar.world.roads.versions import About
from lotocar.world.roads.zoning import with_fringe


@click.group(name="roads", help="Les routes : durées entre communes, pour trouver les bons conducteurs.")
def roads_group() -> None:
    """Roads."""


@roads_group.command(name="tiles", help="Prépare les routes d'un extrait d'OpenStreetMap (.osm.pbf).")
@click.argument("extract", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def roads_tiles(extract: Path) -> None:
    """Tiles for the embedded engine."""
    with said(roads.ERRORS):
        build_tiles(_roads_folder(any_settings()), extract)
    click.echo("Les routes sont prêtes. Ensuite : « ./run roads build ».")


@roads_group.command(
    name="build", help="Mesure les durées entre communes. Interrompu, il reprend où il en était."
)
@click.option("--engine", type=click.Choice(config.ROAD_ENGINES[1:]), help="Qui mesure ; sinon ROADS_ENGINE.")
@click.option("--url", help="Adresse du serveur ; sinon ROADS_URL.")
@click.option("--departement", "departements", multiple=True, help="Au lieu du territoire réglé. Répétable.")
def roads_build(engine: str | None, url: str | None, departements: tuple[str, ...]) -> None:
    """A new matrix, taken up by running processes."""
    app = any_app()
    settings: config.Settings = app.config["LOTOCAR"]
    folder, source = _roads_folder(settings), engine or settings.roads_engine or roads.EMBEDDED
    with app.app_context(), said(roads.ERRORS):
        home = Home(departements=departements) if departements else home_and_names(app)[0]
        version = roads.build(
            folder,
            _territory(home),
            source=source,
            url=url or settings.roads_url,
            tell=progress_in_lines(),
            today=clock.now().astimezone(PARIS).date(),
        )
        click.echo(roads.built_words(version))
        if has_tables():  # what people said of the old durations corrects the new ones at once
            click.echo(roads.learned_words(_learn(folder)))


@roads_group.command(name="status", help="Ce que l'on sait des routes, et ce qui le corrige.")
@click.option("--json", "as_json", is_flag=True, help="Sortie JSON.")
def roads_status(as_json: bool) -> None:
    """What serves searches now."""
    state = roads.status(_roads_folder(any_settings()), lambda point: gazetteer().nearest(point).name)
    click.echo(roads.status_json(state) if as_json else roads.status_in_words(state))


@roads_group.command(name="learn", help="Corrige les durées par ce que disent conducteurs et passagers.")
def roads_learn() -> None:
    """What the worker does each night, now."""
    app = any_app()
    with app.app_context(), said(roads.ERRORS):
        learned = _learn(_roads_folder(app.config["LOTOCAR"]))
    click.echo(roads.learned_words(learned))


def _learn(folder: Path) -> About | None:
    return learn(folder, lessons(db.session()), today=clock.now().astimezone(PARIS).date())


def _territory(home: Home) -> list[Point]:
    """The communes of the territory, then those around it that journeys cross."""
    inside = [one.point for one, near in zip(gazetteer(), closeness(home), strict=True) if near == INSIDE]
    return with_fringe(inside, [one.point for one in gazetteer()])


def _roads_folder(settings: config.Settings) -> Path:
    if settings.roads_folder is None:
        raise click.ClickException("ROADS_FOLDER : dites où garder les routes.")
    return settings.roads_folder
