"""What an SMS reply decides. Pure: the text and the references of the questions open for that number.

The bar is no wrong automatic action. So a reply is acted on only when every word of it is known
(`replies_words.py`) and all of them pull the same way; one word too many and a human reads it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from lotocar.carpool.rides import replies_words as words
from lotocar.carpool.rides.replies_tokens import is_emergency, tokens_of
from lotocar.carpool.rides.replies_words import Meaning


class Kind(StrEnum):
    ACCEPT = "accept"
    DECLINE = "decline"
    STOP = "stop"
    HELP = "help"
    CANCEL = "cancel"
    THANKS = "thanks"
    CLOSED = "closed"  # a yes or a no when nothing is open
    HUMAN = "human"


class Why(StrEnum):
    """Why a human should read it."""

    EMERGENCY = "emergency"
    EMPTY = "empty"
    LONG = "long"
    QUESTION = "question"
    CONDITION = "condition"
    TIME = "time"
    NUMBER = "number"  # figures that are no open reference
    UNKNOWN = "unknown"  # a word we do not know
    BOTH = "both"  # two intents
    WHICH = "which"  # several questions open, none or several named
    ACKNOWLEDGED = "acknowledged"  # « ok merci » with nothing open: a late yes, or mere politeness
    NOTHING_SAID = "nothing_said"  # « bonjour »


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do with a reply.

    `ref` is the question answered by accept or decline. `says_yes` is what a yes or a no said, kept for `closed`
    too, since a no after a yes is a cancellation. `soft` is a yes or a no in other words than « oui », « je peux » or
    « non »: « ok », « parfait » and 👍 also acknowledge what asks nothing. `why` and `urgent` go with `human` alone.
    """

    kind: Kind
    ref: str | None = None
    says_yes: bool | None = None
    soft: bool = False
    why: Why | None = None
    urgent: bool = False


LONGEST = 320  # characters; nobody says yes in more
LONGEST_SMS = 1600
YES = frozenset({Meaning.YES, Meaning.YES_OK, Meaning.YES_FINE, Meaning.YES_SOFT})
NO = frozenset({Meaning.NO, Meaning.NO_SOFT})
THANKS = frozenset({Meaning.THANKS, Meaning.THANKS_FOR})
POLITE = THANKS | {Meaning.FAREWELL, Meaning.COURTESY}
NOTICED = frozenset({Meaning.RECEIVED, Meaning.GOT, Meaning.YES_BACK})
# what each answer may be said with; anything else beside it is a doubt
BESIDE: dict[Kind, frozenset[Meaning]] = {
    Kind.ACCEPT: YES | POLITE | {Meaning.YES_BACK, Meaning.NEUTRAL, Meaning.RECEIVED},
    Kind.DECLINE: NO | POLITE | {Meaning.NO_BACK, Meaning.NEUTRAL, Meaning.SORRY, Meaning.REGRET},
    Kind.STOP: POLITE | {Meaning.STOP, Meaning.STOP_BACK},
    Kind.HELP: POLITE | {Meaning.HELP},
    Kind.CANCEL: POLITE | {Meaning.CANCEL, Meaning.SORRY, Meaning.REGRET},
}
CORES: dict[Kind, frozenset[Meaning]] = {
    Kind.ACCEPT: YES,
    Kind.DECLINE: NO,
    Kind.STOP: frozenset({Meaning.STOP}),
    Kind.HELP: frozenset({Meaning.HELP}),
    Kind.CANCEL: frozenset({Meaning.CANCEL}),
}


def classify(text: str, open_refs: Sequence[str], *, offered_digits: bool = False) -> Decision:
    """What this reply decides, given the references of the questions open for its sender.

    With one question open its reference may be left out, with several it must be said. `offered_digits` tells
    that the question proposed 1 for yes and 2 for no; it counts only when a single question is open.
    """
    tokens = tokens_of(text[:LONGEST_SMS])
    if is_emergency(tokens):
        return Decision(Kind.HUMAN, why=Why.EMERGENCY, urgent=True)
    if len(text) > LONGEST:
        return _human(Why.LONG)
    if not tokens:
        return _human(Why.EMPTY)
    if set(tokens) == {"?"}:
        return Decision(Kind.HELP)
    rest, refs = _without_references(tokens, open_refs)
    if offered_digits and len(open_refs) == 1:
        rest = [{"1": "oui", "2": "non"}.get(token, token) for token in rest]
    return _decided(_Reading.of(rest, refs), open_refs)


