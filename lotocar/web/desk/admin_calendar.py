"""School holidays and public holidays of the territory: filled once a year's are known, corrected by hand."""

from __future__ import annotations

from datetime import date
from typing import TypeVar

from flask import Response
from wtforms import SelectField

from lotocar import clock
from lotocar.carpool.trips import calendar as acts
from lotocar.errors import Invalid
from lotocar.values.days import PARIS
from lotocar.web import guards
from lotocar.web.desk import admin, screens
from lotocar.web.edge import session
from lotocar.web.forms import Form, Needed, TextField, read_date
from lotocar.web.render import see_other
from lotocar.world.calendars import queries
from lotocar.world.calendars.models import SchoolBreak
from lotocar.world.calendars.rules import zone_of

WORDS = {
    "calendar.zone": "Choisissez une zone.",
    "calendar.name": "Écrivez un nom, de 60 caractères au plus.",
    "calendar.order": "Le dernier jour doit être après le premier.",
}
NO_DATE = "Écrivez une date, par exemple 24/12/2026."


class DaysForm(Form):
    """Days without school, both included."""

    name = TextField("Nom", maximum=60, validators=[Needed("Écrivez un nom.")])
    first_day = TextField("Premier jour sans école", maximum=20)
    last_day = TextField("Dernier jour sans école", maximum=20)

    def days(self) -> tuple[date, date] | None:
        """The first day and the last; None when one cannot be read, and its field says so."""
        for field in (self.first_day, self.last_day):
            if read_date(field.clean) is None:
                field.errors = [NO_DATE]
        first, last = read_date(self.first_day.clean), read_date(self.last_day.clean)
        return None if first is None or last is None else (first, last)

    def standing_at(self, break_id: int) -> DaysForm:
        """The same, its fields with ids of their own: the page holds one such form for each break."""
        for field in (self.name, self.first_day, self.last_day):
            field.id = field.label.field_id = f"{field.name}-{break_id}"
        return self


class BreakForm(DaysForm):
    """Those of one zone."""

    zone = SelectField("Zone")


AnyDaysForm = TypeVar("AnyDaysForm", bound=DaysForm)


class HolidayForm(Form):
    """One day when trips that skip public holidays do not run."""

    day = TextField("Jour", maximum=20)
    holiday = TextField("Nom", maximum=60, validators=[Needed("Écrivez un nom.")])


def calendar() -> Response:
    """What is coming, and the forms of what is missing."""
    return _show(_break_form(bare=True), HolidayForm(formdata=None))


def add_break() -> Response:
    """A break that was missing."""
    form = _break_form()
    days = form.days() if form.validate() else None
    if days is None:
        return _show(form, HolidayForm(formdata=None), status=422)
    try:
        acts.add_break(
            session(),
            zone=form.zone.data,
            name=form.name.clean,
            first_day=days[0],
            last_day=days[1],
            actor=guards.actor(),
            now=clock.now(),
        )
    except Invalid as error:
        return _show(_blamed(form, error), HolidayForm(formdata=None), status=422)
    return _done("Vacances ajoutées : les trajets qui les suivent le savent déjà.")


def change_break(break_id: int) -> Response:
    """Other days for a break."""
    form = DaysForm().standing_at(break_id)
    days = form.days() if form.validate() else None
    if days is None:
        return _show(_break_form(bare=True), HolidayForm(formdata=None), changed=(break_id, form), status=422)
    try:
        acts.change_break(
            session(),
            break_id,
            name=form.name.clean,
            first_day=days[0],
            last_day=days[1],
            actor=guards.actor(),
            now=clock.now(),
        )
    except Invalid as error:
        session().rollback()
        changed = break_id, _blamed(form, error)
        return _show(_break_form(bare=True), HolidayForm(formdata=None), changed=changed, status=422)
    return _done("Vacances corrigées.")


def remove_break(break_id: int) -> Response:
    """School goes on in those days."""
    acts.remove_break(session(), break_id, actor=guards.actor(), now=clock.now())
    return _done("Vacances retirées.")


def add_holiday() -> Response:
    """A day that was missing: a fair, a bridge that everybody takes."""
    form = HolidayForm()
    day = read_date(form.day.clean) if form.validate() else None
    if day is None:
        form.day.errors = form.day.errors or [NO_DATE]
        return _show(_break_form(bare=True), form, status=422)
    acts.add_holiday(session(), day=day, name=form.holiday.clean, actor=guards.actor(), now=clock.now())
    return _done("Jour férié ajouté.")


def remove_holiday(holiday_id: int) -> Response:
    """That day is like any other."""
    acts.remove_holiday(session(), holiday_id, actor=guards.actor(), now=clock.now())
    return _done("Jour férié retiré.")


def _done(notice: str) -> Response:
    return see_other("desk.calendar", notice=notice)


def _zones() -> list[str]:
    return sorted({zone_of(one) for one in admin.departements()}) or ["A", "B", "C"]


def _break_form(*, bare: bool = False) -> BreakForm:
    form = BreakForm(formdata=None) if bare else BreakForm()
    form.zone.choices = {zone: f"Zone {zone}" if len(zone) == 1 else zone for zone in _zones()}
    return form


def _row_form(one: SchoolBreak) -> DaysForm:
    """The form of this break as it stands."""
    days = {"first_day": f"{one.first_day:%d/%m/%Y}", "last_day": f"{one.last_day:%d/%m/%Y}"}
    return DaysForm(formdata=None, name=one.name, **days).standing_at(one.id)


def _blamed(form: AnyDaysForm, error: Invalid) -> AnyDaysForm:
    field = form._fields.get(error.field, form.name)
    field.errors = [*field.errors, WORDS[error.code]]
    return form


def _show(
    break_form: BreakForm,
    holiday_form: HolidayForm,
    *,
    changed: tuple[int, DaysForm] | None = None,
    status: int = 200,
) -> Response:
    today = clock.now().astimezone(PARIS).date()
    sent = dict([changed] if changed else [])
    zones = _zones()
    touched = set(admin.departements())
    known = {zone: queries.school_breaks(session(), zone, since=today) for zone in zones}
    return screens.show(
        "desk/calendar.html",
        screen="settings",
        status=status,
        form=next((one for one in (*sent.values(), holiday_form) if one.errors), break_form),
        break_form=break_form,
        holiday_form=holiday_form,
        zones=[
            (zone, [(one, sent.get(one.id) or _row_form(one)) for one in ones])
            for zone, ones in known.items()
        ],
        holidays=[
            one
            for one in queries.public_holidays(session(), since=today)
            if not one.departement or one.departement in touched
        ],
        missing=queries.zones_to_fill(session(), admin.departements(), today=today),
    )
