"""The tables that the service reads: plain tab-separated lines, packed so that the same data give the same bytes."""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterable, Iterator
from pathlib import Path

from lotocar.world.places.build.former import KINDS, former_rows
from lotocar.world.places.build.positions import Position, Positions
from lotocar.world.places.build.sources import Decoupage, Row

VOWELS = "AEIOUYÀÂÉÈÊÎÏÔÛÜŒ"
ARTICLES = {"Le ": 2, "La ": 3, "Les ": 4, "L'": 5, "Aux ": 6, "Las ": 7, "Los ": 8}


def write(out: Path, now: Decoupage, past: Decoupage, positions: Positions) -> Iterator[str]:
    """Write the four tables, one line of report for each."""
    communes = sorted(now.current(), key=lambda row: str(row["code"]))
    epci = now.records("epci")
    placed = {row["code"]: positions.find("COM", row["code"], row["nom"]) for row in communes}
    member = {one["code"]: group["code"] for group in epci for one in group["membres"]}
    yield _save(out / "communes.tsv.gz", (_commune(row, placed, member) for row in communes))
    yield _save(out / "former.tsv.gz", former_rows(now, past, positions, linking))
    yield _save(out / "epci.tsv.gz", sorted([group["code"], group["nom"]] for group in epci))
    yield _save(out / "departements.tsv.gz", _departements(now, positions))


def linking(row: Row) -> int:
    """INSEE's code of the article (TNCC); read off the name where the source is silent (overseas collectivities)."""
    if "typeLiaison" in row:
        return int(row["typeLiaison"])
    name = str(row["nom"])
    written = next((code for article, code in ARTICLES.items() if name.startswith(article)), None)
    return written if written is not None else int(name[0] in VOWELS)


def _commune(row: Row, placed: dict[str, Position], member: dict[str, str]) -> list[object]:
    code, position = row["code"], placed[row["code"]]
    postcodes = ",".join(row.get("codesPostaux", ()))
    where = [position.point.lat, position.point.lon, position.source[0]]
    return [code, row["nom"], linking(row), postcodes, row.get("population", 0), *where, member.get(code, "")]


def _departements(now: Decoupage, positions: Positions) -> Iterator[list[object]]:
    """Code, name and the box (south, west, north, east) of its outlines, empty where there are none."""
    boxes: dict[str, tuple[float, float, float, float]] = {}
    for row in now.records("communes"):
        outline = positions.wheels.outline(KINDS[row["type"]], row["code"])
        if outline is not None:
            west, south, east, north = outline.bounds
            old = boxes.get(row["departement"], (south, west, north, east))
            boxes[row["departement"]] = (
                min(old[0], south),
                min(old[1], west),
                max(old[2], north),
                max(old[3], east),
            )
    for row in sorted(now.records("departements"), key=lambda row: str(row["code"])):
        box = [f"{side:.4f}" for side in boxes.get(row["code"], ())]
        yield [row["code"], row["nom"], linking(row), *(box or [""] * 4)]


def _save(path: Path, rows: Iterable[Iterable[object]]) -> str:
    text = "".join("\t".join(str(cell) for cell in row) + "\n" for row in rows)
    path.write_bytes(pack(text))
    return f"{path.name}: {text.count(chr(10))} lines, {path.stat().st_size} bytes"


def pack(text: str) -> bytes:
    """This text as gzip, without date nor file name inside: else every run would give other bytes."""
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=9, mtime=0, filename="") as archive:
        archive.write(text.encode())
    return packed.getvalue()
