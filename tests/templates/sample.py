"""A form with every kind of field, for the style guide: some filled, some wrong."""

from __future__ import annotations

from wtforms import (
    BooleanField,
    Form,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")


class SampleForm(Form):
    name = StringField("Votre prénom", [InputRequired("Écrivez votre prénom.")])
    origin = StringField("Départ", [InputRequired("Écrivez le lieu de départ.")])
    origin_code = HiddenField()
    day = StringField("Jour", [InputRequired("Écrivez le jour.")])
    seats = IntegerField("Places libres", default=2)
    reason = SelectField("Motif", choices=["Courses", "Visite"], default="Courses")
    kind = RadioField(
        "Votre trajet",
        [InputRequired("Choisissez.")],
        choices=["Régulier", "Une seule fois"],
    )
    ways = SelectMultipleField(
        "Comment vous joindre",
        choices=["SMS", "Appel"],
        default=["SMS"],
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    share = BooleanField("Les passagers peuvent voir mon numéro")
    note = TextAreaField("Remarque")


class WeekForm(Form):
    """Seven days, a tick and two hours each."""


for _day in DAYS:
    setattr(WeekForm, f"{_day}_on", BooleanField(_day))
    setattr(WeekForm, f"{_day}_hour", StringField("Aller"))
    setattr(WeekForm, f"{_day}_back", StringField("Retour"))


def week_rows(form: WeekForm) -> list[tuple[str, object, object, object]]:
    """The rows that the weekday_hours macro takes."""
    return [(day, form[f"{day}_on"], form[f"{day}_hour"], form[f"{day}_back"]) for day in DAYS]


def wrong_form() -> SampleForm:
    """The form shown again after a bad answer."""
    form = SampleForm(data={"seats": 2, "origin": "Pradines", "reason": "Visite", "ways": ["SMS"]})
    form.validate()
    return form


def right_form() -> SampleForm:
    """The form as first shown."""
    return SampleForm()


def filled_week() -> WeekForm:
    """Hours that differ by day."""
    return WeekForm(data={"lundi_on": True, "lundi_hour": "7h30", "vendredi_on": True, "vendredi_hour": "8h"})
