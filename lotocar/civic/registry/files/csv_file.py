"""What would be sent, as a table for people: one row a couple, ready ones first, then refused ones with the reason.

Semicolons part the columns, because a French spreadsheet opens them without a question; lines end with LF, the
text is UTF-8 without a mark at its head (a file meant for Excel adds one, encoding `utf-8-sig`).

    etat                      « à envoyer », « refusé », or what became of it once sent (« envoyé », « validé »…)
    raison                    why not, and what to do; for a row to send, what to mind
    trajet, voiture           operator_journey_id, operator_trip_id
    depart_le, arrivee_le     local time in Paris with its offset, 2026-11-20T14:05:00+01:00
    classe                    A, B or C
    depart_lat … arrivee_lon  degrees, with a point
    distance_m                metres
    places                    of the passenger
    participation_centimes, aides_centimes, revenu_centimes
                              what the passenger pays, what others add, what the driver keeps
    plaque                    empty when none is sent
    conducteur_id, conducteur_cle, conducteur_tel, then the same for passager
                              our random id, the identity key, the number without its last two digits
    passager_majeur           oui, non, or empty when not asked

A refused row stops after its hours: of people who sent nothing, nothing goes out.
"""

from __future__ import annotations

import csv
import io
from datetime import datetime

from lotocar.civic.registry.couples.checks import Filed, Ready, RefusedCouple, Review
from lotocar.civic.registry.couples.payload import Payload
from lotocar.civic.registry.wording import STATES, label_sentence, sentences, warning_sentences
from lotocar.values.days import PARIS

COLUMNS = (
    "etat",
    "raison",
    "trajet",
    "voiture",
    "depart_le",
    "arrivee_le",
    "classe",
    "depart_lat",
    "depart_lon",
    "arrivee_lat",
    "arrivee_lon",
    "distance_m",
    "places",
    "participation_centimes",
    "aides_centimes",
    "revenu_centimes",
    "plaque",
    "conducteur_id",
    "conducteur_cle",
    "conducteur_tel",
    "passager_id",
    "passager_cle",
    "passager_tel",
    "passager_majeur",
)
YES_NO = {True: "oui", False: "non", None: ""}
FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")  # what a spreadsheet would compute

Row = dict[str, object]


def export_csv(review: Review) -> str:
    """The whole table, header first."""
    page = io.StringIO()
    table = csv.DictWriter(page, COLUMNS, restval="", delimiter=";", lineterminator="\n")
    table.writeheader()
    rows = [
        *map(_filed_row, review.filed),
        *map(_ready_row, review.ready),
        *map(_refused_row, review.refused),
    ]
    table.writerows({name: harmless(value) for name, value in row.items()} for row in rows)
    return page.getvalue()


def harmless(value: object) -> object:
    """The value as a spreadsheet shows it without computing it, on one line.

    A text that starts like a formula gets an apostrophe, numbers stay numbers.
    """
    if not isinstance(value, str):
        return value
    line = "".join(char if char.isprintable() else " " for char in value)
    return f"'{line}" if line.lstrip().startswith(FORMULA) else line


def _filed_row(filed: Filed) -> Row:
    return {
        "etat": STATES[filed.status],
        "raison": " ".join(map(label_sentence, filed.labels)),
        **_marks(filed.journey_id, filed.trip_id, filed.start_at, filed.end_at),
        **({} if filed.body is None else _body(filed.body)),
    }


def _ready_row(ready: Ready) -> Row:
    return {
        "etat": "à envoyer",
        "raison": warning_sentences(ready.warnings),
        **_marks(ready.couple.journey_id, ready.couple.trip_id, ready.couple.start_at, ready.couple.end_at),
        **_body(ready.body),
    }


def _body(body: Payload) -> Row:
    return {
        "classe": body["operator_class"],
        "depart_lat": body["start"]["lat"],
        "depart_lon": body["start"]["lon"],
        "arrivee_lat": body["end"]["lat"],
        "arrivee_lon": body["end"]["lon"],
        "distance_m": body["distance"],
        "places": body["passenger"].get("seats", 1),
        "participation_centimes": body["passenger"]["contribution"],
        "aides_centimes": sum(each["amount"] for each in body["incentives"]),
        "revenu_centimes": body["driver"]["revenue"],
        "plaque": body.get("licence_plate", ""),
        **_person("conducteur", body["driver"]["identity"]),
        **_person("passager", body["passenger"]["identity"]),
        "passager_majeur": YES_NO[body["passenger"]["identity"].get("over_18")],
    }


def _refused_row(refused: RefusedCouple) -> Row:
    couple = refused.couple
    return {
        "etat": "refusé",
        "raison": sentences(refused.reasons),
        **_marks(couple.journey_id, couple.trip_id, couple.start_at, couple.end_at),
    }


def _marks(journey_id: str, trip_id: str, start_at: datetime, end_at: datetime) -> Row:
    return {
        "trajet": journey_id,
        "voiture": trip_id,
        "depart_le": _local(start_at),
        "arrivee_le": _local(end_at),
    }


def _person(side: str, identity: Payload) -> Row:
    return {
        f"{side}_id": identity["operator_user_id"],
        f"{side}_cle": identity["identity_key"],
        f"{side}_tel": identity["phone_trunc"],
    }


def _local(at: datetime) -> str:
    return at.astimezone(PARIS).isoformat(timespec="seconds")
