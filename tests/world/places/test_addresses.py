"""Street addresses: a loopback server speaks as the national one does, well or badly."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from lotocar.errors import Unavailable
from lotocar.values.geo import Point
from lotocar.world.places.addresses import AddressFinder
from lotocar.world.places.ban import BanAddresses
from lotocar.world.places.no_addresses import NoAddresses

CAHORS = Point(44.4491, 1.4366)


def _feature(label: str, citycode: str, lat: float, lon: float, **more: Any) -> dict[str, Any]:
    properties = {"label": label, "citycode": citycode, "score": 0.9, "type": "housenumber"} | more
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [lon, lat]},
        "properties": properties,
    }


def _collection(*features: Any) -> str:
    return json.dumps({"type": "FeatureCollection", "features": list(features)})


GAMBETTA = _feature("12 Rue Gambetta 46000 Cahors", "46042", 44.4475, 1.4405)
FAR_GAMBETTA = _feature("12 Rue Gambetta 31000 Toulouse", "31555", 43.6050, 1.4420)


class Ban:
    """A server on the loopback whose next answer is set by the test; it remembers what was asked."""

    def __init__(self) -> None:
        self.status, self.body, self.delay_s = 200, _collection(GAMBETTA), 0.0
        self.headers: dict[str, str] = {}
        self.asked: list[tuple[str, dict[str, list[str]], str]] = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self.server.server_port}/geocodage"

    def _handler(self) -> Callable[..., BaseHTTPRequestHandler]:
        ban = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                ban.asked.append((parts.path, parse_qs(parts.query), self.headers["User-Agent"]))
                time.sleep(ban.delay_s)
                body = ban.body.encode()
                self.send_response(ban.status)
                for name, value in ban.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                with suppress(ConnectionError):  # the client may have given up
                    self.wfile.write(body)

            def log_message(self, *_args: object) -> None: ...

        return Handler


@pytest.fixture
def ban() -> Iterator[Ban]:
    ban = Ban()
    threading.Thread(target=ban.server.serve_forever, args=(0.02,), daemon=True).start()
    yield ban
    ban.server.shutdown()
    ban.server.server_close()


def test_an_address_comes_with_its_commune_and_position(ban: Ban) -> None:
    [stop] = BanAddresses(ban.url).find("12 rue gambetta cahors")
    assert (stop.label, stop.insee) == ("12 Rue Gambetta 46000 Cahors", "46042")
    assert stop.point == Point(44.4475, 1.4405)


def test_the_service_is_asked_at_its_path_and_under_our_name(ban: Ban) -> None:
    BanAddresses(ban.url).find("12 rue Gambetta, Cahors & environs")
    [(path, query, agent)] = ban.asked
    assert path == "/geocodage/search"
    assert query["q"] == ["12 rue Gambetta, Cahors & environs"]
    assert agent.startswith("lotocar/")


def test_equally_likely_addresses_come_by_distance(ban: Ban) -> None:
    ban.body = _collection(FAR_GAMBETTA, GAMBETTA)
    found = BanAddresses(ban.url).find("12 rue gambetta", near=CAHORS)
    assert [stop.insee for stop in found] == ["46042", "31555"]


def test_guesses_and_plain_communes_are_left_out(ban: Ban) -> None:
    ban.body = _collection(
        _feature("Cahors", "46042", 44.45, 1.44, type="municipality"),
        _feature("Rue du Guet 46000 Cahors", "46042", 44.45, 1.44, score=0.2),
    )
    assert BanAddresses(ban.url).find("zorglub") == []


def test_no_answer_is_no_address(ban: Ban) -> None:
    ban.body = _collection()
    assert BanAddresses(ban.url).find("zorglub") == []


@pytest.mark.parametrize("status", [400, 403, 404, 429, 500, 502, 503, 504])
def test_a_refusal_is_unavailable(ban: Ban, status: int) -> None:
    ban.status, ban.body, ban.headers = status, "{}", {"Retry-After": "5"}
    with pytest.raises(Unavailable) as told:
        BanAddresses(ban.url).find("12 rue gambetta")
    assert told.value.code == ("addresses.busy" if status == 429 else "addresses.failed")
    assert not told.value.permanent


@pytest.mark.parametrize(
    "body",
    [
        "",
        "not json",
        "[]",
        "null",
        "{}",
        '{"features": null}',
        '{"features": [null]}',
        '{"features": [{}]}',
        _collection({"geometry": {"coordinates": []}, "properties": {"label": "x", "citycode": "46042"}}),
        _collection({"geometry": {"coordinates": ["a", "b"]}, "properties": {"label": "x", "citycode": "1"}}),
        _collection({"geometry": None, "properties": {"label": "x", "citycode": "46042", "score": 1}}),
        _collection({"geometry": {"coordinates": [1.4, 44.4]}, "properties": None}),
    ],
)
def test_nonsense_is_unavailable_never_a_crash(ban: Ban, body: str) -> None:
    ban.body = body
    with suppress(Unavailable):
        assert BanAddresses(ban.url).find("12 rue gambetta") == []


def test_a_slow_service_is_given_up(ban: Ban) -> None:
    ban.delay_s = 1.5
    started = time.monotonic()
    with pytest.raises(Unavailable):
        BanAddresses(ban.url, timeout_s=0.2).find("12 rue gambetta")
    assert time.monotonic() - started < 1.2
    assert len(ban.asked) == 1, "no second try while somebody waits"


def test_a_dead_host_is_unavailable() -> None:
    with pytest.raises(Unavailable):
        BanAddresses("http://127.0.0.1:9/geocodage", timeout_s=0.5).find("12 rue gambetta")


def test_a_very_long_text_is_shortened_before_it_leaves(ban: Ban) -> None:
    BanAddresses(ban.url).find("rue " * 5000)
    assert len(ban.asked[0][1]["q"][0]) <= 200


def test_the_stand_in_finds_nothing_and_keeps_the_same_promise() -> None:
    finder: AddressFinder = NoAddresses()
    assert finder.find("12 rue Gambetta", near=CAHORS, limit=3) == []
    real: AddressFinder = BanAddresses("http://127.0.0.1:9/geocodage")
    assert callable(real.find)
