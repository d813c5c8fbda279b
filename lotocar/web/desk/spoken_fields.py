"""Fields of a call that read whole phrases: the days of a series, an hour with what is meant by it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, time

from wtforms import SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from lotocar import clock
from lotocar.errors import Invalid
from lotocar.values import wording
from lotocar.values.day_lists import days_as_typed, read_days
from lotocar.values.days import PARIS
from lotocar.values.flexible_days import flexible_words, read_either_day, read_flexibility
from lotocar.values.hours import local_instant
from lotocar.values.wished_hours import WishedHour, hour_as_typed, read_wished_hour
from lotocar.web.forms import ReadField, words_of


class TicksField(SelectMultipleField):
    """Several of a short list, each with its own box."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class DaysField(ReadField):
    """One day or several (« mardi », « lun-ven 3 semaines sauf 3/12 »): `value` is the tuple of them, in order.

    `flexible_days` is how many days a single one may move either way (« mardi à un jour près », « mardi ou mercredi »).
    `held` are days that we hold already: written again as we show them, they are taken even when past.
    """

    value: tuple[date, ...] | None
    flexible_days = 0
    held: Collection[date] = ()

    def read(self, text: str) -> tuple[date, ...]:
        bare, self.flexible_days = read_flexibility(text)
        either = read_either_day(bare, clock.now().astimezone(PARIS).date())
        if either is not None:
            self.flexible_days = max(self.flexible_days, either[1])
            return (either[0],)
        days = self._read_firm(bare)
        if self.flexible_days and len(days) > 1:
            raise Invalid("days_loose_series")
        return days

    def _read_firm(self, text: str) -> tuple[date, ...]:
        parts = {part.strip() for part in text.split(",")}
        known = {f"{day:%d/%m/%Y}": day for day in self.held}
        kept = {known[part] for part in parts if part in known}
        left = ", ".join(sorted(parts - known.keys()))
        read = read_days(left, clock.now().astimezone(PARIS).date()) if left else ()
        return tuple(sorted({*kept, *read}))

    def show_days(self, days: Sequence[date], *, flexible_days: int = 0) -> None:
        """Fill the field with days that we hold."""
        self.data = f"{days_as_typed(list(days))} {flexible_words(flexible_days)}".strip()


class WishedHourField(ReadField):
    """An hour as a caller says it (« après 11h30, pas sûre »): `value` is a WishedHour."""

    value: WishedHour | None

    def read(self, text: str) -> WishedHour:
        return read_wished_hour(text)

    def meant(self, kind: str) -> WishedHour:
        """What is wished, `kind` being what the choice beside says: words win over it, no hour means any."""
        said = self.value
        if said is None or said.hour is None or (said.kind is None and kind == "none"):
            return WishedHour("none", None)
        return said if said.kind else WishedHour(kind, said.hour, unsure=said.unsure)

    def show_hour(self, kind: str, hour: time | None, until: time | None, *, unsure: bool) -> None:
        """Fill the field with an hour that we hold."""
        words = hour_as_typed(kind, hour, until, unsure=unsure)
        self.data = words.replace(wording.NO_BREAK, " ").replace(wording.THIN_NO_BREAK, " ")


def shown_that_night(days: Sequence[date], hour: WishedHourField) -> bool:
    """Whether clocks show this hour once on those days; otherwise the hour's field says why not."""
    said = hour.value.hour if hour.value else None
    try:
        for day in days if said else ():
            local_instant(day, said or time(12))
    except Invalid as error:
        hour.errors = [*hour.errors, words_of(error)]
        return False
    return True
