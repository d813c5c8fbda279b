"""The five families of errors; `web/errors.py` alone turns them into answers.

An error carries a code, never a sentence: the screen finds the words.
"""

from __future__ import annotations


class LotocarError(Exception):
    """Parent of every error the house raises on purpose."""

    def __init__(self, code: str, **details: object) -> None:
        super().__init__(code)
        self.code = code
        self.details = details


class Invalid(LotocarError):
    """What was given makes no sense in itself (422). `field` names the form field when one is to blame."""

    def __init__(self, code: str, *, field: str | None = None, **details: object) -> None:
        super().__init__(code, **details)
        self.field = field


class Refused(LotocarError):
    """What was asked is well formed, but the state of things forbids it (409)."""


class NotFound(LotocarError):
    """No such thing, or none that this actor may see (404)."""


class NotAllowed(LotocarError):
    """This actor may not do that (403)."""


class Unavailable(LotocarError):
    """An outside service failed (503). `permanent` tells whether trying again could help."""

    def __init__(self, code: str, *, permanent: bool = False, **details: object) -> None:
        super().__init__(code, **details)
        self.permanent = permanent