def column(decision: Decision, open_count: int) -> str:
    """The decision as a word; with several questions open, an answer names its own: « accept:4821 »."""
    if open_count > 1 and decision.kind in (Kind.ACCEPT, Kind.DECLINE):
        return f"{decision.kind}:{decision.ref}"
    return str(decision.kind)


OPEN_IN_CSV = ("4821", "4907")


def classify_lines(lines: Iterable[str]) -> Iterator[str]:
    """CSV lines `text,open_questions` with their decision in one more column; a header line gets its name.

    With one question open its reference is 4821, with two they are 4821 and 4907. Quotes in the text are
    optional: the last column is the count. Empty lines are left out; a line whose count is missing or is not 0, 1
    or 2 is for a human, and stops nothing.
    """
    for number, row in enumerate(_records(lines)):
        if number == 0 and row[-1].strip() == "open_questions":
            yield _csv([*row, "decision"])
        elif row[-1].strip() in COUNTS:
            count = int(row[-1])
            yield _csv([*row, column(classify(",".join(row[:-1]), OPEN_IN_CSV[:count]), count)])
        else:
            yield _csv([*(row if len(row) > 1 else [*row, ""]), str(Kind.HUMAN)])


COUNTS = ("0", "1", "2")
END = "the end of the record"
LONGEST_RECORD = 40  # lines: past them a quote was never meant to be closed


def _records(lines: Iterable[str]) -> Iterator[list[str]]:
    """The rows of these lines, none empty; a quote that is never closed counts as typed, for its own line only."""
    held: list[str] = []
    for line in lines:
        held.append(line)
        while held and (record := _record(held, is_last=False)):
            lines_taken, row = record
            del held[:lines_taken]
            yield from [row] if row else []
    while held and (record := _record(held, is_last=True)):
        lines_taken, row = record
        del held[:lines_taken]
        yield from [row] if row else []


def _record(held: list[str], *, is_last: bool) -> tuple[int, list[str]] | None:
    """How many of these lines make the first row, and the row; None while its quotes wait for more lines."""
    as_typed = held[0].strip("\r\n").rsplit(",", 1)
    for size in range(1, len(held) + 1):
        try:
            *rows, last = csv.reader([*held[:size], END])
        except csv.Error:
            return 1, as_typed
        if last == [END]:
            return size, rows[0] if rows else []
        if size == 1 and as_typed[-1].strip() in COUNTS:
            return 1, as_typed
    return (1, as_typed) if is_last or len(held) >= LONGEST_RECORD else None


