"""The words of a message: one folder a kind under templates/messages, plain Jinja2, every value required."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateNotFound, pass_context
from jinja2.runtime import Context

from lotocar.errors import NotFound
from lotocar.messages.gsm import segments, transliterate
from lotocar.messages.rules import Caps
from lotocar.values.days import DAY_NAMES, local
from lotocar.values.wording import day_words, hour_words

DANGLING = frozenset({"de", "du", "des", "d", "le", "la", "les", "l", "et", "en", "à", "sur", "pour"})
MOST_SEGMENTS = 2
TIGHTER = (1.0, 0.85, 0.7, 0.55, 0.4)  # of the room that a text gives its names
FOLDER = Path(__file__).resolve().parents[2] / "templates" / "messages"


@dataclass(frozen=True, slots=True)
class SenderPolicy:
    """From whom our messages come, and whether one can answer them.

    `desk_phone` is shown as French people read it; `public_base_url` has no trailing slash. A one-way sender
    never asks for an answer: its texts give a private link and the desk's number. `voice` tells that a number
    permitted for automatic calls is configured; without it, landlines are rung by the desk. `caps` are how many
    SMS may leave in a day.
    """

    two_way: bool
    desk_phone: str
    public_base_url: str
    organisation: str
    voice: bool = False
    own_texts: Mapping[str, str] = field(
        default_factory=dict, compare=False
    )  # the team's, already unbracketed
    caps: Caps = field(default_factory=Caps)


def sms(kind: str, values: Mapping[str, object], *, sender: SenderPolicy, reference: str) -> str:
    """The text of an SMS before transliteration, on one line. `reference` is used unless `values` has its own.

    It fits in two SMS: when the names are too long together each is cut shorter, and a text of the team's own that
    would not fit even so (the sender or the address of the site changed since) gives way to the house's.

    Raises:
        NotFound: no such kind.
        jinja2.UndefinedError: a value is missing.
    """
    known = {"reference": reference, **values, "sender": sender}
    own = sender.own_texts.get(kind)
    said = _tightened(lambda tight: own_words(own, known | {"tight": tight})) if own else ""
    return (
        said
        if said and _fits(said)
        else _tightened(lambda tight: _render(kind, "sms.txt", known | {"tight": tight}))
    )


def _tightened(write: Callable[[float], str]) -> str:
    """The text with names cut as little as two SMS allow, or as short as they get."""
    text = ""
    for tight in TIGHTER:
        text = write(tight)
        if _fits(text):
            break
    return text


def _fits(text: str) -> bool:
    return segments(transliterate(text)).segments <= MOST_SEGMENTS


def own_words(source: str, values: Mapping[str, object]) -> str:
    """A text of the team's own, on one line; `source` comes from `rewording.unbracketed` and from nowhere else.

    Raises:
        jinja2.UndefinedError: a value is missing.
    """
    return " ".join(_environment().from_string(source).render(values).split())


def read_aloud(kind: str, values: Mapping[str, object], *, sender: SenderPolicy) -> str:
    """The text that somebody reads on the phone, or that the voice says, on one line.

    Raises:
        NotFound: this kind is never said aloud.
        jinja2.UndefinedError: a value is missing.
    """
    return _render(kind, "voice.txt", {**values, "sender": sender})


def kinds() -> list[str]:
    """Every kind of message, in order."""
    return sorted(path.parent.name for path in FOLDER.glob("*/sms.txt"))


def has_voice(kind: str) -> bool:
    """Whether this kind may be said aloud."""
    return (FOLDER / kind / "voice.txt").is_file()


def clip(text: str, limit: int) -> str:
    """The text within `limit` characters, cut after a whole word where one is near."""
    text = " ".join(str(text).split())
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    end = max(cut.rfind(" "), cut.rfind("-"))
    if end < limit * 0.5:
        return f"{cut}."
    words = cut[:end].split(" ")
    while len(words) > 1 and words[-1].lower() in DANGLING:
        words.pop()
    return " ".join(words).rstrip(" ,;-(")


@pass_context
def _clip_here(context: Context, text: str, limit: int) -> str:
    return clip(text, int(limit * context.get("tight", 1)))


def spelled(code: str) -> str:
    """A code as a voice should say it, figure by figure."""
    return ", ".join(str(code))


def day(at: datetime) -> str:
    """« mardi 24 novembre » on French clocks."""
    return day_words(local(at).date())


def short_day(at: datetime) -> str:
    """« mar. 24/11 » on French clocks, for texts that must stay short."""
    there = local(at)
    return f"{DAY_NAMES[there.weekday()][:3]}. {there.day}/{there.month}"


def hour(at: datetime) -> str:
    """« 8 h 30 » on French clocks."""
    return hour_words(local(at).time())


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 texts for phones, never HTML: people would read « &#39; »
        trim_blocks=True,
    )
    environment.filters.update(clip=_clip_here, spelled=spelled, day=day, short_day=short_day, hour=hour)
    return environment


def _render(kind: str, name: str, values: Mapping[str, object]) -> str:
    try:
        template = _environment().get_template(f"{kind}/{name}")
    except TemplateNotFound:
        raise NotFound("message.kind", kind=kind) from None
    return " ".join(template.render(values).split())
