"""A word on health, said while a note is typed: nothing of it is kept, and nothing is held back."""

from __future__ import annotations

from flask import Response, request

from lotocar.values.health import health_words
from lotocar.web.forms import showable
from lotocar.web.render import page

LONGEST = 500  # letters: what a note holds


def health_note() -> Response:
    """The words on health of the note typed, and what to write instead; empty for most notes."""
    typed = " ".join(value[:LONGEST] for name, value in request.form.items() if name != "csrf_token")
    return page("desk/_health_words.html", health=health_words(showable(typed)))
