"""The processes of a real installation: prepared once, refused when unfit, served, stopped without harm."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from sqlalchemy import create_engine, text

from tests.support.checkout import ROOT

FICTIONAL = "a password that nobody uses"
PATIENCE = 60.0


@pytest.fixture
def environment(bare_url: str) -> dict[str, str]:
    """What the environment of a small, real installation says."""
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "PYTHONSAFEPATH": "1",
        "DATABASE_URL": bare_url,
        "SECRET_KEY": "0123456789abcdef" * 4,
        "PUBLIC_BASE_URL": "https://covoiturage.example.fr",
    }


def _command(*words: str) -> list[str]:
    return [sys.executable, "-m", "lotocar.cli", *words]


def _run(environment: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        _command(*words),
        env=environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        stdin=subprocess.DEVNULL,
    )


def _set_up(environment: dict[str, str], tmp_path: Path) -> None:
    password = tmp_path / "password"
    password.write_text(FICTIONAL)
    answer = _run(
        environment,
        "setup",
        *("--name", "Covoiturage du Lot", "--desk-phone", "05 36 49 00 00", "--departement", "46"),
        *("--desk-hours", "du lundi au vendredi, 9 h à 12 h"),
        *("--login", "nadia@example.fr", "--display-name", "Nadia", "--password-file", str(password)),
    )
    assert answer.returncode == 0, answer.stderr


@contextmanager
def _started(environment: dict[str, str], *words: str) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        _command(*words),
        env=environment,
        text=True,
        stderr=subprocess.PIPE,
        # a test run put in the background by a script ignores it, and so would its children
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def _answer(site: subprocess.Popen[str], port: int) -> int:
    for _ in range(int(PATIENCE * 10)):
        assert site.poll() is None, site.stderr and site.stderr.read()
        try:
            with urlopen(f"http://127.0.0.1:{port}/", timeout=5) as answer:
                return int(answer.status)
        except (URLError, ConnectionError):
            time.sleep(0.1)
    raise AssertionError("the site never answered")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def test_an_installation_is_prepared_once_and_only_brought_up_to_date_afterwards(
    environment: dict[str, str], tmp_path: Path
):
    for _ in range(2):
        _set_up(environment, tmp_path)
    assert _run(environment, "migrate").returncode == 0
    engine = create_engine(environment["DATABASE_URL"])
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM staff_account")).scalar() == 1
    engine.dispose()


def test_the_site_answers_and_stops_when_told(environment: dict[str, str], tmp_path: Path):
    _set_up(environment, tmp_path)
    port = _free_port()
    with _started(environment, "serve", "--port", str(port)) as site:
        assert _answer(site, port) == 200
        site.send_signal(signal.SIGINT)
        assert site.wait(PATIENCE) == 0


@pytest.mark.parametrize("word", [signal.SIGINT, signal.SIGTERM])
def test_the_worker_stops_when_told(environment: dict[str, str], tmp_path: Path, word: signal.Signals):
    _set_up(environment, tmp_path)
    with _started(environment, "worker") as worker:
        _wait_for_lead(environment["DATABASE_URL"])
        worker.send_signal(word)
        assert worker.wait(PATIENCE) == 0


def _wait_for_lead(url: str) -> None:
    engine = create_engine(url)
    for _ in range(int(PATIENCE * 10)):
        with engine.connect() as connection:
            led = connection.execute(text("SELECT count(*) FROM job_run WHERE holder <> ''")).scalar()
        if led:
            break
        time.sleep(0.1)
    engine.dispose()
    assert led, "the worker never took the lead"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("SECRET_KEY", ""),
        ("SECRET_KEY", "change-me"),
        ("SECRET_KEY", "short"),
        ("PUBLIC_BASE_URL", ""),
        ("PUBLIC_BASE_URL", "http://covoiturage.example.fr"),
        ("THREADS", "many"),
        ("TWILIO_ACCOUNT_SID", "AC0"),
    ],
)
def test_it_refuses_to_start_on_an_unfit_setting_and_names_it(
    environment: dict[str, str], setting: str, value: str
):
    answer = _run(environment | {setting: value}, "serve")
    assert answer.returncode == 1
    assert setting in answer.stderr
    assert "Traceback" not in answer.stderr


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_it_refuses_a_database_that_was_never_prepared(environment: dict[str, str]):
    answer = _run(environment, "serve")
    assert answer.returncode == 1
    assert "./run setup" in answer.stderr


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_it_refuses_real_credentials_on_a_demonstration(environment: dict[str, str], tmp_path: Path):
    _set_up(environment, tmp_path)
    engine = create_engine(environment["DATABASE_URL"])
    with engine.begin() as connection:
        connection.execute(text("UPDATE organisation SET is_demonstration = true"))
    engine.dispose()
    real = {"TWILIO_ACCOUNT_SID": "AC0", "TWILIO_AUTH_TOKEN": "x", "SMS_SENDER": "+33939980000"}
    for command in ("serve", "worker"):
        answer = _run(environment | real, command)
        assert answer.returncode == 1
        assert "démonstration" in answer.stderr
