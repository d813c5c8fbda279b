"""The form of a trip, the same on the public page and at the desk."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, time
from typing import Any

from wtforms import BooleanField, Field, FormField, HiddenField, RadioField, SelectField, SelectMultipleField
from wtforms import Form as Part
from wtforms.validators import Optional
from wtforms.widgets import CheckboxInput, TextArea

from lotocar.carpool.matching.wording import ABILITY_WORDS
from lotocar.carpool.people.models import Person
from lotocar.carpool.trips import rules
from lotocar.carpool.trips.models import Trip
from lotocar.carpool.trips.rules import DepartureOffer
from lotocar.errors import Invalid
from lotocar.values.days import DAY_NAMES
from lotocar.values.tokens import new_hex_id
from lotocar.web.forms import (
    DayField,
    Form,
    HourField,
    MinutesField,
    NameField,
    Needed,
    PhoneField,
    PlaceCode,
    PlaceField,
    TextField,
    words_of,
)

SAME_HOUR_LOST = (
    "Chaque jour a déjà son heure, plus bas : effacez celles que cette heure doit remplacer, "
    "ou laissez cette case vide."
)
WEEK_PARTS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

NO_HOUR = frozenset({"-", "--", "non", "aucun", "aucune", "pas de retour", "sans"})
PLACE_NEEDED = "Écrivez une commune, un lieu-dit ou un code postal."

SEATS: dict[Any, str] = {
    number: "1 place" if number == 1 else f"{number} places" for number in range(1, rules.MOST_SEATS + 1)
}
FLEXIBILITY: dict[Any, str] = {
    0: "Pas du tout",
    5: "5 minutes",
    15: "15 minutes",
    30: "30 minutes",
    60: "1 heure",
}
DETOURS: dict[Any, str] = {
    0: "Aucun détour",
    5: "5 minutes",
    10: "10 minutes",
    15: "15 minutes",
    20: "20 minutes",
    30: "30 minutes",
    45: "45 minutes",
}
TERMS = {
    "": "Toute l'année",
    "term": "Seulement en période scolaire",
    "break": "Seulement pendant les vacances scolaires",
}
LIMITS: dict[Any, str] = {"": "Pas de limite", "1": "1 jour"} | {
    str(days): f"{days} jours" for days in (2, 3, 4, 6, 8, 10, 15, 20)
}
PREFERENCES = {"sms": "Par SMS", "call": "Par téléphone"}
SHARING = {
    "no": "Non, l'équipe fait l'intermédiaire",
    "yes": "Oui, aux passagers qui laissent leur nom et leur numéro",
}


class Notes(TextField):
    """Free text on several lines."""

    widget = TextArea()


class ReturnHour(HourField):
    """An hour of return, or a word for « none that day » (`refused`) when the others have one."""

    refused = False

    def read(self, text: str) -> time | None:  # type: ignore[override]
        self.refused = text.strip().lower() in NO_HOUR
        return None if self.refused else super().read(text)


class WeekdayPart(Part):
    """One day of the week: whether the trip runs, and its own hours."""

    on = BooleanField()
    hour = HourField("Départ")
    back = ReturnHour("Retour")

    @property
    def wanted(self) -> bool:
        """Ticked, or given an hour, which says as much."""
        return bool(self.on.data or self.hour.value or self.back.value)


class TripForm(Form):
    """A trip, once or every week. `kind` is "regular" or "one_off"; only the fields of that kind are read.

    `form_key` names the page of a new trip: sent twice, it makes one. `revision` is what was seen of a known trip.
    """

    form_key = HiddenField(default=new_hex_id)
    revision = HiddenField()
    kind = HiddenField(default="regular")
    origin = PlaceField("D'où partez-vous ?", code="origin_code", validators=[Needed(PLACE_NEEDED)])
    origin_code = PlaceCode()
    destination = PlaceField("Où allez-vous ?", code="destination_code", validators=[Needed(PLACE_NEEDED)])
    destination_code = PlaceCode()

    same_hour = HourField("Heure de départ")
    same_back = HourField("Heure de retour")
    monday = FormField(WeekdayPart, "lundi")
    tuesday = FormField(WeekdayPart, "mardi")
    wednesday = FormField(WeekdayPart, "mercredi")
    thursday = FormField(WeekdayPart, "jeudi")
    friday = FormField(WeekdayPart, "vendredi")
    saturday = FormField(WeekdayPart, "samedi")
    sunday = FormField(WeekdayPart, "dimanche")

    day = DayField("Quel jour ?")
    hour = HourField("Heure de départ")
    back_hour = HourField("Heure de retour")
    back_day = DayField("Jour du retour, si c'est un autre jour")

    seats = SelectField("Combien de places offrez-vous ?", choices=SEATS, coerce=int, default=3)
    flexibility_minutes = SelectField(
        "Pouvez-vous partir plus tôt ou plus tard ?", choices=FLEXIBILITY, coerce=int, default=15
    )
    max_detour_minutes = SelectField(
        "Quel détour acceptez-vous, au plus ?", choices=DETOURS, coerce=int, default=10
    )
    via_1 = PlaceField("Je passe aussi par", code="via_1_code")
    via_1_code = PlaceCode()
    via_2 = PlaceField("puis par", code="via_2_code")
    via_2_code = PlaceCode()
    via_3 = PlaceField("et par", code="via_3_code")
    via_3_code = PlaceCode()
    school_terms = SelectField("Quand faites-vous ce trajet ?", choices=TERMS, default="")
    skips_holidays = BooleanField("Pas les jours fériés")
    valid_from = DayField("À partir du")
    valid_until = DayField("Jusqu'au")
    stated_minutes = MinutesField("Combien de temps dure votre trajet ?")
    team_only = BooleanField("Ne pas montrer ce trajet sur internet : l'équipe seule le propose")
    precision = TextField("Où précisément ?", maximum=160)
    note = Notes("Autre chose à nous dire ?", maximum=rules.LONGEST_TEXT, lines=True)

    @property
    def regular(self) -> bool:
        return bool(self.kind.data != "one_off")

    @property
    def public_id(self) -> str | None:
        """The identifier that a new trip gets from its page; None when what came in is none of ours."""
        key = self.form_key.data or ""
        return key if re.fullmatch(r"[0-9a-f]{32}", key) else None

    @property
    def week(self) -> list[tuple[str, WeekdayPart]]:
        """The seven days in order, Monday first, each with its name."""
        days = (
            self.monday,
            self.tuesday,
            self.wednesday,
            self.thursday,
            self.friday,
            self.saturday,
            self.sunday,
        )
        return [(name, part.form) for name, part in zip(DAY_NAMES, days, strict=True)]

    @property
    def days(self) -> list[tuple[str, BooleanField, HourField, ReturnHour]]:
        """The seven days as the weekday_hours component draws them."""
        return [(name, part.on, part.hour, part.back) for name, part in self.week]

    @property
    def vias(self) -> list[tuple[PlaceField, PlaceCode]]:
        """The places passed by, each with its code."""
        return [
            (self.via_1, self.via_1_code),
            (self.via_2, self.via_2_code),
            (self.via_3, self.via_3_code),
        ]

    @property
    def has_details(self) -> bool:
        """Whether something rarely needed is filled in, or wrong: then it is shown at once."""
        rare: list[Field] = [
            *(place for place, _ in self.vias),
            self.valid_from,
            self.valid_until,
            self.stated_minutes,
        ]
        rare += [self.school_terms, self.skips_holidays, self.team_only]
        return any(field.data or field.errors for field in rare)

    def show_trip(self, trip: Trip) -> None:
        """Fill in what a list of values cannot: the places, the days of validity that may be past, what was seen."""
        self.revision.data = str(trip.revision)
        self.origin_code.data = self.origin.fill(trip.origin)
        self.destination_code.data = self.destination.fill(trip.destination)
        for (place, code), stop in zip(self.vias, trip.vias, strict=False):
            code.data = place.fill(stop)
        self.hold(trip)
        self.valid_from.data = _typed_day(trip.valid_from)
        self.valid_until.data = _typed_day(trip.valid_until)

    def hold(self, trip: Trip) -> None:
        """Days that the trip already has may be written again, even when past."""
        self.valid_from.held, self.valid_until.held = trip.valid_from, trip.valid_until

    def blame(self, error: Invalid, *, fields: Mapping[str, str] | None = None) -> None:
        """As every form does; a way back that is too early is blamed on its own day."""
        name, _, number = (error.field or "").rpartition("_")
        if name == "back" and number.isdecimal():
            _wrong(self.week[int(number)][1].back, words_of(error))
        else:
            super().blame(error, fields=fields)

    def validate(self, extra_validators: Any = None) -> bool:
        """Read every field, then ask for what this kind of trip cannot do without."""
        read = bool(super().validate(extra_validators))
        return (self._week_said() if self.regular else self._date_said()) and read

    def _week_said(self) -> bool:
        wanted = [(name, part) for name, part in self.week if part.wanted]
        if not wanted:
            return _wrong(self.monday.form.on, "Cochez au moins un jour.")
        if self._same_hour_is_lost([part for _, part in wanted]):
            return _wrong(self.same_hour, SAME_HOUR_LOST)
        lacking = [
            _wrong(part.hour, f"À quelle heure partez-vous le {name} ? À peu près suffit.")
            for name, part in wanted
            if not (part.hour.value or part.hour.errors or self.same_hour.data)
        ]
        return not lacking

    def _same_hour_is_lost(self, wanted: Sequence[WeekdayPart]) -> bool:
        """Whether the hour for every day would change nothing, each day having another of its own."""
        own = {part.hour.value for part in wanted}
        return self.same_hour.value is not None and not own & {None, self.same_hour.value}

    def _date_said(self) -> bool:
        said = True
        if not self.day.value and not self.day.errors:
            said = _wrong(self.day, "Écrivez le jour, par exemple « mardi 24 novembre ».")
        if not self.hour.value and not self.hour.errors:
            said = _wrong(self.hour, "Écrivez l'heure de départ. À peu près suffit.")
        if self.back_day.value and not self.back_hour.value and not self.back_hour.errors:
            said = _wrong(self.back_hour, "Écrivez aussi l'heure du retour.")
        return said

    def offer(self) -> rules.TripOffer:
        """What was typed, once the form is valid."""
        assert self.origin.stop  # a needed field, as the next
        assert self.destination.stop
        return rules.TripOffer(
            origin=self.origin.stop,
            destination=self.destination.stop,
            kind="regular" if self.regular else "one_off",
            departures=tuple(self._weekly() if self.regular else self._dated()),
            seats=self.seats.data,
            flexibility_minutes=self.flexibility_minutes.data,
            max_detour_minutes=self.max_detour_minutes.data,
            valid_from=self.valid_from.value if self.regular else None,
            valid_until=self.valid_until.value if self.regular else None,
            vias=tuple(place.stop for place, _ in self.vias if place.stop is not None),
            school_terms=self.school_terms.data if self.regular else "",
            skips_holidays=bool(self.skips_holidays.data) and self.regular,
            team_only=bool(self.team_only.data),
            stated_minutes=self.stated_minutes.value,
            precision=self.precision.clean,
            note=self.note.clean,
        )

    def _weekly(self) -> Iterator[DepartureOffer]:
        for number, (_name, part) in enumerate(self.week):
            if not part.wanted:
                continue
            yield DepartureOffer("out", weekday=number, hour=part.hour.value or self.same_hour.value)
            back = part.back.value or (None if part.back.refused else self.same_back.value)
            if back is not None:
                yield DepartureOffer("back", weekday=number, hour=back)

    def _dated(self) -> Iterator[DepartureOffer]:
        yield DepartureOffer("out", day=self.day.value, hour=self.hour.value)
        if self.back_hour.value is not None:
            yield DepartureOffer("back", day=self.back_day.value or self.day.value, hour=self.back_hour.value)


class TermsForm(Form):
    """What a driver offers besides a seat, and how often; said once asked, so that no tick at all says « nothing »."""

    abilities = SelectMultipleField(
        "Ce que vous pouvez proposer",
        choices={code: words[:1].upper() + words[1:] for code, words in ABILITY_WORDS.items()},
        option_widget=CheckboxInput(),
    )
    monthly_limit = SelectField("Combien de jours par mois, au plus ?", choices=LIMITS, default="")

    @classmethod
    def of(cls, driver: Person) -> TermsForm:
        """The form as this driver filled it in."""
        limit = driver.monthly_limit
        return cls(
            formdata=None,
            abilities=[code for code in (driver.abilities or "").split(",") if code],
            monthly_limit=str(limit) if limit else "",
        )

    def said(self) -> dict[str, Any]:
        """The arguments of `trips.set_terms`, once the form is valid."""
        limit = self.monthly_limit.data
        return {
            "abilities": ",".join(self.abilities.data or []),
            "monthly_limit": int(limit) if limit else None,
        }


class OfferForm(TripForm):
    """A trip and who drives it, for somebody whom we do not know yet. Silence is no to every consent."""

    first_name = NameField("Prénom", validators=[Needed("Écrivez votre prénom.")])
    last_name = NameField("Nom", validators=[Needed("Écrivez votre nom.")])
    phone = PhoneField("Téléphone", validators=[Needed("Écrivez votre numéro de téléphone.")])
    contact_preference = RadioField("Comment préférez-vous être joint ?", choices=PREFERENCES, default="sms")
    call_hours = TextField("À quelles heures vous appeler ?", maximum=120)
    share_phone = RadioField(
        "Les passagers peuvent-ils avoir votre numéro ?",
        choices=SHARING,
        default="no",
        validators=[Optional()],
    )
    registry = BooleanField(
        "J'accepte que mes trajets faits soient déclarés au registre de preuve de covoiturage"
    )


def _typed_day(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else ""


def _wrong(field: Field, sentence: str) -> bool:
    """Put a sentence beside a field; always False, for whoever asks whether all is well."""
    field.errors = [*field.errors, sentence]
    return False
