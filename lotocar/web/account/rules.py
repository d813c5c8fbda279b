"""Where one may be sent after signing in, and how a browser is called."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from lotocar.staff.rules import EXPORT_REASONS

REASONS: dict[Any, str] = dict(
    zip(
        EXPORT_REASONS,
        (
            "Suivi du registre national",
            "Bilan pour un financeur",
            "Une personne demande ses propres données",
            "Vérification interne",
        ),
        strict=True,
    )
)
# the first name found wins: each of these browsers also claims to be those that follow
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrom", "Chrome"),
    ("Safari", "Safari"),
)
MACHINES = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


def device_of(user_agent: str) -> str:
    """« Firefox, Windows »: enough to recognise one's own browsers, and nothing more."""
    found = [next((name for mark, name in known if mark in user_agent), "") for known in (BROWSERS, MACHINES)]
    return ", ".join(name for name in found if name) or "navigateur inconnu"


def local_path(target: str | None) -> str | None:
    """The target when it is a path of ours, query included; None for anything that leads elsewhere.

    Browsers read backslashes as slashes and skip tabs and line breaks, so that « /\\elsewhere » would leave us.
    """
    if not target or not target.startswith("/") or target.startswith("//"):
        return None
    if "\\" in target or any(ord(character) <= 32 or ord(character) == 127 for character in target):
        return None
    parts = urlsplit(target)
    return None if parts.scheme or parts.netloc else target
