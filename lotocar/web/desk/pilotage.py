"""Pilotage: the figures of a period on one screen, as a file, and as a page to print for an elected official."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Response, request

from lotocar import clock
from lotocar.civic.territory import queries, rules, wording
from lotocar.civic.territory.file import figures_csv
from lotocar.organisation import queries as organisation
from lotocar.values.days import PARIS
from lotocar.web.desk import screens
from lotocar.web.desk.map_screen import shades
from lotocar.web.edge import outside, session
from lotocar.world.places.drawing import drawing

LENGTHS = {"1": 1, "3": 3, "12": 12}
YEAR = 12  # a line to recruit shows over a year: in a month too few people ask for the same journey
FATES_SHOWN = {code: words for code, words in wording.FATES.items() if code not in rules.UNSERVED}


@dataclass(frozen=True, slots=True)
class Period:
    """Whole months: the first day, and how many."""

    first: date
    months: int

    @property
    def following(self) -> date:
        """The first day after it."""
        return wording.month_after(self.first, self.months)

    @property
    def last_month(self) -> date:
        """The month by which addresses name it."""
        return wording.month_after(self.following, -1)

    @property
    def words(self) -> str:
        return wording.period_words(self.first, self.months)


def pilotage() -> Response:
    """The figures, the map, the lines to recruit."""
    return screens.show("desk/pilotage.html", screen="pilotage", **_report(_period()))


def pilotage_page() -> Response:
    """The same on one sheet of paper."""
    return screens.show("desk/pilotage_page.html", screen="pilotage", **_report(_period()))


def pilotage_csv() -> Response:
    """The same for a spreadsheet."""
    period = _period()
    report = _report(period)
    text = figures_csv(
        period.words, report["figures"], [*report["lines"], *report["wider"]], name_of=_name_of
    )
    response = Response(text, mimetype="text/csv; charset=utf-8")
    name = f"lotocar-{period.last_month:%Y-%m}-{period.months}-mois.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _period() -> Period:
    asked = request.args.get("mois", "")
    today = clock.now().astimezone(PARIS).date()
    is_month = re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", asked)
    last = date.fromisoformat(f"{asked}-01") if is_month else today.replace(day=1)
    months = LENGTHS.get(request.args.get("duree", ""), 1)
    return Period(wording.month_after(last, 1 - months), months)


def _report(period: Period) -> dict[str, Any]:
    area = screens.area()
    asked = queries.asked_between(session(), period.first, period.following, communes=area)
    driven = queries.driven_between(session(), period.first, period.following, communes=area)
    year = queries.asked_between(
        session(), wording.month_after(period.following, -YEAR), period.following, communes=area
    )
    lines, wider = rules.missing_lines(year, epci_of=_epci_of)
    unserved = rules.unserved_from(year)
    home = outside().home(organisation.current(session()))
    return {
        "period": period,
        "figures": rules.figures(asked, driven, epci_of=_epci_of),
        "lines": lines,
        "wider": wider,
        "drawing": drawing(home),
        "levels": shades(
            {insee: one.count if one.is_shown else None for insee, one in unserved.items()}, drawing(home)
        ),
        "told": {insee: one.words for insee, one in unserved.items()},
        "fates": FATES_SHOWN,
        "refusals": {code: wording.FATES[code] for code in rules.UNSERVED},
        "name_of": _name_of,
        "say": wording,
        "is_limited": bool(area),
        "before": wording.month_after(period.last_month, -1),
        "after": wording.month_after(period.last_month, 1),
        "this_month": clock.now().astimezone(PARIS).date().replace(day=1),
    }


def _name_of(code: str) -> str:
    """The name of a commune or intercommunalité; an empty code stands for what is left."""
    if not code:
        return "Autres communes"
    commune = outside().gazetteer.commune(code)
    return commune.name if commune else outside().gazetteer.epci_names.get(code, code)


def _epci_of(insee: str) -> str:
    commune = outside().gazetteer.commune(insee)
    return commune.epci if commune else ""
