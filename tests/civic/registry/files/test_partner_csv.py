"""The partner columns: written, read back, zipped or not."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lotocar.civic.registry.couples.geography import of_france
from lotocar.civic.registry.couples.payload import payload
from lotocar.civic.registry.files.partner_csv import (
    COLUMNS,
    Journey,
    cut,
    export_partner,
    read_partner,
    rounded_up,
)
from lotocar.errors import Invalid
from lotocar.values.geo import Point
from tests.civic.registry.couples.test_payload import the_full
from tests.civic.registry.fictional import CAHORS, FIGEAC, a_couple


def a_table(status: str = "ok") -> str:
    ground = of_france()
    ends = ground.commune_of(CAHORS), ground.commune_of(FIGEAC)
    return export_partner(
        [Journey(payload(a_couple(1)), status, *ends), Journey(payload(the_full()), status, None, None)]
    )


def test_the_columns_stand_in_the_registry_s_order() -> None:
    assert COLUMNS[:5] == (
        "journey_id",
        "operator_trip_id",
        "operator_journey_id",
        "operator_class",
        "status",
    )
    assert COLUMNS[17:24] == tuple(
        f"start_{n}" for n in ("insee", "commune", "departement", "epci", "aom", "region", "pays")
    )
    assert COLUMNS[-1] == "incentive_rpc_2_amount"
    assert len(COLUMNS) == len(set(COLUMNS)) == 64


def test_units_are_euros_and_kilometres_and_hours_are_rounded_up() -> None:
    first, second = csv.DictReader(io.StringIO(a_table()), delimiter=";")
    assert (first["distance"], first["duration"]) == ("70.5", "01:07:00")
    assert first["start_datetime"] == "2026-11-20T14:10:00+01:00"
    assert (first["start_insee"], first["start_commune"], first["end_insee"]) == ("46042", "Cahors", "46102")
    assert (first["start_lat"], first["start_lon"]) == ("44.447", "1.441")
    assert (second["driver_revenue"], second["passenger_contribution"]) == ("4.0", "2.0")
    assert (second["incentive_1_siret"], second["incentive_1_amount"]) == ("98765432100022", "0.5")


def test_a_table_is_read_back() -> None:
    first, second = read_partner(a_table().encode())
    assert (first.journey_id, first.trip_id, first.status) == (
        a_couple(1).journey_id,
        a_couple(1).trip_id,
        "ok",
    )
    assert (first.distance_m, first.seats, second.revenue_cents, second.contribution_cents) == (
        70_500,
        1,
        400,
        200,
    )
    assert (first.start_insee, second.start_insee) == ("46042", "")


def test_commas_a_mark_at_the_head_and_a_zip_are_read_too() -> None:
    text = a_table().replace(";", ",")
    box = io.BytesIO()
    with zipfile.ZipFile(box, "w") as archive:
        archive.writestr("export.csv", "\ufeff" + text)
    assert read_partner(box.getvalue()) == read_partner(a_table().encode())


@pytest.mark.parametrize(
    "data", [b"", b"a;b\n1;2\n", b"PK rubbish", b"\xff\xfe", b"operator_journey_id;start_datetime\nx;hier\n"]
)
def test_a_file_of_something_else_is_refused(data: bytes) -> None:
    with pytest.raises(Invalid, match=r"registry\.partner_file"):
        read_partner(data)


@settings(deadline=None)
@given(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)))
def test_rounding_goes_up_by_less_than_ten_minutes(at: datetime) -> None:
    up = rounded_up(at)
    assert timedelta() <= up - at < timedelta(minutes=10)
    assert (up.minute % 10, up.second, up.microsecond) == (0, 0, 0)


def test_positions_are_cut_and_not_rounded() -> None:
    assert cut(Point(44.4499, -1.4499), decimals=2) == (44.44, -1.44)
