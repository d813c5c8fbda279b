"""Texts that the team writes in its own words: plain French with names in brackets, never a template language.

A text of the house becomes one by putting « [jour] » where it says the day, and back. What the team types holds no
brace, so that nothing in it is ever computed; each bracket keeps the clipping of the house, so that the longest names
still fit.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from lotocar.errors import Invalid, NotFound
from lotocar.messages import texts
from lotocar.messages.gsm import SegmentCount, segments, transliterate
from lotocar.messages.texts import FOLDER, MOST_SEGMENTS, SenderPolicy, kinds

MOST_LETTERS = 400
# what each bracket says, as the templates of the house write it; longer ones first where one holds another
BRACKETS = {
    "jours": "{{ pickup_at|day }}{% if more_dates|default(0) %} et {{ more_dates }} autre"
    '{{ "s" if more_dates > 1 }} date{{ "s" if more_dates > 1 }}{% endif %}',
    "retour": "{% if return_at %}, retour {% if return_at|day != pickup_at|day %}{{ return_at|short_day }} "
    "{% endif %}{{ return_at|hour }}{% endif %}",
    "réponse": "{% if sender.two_way %}Répondez OUI {{ reference }} ou NON {{ reference }}{% elif link %}"
    "Dites-le ici : {{ link }}{% else %}Dites-le au {{ sender.desk_phone }}{% endif %}",
    "voiture": "{% if car %} ({{ car|clip(24) }}){% endif %}",
    "stop": "{% if sender.two_way %}Pour ne plus recevoir de SMS, écrivez STOP. {% endif %}",
    "service": "{{ sender.organisation|clip(30) }}",
    "téléphone": "{{ sender.desk_phone }}",
    "référence": "{{ reference }}",
    "passager": "{{ passenger_first_name|clip(20) }}",
    "conducteur": "{{ driver_first_name|clip(20) }}",
    "prénom": "{{ other_first_name|clip(20) }}",
    "jour": "{{ pickup_at|day }}",
    "heure": "{{ pickup_at|hour }}",
    "rendez-vous": "{{ pickup_place|clip(50) }}",
    "destination": "{{ destination|clip(45) }}",
    "départ": "{{ origin|clip(40) }}",
    "arrivée": "{{ destination|clip(40) }}",
    "lien": "{{ link }}",
    "code": "{{ code }}",
}
OPTIONAL = frozenset({"voiture", "stop"})  # the only ones a text may leave out
BRACKET = re.compile(r"\[([^\[\]]*)\]")
STOP_WORDS = re.compile(r"\b(CANCEL|END|QUIT|ANNULER|UNSUBSCRIBE)\b")  # the provider would stop the number

_LONG_PLACE = "Saint-Remy-en-Bouzemont-Saint-Genest-et-Isson"  # the longest name of a commune of France
ORDINARY: dict[str, object] = {
    "code": "482913",
    "reference": "4821",
    "origin": "Cahors",
    "destination": "Figeac",
    "pickup_place": "Cahors",
    "pickup_at": datetime(2026, 11, 24, 7, 30, tzinfo=UTC),
    "return_at": datetime(2026, 11, 24, 16, 0, tzinfo=UTC),
    "passenger_first_name": "Marcel",
    "driver_first_name": "Odile",
    "other_first_name": "Odile",
    "car": "Clio grise",
}
LONGEST = ORDINARY | {
    "origin": _LONG_PLACE,
    "destination": _LONG_PLACE,
    "pickup_place": f"{_LONG_PLACE}, parking de la salle des fêtes",
    "pickup_at": datetime(2026, 9, 23, 20, 45, tzinfo=UTC),  # mercredi 23 septembre à 22 h 45
    "return_at": datetime(2026, 9, 24, 20, 45, tzinfo=UTC),
    "passenger_first_name": "Marie-Françoise-Ghislaine",
    "driver_first_name": "Jean-Christophe-Emmanuel",
    "other_first_name": "Jean-Christophe-Emmanuel",
    "car": "Renault Kangoo gris anthracite métallisé",
}


@dataclass(frozen=True, slots=True)
class Preview:
    """A text as a phone would show it, and what it costs."""

    text: str
    cost: SegmentCount

    @property
    def is_too_long(self) -> bool:
        return self.cost.segments > MOST_SEGMENTS


@cache
def house_text(kind: str) -> str | None:
    """The text of the house with brackets; None when it says too much for brackets, and is not the team's to rewrite."""
    source = (FOLDER / kind / "sms.txt").read_text(encoding="utf-8")
    for name, snippet in BRACKETS.items():
        source = source.replace(snippet, f"[{name}]")
    return None if "{" in source else " ".join(source.split())


def editable() -> list[str]:
    """The kinds that the team may rewrite, in order."""
    return [kind for kind in kinds() if house_text(kind) is not None]


def brackets_of(kind: str) -> list[str]:
    """What a text of this kind may say, in the order of the house's text.

    Raises:
        NotFound: no such kind, or one that is not the team's to rewrite.
    """
    known = house_text(kind) if kind in kinds() else None
    if known is None:
        raise NotFound("message.kind", kind=kind)
    return list(dict.fromkeys(BRACKET.findall(known)))


def check(kind: str, text: str, *, sender: SenderPolicy) -> str:
    """The text on one line, fit to be kept.

    Raises:
        NotFound: not a kind to rewrite. Invalid: a brace, an unknown or missing bracket, a word that stops a number,
            or more than two SMS with the longest names.
    """
    offered, line = brackets_of(kind), " ".join(text.split())
    if not line or len(line) > MOST_LETTERS:
        raise Invalid("reword.length", field="text", most=MOST_LETTERS)
    if re.search(r"[{}]", line) or re.search(r"[\[\]]", BRACKET.sub("", line)):
        raise Invalid("reword.brace", field="text")
    used = BRACKET.findall(line)
    if unknown := [name for name in used if name not in offered]:
        raise Invalid("reword.unknown", field="text", word=unknown[0])
    if missing := [name for name in offered if name not in used and name not in OPTIONAL]:
        raise Invalid("reword.missing", field="text", word=missing[0])
    if stop := STOP_WORDS.search(line):
        raise Invalid("reword.stop_word", field="text", word=stop[0])
    if preview(kind, line, LONGEST, sender=sender).is_too_long:
        raise Invalid("reword.too_long", field="text", most=MOST_SEGMENTS)
    return line


def preview(kind: str, text: str, values: dict[str, object], *, sender: SenderPolicy) -> Preview:
    """What a phone would show of this text, checked or not; brackets that we do not know stay as typed.

    Raises:
        NotFound: not a kind to rewrite.
    """
    brackets_of(kind)
    link = f"{sender.public_base_url}/reponse/{'x' * 43}"
    rendered = texts.own_words(unbracketed(text), {"link": link, **values, "sender": sender})
    shown = transliterate(rendered)
    return Preview(shown, segments(shown))


def unbracketed(text: str) -> str:
    """The text with the templates of the house where it has brackets; anything that could compute is taken out."""
    harmless = re.sub(r"[{}]", "", text)
    return BRACKET.sub(lambda found: BRACKETS.get(found[1], found[0]), harmless)
