"""The same figures as a table for a spreadsheet: one line a figure, no name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from lotocar.civic.territory.protection import Cell
from lotocar.civic.territory.rules import Figures, Line
from lotocar.civic.territory.wording import FATES, SOURCES
from lotocar.values.spreadsheet import sheet

COLUMNS = ("periode", "rubrique", "libelle", "valeur", "unite")

Row = tuple[str, str, str, object, str]


def figures_csv(
    period: str, figures: Figures, lines: Sequence[Line], *, name_of: Callable[[str], str]
) -> str:
    """The whole period; a hidden figure is written in words where its number would stand."""
    return sheet(COLUMNS, _rows(period, figures, lines, name_of))


def _rows(
    period: str, figures: Figures, lines: Sequence[Line], name_of: Callable[[str], str]
) -> Iterator[Row]:
    yield period, "demandes", "reçues", _value(figures.asked), "demandes"
    for source, one in figures.sources.items():
        yield period, "demandes", SOURCES[source], _value(one), "demandes"
    for fate, one in figures.fates.items():
        yield period, "suite donnée", FATES[fate], _value(one), "demandes"
    yield period, "trajets", "faits", _value(figures.rides), "trajets"
    yield period, "trajets", "distance", "non communiqué" if figures.km is None else figures.km, "km"
    yield period, "trajets", "conducteurs", _value(figures.drivers), "personnes"
    yield period, "trajets", "passagers", _value(figures.passengers), "personnes"
    if figures.delays is not None:
        hours = round(figures.delays.half.total_seconds() / 3600, 1)
        yield period, "réponse", "délai médian", hours, "heures"
        yield period, "réponse", "en un jour", round(figures.delays.within_a_day * 100), "%"
        yield period, "réponse", "en deux jours", round(figures.delays.within_two_days * 100), "%"
    for commune in figures.communes:
        name = name_of(commune.code)
        yield period, "commune : reçues", name, _value(commune.asked), "demandes"
        yield period, "commune : transportées", name, _value(commune.served), "demandes"
        yield period, "commune : sans solution", name, _value(commune.unserved), "demandes"
    for line in lines:
        ends = " – ".join(map(name_of, line.ends))
        yield "douze mois", "ligne à recruter", ends, _value(line.unserved), "demandes"


def _value(one: Cell) -> object:
    return one.count if one.is_shown else one.words
