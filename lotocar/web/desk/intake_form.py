"""The one screen of a call, as a form: who, from where to where, when, and back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from wtforms import HiddenField, IntegerField, RadioField, SelectField
from wtforms.validators import NumberRange
from wtforms.widgets import CheckboxInput

from lotocar.carpool.people.rules import ABILITIES
from lotocar.carpool.requests.models import Leg, RideRequest
from lotocar.carpool.requests.rules import GIVEN_UP, LegWish
from lotocar.values import wording
from lotocar.values.geo import Stop
from lotocar.values.tokens import new_hex_id
from lotocar.web.desk import closed_lists
from lotocar.web.desk.spoken_fields import DaysField, TicksField, WishedHourField, shown_that_night
from lotocar.web.forms import (
    Form,
    NameField,
    Needed,
    PhoneField,
    PlaceCode,
    PlaceField,
    TextField,
)

BACK: dict[Any, str] = {
    "no": "Aller simple",
    "yes": "Aller et retour",
    "rings": "Appellera pour le retour",
    "later": "Retour à voir plus tard",
}
CIVILITIES: dict[Any, str] = {"": "–", "mme": "Mme", "m": "M."}
TIME_KINDS: dict[Any, str] = {"arrive_by": "Arriver avant", "leave_at": "Partir après", "none": "Peu importe"}


class JourneyForm(Form):
    """The journey, as the caller says it: one way, perhaps the way back, once or on several dates."""

    origin = PlaceField("Départ", code="origin_code", validators=[Needed("D'où part-on ?")])
    origin_code = PlaceCode()
    destination = PlaceField("Arrivée", code="destination_code", validators=[Needed("Où va-t-on ?")])
    destination_code = PlaceCode()
    day = DaysField("Jour", validators=[Needed("Quel jour ?")])
    time_kind = RadioField("Heure", choices=TIME_KINDS, default="arrive_by")
    hour = WishedHourField("Heure")
    back = RadioField("Retour", choices=BACK, default="no")
    back_day = DaysField("Jour du retour")
    back_time_kind = RadioField("Heure du retour", choices=TIME_KINDS, default="leave_at")
    back_hour = WishedHourField("Heure du retour")
    seats = IntegerField("Places", default=1, validators=[NumberRange(1, 8, "Entre 1 et 8 places.")])
    needs = TicksField("Besoins", choices=closed_lists.needs, option_widget=CheckboxInput())

    def validate(self, extra_validators: object = None) -> bool:
        """Besides each field: hours that clocks show on those days, and one way back for each way out."""
        fine = bool(super().validate(extra_validators))
        nights = [
            shown_that_night(self.day.value or (), self.hour),
            shown_that_night(self.back_day.value or self.day.value or (), self.back_hour),
        ]
        return fine and all(nights)

    def wishes(self) -> list[LegWish]:
        """The legs of a form that validated, date by date; an hour left empty means any hour."""
        assert self.origin.stop  # needed fields, all three
        assert self.destination.stop
        assert self.day.value
        outs = self._ways("out", self.origin.stop, self.destination.stop, self.day)
        if self.back.data != "yes":
            return outs
        days = self.back_day if self.back_day.value else self.day
        backs = self._ways("back", self.destination.stop, self.origin.stop, days)
        return sorted([*outs, *backs], key=lambda leg: (leg.day, leg.direction == "back"))

    def _ways(self, direction: str, origin: Stop, destination: Stop, days: DaysField) -> list[LegWish]:
        back = direction == "back"
        field, kind = (self.back_hour, self.back_time_kind) if back else (self.hour, self.time_kind)
        wished = field.meant(kind.data)
        return [
            LegWish(
                direction=direction,
                origin=origin,
                destination=destination,
                day=day,
                time_kind=wished.kind or "none",
                hour=wished.hour,
                until=wished.until,
                flexible_days=days.flexible_days,
                unsure=wished.unsure,
            )
            for day in days.value or ()
        ]

    @property
    def return_plan(self) -> str:
        """« rings » or « later » when the way back is not settled yet, else nothing."""
        return self.back.data if self.back.data in {"rings", "later"} else ""

    @property
    def needed(self) -> str:
        """The needs ticked, as the request keeps them; those that nobody knows left out."""
        return ",".join(one for one in self.needs.data or [] if one in ABILITIES)

    def show_legs(self, legs: Sequence[Leg], *, return_plan: str = "") -> None:
        """Fill the fields with saved legs, as somebody would have typed them."""
        live = [leg for leg in legs if leg.status not in GIVEN_UP]
        outs = [leg for leg in live if leg.direction == "out"] or [legs[0]]
        backs = [leg for leg in live if leg.direction == "back"]
        self.origin_code.data = self.origin.fill(outs[0].origin)
        self.destination_code.data = self.destination.fill(outs[0].destination)
        self.day.show_days([leg.day for leg in outs], flexible_days=outs[0].flexible_days)
        _show_hour(self.hour, self.time_kind, outs[0])
        self.back.data = "yes" if backs else return_plan or "no"
        if backs:
            same = _same_days(outs, backs)
            self.back_day.show_days(
                [] if same else [leg.day for leg in backs],
                flexible_days=0 if same else backs[0].flexible_days,
            )
            _show_hour(self.back_hour, self.back_time_kind, backs[0])

    def turn_round(self) -> None:
        """The same journey the other way, on a day and at an hour to be said."""
        self.origin.data, self.destination.data = self.destination.data, self.origin.data
        self.origin_code.data, self.destination_code.data = self.destination_code.data, self.origin_code.data
        self.hour.data = self.back_hour.data = self.back_day.data = ""
        self.back.data = "no"


class IntakeForm(JourneyForm):
    """A whole call: the person, who calls for them, and the journey."""

    form_key = HiddenField(default=new_hex_id)
    passenger_id = HiddenField()
    civility = SelectField("Civilité", choices=CIVILITIES, default="")
    last_name = NameField("Nom")
    first_name = NameField("Prénom")
    phone = PhoneField("Téléphone")
    phone_label = TextField("Numéro de", maximum=40)
    minor = SelectField("Âge", choices={"no": "Majeur", "yes": "Mineur"}, default="no")
    caller_last_name = NameField("Nom de qui appelle")
    caller_first_name = NameField("Prénom de qui appelle")
    caller_phone = PhoneField("Téléphone de qui appelle")
    caller_relation = TextField("Lien avec la personne", maximum=60)
    purpose = SelectField("Motif", choices=closed_lists.purposes, default="autre")
    wish = TextField("Souhaits, lisibles par le conducteur", maximum=500, lines=True)
    staff_note = TextField("Note pour l'équipe", maximum=500, lines=True)

    def show_again(self, past: RideRequest, *, today: date) -> None:
        """The same journey as a past request, on the next such weekday."""
        self.show_legs(past.legs, return_plan=past.return_plan)
        outs = [leg.day for leg in past.legs if leg.direction == "out"] or [past.legs[0].day]
        ahead = (outs[0].weekday() - today.weekday()) % 7 or 7
        self.day.data = wording.day_words(today + timedelta(days=ahead))
        self.back_day.data = ""
        self.seats.data = past.seats
        self.needs.data = past.needs.split(",") if past.needs else []
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
    purpose = SelectField("Motif", choices=closed_lists.known_purposes)
    wish = TextField("Souhaits, lisibles par le conducteur", maximum=500, lines=True)
    staff_note = TextField("Note pour l'équipe", maximum=500, lines=True)

    def show(self, ride_request: RideRequest) -> None:
        """Fill the form with the request as it stands."""
        self.show_legs(ride_request.legs, return_plan=ride_request.return_plan)
        self.revision.data = str(ride_request.revision)
        self.seats.data = ride_request.seats
        self.needs.data = ride_request.needs.split(",") if ride_request.needs else []
        self.purpose.data = ride_request.purpose
        self.wish.data = ride_request.wish
        self.staff_note.data = ride_request.staff_note

    def hold_days(self, ride_request: RideRequest) -> None:
        """Take the days of this request as they stand: one that is over does not stop correcting the rest."""
        live = [leg for leg in ride_request.legs if leg.status not in GIVEN_UP] or ride_request.legs
        self.day.held = self.back_day.held = [leg.day for leg in live]


def _show_hour(field: WishedHourField, kind: RadioField, leg: Leg) -> None:
    field.show_hour(leg.time_kind, leg.hour, leg.until, unsure=leg.unsure)
    kind.data = leg.time_kind if leg.time_kind in TIME_KINDS else kind.default


def _same_days(outs: Sequence[Leg], backs: Sequence[Leg]) -> bool:
    return [(leg.day, leg.flexible_days) for leg in outs] == [(leg.day, leg.flexible_days) for leg in backs]
