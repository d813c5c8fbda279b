"""A journey on the map of the communes: where the passenger gets in and out, and the ways of those who could drive.

It says nothing that the list beside does not say in words, and holds no name of anybody.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import hypot

from flask import Response, current_app, request

from config import Settings
from lotocar.carpool.trips import queries as trips
from lotocar.carpool.trips.models import Trip
from lotocar.organisation import queries as organisation
from lotocar.staff.rules import within_area
from lotocar.values.geo import Point, Stop
from lotocar.web.desk import area, screens
from lotocar.web.desk.leg_panes import LegPane, numbered_rows
from lotocar.web.edge import outside, session
from lotocar.web.forms import chosen_stop, row_number
from lotocar.web.render import page
from lotocar.world.places.drawing import Spot, View, view
from lotocar.world.places.tiles import Tile, tiles

MOST = 12  # lines that one still tells apart
APART = 22  # between two lines that run between the same places, in units of a screen
Way = Sequence[Point]  # where a driver starts, passes by, and ends


@dataclass(frozen=True, slots=True)
class Line:
    """One driver's way: its number in the list, its SVG path, and where the number stands."""

    number: int
    path: str
    badge: Spot


@dataclass(frozen=True, slots=True)
class JourneyMap:
    """What `desk/_journey_map.html` draws, in the units of `view`."""

    view: View
    origin: Stop
    destination: Stop
    pickup: Spot
    dropoff: Spot
    lines: Sequence[Line]
    tiles: Sequence[Tile] = ()
    credit: str = ""

    @property
    def words(self) -> str:
        """What the drawing shows, for those who do not see it."""
        drivers = {0: "", 1: ", et le trajet d’un conducteur"}.get(
            len(self.lines), f", et les trajets de {len(self.lines)} conducteurs"
        )
        ends = f"{self.origin.label} et {self.destination.label}"
        return f"Carte : {ends}{drivers}. La liste dit la même chose."


def live_map() -> Response:
    """The map of what is being typed, asked for once its candidates are on screen."""
    ends = [chosen_stop(request.args.get(name, "")[:240]) for name in ("de", "a")]
    numbers = [row_number(one) or 0 for one in request.args.get("trajets", "")[:200].split(",")]
    ways = {one.id: one.way for one in _shown(ends, numbers[:MOST])}
    drawn = journey_map(ends[0], ends[1], [(rank, ways.get(one, ())) for rank, one in enumerate(numbers, 1)])
    return page("desk/_journey_map.html", map=drawn)


def _shown(ends: Sequence[Stop | None], numbers: Sequence[int]) -> list[Trip]:
    """Those of these trips that the account may see: any for a journey of its area, else those that touch it."""
    found, communes = trips.offered(session(), numbers), screens.area()
    is_ours = within_area(communes, [end.insee for end in ends if end is not None])
    return found if is_ours else area.touching(found, communes)


def request_map(panes: Sequence[LegPane]) -> JourneyMap | None:
    """The map of a saved request and of its candidates; None once nobody is looked for."""
    if not any(pane.is_looked_for for pane in panes):
        return None
    leg = panes[0].leg
    return journey_map(leg.origin, leg.destination, [(rank, row.way) for rank, row in numbered_rows(panes)])


def journey_map(
    origin: Stop | None, destination: Stop | None, ways: Iterable[tuple[int, Way]]
) -> JourneyMap | None:
    """The map of one journey and of these ways, by their number in the list; None where there is nothing to draw."""
    if origin is None or destination is None:
        return None
    known = [(number, way) for number, way in ways if len(way) > 1][:MOST]
    points = [origin.point, destination.point, *(point for _, way in known for point in way)]
    shown = view(outside().home(organisation.current(session())), points)
    if shown is None:
        return None
    pickup, dropoff = shown.drawing.at(origin.point), shown.drawing.at(destination.point)
    settings: Settings = current_app.config["LOTOCAR"]
    return JourneyMap(
        shown,
        origin,
        destination,
        pickup,
        dropoff,
        _lines(shown, known),
        tiles(shown, settings.map_tiles_url),
        settings.map_tiles_credit,
    )


def _lines(shown: View, ways: Sequence[tuple[int, Way]]) -> list[Line]:
    """The ways as curves: those between the same two places part in the middle."""
    drawn = []
    alike: Counter[tuple[Spot, Spot]] = Counter()
    for rank, (number, way) in enumerate(ways):
        spots = [shown.drawing.at(point) for point in way]
        ends = min(spots[0], spots[-1]), max(spots[0], spots[-1])
        bend = (alike[ends] + 1) // 2 * (1 if alike[ends] % 2 else -1) * APART * shown.unit
        alike[ends] += 1
        drawn.append(_line(number, spots, bend, share=(2 + rank % 4) / 7))
    return drawn


def _line(number: int, spots: Sequence[Spot], bend: float, *, share: float) -> Line:
    """A way that bends aside by so much; its number stands at this share of its longest part."""
    lengths = [hypot(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(spots)]
    longest = lengths.index(max(lengths))
    path = f"M{spots[0][0]} {spots[0][1]}"
    badge = spots[0]
    for rank, (start, end) in enumerate(pairwise(spots)):
        aside = _aside(start, end, bend)
        path += f"Q{aside[0]} {aside[1]} {end[0]} {end[1]}"
        if rank == longest:
            badge = _along(start, aside, end, share)
    return Line(number, path, badge)


def _aside(start: Spot, end: Spot, bend: float) -> Spot:
    """The middle of a segment, moved aside."""
    length = hypot(end[0] - start[0], end[1] - start[1]) or 1.0
    across = (start[1] - end[1]) / length, (end[0] - start[0]) / length
    return (
        round((start[0] + end[0]) / 2 + 2 * bend * across[0]),
        round((start[1] + end[1]) / 2 + 2 * bend * across[1]),
    )


def _along(start: Spot, aside: Spot, end: Spot, share: float) -> Spot:
    """The point of a quadratic curve at this share of it."""
    first, middle, last = (1 - share) ** 2, 2 * share * (1 - share), share**2
    return (
        round(first * start[0] + middle * aside[0] + last * end[0]),
        round(first * start[1] + middle * aside[1] + last * end[1]),
    )
