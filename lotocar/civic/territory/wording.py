"""The figures in French, as an elected official reads them."""

from __future__ import annotations

from datetime import date, timedelta

from lotocar.civic.territory.rules import Figures
from lotocar.values.days import MONTH_NAMES
from lotocar.values.wording import NO_BREAK, THIN_NO_BREAK

FATES = {
    "served_carpool": "Transportées en covoiturage",
    "served_purpose_trip": "Transportées par un déplacement exprès",
    "referred_transit": "Orientées vers le bus ou le transport à la demande",
    "unserved_no_driver": "Aucun conducteur ne passait par là",
    "unserved_declined": "Les conducteurs ont refusé",
    "unserved_late": "Demande trop tardive",
    "withdrawn_by_passenger": "Annulées par le passager",
    "no_show": "Personne au rendez-vous",
    "out_of_scope": "Hors du service",
    "open": "Encore en cours",
}
SOURCES = {"desk": "par téléphone", "web": "par le site"}


def period_words(first: date, months: int) -> str:
    """« novembre 2026 », « de septembre à novembre 2026 »."""
    last = month_after(first, months - 1)
    if months == 1:
        return f"{MONTH_NAMES[first.month - 1]} {first.year}"
    opening = MONTH_NAMES[first.month - 1] + (f" {first.year}" if first.year != last.year else "")
    return f"{_de(opening)} à {MONTH_NAMES[last.month - 1]} {last.year}"


def month_after(first: date, months: int) -> date:
    """The first day of the month so many months later, or earlier."""
    count = first.year * 12 + first.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def number(value: int | None) -> str:
    """« 12 480 », or « non communiqué »."""
    return "non communiqué" if value is None else f"{value:,}".replace(",", THIN_NO_BREAK)


def percent(share: float | None) -> str:
    """« 62 % », or « non communiqué »."""
    return "non communiqué" if share is None else f"{round(share * 100)}{NO_BREAK}%"


def wait(length: timedelta) -> str:
    """« 40 minutes », « 3 heures », « 2 jours »: rounded, as one would say it."""
    minutes = round(length.total_seconds() / 60)
    if minutes < 90:
        return f"{max(minutes, 1)}{NO_BREAK}minute{'s' if minutes > 1 else ''}"
    hours = round(minutes / 60)
    return f"{hours}{NO_BREAK}heures" if hours < 48 else f"{round(hours / 24)}{NO_BREAK}jours"


def summary(figures: Figures) -> list[str]:
    """The period in three or four sentences."""
    if not figures.asked.count:
        return ["Aucune demande n'a été reçue."]
    sentences = [f"{_requests(figures)} reçue{_s(figures.asked.count)}{_served(figures)}."]
    if figures.km is not None and figures.rides.count:
        sentences.append(
            f"{number(figures.rides.count)} trajet{_s(figures.rides.count)} "
            f"fait{_s(figures.rides.count)}, soit {number(figures.km)} km partagés."
        )
    if figures.delays is not None:
        sentences.append(
            f"La moitié des personnes ont eu une réponse en moins de {wait(figures.delays.half)}, "
            f"{percent(figures.delays.within_a_day)} dans la journée."
        )
    return sentences


def _requests(figures: Figures) -> str:
    shown = figures.asked
    words = number(shown.count) if shown.is_shown else shown.words.capitalize()
    return f"{words} demande{_s(shown.count)}"


def _served(figures: Figures) -> str:
    share = figures.served_share
    return f", dont {percent(share)} ont abouti à un transport" if share is not None else ""


def _s(count: int) -> str:
    return "s" if count > 1 else ""


def _de(words: str) -> str:
    return f"d'{words}" if words[0] in "aeiouéo" else f"de {words}"
