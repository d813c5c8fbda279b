"""A road network that looks like the French countryside, drawn from one seed.

Crossings stand closer together around villages; rivers are crossed at few bridges; hills slow the small roads
down. Main roads follow the best way between towns, lesser ones between smaller places. Speeds are what one
drives on each class of road, villages included.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from math import cos, radians

import numpy as np
import shapely
from numpy.typing import NDArray

from lotocar.values.geo import Point
from tests.support.osm_pbf import Way

Floats = NDArray[np.float64]
Pairs = NDArray[np.int64]

METRES_A_DEGREE = 111_195
RIVERS = 2
BRIDGE_EVERY_M = 6_000  # as on the Lot between Cahors and Cajarc
VILLAGE_M = 600
EDGES_A_NODE = 2.0
BEND = 0.22  # how far a road swerves in its middle, by its length: it is a tenth longer than straight
BETTER_ROAD = 0.75  # how a new road prefers to follow one that is already there

CLASSES = ("unclassified", "tertiary", "secondary", "primary")
SPEEDS = {"primary": 85, "secondary": 75, "tertiary": 65, "unclassified": 55, "residential": 35}
# a road that keeps its name has priority: without one, the engine slows down at every crossing
NAMES = {
    "primary": "D 1",
    "secondary": "D 20",
    "tertiary": "D 300",
    "unclassified": "VC 1",
    "residential": "Rue",
}
IN_VILLAGE = 45
HILLS_SLOW = 0.2  # the share of its speed that a road loses in the gorges


@dataclass(frozen=True, slots=True)
class Place:
    """A village or town, by its number of people."""

    point: Point
    people: int


@dataclass(frozen=True, slots=True)
class Countryside:
    """Crossings and the roads between them, ready to be written as an extract."""

    nodes: Sequence[Point]
    ways: Sequence[Way]
    crossings: int  # the first nodes; the others are bends


def countryside(places: Sequence[Place], crossings: int, seed: int) -> Countryside:
    """About so many crossings over the ground of these places."""
    dice = np.random.default_rng(seed)
    plane = _Plane.over(places)
    spots = _spots(plane, places, crossings, dice)
    net = _Net.of(spots, _dry(spots, _delaunay(spots), dice), _hilliness(spots, dice))
    ranks = _ranks(net, places)
    kept = _kept(net, ranks, len(spots), dice)
    middles = spots[net.edges].mean(axis=1)
    ways = [*_ways(net, ranks, kept, _near(middles, spots[: len(places)]))]
    bends = _bends(spots, net.edges[kept], dice)
    return Countryside(plane.points(np.concatenate((spots, bends))), ways, len(spots))


@dataclass(frozen=True, slots=True)
class _Plane:
    """Metres east and north of a corner."""

    south: float
    west: float
    wide: float

    @classmethod
    def over(cls, places: Sequence[Place]) -> _Plane:
        south, west = min(one.point.lat for one in places), min(one.point.lon for one in places)
        return cls(south, west, METRES_A_DEGREE * cos(radians(south + 0.5)))

    def metres(self, points: Sequence[Point]) -> Floats:
        return np.array(
            [((p.lon - self.west) * self.wide, (p.lat - self.south) * METRES_A_DEGREE) for p in points]
        )

    def points(self, spots: Floats) -> list[Point]:
        return [
            Point(self.south + float(y) / METRES_A_DEGREE, self.west + float(x) / self.wide) for x, y in spots
        ]


def _spots(plane: _Plane, places: Sequence[Place], crossings: int, dice: np.random.Generator) -> Floats:
    """The places first, then six crossings in ten anywhere and four around the places."""
    centres = plane.metres([one.point for one in places])
    low, high = centres.min(axis=0) - 3_000, centres.max(axis=0) + 3_000
    anywhere = dice.uniform(low, high, (round(0.6 * crossings), 2))
    draw = np.sqrt(np.array([max(one.people, 50) for one in places], dtype=float))
    home = dice.choice(len(places), size=crossings - len(anywhere) - len(places), p=draw / draw.sum())
    reach = 500 + 12 * draw[home, None]
    around = centres[home] + dice.normal(0, 1, (len(home), 2)) * reach
    return np.concatenate((centres, anywhere, around))


def _delaunay(spots: Floats) -> Pairs:
    """Every pair of neighbours."""
    lines = shapely.get_parts(shapely.delaunay_triangles(shapely.MultiPoint(spots), only_edges=True))
    ends = shapely.get_coordinates(lines)
    order = np.lexsort((spots[:, 1], spots[:, 0]))
    keys, wanted = _as_keys(spots[order]), _as_keys(ends)
    found = order[np.searchsorted(keys, wanted)]
    return found.reshape(-1, 2)


def _as_keys(spots: Floats) -> NDArray[np.complex128]:
    keys: NDArray[np.complex128] = (
        spots[:, 0] + 1j * spots[:, 1]
    )  # complex numbers sort by real, then imaginary
    return keys


def _lengths(spots: Floats, edges: Pairs) -> Floats:
    across = spots[edges[:, 0]] - spots[edges[:, 1]]
    return np.hypot(across[:, 0], across[:, 1])


def _dry(spots: Floats, edges: Pairs, dice: np.random.Generator) -> Pairs:
    """Without the roads that would cross a river where there is no bridge."""
    high = float(spots[:, 1].max())
    for number in range(RIVERS):
        bed = high * (number + dice.uniform(0.3, 0.7)) / RIVERS
        sway, bend, phase = dice.uniform(3_000, 7_000), dice.uniform(9_000, 16_000), dice.uniform(0, 6)
        above = spots[:, 1] > bed + sway * np.sin(spots[:, 0] / bend + phase)
        wet = np.flatnonzero(above[edges[:, 0]] != above[edges[:, 1]])
        stretch = (spots[edges[wet, 0], 0] // (BRIDGE_EVERY_M * dice.uniform(0.8, 1.3))).astype(int)
        _, bridges = np.unique(stretch, return_index=True)
        edges = np.delete(edges, np.delete(wet, bridges), axis=0)
    return edges


def _kept(net: _Net, ranks: Pairs, nodes: int, dice: np.random.Generator) -> Pairs:
    """The numbers of the roads that exist: those with a rank, a tree that joins all crossings, and some more."""
    wish = np.where(ranks > 0, 0.0, net.lengths)
    tree = _tree(net.edges, np.argsort(wish, kind="stable"), nodes)
    wish[tree] = 0.0
    wish *= dice.uniform(0.7, 1.3, len(wish))
    return np.sort(
        np.argsort(wish, kind="stable")[: max(round(EDGES_A_NODE * nodes), int((wish == 0).sum()))]
    )


def _tree(edges: Pairs, order: Pairs, nodes: int) -> list[int]:
    """The roads, taken in this order, that join what was not joined yet."""
    parent = list(range(nodes))

    def root(node: int) -> int:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    kept = []
    for road, (a, b) in zip(order.tolist(), edges[order].tolist(), strict=True):
        left, right = root(a), root(b)
        if left != right:
            parent[left] = right
            kept.append(road)
    return kept


def _hilliness(spots: Floats, dice: np.random.Generator) -> Floats:
    """From 0 (plain) to 1 (gorges), smooth over some ten kilometres."""
    field = np.zeros(len(spots))
    for _ in range(6):
        towards = dice.uniform(0, 6)
        wave = spots @ np.array((np.cos(towards), np.sin(towards))) / dice.uniform(3_000, 9_000)
        field += np.sin(wave + dice.uniform(0, 6))
    return (field - field.min()) / (field.max() - field.min())


@dataclass(frozen=True, slots=True)
class _Net:
    """Roads by number, their length, how hilly they are, and the roads of each crossing."""

    edges: Pairs
    lengths: Floats
    hills: Floats
    around: Sequence[Sequence[tuple[int, int]]]  # (crossing at the other end, road)

    @classmethod
    def of(cls, spots: Floats, edges: Pairs, hills: Floats) -> _Net:
        around: list[list[tuple[int, int]]] = [[] for _ in range(len(spots))]
        for road, (a, b) in enumerate(edges.tolist()):
            around[a].append((b, road))
            around[b].append((a, road))
        return cls(edges, _lengths(spots, edges), hills[edges].mean(axis=1), around)

    def roads_between(self, start: int, ends: set[int], costs: Sequence[float]) -> Iterator[int]:
        """The roads of the best ways from a crossing to some others."""
        came, done, waiting = dict[int, tuple[int, int]](), set[int](), [(0.0, start, start, -1)]
        left = set(ends)
        while waiting and left:
            cost, node, before, road = heappop(waiting)
            if node in done:
                continue
            done.add(node)
            came[node] = before, road
            left.discard(node)
            for other, way in self.around[node]:
                if other not in done:
                    heappush(waiting, (cost + costs[way], other, node, way))
        for end in ends & done:
            while end != start:
                end, road = came[end]
                yield road


def _ranks(net: _Net, places: Sequence[Place]) -> Pairs:
    """The class of each road: main roads between towns first, the others after, along what is there."""
    rank = np.zeros(len(net.edges), dtype=np.int64)
    costs = net.lengths * (1 + 0.6 * net.hills)
    by_size = sorted(range(len(places)), key=lambda number: -places[number].people)
    for level, share in ((3, 0.03), (2, 0.15), (1, 1.0)):
        joined = by_size[: max(4, round(share * len(places)))]
        prices = (costs * BETTER_ROAD ** (rank > 0)).tolist()
        spots = np.array([(places[one].point.lon, places[one].point.lat * 1.4) for one in joined])
        neighbours: dict[int, set[int]] = {}
        for a, b in _delaunay(spots).tolist():
            neighbours.setdefault(joined[min(a, b)], set()).add(joined[max(a, b)])
        for start, ends in neighbours.items():
            for road in net.roads_between(start, ends, prices):
                rank[road] = max(rank[road], level)
    return rank


def _ways(net: _Net, ranks: Pairs, kept: Pairs, in_village: NDArray[np.bool_]) -> Iterator[Way]:
    for number, road in enumerate(kept.tolist(), start=len(net.around)):
        a, b = net.edges[road].tolist()
        kind = CLASSES[int(ranks[road])]
        speed = SPEEDS[kind] * (1.0 if kind == "primary" else 1 - HILLS_SLOW * float(net.hills[road]))
        if in_village[road]:
            kind = "residential" if kind == "unclassified" else kind
            speed = min(speed, SPEEDS["residential"] if kind == "residential" else IN_VILLAGE)
        yield Way((a, number, b), {"highway": kind, "maxspeed": str(round(speed)), "name": NAMES[kind]})


def _bends(spots: Floats, edges: Pairs, dice: np.random.Generator) -> Floats:
    """The middle of each road, aside of the straight line."""
    along = spots[edges[:, 1]] - spots[edges[:, 0]]
    aside = np.stack((-along[:, 1], along[:, 0]), axis=1) * dice.choice((-BEND, BEND), (len(edges), 1))
    return spots[edges].mean(axis=1) + aside


def _near(spots: Floats, centres: Floats) -> NDArray[np.bool_]:
    near = np.zeros(len(spots), dtype=bool)
    for centre in centres:
        near |= np.abs(spots - centre).max(axis=1) < VILLAGE_M
    return near
