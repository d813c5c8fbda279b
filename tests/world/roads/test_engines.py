"""The adapters of road services against servers of ours that speak their wire format."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest

from lotocar.carpool.matching.confirming import Confirmer
from lotocar.carpool.matching.search import candidates
from lotocar.errors import Unavailable
from lotocar.values.geo import Point
from lotocar.world.roads.engine import NO_WAY_S, Engine
from lotocar.world.roads.estimate import EstimatedRoads
from lotocar.world.roads.ign import Ign
from lotocar.world.roads.osrm import Osrm
from lotocar.world.roads.valhalla import Valhalla
from tests.carpool.matching.cast import make_departure, make_leg

CAHORS, FIGEAC, GOURDON = Point(44.4475, 1.4406), Point(44.6086, 2.0317), Point(44.7369, 1.3829)


@dataclass
class Reply:
    body: Any
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    after_s: float = 0.0


@dataclass
class Script:
    """A server that answers what it is told, in turn, the last reply again and again; it keeps what was asked."""

    url: str
    replies: list[Reply] = field(default_factory=list)
    asked: list[tuple[str, str, Any]] = field(default_factory=list)

    def answers(self, *bodies: Any) -> None:
        self.replies[:] = [one if isinstance(one, Reply) else Reply(one) for one in bodies]


@pytest.fixture
def server() -> Iterator[Script]:
    script = Script("")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._reply(None)

        def do_POST(self) -> None:
            self._reply(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

        def _reply(self, body: Any) -> None:
            script.asked.append((self.command, self.path, body))
            reply = script.replies.pop(0) if len(script.replies) > 1 else script.replies[0]
            time.sleep(reply.after_s)
            raw = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
            try:
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)
            except BrokenPipeError:
                pass  # it was not waited for

        def log_message(self, *_arguments: Any) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=http.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    script.url = f"http://127.0.0.1:{http.server_port}"
    yield script
    http.shutdown()
    http.server_close()
    thread.join()


Maker = Callable[..., Engine]
ENGINES: dict[str, Maker] = {
    "osrm": lambda url, timeout_s=10.0: Osrm(url, timeout_s=timeout_s),
    "valhalla": lambda url, timeout_s=10.0: Valhalla(url, timeout_s=timeout_s),
    "ign": lambda url, timeout_s=10.0: Ign(url, timeout_s=timeout_s, wait=lambda _seconds: None),
}
ROUTES: dict[str, Any] = {
    "osrm": {
        "code": "Ok",
        "routes": [
            {
                "legs": [],
                "weight_name": "routability",
                "weight": 4100.2,
                "duration": 4012.6,
                "distance": 68210.4,
            }
        ],
        "waypoints": [{"hint": "", "distance": 3.1, "name": "", "location": [1.44, 44.44]}],
    },
    "valhalla": {
        "trip": {
            "locations": [],
            "legs": [],
            "summary": {"has_toll": False, "time": 4012.6, "length": 68.2104, "cost": 4500.1},
            "status_message": "Found route between points",
            "status": 0,
            "units": "kilometers",
        }
    },
    "ign": {
        "resource": "bdtopo-osrm",
        "profile": "car",
        "optimization": "fastest",
        "distanceUnit": "meter",
        "timeUnit": "second",
        "distance": 68210.4,
        "duration": 4012.6,
        "geometry": {"type": "LineString", "coordinates": []},
    },
}


@pytest.mark.parametrize("name", ENGINES)
def test_a_route_is_read_in_seconds_and_metres(server: Script, name: str) -> None:
    server.answers(ROUTES[name])
    leg = ENGINES[name](server.url).leg(CAHORS, FIGEAC)
    assert (leg.seconds, leg.metres, leg.exact) == (4013, 68210, True)


@pytest.mark.parametrize("name", ENGINES)
@pytest.mark.parametrize(
    ("reply", "code", "permanent"),
    [
        (Reply(b"<html>", 200), "roads.nonsense", False),
        (Reply([]), "roads.nonsense", False),
        (Reply({"code": "Ok"}), "roads.nonsense", False),
        (Reply({}, 500), "roads.unreachable", False),
        (Reply({}, 302, {"Location": "/"}), "roads.unreachable", False),
        (Reply({}, 429, {"Retry-After": "7"}), "roads.busy", False),
        (Reply({"code": "NoSegment"}, 400), "roads.refused", True),
    ],
    ids=["html", "list", "empty", "500", "302", "429", "400"],
)
def test_whatever_goes_wrong_is_unavailable(
    server: Script, name: str, reply: Reply, code: str, permanent: bool
) -> None:
    server.answers(reply)
    with pytest.raises(Unavailable) as caught:
        ENGINES[name](server.url).leg(CAHORS, FIGEAC)
    assert (caught.value.code, caught.value.permanent) == (code, permanent)


@pytest.mark.parametrize("name", ENGINES)
def test_too_slow_is_unavailable_in_time(server: Script, name: str) -> None:
    server.answers(Reply(ROUTES[name], after_s=0.6))
    with pytest.raises(Unavailable) as caught:
        ENGINES[name](server.url, timeout_s=0.2).leg(CAHORS, FIGEAC)
    assert (caught.value.code, caught.value.permanent) == ("roads.timeout", False)


@pytest.mark.parametrize("name", ENGINES)
@pytest.mark.parametrize("bad", [-1, "long", None, float("inf")])
def test_figures_that_cannot_be_are_refused(server: Script, name: str, bad: Any) -> None:
    text = json.dumps(ROUTES[name]).replace("4012.6", json.dumps(bad))
    server.answers(Reply(text.encode()))
    with pytest.raises(Unavailable):
        ENGINES[name](server.url).leg(CAHORS, FIGEAC)


@pytest.mark.parametrize("name", ENGINES)
def test_nobody_listening_is_unavailable(name: str) -> None:
    with pytest.raises(Unavailable) as caught:
        ENGINES[name]("http://127.0.0.1:9").leg(CAHORS, FIGEAC)
    assert caught.value.code == "roads.unreachable"


def test_osrm_is_asked_for_a_table_in_one_question(server: Script) -> None:
    server.answers(
        {"code": "Ok", "durations": [[0, 4012.6], [3900, None]], "sources": [], "destinations": []}
    )
    table = Osrm(server.url).table([CAHORS, GOURDON], [CAHORS, FIGEAC])
    assert table[0].tolist() == [0.0, 4012.6]
    assert np.isnan(table[1, 1])
    [(method, path, _)] = server.asked
    url = urlsplit(path)
    assert method == "GET"
    assert url.path == (
        "/table/v1/driving/1.440600,44.447500;1.382900,44.736900;1.440600,44.447500;2.031700,44.608600"
    )
    assert parse_qs(url.query) == {"sources": ["0;1"], "destinations": ["2;3"], "annotations": ["duration"]}


def test_valhalla_is_asked_for_a_table_in_one_question(server: Script) -> None:
    cells = [[{"from_index": 0, "to_index": 0, "time": 4012, "distance": 68.2}, {"time": None}]]
    server.answers({"sources_to_targets": cells, "units": "kilometers", "algorithm": "costmatrix"})
    table = Valhalla(server.url).table([CAHORS], [FIGEAC, GOURDON])
    assert table[0, 0] == 4012.0
    assert np.isnan(table[0, 1])
    [(method, path, body)] = server.asked
    assert (method, path, body["costing"]) == ("POST", "/sources_to_targets", "auto")
    assert body["targets"][1] == {"lat": GOURDON.lat, "lon": GOURDON.lon}


@pytest.mark.parametrize("rows", [[], [[1.0]], [[1.0, 2.0, 3.0]], [[1.0, -2.0]], "no", [[1.0], [2.0]]])
def test_a_table_of_another_shape_is_refused(server: Script, rows: Any) -> None:
    server.answers({"code": "Ok", "durations": rows})
    with pytest.raises(Unavailable):
        Osrm(server.url).table([CAHORS], [FIGEAC, GOURDON])


def test_ign_is_asked_slowly_and_waits_when_told_to(server: Script) -> None:
    busy = Reply({}, 429, {"Retry-After": "7"})
    server.answers(busy, ROUTES["ign"], Reply({"message": "No route"}, 404), ROUTES["ign"])
    waited: list[float] = []
    table = Ign(server.url, wait=waited.append).table([CAHORS], [CAHORS, FIGEAC, GOURDON])
    assert table[0, :2].tolist() == [0.0, 4013.0]
    assert np.isnan(table[0, 2])
    assert waited == [0.25, 7.0, 0.25, 0.25]
    _, path, _ = server.asked[0]
    asked = parse_qs(urlsplit(path).query)
    assert (asked["start"], asked["end"]) == (["1.440600,44.447500"], ["2.031700,44.608600"])
    assert (asked["timeUnit"], asked["distanceUnit"]) == (["second"], ["meter"])


def test_ign_gives_up_after_some_tries(server: Script) -> None:
    server.answers(Reply({}, 429, {"Retry-After": "Sat, 21 Nov 2026 12:00:00 GMT"}))
    with pytest.raises(Unavailable) as caught:
        Ign(server.url, wait=lambda _seconds: None).table([CAHORS], [FIGEAC])
    assert caught.value.code == "roads.busy"
    assert len(server.asked) == 5


PAIRS = [(CAHORS, GOURDON), (CAHORS, FIGEAC), (GOURDON, FIGEAC)]


def told(engine: Engine) -> dict[tuple[Point, Point], int]:
    return {pair: seconds for some in engine.durations(PAIRS) for pair, seconds in some.items()}


def test_osrm_answers_pairs_by_one_table(server: Script) -> None:
    server.answers({"code": "Ok", "durations": [[2400.4, None], [0, 3600.6]]})
    assert told(Osrm(server.url)) == {PAIRS[0]: 2400, PAIRS[1]: NO_WAY_S, PAIRS[2]: 3601}
    assert len(server.asked) == 1


def test_valhalla_answers_pairs_by_one_table(server: Script) -> None:
    cells = [[{"time": 2400}, {"time": 4000}], [{"time": 0}, {"time": None}]]
    server.answers({"sources_to_targets": cells})
    assert told(Valhalla(server.url)) == {PAIRS[0]: 2400, PAIRS[1]: 4000, PAIRS[2]: NO_WAY_S}


def test_a_table_larger_than_the_server_allows_is_not_asked(server: Script) -> None:
    for engine in (Osrm(server.url, largest_table=3), Valhalla(server.url, largest_table=3)):
        with pytest.raises(Unavailable) as caught:
            told(engine)
        assert (caught.value.code, caught.value.permanent) == ("roads.table_too_large", True)
    assert server.asked == []


def test_ign_answers_pairs_one_by_one_and_stops_when_told_to_wait(server: Script) -> None:
    server.answers(ROUTES["ign"], Reply({}, 404), Reply({}, 429, {"Retry-After": "7"}))
    waited: list[float] = []
    answers = Ign(server.url, wait=waited.append).durations(PAIRS)
    assert next(answers) == {PAIRS[0]: 4013}
    assert next(answers) == {PAIRS[1]: NO_WAY_S}
    with pytest.raises(Unavailable) as caught:
        next(answers)
    assert (caught.value.code, caught.value.details["retry_after_s"]) == ("roads.busy", 7.0)
    assert waited == [0.25, 0.25]


WRONG = {
    "slow": Reply({"code": "Ok"}, after_s=1.0),
    "429": Reply({}, 429, {"Retry-After": "7"}),
    "nonsense": Reply(b"<html>no</html>"),
    "down": Reply({}, 503),
}


@pytest.mark.parametrize("reply", WRONG.values(), ids=WRONG)
def test_a_router_in_trouble_never_delays_a_search(server: Script, reply: Reply) -> None:
    server.answers(reply)
    confirmer = Confirmer(Osrm(server.url, timeout_s=2.0), budget_s=0.1)
    departure, leg = make_departure(), make_leg()
    found = candidates([departure], leg, EstimatedRoads())
    assert found
    started = time.monotonic()
    for _ in range(5):
        assert confirmer.confirmed(leg, found, {departure.departure_id: departure}) == found
    assert time.monotonic() - started < 1.0
    assert len(server.asked) <= 1
    confirmer.settle()
