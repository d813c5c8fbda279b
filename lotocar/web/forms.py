"""Fields that read what French people type, each with a clear sentence when it cannot.

A form checks the shape; the operation checks the rule. `blame` puts an operation's refusal beside its field.
"""

from __future__ import annotations

import unicodedata
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field, FormField, HiddenField, StringField
from wtforms.validators import StopValidation, ValidationError
from wtforms.widgets import TextArea

from lotocar import clock
from lotocar.errors import Invalid, Unavailable
from lotocar.organisation import queries as organisation
from lotocar.values.days import PARIS, read_day
from lotocar.values.geo import Stop, distance_m
from lotocar.values.hours import read_hour, read_minutes
from lotocar.values.names import clean_name, fold
from lotocar.values.phone import PhoneNumber, display, parse_phone
from lotocar.web.edge import outside, session
from lotocar.world.places.queries import local_places
from lotocar.world.places.rules import Exactness
from lotocar.world.places.search import Ambiguous, Found, Hit, Resolution, find, resolve

FAR_FROM_COMMUNE_M = (
    40_000  # the widest communes of France reach about thirty kilometres from their town hall
)

# an hour that clocks skip or show twice is blamed on the hour, whichever day it meets
AT_NIGHT = {"": "hour"}

WORDS = {
    "name_empty": "Écrivez un nom.",
    "name_control": "Ce nom contient un caractère invisible : retapez-le.",
    "name_too_long": "Ce nom est trop long.",
    "empty": "Écrivez un numéro de téléphone.",
    "too_short": "Ce numéro est trop court : il faut dix chiffres, par exemple 06 39 98 00 11.",
    "too_long": "Ce numéro est trop long : il faut dix chiffres, par exemple 06 39 98 00 11.",
    "not_a_number": "Nous ne reconnaissons pas ce numéro. Écrivez dix chiffres, par exemple 06 39 98 00 11.",
    "premium": "Les numéros surtaxés ne sont pas acceptés.",
    "short_number": "Ce numéro court ne permet pas de vous joindre.",
    "foreign": "Seuls les numéros français sont acceptés en ligne. Appelez-nous.",
    "machine": "Ce numéro est réservé aux machines.",
    "unknown_range": "Ce numéro n'existe pas en France. Vérifiez les chiffres.",
    "day_unreadable": "Nous n'avons pas compris ce jour. Écrivez par exemple « mardi », « demain » ou « 24/11 ».",
    "day_impossible": "Ce jour n'existe pas dans le calendrier.",
    "day_past": "Ce jour est déjà passé.",
    "day_too_far": "Ce jour est trop lointain : un an au plus.",
    "day_contradiction": "Le jour de la semaine et la date ne vont pas ensemble. Vérifiez l'un et l'autre.",
    "days_endless": "Jusqu'à quand ? Ajoutez par exemple « 3 semaines » ou « jusqu'au 15/12 ».",
    "days_loose": "Trois jours de part et d'autre au plus.",
    "days_loose_series": "« À un jour près » va avec une seule date.",
    "days_none": "Il ne reste aucun jour : vérifiez ce qui suit « sauf ».",
    "days_too_many": "Trop de dates : {most} au plus.",
    "hours_crossed": "La seconde heure doit être après la première.",
    "hour_unreadable": "Nous n'avons pas compris cette heure. Écrivez par exemple « 8h30 ».",
    "hour_impossible": "Cette heure n'existe pas.",
    "hour_missing": "Cette heure n'existe pas cette nuit-là : on passe à l'heure d'été.",
    "hour_twice": "Cette heure existe deux fois cette nuit-là : on passe à l'heure d'hiver. Choisissez une autre heure.",
    "minutes_unreadable": "Écrivez une durée, par exemple « 35 minutes » ou « 1 h 10 ».",
    "place.unknown": "Nous ne connaissons pas ce lieu. Essayez la commune, ou son code postal.",
    "place.ambiguous": "Plusieurs lieux portent ce nom. Vouliez-vous dire :",
    "text.too_long": "C'est trop long : {maximum} caractères au plus.",
    "text.control": "Ce texte contient un caractère invisible : effacez-le et retapez.",
    "trip.same_place": "Le départ et l'arrivée sont au même endroit.",
    "trip.no_departure": "Cochez au moins un jour.",
    "trip.departure_twice": "Le même jour est écrit deux fois.",
    "trip.day": "Écrivez le jour du trajet.",
    "trip.day_past": "Ce jour est déjà passé.",
    "trip.day_far": "Ce jour est trop lointain : un an au plus.",
    "trip.back_before_out": "Le retour doit être après l'aller.",
    "trip.seats": "Entre 1 et 8 places.",
    "trip.flexibility": "Deux heures au plus.",
    "trip.detour": "Une heure de détour au plus.",
    "trip.vias": "Trois lieux de passage au plus.",
    "trip.via_same": "Ce lieu de passage est déjà dans votre trajet.",
    "trip.stated_minutes": "Entre une minute et dix heures.",
    "trip.validity_order": "La fin doit être après le début.",
    "trip.not_that_day": "Vous ne faites pas ce trajet ce jour-là.",
    "trip.text_long": "C'est trop long : {most} caractères au plus.",
    "pause.order": "Le dernier jour doit être après le premier.",
    "pause.past": "Ces jours sont déjà passés.",
    "person.name_missing": "Écrivez un nom.",
    "request.too_many": "Vous avez déjà laissé plusieurs demandes aujourd'hui. Appelez-nous : "
    "nous ferons le point ensemble.",
    "request.same_place": "Le départ et l'arrivée sont au même endroit.",
    "leg.same_place": "Le départ et l'arrivée sont au même endroit.",
    "request.day_past": "Ce jour est déjà passé.",
    "request.day_far": "Ce jour est trop lointain : un an au plus.",
    "request.back_before_out": "Le retour ne peut pas être avant l'aller.",
    "request.legs": "Trop de dates, ou aucune.",
    "request.more_backs": "Plus de retours que d'allers : écrivez autant de jours pour l'un que pour l'autre.",
    "request.date_twice": "La même date est écrite deux fois.",
    "request.return_plan": "Choisissez dans la liste.",
    "request.hour_without_meaning": "Dites si c'est l'heure de départ ou d'arrivée.",
    "request.seats": "Entre 1 et 8 places.",
    "request.purpose": "Choisissez dans la liste.",
    "request.too_long": "C'est trop long : 500 caractères au plus.",
    "request.outcome": "Choisissez la suite donnée dans la liste.",
    "required": "Il faut remplir cette case.",
}


