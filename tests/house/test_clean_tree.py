"""The tree speaks of the product alone: no path of a developer's machine, no package index, no secret."""

from __future__ import annotations

import re

from tests.support.checkout import ROOT, own_files

# written in two halves, so that this file does not hold what it looks for
NOT_OURS = re.compile(
    "|".join(
        (
            r"/ro" r"ot/",
            r"/ho" r"me/\w+/",
            r"/wo" r"rk/(main|shared)",
            r"\.libr" r"ary/",
            r"py" r"pi\.org",
            r"python" r"hosted\.org",
            r"registry\.np" r"mjs",
            r"BEGIN [A-Z ]*PRIVATE " r"KEY",
        )
    )
)
LOCAL = {".venv", "var", "node_modules"}


def test_nothing_names_a_machine_an_index_or_a_secret():
    found = []
    for file in own_files():
        for number, line in enumerate(file.read_text(errors="replace").splitlines(), start=1):
            if NOT_OURS.search(line[:2000]):
                found.append(f"{file.relative_to(ROOT)}:{number}: {line.strip()[:120]}")
    assert found == []


def test_no_environment_database_or_key_is_under_version_control():
    kept = [
        file.relative_to(ROOT)
        for file in own_files()
        if LOCAL & set(file.relative_to(ROOT).parts)
        or file.suffix in {".sqlite3", ".key", ".pem", ".pyc", ".env"}
    ]
    assert kept == []
