"""What a passenger fills in: a search, a request, or a name and number to call a driver."""

from __future__ import annotations

from datetime import time
from typing import Any

from wtforms import BooleanField, HiddenField, RadioField, SelectField
from wtforms.widgets import TextArea

from lotocar.carpool.requests.rules import HALF_DAYS, MAX_SEATS, MAX_TEXT, LegWish
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
)

PLACE_NEEDED = "Écrivez une commune, un lieu-dit ou un code postal."
DAY_NEEDED = "Écrivez le jour : par exemple « mardi », « demain » ou « 24 novembre »."
HOUR_KINDS = {
    "arrive_by": "Arriver avant",
    "leave_at": "Partir après",
    "around": "Partir vers",
    "morning": "Partir le matin",
    "afternoon": "Partir l'après-midi",
}
SEATS: dict[Any, str] = {
    number: "1 place" if number == 1 else f"{number} places" for number in range(1, MAX_SEATS + 1)
}
GUARDIAN_NEEDED = (
    "Pour une personne de moins de 18 ans, il faut l'accord d'un parent ou du responsable légal. "
    "Cochez cette case, ou appelez-nous."
)


class Journey(Form):
    """From where to where, on which day, and perhaps at what hour."""

    origin = PlaceField("Départ", code="origin_code", validators=[Needed(PLACE_NEEDED)])
    origin_code = PlaceCode()
    destination = PlaceField("Arrivée", code="destination_code", validators=[Needed(PLACE_NEEDED)])
    destination_code = PlaceCode()
    day = DayField("Jour", validators=[Needed(DAY_NEEDED)])
    time_kind = SelectField("Vous voulez", choices=HOUR_KINDS, default="arrive_by")
    hour = HourField("Quelle heure")
    flexible = BooleanField("La veille ou le lendemain iraient aussi")

    def out(self) -> LegWish:
        """The way out, once the form is valid; neither hour nor half-day means any hour of the day."""
        assert self.origin.stop  # needed fields, all three
        assert self.destination.stop
        assert self.day.value
        kind, hour, until = self._time()
        return LegWish(
            direction="out",
            origin=self.origin.stop,
            destination=self.destination.stop,
            day=self.day.value,
            time_kind=kind,
            hour=hour,
            until=until,
            flexible_days=int(bool(self.flexible.data)),
        )

    def _time(self) -> tuple[str, time | None, time | None]:
        """The kind of time, the hour, and the end of a half-day. An hour typed says more than a half-day."""
        half, hour = HALF_DAYS.get(self.time_kind.data), self.hour.value
        if hour is not None:
            return ("around" if half else self.time_kind.data), hour, None
        return ("between", *half) if half else ("none", None, None)


class SearchForm(Journey):
    """A search: it changes nothing, so that it stands in an address and may be sent to a friend."""

    class Meta(Journey.Meta):
        csrf = False


class Identity(Form):
    """Who asks; a minor comes with a guardian's word."""

    first_name = NameField("Prénom", validators=[Needed("Écrivez votre prénom.")])
    last_name = NameField("Nom", validators=[Needed("Écrivez votre nom.")])
    phone = PhoneField("Téléphone", validators=[Needed("Écrivez un numéro : un fixe convient très bien.")])
    minor = BooleanField("La personne qui voyage a moins de 18 ans")
    guardian = BooleanField("Son parent ou responsable légal est d'accord pour ce trajet")

    def needs_guardian(self) -> bool:
        """Say so beside the box when a minor comes without an authorisation."""
        if not self.minor.data or self.guardian.data:
            return False
        self.guardian.errors = [GUARDIAN_NEEDED]
        return True


class ContactForm(Identity):
    """Name and number, left before seeing a driver's."""


class RequestForm(Journey, Identity):
    """A request left online for the team. `trip` is the offer that the passenger pointed at, `form_key` the page."""

    form_key = HiddenField()
    trip = HiddenField()
    back = RadioField(
        "Et le retour ?", choices={"no": "Aller simple", "yes": "Aller et retour"}, default="no"
    )
    back_day = DayField("Jour du retour, si c'est un autre jour")
    back_hour = HourField("Heure de retour, au plus tôt")
    seats = SelectField("Combien de personnes ?", choices=SEATS, coerce=int, default=1)
    wish = TextField("Autre chose à nous dire ?", maximum=MAX_TEXT, lines=True, widget=TextArea())

    def validate(self, extra_validators: Any = None) -> bool:
        """An hour or a day of return says that one is wanted."""
        read = bool(super().validate(extra_validators))
        if self.back_day.value or self.back_hour.value:
            self.back.data = "yes"
        return read

    def wishes(self) -> list[LegWish]:
        """The ways asked for, once the form is valid."""
        out = self.out()
        if self.back.data != "yes":
            return [out]
        back = LegWish(
            direction="back",
            origin=out.destination,
            destination=out.origin,
            day=self.back_day.value or out.day,
            time_kind="leave_at" if self.back_hour.value else "none",
            hour=self.back_hour.value,
        )
        return [out, back]
