"""Street addresses from the national address base, through geopy.

Its host is a setting: geopy's own default was closed in January 2026.
https://geoservices.ign.fr/documentation/services/services-geoplateforme/geocodage
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from geopy.adapters import URLLibAdapter
from geopy.exc import GeocoderRateLimited, GeopyError
from geopy.geocoders import BANFrance

from lotocar.errors import Unavailable
from lotocar.values.geo import Point, Stop, distance_m

TIMEOUT_S = 2.0
USER_AGENT = "lotocar/0.1"
LEAST_SCORE = 0.5  # the service gives every text some answer; below this it is a guess
ASKED = 15


class BanAddresses:
    """Finds addresses online. `url` is the service's address, with its path."""

    def __init__(self, url: str, *, timeout_s: float = TIMEOUT_S) -> None:
        parts = urlsplit(url)
        self._geocoder = BANFrance(
            scheme=parts.scheme,
            domain=f"{parts.netloc}{parts.path}".rstrip("/"),
            timeout=timeout_s,
            user_agent=USER_AGENT,
            adapter_factory=URLLibAdapter,  # the other one tries three times, each with the whole timeout
        )

    def find(self, text: str, *, near: Point | None = None, limit: int = 5) -> list[Stop]:
        """Likely addresses, best first; with `near`, equally likely ones by distance.

        Raises:
            Unavailable: the service failed, was too slow, asked to wait or answered nonsense.
        """
        try:
            found = self._geocoder.geocode(text[:200], limit=ASKED, exactly_one=False) or []
            scored = [pair for one in found if (pair := _read(one.raw))]
        except GeocoderRateLimited:
            raise Unavailable("addresses.busy") from None
        except GeopyError:
            raise Unavailable("addresses.failed") from None
        except (AttributeError, IndexError, KeyError, TypeError, ValueError):
            raise Unavailable("addresses.nonsense") from None
        likely = [(score, stop) for score, stop in scored if score >= LEAST_SCORE]
        likely.sort(key=lambda pair: (-round(pair[0], 1), distance_m(near, pair[1].point) if near else 0.0))
        return [stop for _score, stop in likely[:limit]]


def _read(feature: Mapping[str, Any]) -> tuple[float, Stop] | None:
    """The address in one answer, with its likelihood; None when it is only a commune, which we know better."""
    properties = feature["properties"]
    if properties.get("type") == "municipality":
        return None
    lon, lat = feature["geometry"]["coordinates"][:2]
    stop = Stop(
        label=str(properties["label"])[:160],
        insee=str(properties["citycode"]),
        lat=float(lat),
        lon=float(lon),
    )
    return float(properties.get("score", 0)), stop
