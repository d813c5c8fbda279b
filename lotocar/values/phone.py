"""Phone numbers as French people write them, kept as E.164, with the kind of line they lead to.

Kinds come from the numbering plan as the pinned library `phonenumbers` knows it: a guess, until a provider
says otherwise.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

import phonenumbers
from phonenumbers import PhoneNumberType

from lotocar.errors import Invalid


class LineKind(StrEnum):
    MOBILE = "mobile"
    LANDLINE = "landline"
    VOIP = "voip"  # a box line in 09: rings at home, takes no SMS
    TOLL_FREE = "toll_free"
    LOCAL_RATE = "local_rate"  # 0806, 0809
    SHARED_COST = "shared_cost"  # 081, 082: the caller pays more


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """One line in E.164 (« +33639980011 ») and where it leads."""

    e164: str
    kind: LineKind

    @property
    def can_receive_sms(self) -> bool:
        return self.kind is LineKind.MOBILE

    @property
    def display(self) -> str:
        return display(self.e164)

    @property
    def masked(self) -> str:
        return masked(self.e164)


# Reserved for fiction. The library refuses 063998 and the overseas table would claim it, so it is asked first.
FICTION = {
    "19900": LineKind.LANDLINE,
    "26191": LineKind.LANDLINE,
    "35301": LineKind.LANDLINE,
    "46571": LineKind.LANDLINE,
    "53649": LineKind.LANDLINE,
    "63998": LineKind.MOBILE,
}
# These are dialled like any French number but belong to another country code; under +33 the library would
# refuse the mobiles and wrongly accept some landlines.
OVERSEAS = {
    "590": "590", "690": "590", "691": "590",
    "594": "594", "694": "594",
    "596": "596", "696": "596", "697": "596",
    "262": "262", "263": "262", "692": "262", "693": "262", "269": "262", "639": "262",
    "508": "508",
}  # fmt: skip
OVERSEAS_CODES = ("590", "594", "596", "262", "508")

KINDS = {
    PhoneNumberType.MOBILE: LineKind.MOBILE,
    PhoneNumberType.FIXED_LINE: LineKind.LANDLINE,
    PhoneNumberType.VOIP: LineKind.VOIP,
    PhoneNumberType.TOLL_FREE: LineKind.TOLL_FREE,
    PhoneNumberType.UAN: LineKind.LOCAL_RATE,
    PhoneNumberType.SHARED_COST: LineKind.SHARED_COST,
}
SHORT = re.compile(r"1[578]|11[24589]|19[16]|10\d\d|3\d{3}|[3-8]\d{4}|11[68]\d{3}")
MACHINE = re.compile(r"700\d{10}")  # 14 digits once dialled: meters, alarms
SEVERAL = re.compile(r"(0[1-9]\d{8}){2,}")
LABEL = r"(?:num[eé]ro|n°|t[eé]l[eé]phone|t[eé]l|portable|port|mobile|mob|fixe|domicile|dom)"
LABELS = re.compile(rf"^(?:{LABEL}[\s.:]*)+(?=[\d+(])|[\s(]+{LABEL}[.)\s]*$")
BETWEEN = re.compile(r"(?<=\d)\s*\b(?:ou|et)\b\s*(?=[\d(])")
PARTED = re.compile(r"[/;,|&\n]|\s+(?:ou|et|puis|-)\s+|\s{2,}|\s*(?=\+)|\s(?=0033)|\s(?=0[1-9]\d{8})")
TRUNK_IN_BRACKETS = re.compile(r"[(\[]\s*0\s*[)\]]")
DRESSING = re.compile(r"[\s.,;:/\\_·•|()\[\]\-\u2010-\u2015\u2212'’]+")


def parse_phone(text: str, *, field: str | None = None) -> PhoneNumber:
    """The line that this text names, in any French spelling, overseas included.

    Raises:
        Invalid: empty; not_a_number (letters, signs: never guessed); several_numbers; too_short; too_long;
            short_number (112, 3949, 38123); machine (0700, 14 digits); premium (089: it costs the caller);
            foreign; unknown_range (nobody can have it).
    """
    try:
        return _line(text)
    except Invalid as refusal:
        raise Invalid("several_numbers" if _names_several(text) else refusal.code, field=field) from None


def display(e164: str) -> str:
    """« 06 39 98 00 11 »; what is no line of ours (a short number, a sender's name) is shown as it is."""
    national = _national(e164)
    if national is None:
        return e164
    grouped = " ".join(re.findall("..", national))
    # some numbers exist under two codes (0800 in Paris and in Guadeloupe): the one less expected shows its code
    if _names_another(grouped, e164):
        return f"{e164[:-9]} {e164[-9:-6]} {' '.join(re.findall('..', e164[-6:]))}"
    return grouped


def masked(e164: str) -> str:
    """« 06 ** ** ** 11 »: enough to recognise one's own number, too little to ring it."""
    national = _national(e164)
    if national is None:
        return "*" * max(0, len(e164) - 2) + e164[-2:]
    return f"{national[:2]} ** ** ** {national[-2:]}"


def tel_link(e164: str) -> str:
    """The address that makes a phone dial: « tel:+33639980011 »."""
    return f"tel:{e164}"


def check_lines(lines: Iterable[str]) -> Iterator[str]:
    """For each line, the number and its kind parted by a tab, or the code of its refusal."""
    for line in lines:
        try:
            number = parse_phone(line)
        except Invalid as refusal:
            yield refusal.code
        else:
            yield f"{number.e164}\t{number.kind}"


def _line(text: str) -> PhoneNumber:
    return _placed(*_country_and_national(_bare(text)))


def _names_several(text: str) -> bool:
    """Whether what is no number holds two of them, parted by a sign, a word, or the next one's + or 00."""
    parts = [part for part in PARTED.split(text.lower()) if len(part) > 8]
    return len(parts) > 1 and sum(map(_is_line, parts)) > 1


def _is_line(text: str) -> bool:
    try:
        _line(text)
    except Invalid:
        return False
    return True


def _bare(text: str) -> str:
    """ASCII digits, after a « + » when one was typed."""
    visible = "".join(char for char in text if unicodedata.category(char) != "Cf")  # pasted direction marks
    plain = unicodedata.normalize("NFKC", visible).strip().lower().removeprefix("tel:")
    plain = BETWEEN.sub(" ", LABELS.sub("", plain))
    bare = DRESSING.sub("", TRUNK_IN_BRACKETS.sub("", plain))
    if not bare:
        raise Invalid("empty" if not plain else "not_a_number")
    if not re.fullmatch(r"\+?\d+", bare):
        raise Invalid("not_a_number")
    digits = "".join(char if char == "+" else str(unicodedata.digit(char)) for char in bare)
    return digits.removeprefix("+") if digits.startswith("+00") else digits


def _country_and_national(bare: str) -> tuple[str, str]:
    """The country code and the number without its leading 0."""
    if SEVERAL.fullmatch(bare):
        raise Invalid("several_numbers")
    international = _international(bare)
    if international is None:
        return "33", _shaped(bare)
    country = next((code for code in ("33", *OVERSEAS_CODES) if international.startswith(code)), None)
    if country is None:
        raise Invalid("foreign" if len(international) > 3 else "too_short")
    return country, _shaped(international.removeprefix(country), shortest=6 if country == "508" else 9)


def _international(bare: str) -> str | None:
    """What follows + or 00, or the whole when only that sign was forgotten; None for a national number."""
    if bare.startswith("+"):
        return bare[1:]
    if bare.startswith("00"):
        return bare[2:]
    codes = "|".join(("33", *OVERSEAS_CODES))
    return bare if re.fullmatch(rf"(?:{codes})0?[1-9]\d{{8}}", bare) else None


def _shaped(digits: str, *, shortest: int = 9) -> str:
    """The national number without its leading 0, once its length is right."""
    if SHORT.fullmatch(digits):
        raise Invalid("short_number")
    national = digits.removeprefix("0")
    if MACHINE.fullmatch(national):
        raise Invalid("machine")
    if len(national) not in (shortest, 9):
        raise Invalid("too_short" if len(national) < 9 else "too_long")
    return national


def _placed(country: str, national: str) -> PhoneNumber:
    if country == "33":
        if kind := FICTION.get(national[:5]):
            return PhoneNumber(f"+33{national}", kind)
        country = OVERSEAS.get(national[:3], country)
    if country == "508":  # the only one whose own numbers are shorter: 0508 41 xx xx is +508 41 xx xx
        national = national.removeprefix("508") if len(national) == 9 else national
    return _known(country, national) or _known_overseas(country, national) or _refuse_unknown()


def _known(country: str, national: str) -> PhoneNumber | None:
    parsed = phonenumbers.PhoneNumber(country_code=int(country), national_number=int(national))
    if national.startswith("0") or not phonenumbers.is_valid_number(parsed):
        return None
    line_type = phonenumbers.number_type(parsed)
    if line_type not in KINDS:
        raise Invalid("premium" if line_type == PhoneNumberType.PREMIUM_RATE else "unknown_range")
    return PhoneNumber(f"+{country}{national}", KINDS[line_type])


def _known_overseas(country: str, national: str) -> PhoneNumber | None:
    """The line under the one overseas code that knows it: ranges such as 0709 are shared between islands."""
    if country != "33":
        return None
    found = [line for code in OVERSEAS_CODES if (line := _known(code, national))]
    return found[0] if len(found) == 1 else None


def _names_another(text: str, e164: str) -> bool:
    """Whether this spelling would be read back as another line; what nobody can have names none."""
    try:
        return parse_phone(text).e164 != e164
    except Invalid:
        return False


def _refuse_unknown() -> PhoneNumber:
    raise Invalid("unknown_range")


def _national(e164: str) -> str | None:
    """The ten digits as dialled in France, or None for what `parse_phone` never gives."""
    try:
        country, national = _country_and_national(e164 if e164.startswith("+") else "+")
    except Invalid:
        return None
    return f"0508{national}" if country == "508" and len(national) == 6 else f"0{national}"
