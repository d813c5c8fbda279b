"""« Carte »: offers, requests that wait and demand left unserved, by commune, on the outlines at hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Response, request, url_for

from lotocar import clock
from lotocar.carpool.requests import queries as requests
from lotocar.carpool.trips import queries as trips
from lotocar.civic.territory import queries as territory
from lotocar.civic.territory import rules, wording
from lotocar.organisation import queries as organisation
from lotocar.values.days import local
from lotocar.web.desk import screens
from lotocar.web.edge import outside, session
from lotocar.world.places.drawing import Drawing, drawing

LEVELS = 4
YEAR = 12  # months

# what each view counts: its tab, and what a number is
VIEWS = {
    "offres": ("Trajets proposés", "Trajets proposés, par commune de départ et d’arrivée."),
    "demandes": ("Demandes à servir", "Demandes ouvertes sans conducteur, par commune de départ."),
    "manques": ("Sans solution", "Demandes restées sans solution, par commune de départ, sur douze mois."),
}


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of one commune: the figure in words, and how many it counts, None when that is not told."""

    words: str
    count: int | None


def commune_map() -> Response:
    """One of the three views, on the map and as a list."""
    asked = request.args.get("voir", "")
    seen = asked if asked in VIEWS else "offres"
    told = {"offres": _offers, "demandes": _waiting, "manques": _unserved}[seen]()
    drawn = drawing(outside().home(organisation.current(session())))
    book = outside().gazetteer
    known = [(commune, one) for insee, one in told.items() if (commune := book.commune(insee))]
    return screens.show(
        "desk/map.html",
        screen="trips",
        views=[(name, tab, url_for("desk.commune_map", voir=name)) for name, (tab, _) in VIEWS.items()],
        seen=seen,
        caption=VIEWS[seen][1],
        drawing=drawn,
        levels=shades({insee: one.count for insee, one in told.items()}, drawn),
        told={insee: one.words for insee, one in told.items()},
        communes=sorted(known, key=lambda pair: (-(pair[1].count or 0), pair[0].name)),
    )


def shades(counts: Mapping[str, int | None], drawn: Drawing) -> dict[str, int]:
    """How dark each commune of the drawing is, from 1 to 4; 0 for a count that is not told."""
    known = {shape.insee for shape in drawn.shapes}
    here = {insee: count for insee, count in counts.items() if insee in known and count != 0}
    most = max((count for count in here.values() if count), default=1)
    return {insee: max(1, -(-LEVELS * count // most)) if count else 0 for insee, count in here.items()}


def _offers() -> dict[str, Told]:
    return _counted(trips.offered_by_commune(session(), communes=screens.area()))


def _waiting() -> dict[str, Told]:
    return _counted(requests.waiting_by_commune(session(), communes=screens.area()))


def _counted(counts: Mapping[str, int]) -> dict[str, Told]:
    return {insee: Told(str(count), count) for insee, count in counts.items()}


def _unserved() -> dict[str, Told]:
    """The same figures as in « Pilotage », where fewer than five people are not counted aloud."""
    after = wording.month_after(local(clock.now()).date().replace(day=1), 1)
    first = wording.month_after(after, -YEAR)
    asked = territory.asked_between(session(), first, after, communes=screens.area())
    cells = rules.unserved_from(asked)
    return {
        insee: Told(one.words, one.count if one.is_shown else None)
        for insee, one in cells.items()
        if one.count
    }
