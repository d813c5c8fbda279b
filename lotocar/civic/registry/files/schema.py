"""What the registry's schema and database would say of a payload, in French, before anything is sent.

The constraints are those of API v3 (POST /journeys). Where the service takes more than its documentation
allows, or takes what we never send, the problem is only advice: `blocking` is False.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from lotocar.civic.registry.couples.rules import (
    MAX_CENTS,
    MAX_DISTANCE_M,
    MAX_INCENTIVE_CENTS,
    MAX_LINES,
    MAX_PLATE,
    MAX_SEATS,
)

INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:?\d\d)", re.ASCII)
NO_ZONE = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong at a JSON path (« /start/datetime »). `blocking`: the registry would refuse it."""

    path: str
    message: str
    blocking: bool = True


Check = Callable[[object, str], Iterator[Problem]]


@dataclass(frozen=True, slots=True)
class Key:
    """One property of an object: its check, and whether it must be there."""

    check: Check
    required: bool = True


def check_payload(body: object) -> list[Problem]:
    """Every problem of one payload as parsed from JSON; empty when the registry's schema has nothing against it."""
    problems = list(JOURNEY(body, ""))
    if not any(problem.blocking for problem in problems):
        problems += _order(body)
    return problems


def would_pass(body: object) -> bool:
    """Whether nothing blocking is found."""
    return not any(problem.blocking for problem in check_payload(body))


def text(
    longest: int,
    *,
    pattern: str = "",
    shape: str = "",
    shortest: int = 1,
    advised: str = "",
    advice: str = "",
) -> Check:
    """A string of so many characters; `shape` tells in French what `pattern` wants.

    `advised` is a narrower pattern that the documentation publishes and the service does not enforce.
    """

    def check(value: object, path: str) -> Iterator[Problem]:
        if not isinstance(value, str):
            yield Problem(path, "Il faut un texte entre guillemets.")
        elif not shortest <= len(value) <= longest:
            yield Problem(path, f"Il faut entre {shortest} et {longest} caractères.")
        elif pattern and not re.fullmatch(pattern, value):
            yield Problem(path, f"Il faut {shape}.")
        elif advised and not re.fullmatch(advised, value):
            yield Problem(path, advice, blocking=False)

    return check


def whole(least: int, most: int, *, decimals_pass: bool = False) -> Check:
    """An integer; a decimal form is advice where the service does not refuse it."""

    def check(value: object, path: str) -> Iterator[Problem]:
        number = _number(value)
        if number is None:
            yield Problem(path, "Il faut un nombre entier, sans guillemets.")
        elif not least <= number <= most:
            yield Problem(path, f"Il faut un nombre entier de {least} à {most}.")
        elif isinstance(number, float):
            harmless = decimals_pass or number.is_integer()  # 150.0 reads as 150 at the other end
            yield Problem(path, "Il faut un nombre entier, sans décimales.", blocking=not harmless)

    return check


def degrees(limit: int) -> Check:
    """A position in plain decimals; the service refuses the exponent form (1e-7)."""

    def check(value: object, path: str) -> Iterator[Problem]:
        number = _number(value)
        if number is None:
            yield Problem(path, "Il faut un nombre de degrés, sans guillemets.")
        elif not -limit <= number <= limit:
            yield Problem(path, f"Il faut un nombre de degrés de -{limit} à {limit}.")
        elif "e" in repr(number):
            yield Problem(path, "Il faut un nombre écrit sans exposant (0.00001 et non 1e-5).")

    return check


def instant(value: object, path: str) -> Iterator[Problem]:
    """A date and hour with its zone."""
    if not isinstance(value, str):
        yield Problem(path, "Il faut une date et une heure entre guillemets.")
    elif NO_ZONE.fullmatch(value):
        yield Problem(path, "Il manque le fuseau horaire (Z ou +01:00) après l’heure.")
    elif not INSTANT.fullmatch(value) or _instant(value) is None:
        yield Problem(path, "Il faut une date et une heure comme 2026-11-20T13:05:00Z.")


def true_false_null(value: object, path: str) -> Iterator[Problem]:
    """A JSON boolean or null."""
    if not (value is None or isinstance(value, bool)):
        yield Problem(path, "Il faut true, false ou null.")


def rows(item: Check, *, distinct: str) -> Check:
    """An array of up to twenty objects; a repeated `distinct` is advice, the service does not look."""

    def check(value: object, path: str) -> Iterator[Problem]:
        if not isinstance(value, list):
            yield Problem(path, "Il faut une liste entre crochets.")
            return
        if len(value) > MAX_LINES:
            yield Problem(path, f"Il faut {MAX_LINES} lignes au plus.")
        for place, each in enumerate(value):
            yield from item(each, f"{path}/{place}")
        marks = [each.get(distinct) for each in value if isinstance(each, Mapping)]
        if len({repr(mark) for mark in marks}) < len(marks):
            yield Problem(path, "Deux lignes portent le même rang (index).", blocking=False)

    return check


