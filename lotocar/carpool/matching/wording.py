"""Why somebody fits, or does not, in plain French."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from lotocar.carpool.matching.candidate import Candidate
from lotocar.carpool.matching.facts import Datum, Exclusion, Reason, Rule
from lotocar.carpool.matching.ladder import WALK_M, Change, Rung, Step
from lotocar.values.days import DAY_NAMES, local
from lotocar.values.wording import (
    arrival_gap_words,
    counted,
    day_words,
    detour_words,
    distance_words,
    duration_words,
    hour_words,
    listed,
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


def needs_words(bits: int) -> str:
    """« de la place dans le coffre et attendre sur place »."""
    return listed([words for rank, words in enumerate(ABILITY_WORDS.values()) if bits >> rank & 1])


def passing_words(candidate: Candidate, *, pickup: str = "") -> str:
    """« passe à Pradines vers 8 h 40, arrive vers 9 h 15 »; empty when the driver gave no hour."""
    if candidate.pickup_at is None or candidate.dropoff_at is None:
        return ""
    where = f" {at_place(pickup)}" if pickup else ""
    return f"passe{where} vers {_hour(candidate.pickup_at)}, arrive vers {_hour(candidate.dropoff_at)}"


def why_words(answers: Sequence[Candidate | Exclusion]) -> str:
    """« Pourquoi pas lui ? » in one sentence without its full stop, from what explains each departure of a driver.

    The nearest to fitting comes first. Departures that fail for their day only are said together: « part le
    lundi et le mardi, pas le jeudi ».
    """
    if not answers:
        return "ne propose aucun trajet"
    first = answers[0]
    if isinstance(first, Candidate):
        return f"convient : {', '.join(sentences(first))}"
    if first.rule is not Rule.DAY or not first.data["weekly"]:
        return exclusion_words(first)
    alike = [one for one in answers if isinstance(one, Exclusion) and one.rule is Rule.DAY]
    mine = [one for one in alike if (one.trip_id, one.direction) == (first.trip_id, first.direction)]
    return _leaves_on({_weekday(one.data["nearest"]) for one in mine if one.data["weekly"]}, first.data)


def exclusion_words(exclusion: Exclusion) -> str:
    """« Pourquoi pas lui ? », as a sentence without its full stop."""
    return _EXCLUSIONS[exclusion.rule](exclusion.data, exclusion.by or 0)


def rung_words(rung: Rung | Change, names: Mapping[int, str] | None = None) -> str:
    """What one would have to accept, and what it would give, as a sentence without its full stop.

    `names` of drivers by number, for the team: who is to be persuaded is then named.
    """
    if isinstance(rung, Change):
        where = at_place(rung.place.label)
        return f"deux conducteurs, avec un changement {where} et {duration_words(rung.wait)} d'attente"
    drivers = counted(len(rung.found.drivers), "conducteur possible", "conducteurs possibles")
    if rung.step is Step.DETOUR and names:
        return f"{_terms(rung)} : {_to_persuade(rung, names)}"
    return f"{_terms(rung)} : {drivers}"


def _to_persuade(rung: Rung, names: Mapping[int, str]) -> str:
    """« Odile Vernet (14 min au lieu de 10) », the nearest to their own limit first; three at most."""
    nearest: dict[int, str] = {}
    for one in sorted(rung.found, key=lambda one: one.detour_seconds - one.limit_seconds):
        detour, limit = (timedelta(seconds=value) for value in (one.detour_seconds, one.limit_seconds))
        said = f"{names.get(one.driver_id, '')} ({duration_words(detour)} au lieu de {duration_words(limit)})"
        nearest.setdefault(one.driver_id, said.strip())
    return listed([*nearest.values()][:3], "ou")


def _terms(rung: Rung) -> str:
    if rung.place is not None:
        verb = "partir" if rung.step is Step.PICKUP else "descendre"
        how = "à pied" if rung.walk_m <= WALK_M else "en s'y faisant conduire"
        return f"{verb} {at_place(rung.place.label)}, à {distance_words(rung.walk_m)} {how}"
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
    "same_driver": lambda _: "même conducteur que la dernière fois",
    "to_ask": lambda data: f"à lui demander : {needs_words(_number(data['needs']))}",
}

# what a driver may offer besides a seat, in the order of people.rules.ABILITIES
ABILITY_WORDS = {
    "boot": "de la place dans le coffre",
    "hand": "un bras pour marcher",
    "door": "accompagner jusqu'à la porte",
    "animal": "accepter un animal",
    "child_seat": "un siège enfant",
    "wait": "attendre sur place",
}


def _too_long(data: Data, by: int) -> str:
    detour, limit = (duration_words(_seconds(data[name])) for name in ("detour_seconds", "limit_seconds"))
    about = "de" if data["exact"] else "d'environ"
    return (
        f"détour {about} {detour}, {duration_words(timedelta(seconds=by))} de plus que sa limite de {limit}"
    )


def _other_day(data: Data, _by: int) -> str:
    if data["weekly"]:
        return _leaves_on({_weekday(data["nearest"])}, data)
    return f"ne fait ce trajet que {_day(data['nearest'])}"


def _leaves_on(weekdays: Iterable[int], data: Data) -> str:
    """« part le lundi et le mardi, pas le jeudi »."""
    days = listed([f"le {DAY_NAMES[one]}" for one in sorted(weekdays)])
    return f"part {days}, pas le {DAY_NAMES[_weekday(data['asked'])]}"


def _lacking(data: Data, _by: int) -> str:
    return f"ne propose pas : {needs_words(_number(data['missing']))}"


def _not_valid(data: Data, _by: int) -> str:
    if "starts" in data:
        return f"ce trajet commence {_day(data['starts'])}"
    return f"ce trajet a pris fin {_day(data['ended'])}"


def _paused(data: Data, _by: int) -> str:
    until = data["until"]
    assert isinstance(until, date)
    if data["why"] == "pause":
        return f"en pause jusqu'au {day_words(until)}"
    return _CLOSED_DAYS[str(data["why"])]


_CLOSED_DAYS = {
    "moved": "a changé ses horaires ce jour-là",
    "school": "ne fait pas ce trajet pendant les vacances scolaires",
    "term": "ne fait ce trajet que pendant les vacances scolaires",
    "holiday": "ne fait pas ce trajet les jours fériés",
    "month": "a déjà pris autant de trajets que convenu pour ce mois",
}


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
    Rule.HIDDEN: lambda _data, _by: "ce trajet n'est proposé que par l'équipe",
    Rule.SAME_PERSON: lambda _data, _by: "c'est la personne qui cherche un trajet",
    Rule.AVOIDED: lambda _data, _by: "ces deux personnes ne voyagent pas ensemble",
    Rule.NEEDS: _lacking,
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


def _weekday(value: Datum) -> int:
    assert isinstance(value, date)
    return value.weekday()


def _day(value: Datum) -> str:
    assert isinstance(value, date)
    return f"le {day_words(value)}"
