"""The one screen of a call, as a form: who, from where to where, when, and back."""

from __future__ import annotations

from datetime import time
from typing import Any

from wtforms import HiddenField, IntegerField, RadioField, SelectField
from wtforms.validators import NumberRange

from lotocar.carpool.requests.models import Leg, RideRequest
from lotocar.carpool.requests.rules import GIVEN_UP, PURPOSES, LegWish
from lotocar.errors import Invalid
from lotocar.values import wording
from lotocar.values.hours import local_instant
from lotocar.values.tokens import new_hex_id
from lotocar.web.desk import words
from lotocar.web.forms import (
    DayField,
    Form,
    HourField,
    NameField,
    Needed,
    PhoneField,
    PlaceCode,
    PlaceField,
    TextField,
    words_of,
)

CIVILITIES: dict[Any, str] = {"": "–", "mme": "Mme", "m": "M."}
TIME_KINDS: dict[Any, str] = {"arrive_by": "Arriver avant", "leave_at": "Partir après", "none": "Peu importe"}
PURPOSES_IN_WORDS: dict[Any, str] = {code: words.PURPOSE[code] for code in PURPOSES}


class JourneyForm(Form):
    """The two legs, as the caller says them."""

    origin = PlaceField("Départ", code="origin_code", validators=[Needed("D'où part-on ?")])
    origin_code = PlaceCode()
    destination = PlaceField("Arrivée", code="destination_code", validators=[Needed("Où va-t-on ?")])
    destination_code = PlaceCode()
    day = DayField("Jour", validators=[Needed("Quel jour ?")])
    time_kind = RadioField("Heure", choices=TIME_KINDS, default="arrive_by")
    hour = HourField("Heure")
    back = RadioField("Retour", choices={"no": "Aller simple", "yes": "Aller et retour"}, default="no")
    back_day = DayField("Jour du retour")
    back_time_kind = RadioField("Heure du retour", choices=TIME_KINDS, default="leave_at")
    back_hour = HourField("Heure du retour")
    seats = IntegerField("Places", default=1, validators=[NumberRange(1, 8, "Entre 1 et 8 places.")])

    def validate(self, extra_validators: object = None) -> bool:
        """Besides each field: hours that clocks show on that day, and a way back after the way out."""
        fine = bool(super().validate(extra_validators))
        nights = [
            shown_that_night(self.day, self.hour),
            shown_that_night(self.back_day if self.back_day.value else self.day, self.back_hour),
        ]
        return fine and all(nights)

    def wishes(self) -> list[LegWish]:
        """The legs of a form that validated; an hour left empty means any hour."""
        assert self.origin.stop  # needed fields, all three
        assert self.destination.stop
        assert self.day.value
        kind, hour = _time(self.time_kind.data, self.hour.value)
        out = LegWish(
            direction="out",
            origin=self.origin.stop,
            destination=self.destination.stop,
            day=self.day.value,
            time_kind=kind,
            hour=hour,
        )
        if self.back.data != "yes":
            return [out]
        kind, hour = _time(self.back_time_kind.data, self.back_hour.value)
        back = LegWish(
            direction="back",
            origin=self.destination.stop,
            destination=self.origin.stop,
            day=self.back_day.value or self.day.value,
            time_kind=kind,
            hour=hour,
        )
        return [out, back]

    def show_legs(self, legs: list[Leg]) -> None:
        """Fill the fields with saved legs, as somebody would have typed them."""
        by_direction = {leg.direction: leg for leg in legs if leg.status not in GIVEN_UP}
        out = by_direction.get("out") or legs[0]
        self.origin_code.data = self.origin.fill(out.origin)
        self.destination_code.data = self.destination.fill(out.destination)
        self.day.data = f"{out.day:%d/%m/%Y}"
        self.time_kind.data = out.time_kind
        self.hour.data = _typed(out.hour)
        back = by_direction.get("back")
        self.back.data = "yes" if back else "no"
        if back:
            self.back_day.data = f"{back.day:%d/%m/%Y}"
            self.back_time_kind.data = back.time_kind
            self.back_hour.data = _typed(back.hour)


