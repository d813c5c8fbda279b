"""Pages that go out of the house: letters and sheets that stand alone, without a style sheet or a script elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from lotocar.messages.texts import FOLDER, day, hour
from lotocar.values import phone, wording


def page(kind: str, values: Mapping[str, object]) -> str:
    """The page of this kind (templates/messages/<kind>/body.html), whole and escaped."""
    return _environment().get_template(f"{kind}/body.html").render(values)


def text(kind: str, name: str, values: Mapping[str, object]) -> str:
    """A text of this kind ("subject.txt" or "body.txt"), its lines kept."""
    return _environment().get_template(f"{kind}/{name}").render(values).strip()


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        undefined=StrictUndefined,
        autoescape=select_autoescape(["html"]),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        day=day, hour=hour, date=wording.full_date, instant=wording.instant_words, phone=phone.display
    )
    return environment
