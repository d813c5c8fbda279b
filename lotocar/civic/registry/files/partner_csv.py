"""The columns of the registry's own export to partners (API v3): written for other systems, and read back.

Money in euros and distance in kilometres here, hours of Paris rounded up to ten minutes, duration HH:MM:SS,
positions cut (three decimals, two where few people live). What only the registry knows stays empty. A file is read
with `;` or `,`, plain or zipped.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import floor, trunc

from lotocar.civic.registry.couples.payload import Payload
from lotocar.civic.registry.files.csv_file import harmless
from lotocar.errors import Invalid
from lotocar.values.days import PARIS
from lotocar.values.geo import Point
from lotocar.world.places.gazetteer import Commune

TEN_MINUTES = timedelta(minutes=10)
CROWDED = 40  # inhabitants per square kilometre from which a third decimal is kept
PLACE = ("insee", "commune", "departement", "epci", "aom", "region", "pays")
COLUMNS = (
    "journey_id", "operator_trip_id", "operator_journey_id", "operator_class", "status",
    "start_datetime", "start_date", "start_time", "end_datetime", "end_date", "end_time",
    "duration", "distance", "start_lat", "start_lon", "end_lat", "end_lon",
    *(f"start_{name}" for name in PLACE), *(f"end_{name}" for name in PLACE),
    "operator_passenger_id", "passenger_identity_key", "operator_driver_id", "driver_identity_key",
    "driver_revenue", "passenger_contribution", "passenger_seats", "cee_application", "incentive_type",
    *(f"incentive_{n}_{name}" for n in range(3) for name in ("siret", "name", "amount")),
    *(
        f"incentive_rpc_{n}_{name}"
        for n in range(3)
        for name in ("campaign_id", "campaign_name", "siret", "name", "amount")
    ),
)  # fmt: skip
MOST_BYTES = 50_000_000


@dataclass(frozen=True, slots=True)
class Journey:
    """One row to write: the body, its status in the registry's words, and the communes of both ends."""

    body: Payload
    status: str
    start: Commune | None
    end: Commune | None


@dataclass(frozen=True, slots=True)
class Row:
    """One row read back: what a comparison needs, in our own units."""

    journey_id: str
    trip_id: str
    status: str
    start_at: datetime
    end_at: datetime
    distance_m: int
    revenue_cents: int
    contribution_cents: int
    seats: int
    start_insee: str
    end_insee: str


def export_partner(journeys: Iterable[Journey]) -> str:
    """The whole table, header first, parted by semicolons."""
    page = io.StringIO()
    table = csv.DictWriter(page, COLUMNS, restval="", delimiter=";", lineterminator="\n")
    table.writeheader()
    for journey in journeys:
        table.writerow({name: harmless(value) for name, value in _row(journey).items()})
    return page.getvalue()


def read_partner(data: bytes) -> list[Row]:
    """The rows of such a file, plain or zipped.

    Raises:
        Invalid: registry.partner_file, when columns are missing or a value cannot be read; `line` says which.
    """
    lines = csv.DictReader(io.StringIO(_text(data)), delimiter=_delimiter(data))
    if not {"operator_journey_id", "start_datetime"} <= set(lines.fieldnames or ()):
        raise Invalid("registry.partner_file", line=1)
    return [_read(line, number) for number, line in enumerate(lines, start=2)]


def _row(journey: Journey) -> dict[str, object]:
    body = journey.body
    start, end = _instant(body["start"]["datetime"]), _instant(body["end"]["datetime"])
    row: dict[str, object] = {
        "operator_trip_id": body["operator_trip_id"],
        "operator_journey_id": body["operator_journey_id"],
        "operator_class": body["operator_class"],
        "status": journey.status,
        **dict(_times("start", start)),
        **dict(_times("end", end)),
        "duration": _clock(end - start),
        "distance": body["distance"] / 1000,
        **_place("start", body["start"], journey.start),
        **_place("end", body["end"], journey.end),
        "operator_passenger_id": body["passenger"]["identity"]["operator_user_id"],
        "passenger_identity_key": body["passenger"]["identity"]["identity_key"],
        "operator_driver_id": body["driver"]["identity"]["operator_user_id"],
        "driver_identity_key": body["driver"]["identity"]["identity_key"],
        "driver_revenue": body["driver"]["revenue"] / 100,
        "passenger_contribution": body["passenger"]["contribution"] / 100,
        "passenger_seats": body["passenger"].get("seats", 1),
        "cee_application": "false",
        "incentive_type": "normal",
    }
    for number, each in enumerate(body["incentives"][:3]):
        row |= {
            f"incentive_{number}_siret": each["siret"],
            f"incentive_{number}_amount": each["amount"] / 100,
        }
    return row


