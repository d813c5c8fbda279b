"""Templates rendered by Jinja alone, as the app would, without an app: no database, no network."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, select_autoescape

from tests.templates.sample import filled_week, right_form, week_rows, wrong_form

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "static"
HOUSE = {
    "name": "Lotocar du Lot",
    "desk_phone": "+33536490100",
    "desk_phone_display": "05 36 49 01 00",
    "desk_hours": "du lundi au vendredi, 9 h – 12 h",
    "is_demonstration": True,
}


def asset(name: str) -> str:
    """The address of a static file that must exist."""
    assert (STATIC / name).is_file(), f"no static file {name}"
    return f"/static/{name}"


def environment() -> Environment:
    """Jinja as the app sets it."""
    env = Environment(
        loader=FileSystemLoader(ROOT / "templates"),
        autoescape=select_autoescape(["html"]),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.globals.update(asset=asset, csrf_token=lambda: "token")
    return env


def page(template: str, **context: Any) -> str:
    """A page of our installation."""
    return environment().get_template(template).render(organisation=HOUSE, flashes=[], **context)


def styleguide() -> str:
    """Every component, some fields wrong."""
    return page("styleguide.html", form=wrong_form(), fresh=right_form(), days=week_rows(filled_week()))


def piece(source: str, **context: Any) -> str:
    """A few lines of template, such as a page would write them."""
    return environment().from_string(source).render(**context)
