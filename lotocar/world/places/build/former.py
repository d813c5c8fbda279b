"""Names that callers still use: communes déléguées and associées, arrondissements, and names lost since 1943.

Three kinds of line, told apart by one letter:
  D  a former commune that INSEE still lists, or an arrondissement: its own town hall or outline where known;
  H  a former commune gone without a trace but its number: its successor's position;
  R  an earlier name of a commune that still exists.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from lotocar.world.places.build.positions import Positions
from lotocar.world.places.build.sources import Decoupage, Row
from lotocar.world.places.folding import compact

KINDS = {
    "commune-actuelle": "COM",
    "commune-deleguee": "COMD",
    "commune-associee": "COMA",
    "arrondissement-municipal": "ARM",
}


def former_rows(
    now: Decoupage, past: Decoupage, positions: Positions, linking: Callable[[Row], int]
) -> Iterator[list[object]]:
    """Kind, own code, name, article, current commune, population, latitude, longitude, source, postcodes."""
    book = _Book(now, past, positions, linking)
    lines = [*book.listed(), *book.vanished(), *book.renamed()]
    return iter(sorted(lines, key=lambda line: (str(line[4]), str(line[1]), str(line[0]), str(line[2]))))


class _Book:
    def __init__(
        self, now: Decoupage, past: Decoupage, positions: Positions, linking: Callable[[Row], int]
    ) -> None:
        self.positions, self.linking = positions, linking
        self.current = {row["code"]: row for row in now.current()}
        self.others = [row for row in now.records("communes") if row["type"] != "commune-actuelle"]
        self.listed_as = {row["code"]: (KINDS[row["type"]], row["code"], row["nom"]) for row in self.others}
        self.successor = {
            old: code for code, row in self.current.items() for old in row.get("anciensCodes", ())
        }
        history = [row for row in past.records("historique-communes") if row["type"] == "COM"]
        self.past = [*history, *past.current()]
        self.said = {(code, compact(row["nom"])) for code, row in self.current.items()}

    def listed(self) -> Iterator[list[object]]:
        for row in self.others:
            parent = row.get("chefLieu") or row["commune"]
            if self._is_new(parent, row["nom"]):
                kind = KINDS[row["type"]]
                people = row.get("population") or self.positions.wheels.population(kind, row["code"]) or 0
                yield self._line("D", row, parent, people)

    def vanished(self) -> Iterator[list[object]]:
        """Communes merged away; their number leads to the commune that took them in."""
        for row in reversed(self.past):  # the latest name of a code comes first
            parent = self.successor.get(row["code"])
            if parent and self._is_new(parent, row["nom"]):
                yield self._line("H", row, parent, 0)

    def renamed(self) -> Iterator[list[object]]:
        for row in reversed(self.past):
            if row["code"] in self.current and self._is_new(row["code"], row["nom"]):
                yield self._line("R", row, row["code"], 0)

    def _is_new(self, parent: str, name: str) -> bool:
        """Whether this commune is not yet found under this name."""
        key = (parent, compact(name))
        fresh = key not in self.said
        self.said.add(key)
        return fresh

    def _line(self, kind: str, row: Row, parent: str, people: int) -> list[object]:
        listed = self.listed_as.get(row["code"])
        if kind == "R" and listed is None:
            position = self.positions.find("COM", row["code"], self.current[parent]["nom"])
        else:
            position = self.positions.find(*(listed or ("", row["code"], row["nom"])), self.current[parent])
        where = [position.point.lat, position.point.lon, position.source[0]]
        postcodes = ",".join(row.get("codesPostaux", ()))
        return [
            kind,
            row["code"],
            row["nom"].replace("’", "'"),
            self.linking(row),
            parent,
            people,
            *where,
            postcodes,
        ]