def fields(keys: Mapping[str, Key], *, one_of: tuple[str, ...] = ()) -> Check:
    """An object with these properties and no other; at least one of `one_of`."""

    def check(value: object, path: str) -> Iterator[Problem]:
        if not isinstance(value, Mapping):
            yield Problem(path or "/", "Il faut un objet entre accolades.")
            return
        for name in value:
            if name not in keys:
                yield Problem(f"{path}/{name}", "Ce champ n’existe pas au registre. Retirez-le.")
        for name, key in keys.items():
            if name in value:
                yield from key.check(value[name], f"{path}/{name}")
            elif key.required:
                yield Problem(f"{path}/{name}", "Ce champ manque.")
        if one_of and not any(name in value for name in one_of):
            yield Problem(f"{path}/{one_of[0]}", "Ce champ manque.")

    return check


def unwanted(check: Check) -> Check:
    """A property that the registry tolerates and that we never send."""

    def advise(value: object, path: str) -> Iterator[Problem]:
        yield from check(value, path)
        yield Problem(path, "Ce champ est toléré mais ne doit pas être envoyé. Retirez-le.", blocking=False)

    return advise


def anything(_value: object, _path: str) -> Iterator[Problem]:
    """No constraint known."""
    yield from ()


def _number(value: object) -> int | float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _instant(value: str) -> datetime | None:
    try:
        return datetime.fromisoformat(value.upper())
    except ValueError:
        return None


def _order(body: object) -> Iterator[Problem]:
    """Asked once the shape is right: the service answers 422 when the end comes first."""
    assert isinstance(body, Mapping)
    start, end = (_instant(body[side]["datetime"]) for side in ("start", "end"))
    if start and end and end < start:
        yield Problem("/end/datetime", "L’arrivée est avant le départ.")
    incentives = sum(each["amount"] for each in body["incentives"])
    if body["driver"]["revenue"] > body["passenger"]["contribution"] + incentives:
        yield Problem(
            "/driver/revenue",
            "Le conducteur garderait plus que la participation et les aides réunies.",
            blocking=False,
        )


SIRET = text(14, pattern=r"[0-9]{14}", shape="un numéro SIRET de 14 chiffres", shortest=14)
INDEX = whole(0, MAX_LINES - 1)
AMOUNT = whole(0, MAX_INCENTIVE_CENTS, decimals_pass=True)
ID = text(
    256,
    pattern=r"[a-z0-9-]+",
    shape="des minuscules, des chiffres ou des tirets",
    advised=r"[a-z0-9]+",
    advice="Les tirets passent, mais la forme publiée n’en a pas : préférez 32 caractères hexadécimaux.",
)
INCENTIVE = fields({"index": Key(INDEX), "amount": Key(AMOUNT), "siret": Key(SIRET)})
PAYMENT = fields(
    {
        "index": Key(INDEX),
        "siret": Key(SIRET),
        "type": Key(text(256)),
        "amount": Key(whole(0, MAX_INCENTIVE_CENTS)),
    }
)
PLACE_AND_TIME = fields({"datetime": Key(instant), "lat": Key(degrees(90)), "lon": Key(degrees(180))})
TRAVEL_PASS = fields({"name": Key(text(6, pattern="navigo", shape="« navigo »")), "user_id": Key(text(256))})
IDENTITY = {
    "identity_key": Key(
        text(64, pattern=r"[a-f0-9]{64}", shape="64 caractères hexadécimaux en minuscules", shortest=64)
    ),
    "operator_user_id": Key(text(256)),
    "phone_trunc": Key(
        text(13, pattern=r"\+[0-9]{8,12}", shape="un numéro international sans ses deux derniers chiffres"),
        required=False,
    ),
    "phone": Key(
        unwanted(text(20, pattern=r"\+?[0-9 .()-]+", shape="un numéro de téléphone", shortest=10)),
        required=False,
    ),
    "travel_pass": Key(TRAVEL_PASS, required=False),
    **{
        name: Key(unwanted(anything), required=False)
        for name in ("firstname", "lastname", "email", "company")
    },
}
EITHER_PHONE = ("phone_trunc", "phone")
DRIVER = fields({"identity": Key(fields(IDENTITY, one_of=EITHER_PHONE)), "revenue": Key(whole(0, MAX_CENTS))})
PASSENGER = fields(
    {
        "identity": Key(
            fields(IDENTITY | {"over_18": Key(true_false_null, required=False)}, one_of=EITHER_PHONE)
        ),
        "contribution": Key(whole(0, MAX_CENTS)),
        "seats": Key(whole(1, MAX_SEATS), required=False),
        "payments": Key(rows(PAYMENT, distinct="index"), required=False),
    }
)
JOURNEY = fields(
    {
        "operator_journey_id": Key(ID),
        "operator_trip_id": Key(text(256)),
        "operator_class": Key(text(1, pattern="[ABC]", shape="la lettre A, B ou C")),
        "licence_plate": Key(text(MAX_PLATE), required=False),
        "incentives": Key(rows(INCENTIVE, distinct="index")),
        "start": Key(PLACE_AND_TIME),
        "end": Key(PLACE_AND_TIME),
        "distance": Key(whole(1, MAX_DISTANCE_M)),
        "driver": Key(DRIVER),
        "passenger": Key(PASSENGER),
        "incentive_counterparts": Key(unwanted(anything), required=False),
    }
)