def words_of(error: Invalid) -> str:
    """The sentence for this refusal; a general one when we have none."""
    sentence = WORDS.get(error.code, "Vérifiez ce que vous avez écrit ici.")
    return sentence.format(**error.details) if "{" in sentence else sentence


class Form(FlaskForm):  # type: ignore[misc]
    """Parent of our forms: French messages, and operations' refusals put beside the right field."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        locales = ("fr",)

    def validate(self, extra_validators: Any = None) -> bool:
        """Read every field; what is shown again is freed from characters that no page may hold."""
        fine = bool(super().validate(extra_validators))
        for field in self:
            _make_showable(field)
        return fine

    def blame(self, error: Invalid, *, fields: Mapping[str, str] | None = None) -> None:
        """Put an operation's refusal beside its field; `fields` translates names that differ."""
        name = (fields or {}).get(error.field or "", error.field or "")
        target = self._fields.get(name) or next(iter(self._fields.values()))
        target.errors = [*target.errors, words_of(error)]


def row_number(text: str | None) -> int | None:
    """The number of a row in a hidden field or an address; None when it is not one, or was tampered with."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 10 else None


def showable(text: str) -> str:
    """The text without control characters, lone surrogates and non-characters; line breaks and tabs stay."""
    return "".join(char for char in text if char in "\t\n\r" or not _is_unshowable(char))


def _is_unshowable(char: str) -> bool:
    number = ord(char)
    if 0xFDD0 <= number <= 0xFDEF or number & 0xFFFE == 0xFFFE:
        return True
    return unicodedata.category(char) in {"Cc", "Cs"}


def _make_showable(field: Field) -> None:
    if isinstance(field, FormField):
        for inner in field.form:
            _make_showable(inner)
        return
    if isinstance(field.data, str):
        field.data = showable(field.data)
    # a number that could not be read is shown again from what came in
    field.raw_data = [showable(one) if isinstance(one, str) else one for one in field.raw_data or []]


class Needed:
    """A required field, in our words; `DataRequired` would also refuse a typed 0."""

    field_flags = {"required": True}

    def __init__(self, sentence: str = WORDS["required"]) -> None:
        self.sentence = sentence

    def __call__(self, form: Form, field: Field) -> None:
        if field.raw_data and str(field.raw_data[0]).strip():
            return
        field.errors = []
        raise StopValidation(self.sentence)


class TextField(StringField):
    """One line or more of free text: no invisible characters, a length that the database holds."""

    def __init__(self, label: str = "", *, maximum: int = 160, lines: bool = False, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.maximum = maximum
        self.lines = lines
        if lines:
            self.widget = TextArea()

    def pre_validate(self, form: Any) -> None:
        text = (self.data or "").strip()
        allowed = {"\n", "\r", "\t"} if self.lines else set()
        if any(ord(letter) < 32 and letter not in allowed for letter in text):
            raise ValidationError(WORDS["text.control"])
        if len(text) > self.maximum:
            raise ValidationError(WORDS["text.too_long"].format(maximum=self.maximum))

    @property
    def clean(self) -> str:
        """The text without spaces around it."""
        return (self.data or "").strip()


@dataclass(frozen=True, slots=True)
class PlaceOption:
    """A place as lists and ticks offer it: `value` goes behind the words, `detail` tells namesakes apart."""

    value: str
    label: str
    detail: str


def place_option(hit: Hit) -> PlaceOption:
    """What is offered for one likely place."""
    return PlaceOption(value=place_code(hit.stop), label=hit.stop.label, detail=hit.detail)


def place_code(stop: Stop) -> str:
    """What stands for a place behind its words: commune, position and label, so that an address keeps its own."""
    return f"{stop.insee};{stop.lat:.5f};{stop.lon:.5f};{stop.label}"


def chosen_stop(code: str) -> Stop | None:
    """The place that a list put behind the words, or None when the code is empty, forged or far from its commune."""
    try:
        insee, lat, lon, label = code.split(";", 3)
        stop = Stop(label=clean_name(label, max_length=160), insee=insee, lat=float(lat), lon=float(lon))
    except (ValueError, Invalid):
        return None
    commune = outside().gazetteer.commune(insee)
    if commune is None or not distance_m(commune.point, stop.point) < FAR_FROM_COMMUNE_M:
        return None
    return stop


def find_place(text: str) -> Resolution:
    """What these words say in this territory: the team's own names first, communes, then street addresses."""
    answer = _find_name(text)
    if isinstance(answer, Found) or not _looks_like_an_address(text):
        return answer
    try:
        addresses = outside().addresses.find(text)
    except Unavailable:
        return answer  # the product is whole without them
    return _the_address(text, addresses) if addresses else answer


