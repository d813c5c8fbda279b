"""What templates may call: French wording of values, and the context of every page."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Flask, get_flashed_messages
from sqlalchemy.exc import OperationalError

from lotocar import clock
from lotocar.civic.registry.papers.consent import CURRENT, TEXTS
from lotocar.db import reading
from lotocar.errors import NotFound
from lotocar.organisation import queries as organisation
from lotocar.values import phone, wording
from lotocar.values.days import PARIS, local
from lotocar.values.flexible_days import flexible_words
from lotocar.values.names import initial_name
from lotocar.web import guards
from lotocar.web.edge import session

ATTRIBUTION = "Communes et contours : INSEE (COG 2026), La Poste, DGCL, IGN, DILA – Licence Ouverte 2.0."


def install(app: Flask) -> None:
    """Add the filters and the context of every page."""
    app.jinja_env.filters.update(
        local=local,
        day=lambda day: wording.unbreakable(wording.day_words(day)),
        hour=lambda hour: wording.unbreakable(wording.hour_words(hour)),
        instant=lambda at: wording.unbreakable(wording.instant_words(at)),
        near=near,
        phone=phone.display,
        masked=phone.masked,
        give_or_take=flexible_words,
        tel=phone.tel_link,
        duration=wording.duration_words,
        detour=wording.detour_words,
        short_name=short_name,
    )
    app.jinja_env.globals["registry_consent"] = TEXTS[CURRENT]
    app.context_processor(every_page)


def near(at: datetime) -> str:
    """« aujourd'hui à 8 h 30 », « demain mardi 24 novembre à 8 h 30 », else the instant in words."""
    return wording.unbreakable(wording.near_instant(at, clock.now().astimezone(PARIS).date()))


def short_name(person: Any) -> str:
    """« Odile D. »: what others may read."""
    return initial_name(person.first_name, person.last_name)


def every_page() -> dict[str, Any]:
    """The installation, who is signed in, and the sentences left by the last act."""
    try:
        with reading():  # the page that says « very busy » must not queue behind the writer it speaks of
            house: Any = organisation.current(session())
            account = guards.current_account()
    except (NotFound, OperationalError) as error:
        if isinstance(error, OperationalError):
            session().rollback()
        return {"flashes": get_flashed_messages(with_categories=True)}
    return {
        "organisation": {
            "name": house.name,
            "desk_phone": house.desk_phone,
            "desk_phone_display": phone.display(house.desk_phone),
            "desk_hours": house.desk_hours,
            "purposes": {one.code: one.label for one in house.purposes},
            "is_demonstration": house.is_demonstration,
        },
        "flashes": get_flashed_messages(with_categories=True),
        "attribution": ATTRIBUTION,
        "account": account,
        "account_name": account.display_name if account else "",
        "today": clock.now().astimezone(PARIS).date(),
    }