def _times(side: str, at: datetime) -> Iterator[tuple[str, str]]:
    shown = rounded_up(at)
    yield f"{side}_datetime", shown.isoformat(timespec="seconds")
    yield f"{side}_date", shown.strftime("%Y-%m-%d")
    yield f"{side}_time", shown.strftime("%H:%M:%S")


def rounded_up(at: datetime) -> datetime:
    """The instant in Paris, at the next ten minutes unless it is one."""
    since_epoch = timedelta(seconds=at.timestamp())
    up = -(-since_epoch // TEN_MINUTES)
    return datetime.fromtimestamp((up * TEN_MINUTES).total_seconds(), tz=PARIS)


def cut(point: Point, *, decimals: int) -> tuple[float, float]:
    """The position with so many decimals, the others dropped and not rounded."""
    scale = 10**decimals
    return trunc(point.lat * scale) / scale, trunc(point.lon * scale) / scale


def _place(side: str, place: Payload, commune: Commune | None) -> dict[str, object]:
    # we know no areas: a village is taken as sparse
    crowded = commune is not None and commune.population > CROWDED * 100
    lat, lon = cut(Point(place["lat"], place["lon"]), decimals=3 if crowded else 2)
    found: dict[str, object] = {f"{side}_lat": lat, f"{side}_lon": lon}
    if commune is not None:
        found |= {
            f"{side}_insee": commune.insee,
            f"{side}_commune": commune.name,
            f"{side}_departement": commune.departement,
            f"{side}_epci": commune.epci_name,
            f"{side}_pays": "France",
        }
    return found


def _clock(length: timedelta) -> str:
    seconds = floor(length.total_seconds())
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text.upper())


def _text(data: bytes) -> str:
    if data[:2] == b"PK":
        data = _unzipped(data)
    if len(data) > MOST_BYTES:
        raise Invalid("registry.partner_file", line=0)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid("registry.partner_file", line=0) from None


def _unzipped(data: bytes) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            inside = next(one for one in archive.infolist() if one.filename.endswith(".csv"))
            if inside.file_size > MOST_BYTES:
                raise Invalid("registry.partner_file", line=0)
            return archive.read(inside)
    except (zipfile.BadZipFile, StopIteration):
        raise Invalid("registry.partner_file", line=0) from None


def _delimiter(data: bytes) -> str:
    head = _text(data).split("\n", 1)[0]
    return ";" if head.count(";") >= head.count(",") else ","


def _read(line: dict[str, str], number: int) -> Row:
    try:
        return Row(
            journey_id=line["operator_journey_id"],
            trip_id=line.get("operator_trip_id") or "",
            status=line.get("status") or "",
            start_at=_instant(line["start_datetime"]),
            end_at=_instant(line["end_datetime"]),
            distance_m=round(_number(line.get("distance")) * 1000),
            revenue_cents=round(_number(line.get("driver_revenue")) * 100),
            contribution_cents=round(_number(line.get("passenger_contribution")) * 100),
            seats=int(_number(line.get("passenger_seats")) or 1),
            start_insee=line.get("start_insee") or "",
            end_insee=line.get("end_insee") or "",
        )
    except (KeyError, ValueError, TypeError, AttributeError):
        raise Invalid("registry.partner_file", line=number) from None


def _number(text: str | None) -> float:
    return float((text or "0").replace(",", "."))