def _csv(row: Sequence[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerow(row)
    return buffer.getvalue().removesuffix("\r\n")


def _human(why: Why) -> Decision:
    return Decision(Kind.HUMAN, why=why)


# --- from tokens to meanings


def _without_references(tokens: Sequence[str], open_refs: Sequence[str]) -> tuple[list[str], frozenset[str]]:
    """The tokens without the references of questions, nor « pour la », « n° » before them."""
    rest: list[str] = []
    refs: set[str] = set()
    for token in tokens:
        if token in open_refs or (not open_refs and _looks_like_reference(token)):
            refs.add(token)
            while rest and rest[-1] in words.BEFORE_A_REFERENCE:
                rest.pop()
        else:
            rest.append(token)
    return rest, frozenset(refs)


def _looks_like_reference(token: str) -> bool:
    """Four to six figures that cannot be an hour such as 0930."""
    return token.isdecimal() and 4 <= len(token) <= 6 and int(token[:2]) > 23


def _lexicon() -> dict[tuple[str, ...], Meaning]:
    return {
        tuple(tokens_of(phrase)): meaning
        for meaning, text in words.PHRASES.items()
        for phrase in text.split(",")
    }


LEXICON = _lexicon()
LONGEST_PHRASE = max(map(len, LEXICON))


@dataclass(frozen=True, slots=True)
class _Reading:
    """All that a reply says: its meanings, the references it names, the words left over."""

    meanings: frozenset[Meaning]
    refs: frozenset[str]
    strange: tuple[str, ...]

    @classmethod
    def of(cls, tokens: Sequence[str], refs: frozenset[str]) -> _Reading:
        meanings: set[Meaning] = set()
        strange: list[str] = []
        at = 0
        while at < len(tokens):
            length = _phrase_length(tokens, at)
            if length:
                meanings.add(LEXICON[tuple(tokens[at : at + length])])
            else:
                strange.append(tokens[at])
            at += length or 1
        return cls(frozenset(meanings), refs, tuple(strange))


def _phrase_length(tokens: Sequence[str], at: int) -> int:
    """How many tokens from there make the longest known phrase, 0 for none."""
    longest = min(LONGEST_PHRASE, len(tokens) - at)
    return next((size for size in range(longest, 0, -1) if tuple(tokens[at : at + size]) in LEXICON), 0)


# --- from meanings to a decision


def _decided(reading: _Reading, open_refs: Sequence[str]) -> Decision:
    cores = [kind for kind, meanings in CORES.items() if reading.meanings & meanings]
    allowed = {"?"} if cores == [Kind.HELP] else set()
    strange = [token for token in reading.strange if token not in allowed]
    if strange or Meaning.DOUBT in reading.meanings:
        return _human(_why(strange))
    if not cores:
        return _without_core(reading, open_refs)
    kind, *others = cores
    if others or reading.meanings - BESIDE[kind]:
        return _human(Why.BOTH)
    if kind in (Kind.ACCEPT, Kind.DECLINE):
        return _answered(kind, reading, open_refs)
    if reading.refs or (kind is Kind.CANCEL and not _may_cancel(reading, open_refs)):
        return _human(Why.WHICH)
    return Decision(kind)


def _why(strange: Sequence[str]) -> Why:
    tokens = set(strange)
    if "?" in tokens:
        return Why.QUESTION
    if not tokens or tokens & words.CONDITIONS:
        return Why.CONDITION
    if tokens & words.TIMES:
        return Why.TIME
    return Why.NUMBER if all(token.isdecimal() for token in tokens) else Why.UNKNOWN


def _may_cancel(reading: _Reading, open_refs: Sequence[str]) -> bool:
    """Not with several questions open, nor in a « désolé » that may as well decline the one open."""
    return len(open_refs) < 2 and not (open_refs and reading.meanings & {Meaning.SORRY, Meaning.REGRET})


def _without_core(reading: _Reading, open_refs: Sequence[str]) -> Decision:
    """« désolé » alone is a no, thanks are thanks; greetings and « bien reçu » tell nothing to a machine."""
    said = reading.meanings
    if Meaning.SORRY in said and said <= POLITE | {Meaning.SORRY, Meaning.REGRET} and len(open_refs) == 1:
        return _answered(Kind.DECLINE, reading, open_refs)
    noticed = frozenset() if open_refs else NOTICED
    if said & (THANKS | {Meaning.FAREWELL}) and said <= POLITE | noticed and not reading.refs:
        return Decision(Kind.THANKS)
    if reading.refs:
        return _human(Why.WHICH)
    return _human(Why.ACKNOWLEDGED if said & NOTICED else Why.NOTHING_SAID)


def _answered(kind: Kind, reading: _Reading, open_refs: Sequence[str]) -> Decision:
    """A yes or a no, once we know to which question."""
    if _is_acknowledgement(reading.meanings, asked=bool(open_refs)):
        return _human(Why.ACKNOWLEDGED)
    says_yes, soft = kind is Kind.ACCEPT, not reading.meanings & {Meaning.YES, Meaning.NO}
    if not open_refs:
        return Decision(Kind.CLOSED, says_yes=says_yes, soft=soft)
    if len(open_refs) == 1:
        return Decision(kind, ref=open_refs[0], says_yes=says_yes, soft=soft)
    if len(reading.refs) != 1:
        return _human(Why.WHICH)
    return Decision(kind, ref=next(iter(reading.refs)), says_yes=says_yes, soft=soft)


def _is_acknowledgement(said: frozenset[Meaning], *, asked: bool) -> bool:
    """Whether a would-be answer may only be polite: « ok noté », « c'est bon merci » (no need), 👍 unasked."""
    if said & {Meaning.YES, Meaning.NO}:
        return False
    if Meaning.THANKS_FOR in said:
        return True
    if not asked:
        return bool(said & {Meaning.THANKS, Meaning.RECEIVED}) or not said & {
            Meaning.YES_OK,
            Meaning.YES_FINE,
        }
    firm = said & {Meaning.YES_OK, Meaning.YES_SOFT, Meaning.NEUTRAL}
    return Meaning.RECEIVED in said or (Meaning.YES_FINE in said and Meaning.THANKS in said and not firm)
