"""Why somebody fits, or does not, in plain French."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta

from lotocar.carpool.matching.facts import Candidate, Datum, Exclusion, Reason, Rule
from lotocar.carpool.matching.ladder import Change, Rung, Step
from lotocar.values.days import local
from lotocar.values.wording import (
    arrival_gap_words,
    counted,
    day_words,
    detour_words,
    distance_words,
    duration_words,
    hour_words,
)

Data = Mapping[str, Datum]


def at_place(label: str) -> str:
    """« à Pradines », « au Vigan », « aux Arques »."""
    for article, contracted in (("Le ", "au "), ("Les ", "aux ")):
        if label.startswith(article):
            return contracted + label.removeprefix(article)
    return f"à {label}"


def candidate_words(candidate: Candidate, *, pickup: str) -> str:
    """« passe à Pradines à 8 h 40, détour d'environ 4 min, arrive 25 min en avance ».

    `pickup` is the label of the passenger's starting place.
    """
    said = (reason_words(one, pickup=pickup) for one in candidate.reasons if one.code != "seats")
    return ", ".join(said)


def sentences(candidate: Candidate, *, pickup: str = "") -> list[str]:
    """Every reason, one by one; the pick-up's place is left out when `pickup` is."""
    return [reason_words(one, pickup=pickup) for one in candidate.reasons]


def gap_words(candidate: Candidate) -> str:
    """« arrive 25 min en avance », « 10 min plus tard que l'heure souhaitée »; empty without a wish or an hour."""
    return next((reason_words(one) for one in candidate.reasons if one.code.startswith("suits_")), "")


def hour_note(candidate: Candidate) -> str:
    """« le départ de 8 h 30 convient pour arriver à 10 h »; empty when no hour was asked for, or none is known."""
    if candidate.departure_at is None or candidate.wanted_at is None:
        return ""
    act = "arriver" if candidate.time_kind == "arrive_by" else "partir"
    return f"le départ de {_hour(candidate.departure_at)} convient pour {act} à {_hour(candidate.wanted_at)}"


def reason_words(reason: Reason, *, pickup: str = "") -> str:
    """One reason, as part of a sentence. `pickup` is the label of the passenger's starting place."""
    if reason.code == "pickup":
        return " ".join(filter(None, ("passe", pickup and at_place(pickup), _moment(reason.data))))
    return _REASONS[reason.code](reason.data)


def exclusion_words(exclusion: Exclusion) -> str:
    """« Pourquoi pas lui ? », as a sentence without its full stop."""
    return _EXCLUSIONS[exclusion.rule](exclusion.data, exclusion.by or 0)


def rung_words(rung: Rung | Change) -> str:
    """What one would have to accept, and what it would give, as a sentence without its full stop."""
    if isinstance(rung, Change):
        where = at_place(rung.place.label)
        return f"deux conducteurs, avec un changement {where} et {duration_words(rung.wait)} d'attente"
    drivers = counted(
        len({one.driver_id for one in rung.found}), "conducteur possible", "conducteurs possibles"
    )
    return f"{_terms(rung)} : {drivers}"


def _terms(rung: Rung) -> str:
    if rung.place is not None:
        verb = "partir" if rung.step is Step.PICKUP else "descendre"
        return f"{verb} {at_place(rung.place.label)}, à {distance_words(rung.walk_m)}"
    if rung.step is Step.HOUR:
        return "une heure plus tôt ou plus tard"
    if rung.step is Step.DETOUR:
        return "un détour plus long que d'habitude, à leur demander"
    return f"{'la veille' if rung.step is Step.DAY_BEFORE else 'le lendemain'}, {day_words(rung.leg.day)}"


def _moment(data: Data) -> str:
    at = _instant(data["at"])
    return f"{'' if not data['other_day'] else day_words(local(at).date()) + ' '}à {_hour(at)}"


def _detour(data: Data) -> str:
    words = detour_words(_seconds(data["seconds"]))
    words = words.replace("d'environ", "de") if data["exact"] else words
    beyond = _seconds(data["seconds"]) - _seconds(data["limit_seconds"])
    return f"{words}, {duration_words(beyond)} au-delà de sa limite" if beyond > timedelta() else words


