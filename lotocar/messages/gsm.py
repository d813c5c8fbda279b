"""The alphabet of SMS: what its letters cost, and French rewritten with them.

One letter outside GSM-7 (ê, ç, « or a no-break space) more than halves the room in the whole text, hence one
transliteration at the send door. Tables: 3GPP TS 23.038, basic set and extension.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("\f^{}\\[~]|€")  # each takes two places


class Encoding(StrEnum):
    GSM7 = "gsm7"
    UCS2 = "ucs2"


@dataclass(frozen=True, slots=True)
class SegmentCount:
    """What a text costs: `characters` are places in its encoding, `segments` the SMS it is billed as."""

    encoding: Encoding
    characters: int
    segments: int


ALONE = {Encoding.GSM7: 160, Encoding.UCS2: 70}
JOINED = {Encoding.GSM7: 153, Encoding.UCS2: 67}  # the rest tells the phone how to join the parts

REWRITTEN = str.maketrans({
    "œ": "oe", "Œ": "OE", "ÿ": "y", "Ÿ": "Y", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ı": "i",
    "’": "'", "‘": "'", "‚": "'", "‛": "'", "′": "'", "`": "'", "´": "'", "ʼ": "'",
    "“": '"', "”": '"', "„": '"', "″": '"', "«": '"', "»": '"', "‹": "'", "›": "'",
    "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "―": "-", "−": "-", "•": "-", "·": "-",
    "…": "...", "°": "o", "×": "x", "÷": "/", "⁄": "/", "→": "->", "←": "<-", "©": "(c)", "®": "(r)",
    "\t": " ", "\u2028": "\n", "\u2029": "\n",
})  # fmt: skip


def transliterate(text: str) -> str:
    """The text in GSM-7 letters alone: ê to e, ç to c, œ to oe, ’ to ', no-break spaces to spaces.

    Emoji and invisible marks go without a trace, letters of other scripts become « ? ». Doing it twice changes
    nothing.
    """
    composed = unicodedata.normalize("NFC", text)
    guillemets = re.sub(r"«\s+", "«", re.sub(r"\s+»", "»", composed))
    rewritten = "".join(_letters(char) for char in guillemets)
    # where an emoji went, two spaces meet; a text that needed nothing keeps its own
    return text if rewritten == text else re.sub(r" {2,}", " ", rewritten).strip(" ")


def segments(text: str) -> SegmentCount:
    """What this exact text costs, sent as it stands. An empty text costs nothing."""
    encoding = Encoding.GSM7 if is_gsm7(text) else Encoding.UCS2
    sizes = [_size(char, encoding) for char in text]
    total = sum(sizes)
    parts = bool(text) if total <= ALONE[encoding] else _parts(sizes, JOINED[encoding])
    return SegmentCount(encoding, total, int(parts))


def is_gsm7(text: str) -> bool:
    """Whether every character exists in the SMS alphabet."""
    return all(char in BASIC or char in EXTENDED for char in text)


def _letters(char: str) -> str:
    if char in BASIC or char in EXTENDED:
        return char
    if (rewritten := char.translate(REWRITTEN)) != char:
        return rewritten
    if char.isspace():
        return " "
    opened = unicodedata.normalize("NFKD", char).translate(REWRITTEN)
    if opened != char:
        return "".join(_letters(part) for part in opened if not unicodedata.combining(part))
    return "?" if char.isalnum() else ""


def _size(char: str, encoding: Encoding) -> int:
    if encoding is Encoding.GSM7:
        return 2 if char in EXTENDED else 1
    return 2 if ord(char) > 0xFFFF else 1  # a surrogate pair, never cut in two


def _parts(sizes: Iterable[int], room: int) -> int:
    """How many parts hold these characters in order, none of them cut in two."""
    count, left = 1, room
    for size in sizes:
        if size > left:
            count, left = count + 1, room
        left -= size
    return count
