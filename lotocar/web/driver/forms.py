"""The small forms of the driver's door; the trip itself is in `web/trip_form.py`, which the desk shares."""

from __future__ import annotations

from datetime import date

from wtforms import BooleanField, RadioField
from wtforms.validators import Optional, ValidationError

from lotocar.carpool.rides.lessons import LONGEST_RIDE_MINUTES
from lotocar.web.forms import DayField, Form, HourField, Needed, PhoneField, TextField
from lotocar.web.trip_form import PREFERENCES, SHARING


def asked_kind(words: str | None) -> str:
    """The kind of trip that an address asks for: `?quand=une-fois`."""
    return "one_off" if words == "une-fois" else "regular"


class CodeForm(Form):
    """The six digits received by SMS."""

    code = TextField(
        "Le code reçu par SMS", maximum=20, validators=[Needed("Écrivez les six chiffres du SMS.")]
    )

    @property
    def digits(self) -> str:
        return "".join(character for character in self.code.clean if character in "0123456789")


class LostLinkForm(Form):
    """The number of somebody who lost their link."""

    phone = PhoneField("Votre numéro de téléphone", validators=[Needed("Écrivez votre numéro de téléphone.")])


class PauseForm(Form):
    """The days on which a trip, or every trip, does not run."""

    first_day = DayField("Premier jour sans trajet", validators=[Needed("Écrivez le premier jour.")])
    last_day = DayField("Dernier jour sans trajet", validators=[Needed("Écrivez le dernier jour.")])
    every = BooleanField("Mettre tous mes trajets en pause")

    @property
    def days(self) -> tuple[date, date]:
        """The first and the last day, once the form is valid."""
        assert self.first_day.value  # a needed field, as the next
        assert self.last_day.value
        return self.first_day.value, self.last_day.value


class OneDayForm(Form):
    """One day on which a weekly trip runs otherwise, or not at all."""

    day = DayField("Quel jour change ?", validators=[Needed("Écrivez le jour.")])
    what = RadioField(
        "Ce jour-là",
        choices={
            "off": "Je ne fais pas le trajet",
            "otherwise": "Je le fais à une autre heure ou un autre jour",
        },
        default="off",
    )
    to = DayField("Nouveau jour, s'il change")
    hour = HourField("Départ")
    back_hour = HourField("Retour")

    @property
    def is_off(self) -> bool:
        """Whether there is no trip; a new day or an hour says that there is one."""
        return self.what.data == "off" and not (self.to.value or self.hour.value or self.back_hour.value)

    @property
    def the_day(self) -> date:
        """The day that changes, once the form is valid."""
        assert self.day.value  # a needed field
        return self.day.value


class ConsentsForm(Form):
    """What the driver allows, changed at any time."""

    share_phone = RadioField(
        "Les passagers peuvent-ils avoir votre numéro ?",
        choices=SHARING,
        default="no",
        validators=[Optional()],
    )
    registry = BooleanField(
        "J'accepte que mes trajets faits soient déclarés au registre de preuve de covoiturage"
    )


class ContactForm(Form):
    """How the driver likes to be reached, and the car that the passenger will look for."""

    contact_preference = RadioField("Comment préférez-vous être joint ?", choices=PREFERENCES, default="sms")
    call_hours = TextField("À quelles heures vous appeler ?", maximum=120)
    car = TextField("Votre voiture", maximum=80)


class TookPlaceForm(Form):
    """The ride took place; how long it lasted is welcome."""

    minutes = TextField("Combien de minutes a duré la route ensemble ?", maximum=3)

    def validate_minutes(self, field: TextField) -> None:
        if field.errors:
            return  # thousands of digits, say, that no number may be read from
        if field.clean and not (field.clean.isdecimal() and 1 <= int(field.clean) <= LONGEST_RIDE_MINUTES):
            raise ValidationError("Écrivez un nombre de minutes, par exemple 25, ou laissez vide.")

    @property
    def measured_minutes(self) -> int | None:
        """What was written, once the form is valid."""
        return int(self.minutes.clean) if self.minutes.clean else None


class AnswerForm(Form):
    """OUI or NON to a question; a word of why is welcome."""

    reason = TextField("Si c'est non, pourquoi ?", maximum=200)
