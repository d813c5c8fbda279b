"""Sums as people type them."""

from __future__ import annotations

import pytest

from lotocar.errors import Invalid
from lotocar.values.money import in_euros, read_cents


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("1,50", 150),
        ("2", 200),
        ("2 €", 200),
        ("0.5", 50),
        ("0,05", 5),
        ("12 euros", 1200),
        ("", 0),
        (" 3 ", 300),
    ],
)
def test_a_sum_is_read(text: str, cents: int) -> None:
    assert read_cents(text, field="amount") == cents


@pytest.mark.parametrize("text", ["-1", "1,505", "1 000 000", "beaucoup", "1e3", "1,", "٣", "NaN", "1,5,0"])
def test_what_is_not_a_sum_is_refused_at_its_field(text: str) -> None:
    with pytest.raises(Invalid) as refusal:
        read_cents(text, field="amount")
    assert refusal.value.field == "amount"


@pytest.mark.parametrize(("cents", "text"), [(0, ""), (5, "0,05"), (150, "1,50"), (123_456, "1234,56")])
def test_a_sum_is_shown_as_it_may_be_typed(cents: int, text: str) -> None:
    assert in_euros(cents) == text
    assert read_cents(text, field="amount") == cents
