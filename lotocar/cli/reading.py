"""What is read line by line: places, numbers, replies."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import click

from lotocar.carpool.rides import replies_rules
from lotocar.cli.house import any_app, home_and_names
from lotocar.values import phone
from lotocar.world.places import listing as places


def typed_lines() -> Iterator[str]:
    """Standard input line by line, whatever is in it: bytes that are no UTF-8 show as « � » and stop nothing."""
    for number, line in enumerate(sys.stdin.buffer):
        text = line.decode("utf-8", "replace")
        yield text.removeprefix("\ufeff") if number == 0 else text


@click.group(name="places", help="Communes, lieux-dits, noms locaux.")
def places_group() -> None:
    """Places."""


@places_group.command(name="find", help="Lit une recherche par ligne, écrit jusqu'à cinq codes INSEE.")
def places_find() -> None:
    """One query per line on standard input; the query and its codes, tab-separated, on standard output."""
    app = any_app()
    with app.app_context():
        home, names = home_and_names(app)
        for line in places.find_lines(typed_lines(), home=home, local_places=names):
            click.echo(line)


@click.group(name="phone", help="Numéros de téléphone.")
def phone_group() -> None:
    """Numbers."""


@phone_group.command(name="check", help="Lit un numéro par ligne : numéro, nature, ou motif de refus.")
def phone_check() -> None:
    """One number per line on standard input."""
    for line in phone.check_lines(typed_lines()):
        click.echo(line)


@click.group(name="replies", help="Réponses reçues par SMS.")
def replies_group() -> None:
    """Replies."""


@replies_group.command(name="classify", help="Lit « texte,questions ouvertes » en CSV, ajoute la décision.")
def replies_classify() -> None:
    """CSV on standard input, the same with the decision on standard output."""
    for line in replies_rules.classify_lines(typed_lines()):
        click.echo(line)