def _looks_like_an_address(text: str) -> bool:
    """« 12 rue Gambetta Cahors »: a number and words; a postcode or a bare name is not asked of anybody."""
    words = fold(text).split()
    return len(words) >= 3 and any(word.isdigit() for word in words)


def _the_address(text: str, addresses: Sequence[Stop]) -> Resolution:
    """The only address that holds every word typed; else all of them, to be asked back."""
    typed = set(fold(text).split())
    whole = [stop for stop in addresses if typed <= set(fold(stop.label).split())]
    if len(whole) == 1:
        return Found(whole[0])
    return Ambiguous(
        tuple(Hit("address", stop.label, "adresse", stop, 0.0, Exactness.NEAR) for stop in addresses)
    )


def _find_name(text: str) -> Resolution:
    return resolve(
        text, home=outside().home(organisation.current(session())), local_places=local_places(session())
    )


def find_places(text: str, *, limit: int = 6) -> list[Hit]:
    """Likely places for what is being typed, the best first."""
    home = outside().home(organisation.current(session()))
    return find(text[:80], home=home, local_places=local_places(session()), limit=limit)


def read_date(text: str) -> date | None:
    """A plain date of any year (« 2026-11-24 », « 24/11/2026 »), for looking back; None when it is not one."""
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(text.strip()[:10], form).date()  # noqa: DTZ007 a day has no zone
        except ValueError:
            continue
    return None


