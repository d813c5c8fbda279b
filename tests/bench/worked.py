"""The original's worked values beside ours, as the table of docs/bench/matching.md.

python -m tests.bench.worked
"""

from __future__ import annotations

from lotocar.carpool.matching.facts import LegFacts
from lotocar.carpool.matching.rules import prepare, way
from lotocar.values.geo import Point, distance_m
from lotocar.world.roads.estimate import EstimatedRoads
from tests.bench.methods import extra_minutes
from tests.carpool.matching import cast

ROADS = EstimatedRoads()
NAMES = {
    cast.CAHORS: "Cahors",
    cast.PRADINES: "Pradines",
    cast.GOURDON: "Gourdon",
    cast.SOUILLAC: "Souillac",
    cast.FIGEAC: "Figeac",
    cast.GRAMAT: "Gramat",
    cast.PUY_L_EVEQUE: "Puy-l’Évêque",
    cast.PRAYSSAC: "Prayssac",
    cast.LIMOGNE: "Limogne-en-Quercy",
    cast.SALVIAC: "Salviac",
    cast.LALBENQUE: "Lalbenque",
}
PAIRS = (  # driver, passenger, the original's minutes as handed down
    (cast.CAHORS, cast.SOUILLAC, cast.PRADINES, cast.GOURDON, 3.7),
    (cast.PUY_L_EVEQUE, cast.CAHORS, cast.PRAYSSAC, cast.CAHORS, 0.2),
    (cast.FIGEAC, cast.CAHORS, cast.LIMOGNE, cast.CAHORS, 11.5),
    (cast.GOURDON, cast.CAHORS, cast.SALVIAC, cast.CAHORS, 11.5),
    (cast.FIGEAC, cast.CAHORS, cast.LALBENQUE, cast.CAHORS, 18.7),
    (cast.SOUILLAC, cast.CAHORS, cast.GRAMAT, cast.CAHORS, 23.8),
    (cast.CAHORS, cast.PRADINES, cast.CAHORS, cast.GOURDON, 79.0),
    (cast.CAHORS, cast.GOURDON, cast.GOURDON, cast.CAHORS, 90.0),
)


def table() -> list[str]:
    """The lines of the table."""
    head = (
        "| Driver | Passenger | The original, handed down | Its rule, computed here | It shows | Our detour, estimated "
        "| We find the driver when the limit is at least |"
    )
    return [head, "|---|---|---|---|---|---|---|", *(_line(*pair) for pair in PAIRS)]


def _line(origin: Point, destination: Point, pickup: Point, dropoff: Point, handed_down: float) -> str:
    leg = LegFacts(pickup, dropoff, cast.TUESDAY)
    theirs = extra_minutes(origin, destination, leg, distance_m(pickup, dropoff))
    departure = cast.make_departure(origin=origin, destination=destination)
    ours = way(departure, prepare(leg, ROADS), ROADS).detour_seconds
    cells = (
        f"{NAMES[origin]} → {NAMES[destination]}",
        f"{NAMES[pickup]} → {NAMES[dropoff]}",
        f"{handed_down:.1f} min",
        f"{theirs:.1f} min",
        _band(theirs),
        f"{ours // 60} min {ours % 60:02d} s",
        f"{-(-ours // 60)} min",
    )
    return f"| {' | '.join(cells)} |"


def _band(minutes: float) -> str:
    for limit, shown in (
        (5, "direct"),
        (10, "nowhere"),
        (20, "indirect, first band"),
        (45, "indirect, second"),
    ):
        if minutes < limit:
            return shown
    return "hidden"


if __name__ == "__main__":
    print("\n".join(table()))
