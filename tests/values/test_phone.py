"""French phone numbers, in any spelling, to one form or a precise refusal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lotocar.errors import Invalid
from lotocar.values.phone import LineKind, check_lines, display, masked, parse_phone, tel_link

ODILE = "+33639980011"
SPELLINGS = [
    "06 39 98 00 11",
    "0639980011",
    "06.39.98.00.11",
    "06-39-98-00-11",
    "06/39/98/00/11",
    "06_39_98_00_11",
    "06, 39, 98, 00, 11",
    " 06 39 98 00 11. ",
    "0639 98 00 11",
    "06 399 800 11",
    "+33 6 39 98 00 11",
    "+33639980011",
    "+33(0)6 39 98 00 11",
    "+33 (0) 6 39 98 00 11",
    "(+33) 6 39 98 00 11",
    "+330639980011",
    "0033639980011",
    "00 33 6 39 98 00 11",
    "0033(0)639980011",
    "33639980011",
    "330639980011",
    "639980011",
    "6 39 98 00 11",
    "06\u00a039\u00a098\u00a000\u00a011",
    "06\u202f39\u202f98\u202f00\u202f11",
    "06\t39 98 00 11\n",
    "06‑39‑98‑00‑11",
    "06–39–98–00–11",
    "\u202a06 39 98 00 11\u202c",
    "\u200e06 39 98 00 11",
    "０６３９９８００１１",
    "٠٦٣٩٩٨٠٠١١",
    "tel:+33639980011",
    "tél. : 06 39 98 00 11",
    "Tél 06 39 98 00 11",
    "Port. 06 39 98 00 11",
    "tél. portable : 06 39 98 00 11",
    "06 39 98 00 11 (portable)",
    "n° 06 39 98 00 11",
]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_every_spelling_is_the_same_line(spelling: str) -> None:
    assert parse_phone(spelling).e164 == ODILE
    assert parse_phone(spelling).kind is LineKind.MOBILE


@pytest.mark.parametrize(
    ("typed", "e164", "kind"),
    [
        ("05 36 49 01 12", "+33536490112", LineKind.LANDLINE),
        ("01 99 00 12 34", "+33199001234", LineKind.LANDLINE),
        ("02 61 91 12 34", "+33261911234", LineKind.LANDLINE),
        ("03 53 01 12 34", "+33353011234", LineKind.LANDLINE),
        ("04 65 71 12 34", "+33465711234", LineKind.LANDLINE),
        ("09 37 12 34 56", "+33937123456", LineKind.VOIP),
        ("01 62 12 34 56", "+33162123456", LineKind.LANDLINE),
        ("0 800 123 456", "+33800123456", LineKind.TOLL_FREE),
        ("0 806 123 456", "+33806123456", LineKind.LOCAL_RATE),
        ("0 825 123 456", "+33825123456", LineKind.SHARED_COST),
        ("07 31 23 45 67", "+33731234567", LineKind.MOBILE),
    ],
)
def test_the_kind_follows_the_numbering_plan(typed: str, e164: str, kind: LineKind) -> None:
    number = parse_phone(typed)
    assert (number.e164, number.kind) == (e164, kind)


@pytest.mark.parametrize(
    ("typed", "e164", "kind"),
    [
        ("0690 00 12 34", "+590690001234", LineKind.MOBILE),
        ("+33 690 00 12 34", "+590690001234", LineKind.MOBILE),
        ("+590 690 00 12 34", "+590690001234", LineKind.MOBILE),
        ("+590 (0)690 00 12 34", "+590690001234", LineKind.MOBILE),
        ("00590690001234", "+590690001234", LineKind.MOBILE),
        ("590690001234", "+590690001234", LineKind.MOBILE),
        ("0590 80 12 34", "+590590801234", LineKind.LANDLINE),
        ("0694 20 12 34", "+594694201234", LineKind.MOBILE),
        ("0594 30 12 34", "+594594301234", LineKind.LANDLINE),
        ("0696 20 12 34", "+596696201234", LineKind.MOBILE),
        ("0596 60 12 34", "+596596601234", LineKind.LANDLINE),
        ("0692 12 34 56", "+262692123456", LineKind.MOBILE),
        ("0262 20 12 34", "+262262201234", LineKind.LANDLINE),
        ("0269 61 12 34", "+262269611234", LineKind.LANDLINE),
        ("0639 01 23 45", "+262639012345", LineKind.MOBILE),
        ("0508 41 12 34", "+508411234", LineKind.LANDLINE),
        ("+508 41 12 34", "+508411234", LineKind.LANDLINE),
        ("0709 01 23 45", "+590709012345", LineKind.MOBILE),
    ],
)
def test_overseas_lines_get_their_own_country_code(typed: str, e164: str, kind: LineKind) -> None:
    number = parse_phone(typed)
    assert (number.e164, number.kind) == (e164, kind)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "empty"),
        (" \u00a0\n", "empty"),
        ("-", "not_a_number"),
        ("O6 39 98 00 11", "not_a_number"),
        ("06 39 98 00 1l", "not_a_number"),
        ("06 39 98 00 11 poste 12", "not_a_number"),
        ("0800 FLEURS", "not_a_number"),
        ("odile@example.org", "not_a_number"),
        ("06 39 98 00 11\x00", "not_a_number"),
        ("+", "not_a_number"),
        ("06+39980011", "not_a_number"),
        ("06 39 98 00 11 / 05 36 49 01 12", "several_numbers"),
        ("06 39 98 00 11 ou 05 36 49 01 12", "several_numbers"),
        ("06 39 98 00 11 - 05 36 49 01 12", "several_numbers"),
        ("06 39 98 00 11 & 06 39 98 00 12", "several_numbers"),
        ("+33639980011 +33639980012", "several_numbers"),
        ("0033639980011 0033639980012", "several_numbers"),
        ("0639980011;0536490112", "several_numbers"),
        ("zéro six trente-neuf", "not_a_number"),
        ("6.39980011E8", "not_a_number"),  # as a spreadsheet writes it
        ("0639980011.0", "too_long"),
        ("=0639980011", "not_a_number"),
        ("+377 93 15 00 00", "foreign"),  # Monaco
        ("+376 801 234", "foreign"),  # Andorra
        ("06 39 98", "too_short"),
        ("06 39 98 00 1", "too_short"),
        ("+33 6 39 98 00 1", "too_short"),
        ("36 49 01 12", "too_short"),  # eight figures, as before 1996
        ("06 39 98 00 11 2", "too_long"),
        ("1" * 4000, "too_long"),
        ("15", "short_number"),
        ("112", "short_number"),
        ("3949", "short_number"),
        ("38123", "short_number"),
        ("118 218", "short_number"),
        ("0700 12 34 56 78 90", "machine"),
        ("+33 700 12 34 56 78 90", "machine"),
        ("0899 12 34 56", "premium"),
        ("+33 8 92 12 34 56", "premium"),
        ("08 36 65 65 65", "premium"),
        ("+32 475 12 34 56", "foreign"),
        ("0044 7700 900123", "foreign"),
        ("+1 202 555 0123", "foreign"),
        ("+687 12 34 56", "foreign"),
        ("+881 6 1234 5678", "foreign"),  # satellite
        ("0700 12 34 56", "unknown_range"),
        ("0712 34 56 78", "unknown_range"),
        ("000 000 000 000", "foreign"),
        ("00 00 00", "foreign"),
        ("+590 612 34 56 78", "unknown_range"),
    ],
)
def test_a_refusal_says_exactly_why(typed: str, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        parse_phone(typed, field="phone")
    assert (refusal.value.code, refusal.value.field) == (code, "phone")


def test_only_a_mobile_takes_sms() -> None:
    assert parse_phone("06 39 98 00 11").can_receive_sms
    assert not any(
        parse_phone(line).can_receive_sms for line in ("05 36 49 01 12", "09 37 12 34 56", "0 800 123 456")
    )


@pytest.mark.parametrize(
    ("e164", "shown", "hidden"),
    [
        (ODILE, "06 39 98 00 11", "06 ** ** ** 11"),
        ("+33536490112", "05 36 49 01 12", "05 ** ** ** 12"),
        ("+590690001234", "06 90 00 12 34", "06 ** ** ** 34"),
        ("+508411234", "05 08 41 12 34", "05 ** ** ** 34"),
        ("+590800123456", "+590 800 12 34 56", "08 ** ** ** 56"),
        ("+33700000000", "07 00 00 00 00", "07 ** ** ** 00"),
        ("38123", "38123", "***23"),
        ("LOTOCAR", "LOTOCAR", "*****AR"),
        ("+32475123456", "+32475123456", "**********56"),
        ("", "", ""),
    ],
)
def test_numbers_are_shown_as_they_are_dialled_and_masked_but_for_their_ends(
    e164: str, shown: str, hidden: str
) -> None:
    assert display(e164) == shown
    assert masked(e164) == hidden


def test_a_link_dials_the_whole_number() -> None:
    assert tel_link(ODILE) == "tel:+33639980011"


def test_the_checking_command_answers_line_for_line() -> None:
    typed = ["06 39 98 00 11\n", "\n", "112\n", "05.36.49.01.12"]
    assert list(check_lines(typed)) == [
        "+33639980011\tmobile",
        "empty",
        "short_number",
        "+33536490112\tlandline",
    ]


@given(st.from_regex(r"0[1-9]\d{8}", fullmatch=True))
def test_what_is_shown_reads_back_as_the_same_line(digits: str) -> None:
    try:
        number = parse_phone(digits)
    except Invalid:
        return
    assert parse_phone(number.display) == number
    assert parse_phone(number.e164) == number
    assert number.masked[-2:] == number.display[-2:]


@given(st.text(max_size=40) | st.text(alphabet="+0123456789 ().-", max_size=25))
def test_any_text_is_a_number_or_a_refusal(text: str) -> None:
    (answer,) = check_lines([text])
    assert answer.startswith("+") == ("\t" in answer)
    assert len(display(text)) >= len(masked(text))
