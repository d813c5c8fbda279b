"""`./run registry`: any period as a file, a forecast, the standing; each from a real process once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from lotocar.civic.registry import command, sending
from lotocar.civic.registry.couples.payload import payload
from lotocar.civic.registry.files.export import export
from lotocar.civic.registry.files.partner_csv import read_partner
from lotocar.errors import Refused
from tests.civic.registry.evening import Evening
from tests.civic.registry.fictional import a_couple
from tests.support.checkout import ROOT

only_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def export_of(evening: Evening, fmt: str, **period: date) -> str:
    with evening.factory() as session:
        return export(
            session,
            since=period.get("since", date(2026, 11, 24)),
            until=period.get("until", date.max),
            now=evening.clock(),
            fmt=fmt,
            environment="demo",
        )


def test_a_period_tells_what_went_what_waits_and_what_is_held(evening: Evening) -> None:
    evening.rides(2)
    evening.send()
    evening.rides(1)
    evening.rides(1, status="planned")
    found = json.loads(export_of(evening, "json"))
    assert [one["status"] for one in found["sent"]] == ["sent", "sent"]
    assert len(found["journeys"]) == 1
    assert [one["reasons"][0]["code"] for one in found["refused"]] == ["not_confirmed"]
    assert found["sent"][0]["body"] == evening.registry.journal[found["sent"][0]["operator_journey_id"]].body
    words = [line.split(";")[0] for line in export_of(evening, "csv").splitlines()[1:]]
    assert words == ["envoyé", "envoyé", "à envoyer", "refusé"]


def test_a_period_has_two_ends(evening: Evening) -> None:
    evening.rides(1)
    evening.send()
    assert json.loads(export_of(evening, "json", until=date(2026, 11, 23)))["sent"] == []
    assert json.loads(export_of(evening, "json", since=date(2026, 11, 25)))["sent"] == []
    assert len(json.loads(export_of(evening, "json", until=date(2026, 11, 24)))["sent"]) == 1


def test_the_partner_table_holds_what_the_registry_holds(evening: Evening) -> None:
    evening.rides(2)
    evening.send()
    evening.rides(1)
    rows = read_partner(export_of(evening, "partner").encode())
    assert {row.journey_id for row in rows} == set(evening.registry.journal)


def test_the_forecast_knows_what_was_sent(evening: Evening) -> None:
    evening.rides(1)
    evening.send()
    body = json.dumps(next(iter(evening.registry.journal.values())).body).encode()
    with evening.factory() as session:
        (verdict,) = command.check(session, body, now=evening.clock())
    assert verdict.status == 409


def test_the_standing_says_alarms_without_a_name_or_a_key(evening: Evening) -> None:
    evening.rides(1)
    evening.send()
    evening.rides(1, status="planned", at=datetime(2026, 11, 24, 4, 0, tzinfo=UTC))
    evening.send()
    with evening.factory() as session:
        state = command.status(session, now=evening.clock())
    assert state["counts"] == {"sent": 1, "draft": 1}
    assert [one["why"] for one in state["alarms"]] == ["unconfirmed"]
    said = command.status_json(state) + command.status_in_words(state)
    assert "Vernet" not in said
    assert "Poujol" not in said
    assert evening.proofs()[0].driver_key not in said


def test_sending_tells_its_progress(evening: Evening) -> None:
    evening.rides(3)
    told: list[tuple[int, int]] = []
    sending.send_due(
        evening.factory,
        evening.registrar,
        evening.clock,
        terms=evening.terms,
        told=lambda number, of: told.append((number, of)),
    )
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_sending_by_hand_is_refused_when_nobody_switched_it_on(evening: Evening) -> None:
    from lotocar.civic.registry.models import RegistryDesk

    with evening.factory.begin() as session:
        session.get_one(RegistryDesk, 1).environment = "off"
    services: Any = None
    with pytest.raises(Refused, match=r"registry\.off"):
        command.send(evening.factory, services, evening.clock)


def run(engine_url: str, *arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    settings = {
        "DATABASE_URL": engine_url,
        "SECRET_KEY": "only-for-the-tests-only-for-the-tests",
        "PUBLIC_BASE_URL": "http://localhost",
        "PATH": os.environ["PATH"],
    }
    command_line = [sys.executable, "-m", "lotocar.cli", "registry", *arguments]
    return subprocess.run(command_line, input=given, capture_output=True, text=True, cwd=ROOT, env=settings)


@only_sqlite
def test_the_five_commands_run(evening: Evening, engine_url: str, tmp_path: Path) -> None:
    file = tmp_path / "preuves.json"
    file.write_text(json.dumps([payload(a_couple(1)), {"comment": 1}]))
    checked = run(engine_url, "check", str(file), "--json")
    assert checked.returncode == 1
    assert [one["status"] for one in json.loads(checked.stdout)][1] == 400
    status = run(engine_url, "status", "--json")
    assert json.loads(status.stdout)["environment"] == "demo"
    period = run(engine_url, "export", "--since", "2026-11-01", "--until", "2026-11-30", "--json")
    assert json.loads(period.stdout)["journeys"] == []
    assert run(engine_url, "export", "--since", "2026-11-01", "--format", "partner").stdout.startswith(
        "journey_id;"
    )
    partner = tmp_path / "partner.csv"
    partner.write_text(run(engine_url, "export", "--since", "2026-11-01", "--format", "partner").stdout)
    compared = run(engine_url, "compare", str(partner), "--json")
    assert json.loads(compared.stdout)["partner"]["rows"] == 0
    assert "colonnes du registre" in run(engine_url, "compare", str(file)).stderr
    sent = run(engine_url, "send", "--json")
    assert json.loads(sent.stdout)["accepted"] == 0