class IntakeForm(JourneyForm):
    """A whole call: the person, who calls for them, and the journey."""

    form_key = HiddenField(default=new_hex_id)
    passenger_id = HiddenField()
    civility = SelectField("Civilité", choices=CIVILITIES, default="")
    last_name = NameField("Nom")
    first_name = NameField("Prénom")
    phone = PhoneField("Téléphone")
    minor = SelectField("Âge", choices={"no": "Majeur", "yes": "Mineur"}, default="no")
    caller_last_name = NameField("Nom de qui appelle")
    caller_first_name = NameField("Prénom de qui appelle")
    caller_phone = PhoneField("Téléphone de qui appelle")
    caller_relation = TextField("Lien avec la personne", maximum=60)
    purpose = SelectField("Motif", choices=PURPOSES_IN_WORDS, default="autre")
    wish = TextField("Souhaits, lisibles par le conducteur", maximum=500, lines=True)
    staff_note = TextField("Note pour l'équipe", maximum=500, lines=True)

    def show_again(self, past: RideRequest) -> None:
        """The same journey as a past request, on a day to be said."""
        self.show_legs(past.legs)
        self.day.data = self.back_day.data = ""
        self.seats.data = past.seats
        self.purpose.data = past.purpose
        self.wish.data = past.wish

    @property
    def somebody_calls(self) -> bool:
        """Whether somebody calls for the person and said who they are."""
        return bool(self.caller_last_name.value or self.caller_first_name.value)

    def validate(self, extra_validators: object = None) -> bool:
        """Besides each field: a name, and one way to reach the person or whoever calls."""
        fine = bool(super().validate(extra_validators))
        reached_otherwise = self.passenger_id.data or self.phone.value
        if self.caller_phone.value and reached_otherwise and not self.somebody_calls:
            self.caller_last_name.errors = [*self.caller_last_name.errors, "À qui est ce numéro ?"]
            fine = False
        if self.passenger_id.data:
            return fine
        if not self.last_name.value and not self.last_name.errors:
            self.last_name.errors = ["Écrivez au moins le nom de la personne."]
            fine = False
        reached = self.phone.value or self.caller_phone.value
        if not reached and not self.phone.errors and not self.caller_phone.errors:
            self.phone.errors = ["Il faut un numéro, celui de la personne ou de qui appelle."]
            fine = False
        return fine


class CorrectionForm(JourneyForm):
    """Anything of a request, corrected with a trace; `revision` is what the person saw."""

    revision = HiddenField()
    purpose = SelectField("Motif", choices=PURPOSES_IN_WORDS)
    wish = TextField("Souhaits, lisibles par le conducteur", maximum=500, lines=True)
    staff_note = TextField("Note pour l'équipe", maximum=500, lines=True)

    def show(self, ride_request: RideRequest) -> None:
        """Fill the form with the request as it stands."""
        self.show_legs(ride_request.legs)
        self.revision.data = str(ride_request.revision)
        self.seats.data = ride_request.seats
        self.purpose.data = ride_request.purpose
        self.wish.data = ride_request.wish
        self.staff_note.data = ride_request.staff_note

    def hold_days(self, ride_request: RideRequest) -> None:
        """Take the days of this request as they stand: one that is over does not stop correcting the rest."""
        days = {leg.direction: leg.day for leg in ride_request.legs if leg.status not in GIVEN_UP}
        self.day.held = days.get("out") or ride_request.legs[0].day
        self.back_day.held = days.get("back")


def shown_that_night(day: DayField, hour: HourField) -> bool:
    """Whether clocks show this hour once on that day; otherwise the hour's field says why not."""
    if day.value is None or hour.value is None:
        return True
    try:
        local_instant(day.value, hour.value)
    except Invalid as error:
        hour.errors = [*hour.errors, words_of(error)]
        return False
    return True


def _time(kind: str, hour: time | None) -> tuple[str, time | None]:
    if hour is None or kind == "none":
        return "none", None
    return kind, hour


def _typed(hour: time | None) -> str:
    return wording.hour_words(hour).replace("\u00a0", " ").replace("\u202f", " ") if hour else ""