def _suits_arrival(data: Data) -> str:
    return arrival_gap_words(-_seconds(data["gap_seconds"]))


def _suits_departure(data: Data) -> str:
    gap = _seconds(data["gap_seconds"])
    if abs(gap) < timedelta(minutes=1):
        return "à l'heure souhaitée"
    return f"{duration_words(gap)} plus {'tard' if gap > timedelta() else 'tôt'} que l'heure souhaitée"


def _flexibility(data: Data) -> str:
    shift = _seconds(data["shift_seconds"])
    return (
        f"s'il est possible de partir {duration_words(shift)} plus {'tard' if shift > timedelta() else 'tôt'}"
    )


_REASONS: Mapping[str, Callable[[Data], str]] = {
    "hour_unknown": lambda _: "heure à préciser",
    "detour": _detour,
    "suits_arrive_by": _suits_arrival,
    "suits_leave_at": _suits_departure,
    "suits_around": _suits_departure,
    "flexibility": _flexibility,
    "seats": lambda data: counted(_number(data["free"]), "place libre", "places libres"),
}


def _too_long(data: Data, by: int) -> str:
    detour, limit = (duration_words(_seconds(data[name])) for name in ("detour_seconds", "limit_seconds"))
    return (
        f"détour d'environ {detour}, {duration_words(timedelta(seconds=by))} de plus que sa limite de {limit}"
    )


def _other_day(data: Data, _by: int) -> str:
    return f"ne fait pas ce trajet ce jour-là ; le jour le plus proche est {_day(data['nearest'])}"


def _not_valid(data: Data, _by: int) -> str:
    if "starts" in data:
        return f"ce trajet commence {_day(data['starts'])}"
    return f"ce trajet a pris fin {_day(data['ended'])}"


def _paused(data: Data, _by: int) -> str:
    until = data["until"]
    assert isinstance(until, date)
    return f"en pause jusqu'au {day_words(until)}"


def _no_seat(data: Data, _by: int) -> str:
    free = _number(data["free"])
    return "plus de place ce jour-là" if free == 0 else f"il ne reste que {counted(free, 'place')} ce jour-là"


def _wrong_hour(data: Data, by: int) -> str:
    missing = duration_words(timedelta(seconds=by))
    if data["late"]:
        arrives = f"arriverait {_when(data['dropoff_at'])}"
        return f"passerait {_when(data['pickup_at'])} et {arrives} : {missing} trop tard, souplesse comprise"
    return f"passerait {_when(data['pickup_at'])} : {missing} trop tôt, souplesse comprise"


def _gone(data: Data, _by: int) -> str:
    return (
        f"passe {_when(data['pickup_at'])} : c'est déjà passé" if "pickup_at" in data else "ce jour est passé"
    )


_EXCLUSIONS: Mapping[Rule, Callable[[Data, int], str]] = {
    Rule.CLOSED: lambda _data, _by: "ce trajet n'est pas proposé en ce moment",
    Rule.SAME_PERSON: lambda _data, _by: "c'est la personne qui cherche un trajet",
    Rule.AVOIDED: lambda _data, _by: "ces deux personnes ne voyagent pas ensemble",
    Rule.DETOUR: _too_long,
    Rule.DAY: _other_day,
    Rule.VALIDITY: _not_valid,
    Rule.PAUSE: _paused,
    Rule.SEATS: _no_seat,
    Rule.HOUR: _wrong_hour,
    Rule.GONE: _gone,
}


def _number(value: Datum) -> int:
    assert isinstance(value, int)
    return value


def _seconds(value: Datum) -> timedelta:
    return timedelta(seconds=_number(value))


def _instant(value: Datum) -> datetime:
    assert isinstance(value, datetime)
    return value


def _hour(instant: datetime) -> str:
    return hour_words(local(instant).time())


def _when(value: Datum) -> str:
    return f"à {_hour(_instant(value))}"


def _day(value: Datum) -> str:
    assert isinstance(value, date)
    return f"le {day_words(value)}"
