"""The PostGIS pair as it is usually written: both places within a distance of the route, in that order.

Needs a PostgreSQL with the postgis extension, at an address given by who measures; its tables live in a
schema of their own, made anew and dropped at the end.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from os import sysconf
from pathlib import Path
from time import thread_time

import psycopg

from lotocar.carpool.matching.facts import DepartureFacts, LegFacts
from tests.bench.methods import Numbers, by_trip, polyline

SCHEMA = "lotocar_bench"
# both places together may be this far away at the largest limit, 20 minutes, at 2 × 1.3 × 0.08 s/m
REACH_M = 20 * 60 / (2 * 1.3 * 0.08)
LAMBERT_93 = 2154

_TABLES = f"""
DROP SCHEMA IF EXISTS {SCHEMA} CASCADE;
CREATE SCHEMA {SCHEMA};
CREATE TABLE {SCHEMA}.route (id int PRIMARY KEY, reach_m float, route geometry(LineString, {LAMBERT_93}));
CREATE TABLE {SCHEMA}.departure (route_id int, id int, weekday int, day date);
"""

_INDEXES = f"""
CREATE INDEX ON {SCHEMA}.route USING gist (route);
CREATE INDEX ON {SCHEMA}.departure (route_id);
ANALYZE {SCHEMA}.route;
ANALYZE {SCHEMA}.departure;
"""

_PAIR = f"""
WITH asked AS MATERIALIZED (
    SELECT ST_Transform(ST_SetSRID(ST_MakePoint(%(p_lon)s, %(p_lat)s), 4326), {LAMBERT_93}) AS p,
           ST_Transform(ST_SetSRID(ST_MakePoint(%(d_lon)s, %(d_lat)s), 4326), {LAMBERT_93}) AS d
)
SELECT departure.id
FROM asked, {SCHEMA}.route JOIN {SCHEMA}.departure ON departure.route_id = route.id
WHERE ST_DWithin(route, p, {REACH_M}) AND ST_DWithin(route, d, {REACH_M})
  AND ST_Distance(route, p) + ST_Distance(route, d) <= reach_m
  AND ST_LineLocatePoint(route, p) < ST_LineLocatePoint(route, d)
  AND (departure.weekday = %(weekday)s OR departure.day = %(day)s)
"""


class PostgisPair:
    """Any hour of the leg's day; a corridor of the driver's own limit around the route."""

    name = "postgis_pair"
    gives = "the numbers of those in its corridor on that day, at any hour, in no order"

    def __init__(self, connection: psycopg.Connection[tuple[int]]) -> None:
        self.connection = connection
        (self.backend,) = connection.execute("SELECT pg_backend_pid()").fetchone() or (0,)

    def busy_s(self) -> float:
        """Processor time of this thread, and of the server's own process where it runs on this machine."""
        try:
            _, _, rest = Path(f"/proc/{self.backend}/stat").read_text().rpartition(")")
        except FileNotFoundError:
            return thread_time()
        user, system = rest.split()[11:13]
        return thread_time() + (int(user) + int(system)) / sysconf("SC_CLK_TCK")

    def numbers(self, answer: list[tuple[int]]) -> Numbers:
        return {number for (number,) in answer}

    def find(self, leg: LegFacts) -> list[tuple[int]]:
        asked = {
            "p_lon": leg.pickup.lon,
            "p_lat": leg.pickup.lat,
            "d_lon": leg.dropoff.lon,
            "d_lat": leg.dropoff.lat,
            "weekday": leg.day.weekday(),
            "day": leg.day,
        }
        return self.connection.execute(_PAIR, asked).fetchall()


@contextmanager
def postgis_pair(
    address: str | None, departures: Sequence[DepartureFacts], point_m: int
) -> Iterator[PostgisPair | None]:
    """The method, its tables filled, routes with a point so often; None without an address."""
    if address is None:
        yield None
        return
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS postgis")
        connection.execute(_TABLES)
        _fill(connection, departures, point_m)
        connection.execute(_INDEXES)
        try:
            yield PostgisPair(connection)
        finally:
            connection.execute(f"DROP SCHEMA {SCHEMA} CASCADE")


def _fill(
    connection: psycopg.Connection[tuple[int]], departures: Sequence[DepartureFacts], point_m: int
) -> None:
    trips = by_trip(departures)
    connection.execute(
        "CREATE TEMP TABLE line (id int, reach_m float, wkt text)",
    )
    with connection.cursor().copy("COPY line FROM STDIN") as copy:
        for number, ways in enumerate(trips):
            reach = 60 * ways[0].max_detour_minutes / (2 * 1.3 * 0.08)
            points = ", ".join(f"{one.lon} {one.lat}" for one in polyline(ways[0], point_m))
            copy.write_row((number, reach, f"LINESTRING({points})"))
    connection.execute(
        f"INSERT INTO {SCHEMA}.route SELECT id, reach_m, "
        f"ST_Transform(ST_GeomFromText(wkt, 4326), {LAMBERT_93}) FROM line; DROP TABLE line"
    )
    with connection.cursor().copy(f"COPY {SCHEMA}.departure FROM STDIN") as copy:
        for number, ways in enumerate(trips):
            for one in ways:
                copy.write_row((number, one.departure_id, one.weekday, one.day))
