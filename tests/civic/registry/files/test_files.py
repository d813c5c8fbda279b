"""The table for people and the document for machines."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lotocar.civic.registry.couples.checks import Review, review
from lotocar.civic.registry.files import csv_file
from lotocar.civic.registry.files.csv_file import COLUMNS, export_csv, harmless
from lotocar.civic.registry.files.json_file import export_json
from lotocar.civic.registry.files.schema import check_payload
from tests.civic.registry.fictional import MARCEL, NOW, TO, a_couple

REFUSED = a_couple(2, passenger=replace(TO, consent=False, phone_e164="+33536490077"), distance_m=500)


def a_review() -> Review:
    late = a_couple(
        3, start_at=NOW - timedelta(hours=19), licence_plate="=AB-123", passenger=replace(MARCEL, adult=True)
    )
    return review([a_couple(1), REFUSED, late], now=NOW)


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def test_the_table_tells_what_goes_first_then_what_stays_and_why() -> None:
    late, ready, refused = rows(export_csv(a_review()))
    assert [row["etat"] for row in (late, ready, refused)] == ["à envoyer", "à envoyer", "refusé"]
    assert "16 heures" in late["raison"]
    assert ready["raison"] == ""
    assert "L’accord du passager" in refused["raison"]
    assert "1 000 mètres" in refused["raison"]


def test_a_row_says_what_the_body_says() -> None:
    late, ready, _ = rows(export_csv(a_review()))
    assert ready == {
        "etat": "à envoyer",
        "raison": "",
        "trajet": f"{1:032x}",
        "voiture": f"{0xA0001:032x}",
        "depart_le": "2026-11-20T14:05:00+01:00",
        "arrivee_le": "2026-11-20T15:12:00+01:00",
        "classe": "A",
        "depart_lat": "44.44752",
        "depart_lon": "1.44103",
        "arrivee_lat": "44.60862",
        "arrivee_lon": "2.03186",
        "distance_m": "70500",
        "places": "1",
        "participation_centimes": "0",
        "aides_centimes": "0",
        "revenu_centimes": "0",
        "plaque": "",
        "conducteur_id": "drv-0000000000000000000000000000001a",
        "conducteur_cle": "da792efa5ea6966c0a72ced70607fae2bdf725bd229c5267d38c660f80a49918",
        "conducteur_tel": "'+336399800",
        "passager_id": "psg-0000000000000000000000000000002b",
        "passager_cle": "bb3a08b5b541679d69d36d2bdee734cbf25021036f950d92a7a82524fd81c547",
        "passager_tel": "'+336399800",
        "passager_majeur": "",
    }
    assert (late["plaque"], late["passager_majeur"]) == ("'=AB-123", "oui")


def test_of_a_refused_couple_only_marks_hours_and_reasons_are_told() -> None:
    refused = rows(export_csv(a_review()))[-1]
    told = {name for name, value in refused.items() if value}
    assert told == {"etat", "raison", "trajet", "voiture", "depart_le", "arrivee_le"}
    (in_json,) = json.loads(export_json(a_review()))["refused"]
    assert set(in_json) == {"operator_journey_id", "operator_trip_id", "start", "end", "reasons"}
    for text in (export_csv(a_review()), export_json(a_review())):
        assert "+3353649" not in text
        assert REFUSED.passenger.key not in text


def test_no_name_and_no_whole_number_stands_in_either_file() -> None:
    for text in (export_csv(a_review()), export_json(a_review())):
        assert not re.search(r"3363998\d{4,}|delmas|hérault", text.lower())


def test_the_document_holds_the_bodies_as_they_go() -> None:
    found = a_review()
    document = json.loads(export_json(found))
    assert document["journeys"] == [ready.body for ready in found.ready]
    assert all(check_payload(body) == [] for body in document["journeys"])
    assert [line["code"] for line in document["warnings"]] == ["soon"]
    assert document["refused"][0]["reasons"] == [
        {
            "code": "no_consent",
            "who": "passenger",
            "message": "L’accord du passager pour l’envoi au registre manque. Posez-lui la question et notez sa réponse. "
            "Sans accord, rien ne part.",
        },
        {
            "code": "too_short",
            "who": None,
            "message": "Le trajet fait moins de 1 000 mètres : le registre ne l’accepte pas. Vérifiez la distance.",
        },
    ]


def test_an_empty_period_gives_a_header_and_an_empty_document() -> None:
    nothing = Review((), ())
    assert export_csv(nothing) == ";".join(COLUMNS) + "\n"
    assert json.loads(export_json(nothing)) == {"journeys": [], "warnings": [], "refused": [], "sent": []}


@pytest.mark.parametrize("text", ["=1+1", "+33", "-2", "@x", " =1+1", "＝1"])
def test_a_text_that_a_spreadsheet_would_compute_gets_an_apostrophe(text: str) -> None:
    assert harmless(text) == "'" + text


def test_a_cell_is_one_line_and_a_number_stays_a_number() -> None:
    assert harmless("a\r\nb\t=c\0") == "a  b =c "
    assert harmless("\n=c") == "' =c"
    assert harmless(-1.5) == -1.5


@settings(deadline=None)
@given(st.text(max_size=32))
def test_any_plate_comes_back_whole_and_computes_nothing(plate: str) -> None:
    found = review([a_couple(1, licence_plate=plate)], now=NOW)
    text = export_csv(found)
    (row,) = csv.DictReader(io.StringIO(text, newline=""), delimiter=";")
    sent = found.ready[0].body.get("licence_plate", "")
    assert row["plaque"].removeprefix("'") == sent.removeprefix("'")
    assert row["plaque"].strip()[:1] not in {"=", "+", "-", "@"}


def test_the_columns_are_all_documented() -> None:
    stems = {name.removeprefix("passager_").removeprefix("conducteur_").split("_")[0] for name in COLUMNS}
    assert all(stem in (csv_file.__doc__ or "") for stem in stems)
