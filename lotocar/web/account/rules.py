"""Where one may be sent after signing in."""

from __future__ import annotations

from urllib.parse import urlsplit


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