class ReadField(StringField):
    """A text field that reads its words into `value`, or says why it cannot; empty gives None."""

    value: Any = None

    def pre_validate(self, form: Any) -> None:
        self.value = None
        text = (self.data or "").strip()
        if not text:
            return
        try:
            self.value = self.read(text[:200])
        except Invalid as error:
            raise ValidationError(words_of(error)) from None

    @abstractmethod
    def read(self, text: str) -> Any:
        """What these words say; Invalid when they say nothing."""

    def show(self, text: str) -> None:
        """Fill the field with what a person would have typed."""
        self.data = text


class NameField(ReadField):
    """A first or last name: `value` is cleaned."""

    def read(self, text: str) -> str:
        return clean_name(text)


class PhoneField(ReadField):
    """A French number as anybody types it: `value` is a PhoneNumber."""

    value: PhoneNumber | None

    def read(self, text: str) -> PhoneNumber:
        return parse_phone(text)

    def fill(self, e164: str) -> None:
        """Show a number that we hold."""
        self.data = display(e164) if e164 else ""


class DayField(ReadField):
    """A day as people say it (« mardi », « 24/11 »): `value` is a date, from today in Paris to a year ahead.

    `held` is a day that we hold already: written again as we show it, it is taken even when past.
    """

    value: date | None
    held: date | None = None

    def read(self, text: str) -> date:
        if self.held is not None and text == f"{self.held:%d/%m/%Y}":
            return self.held
        return read_day(text, clock.now().astimezone(PARIS).date())


class HourField(ReadField):
    """An hour as people say it (« 8h30 », « midi »): `value` is a time in the territory's wall clock."""

    value: time | None

    def read(self, text: str) -> time:
        return read_hour(text)


class MinutesField(ReadField):
    """A length of time as people say it (« 35 », « 35 min », « 1 h 10 »): `value` in minutes."""

    value: int | None

    def read(self, text: str) -> int:
        return read_minutes(text)


class PlaceField(StringField):
    """A place in words, with what was chosen from the list in the sibling field named `code`.

    `stop` is the place once it is certain; otherwise the error says so and `suggestions` holds what it may be.
    """

    stop: Stop | None = None
    suggestions: tuple[PlaceOption, ...] = ()

    def __init__(self, label: str = "", *, code: str, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.code = code

    def pre_validate(self, form: Any) -> None:
        self.stop, self.suggestions = None, ()
        text = (self.data or "").strip()
        if not text:
            return
        self.stop = self._chosen(form._fields[self.code].raw_data or [], text)
        if self.stop is not None:
            self.data = self.stop.label
            return
        answer = find_place(text[:160])
        if isinstance(answer, Found):
            self.stop = answer.stop
            return
        ambiguous = isinstance(answer, Ambiguous)
        hits = answer.hits if isinstance(answer, Ambiguous) else answer.suggestions
        self.suggestions = tuple(place_option(hit) for hit in hits[:6])
        raise ValidationError(WORDS["place.ambiguous" if ambiguous else "place.unknown"])

    def _chosen(self, codes: Sequence[str], text: str) -> Stop | None:
        """The place ticked among the suggestions, which come first under the code's name; else the one that the
        list put behind these very words: words typed again since then are read anew."""
        if len(codes) > 1 and codes[0]:
            return chosen_stop(codes[0])
        stop = chosen_stop(codes[0]) if codes else None
        return stop if stop is not None and fold(stop.label) == fold(text) else None

    def fill(self, stop: Stop) -> str:
        """Show a place that we hold; the code to put in the sibling field."""
        self.data = stop.label
        return place_code(stop)


class PlaceCode(HiddenField):
    """What the list of places put behind the words; never trusted without them."""
