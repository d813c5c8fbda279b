"""Small counts stay small secrets, whatever else is shown beside them."""

from hypothesis import given
from hypothesis import strategies as st

from lotocar.civic.territory.protection import Cell, cell, protect, protect_table, together

counts = st.tuples(st.integers(0, 12), st.integers(1, 12)).map(
    lambda pair: Cell(pair[0], min(pair) if pair[0] else 0)
)


def test_threat_2_four_people_are_not_counted_and_five_are():
    assert cell([1, 2, 3, 4]).words == "moins de 5"
    assert cell([1, 2, 3, 4, 5]).words == "5"


def test_threat_2_one_lady_who_goes_every_tuesday_is_one_person():
    assert cell([7] * 52).words == "moins de 5"


def test_nobody_is_a_figure_like_another():
    assert cell([]).words == "0"


def test_a_small_part_alone_takes_another_with_it():
    shown = protect({"a": Cell(3, 3), "b": Cell(9, 9), "c": Cell(6, 6)})
    assert {name: one.words for name, one in shown.items()} == {
        "a": "moins de 5",
        "b": "9",
        "c": "non communiqué",
    }


def test_a_sum_that_would_give_the_small_part_away_is_withheld():
    parts = protect({"carpool": Cell(20, 20), "purpose": Cell(2, 2), "lost": Cell(30, 30)})
    assert not together([parts["carpool"], parts["lost"]], Cell(50, 50)).is_shown
    assert together([parts["lost"]], Cell(30, 30)).is_shown


@given(st.dictionaries(st.sampled_from("abcdef"), counts, min_size=2))
def test_no_hidden_part_is_the_only_one(parts):
    shown = protect(parts)
    hidden = [one for one in shown.values() if not one.is_shown]
    assert len(hidden) != 1 or not any(one.is_shown and one.count for one in shown.values())


@given(
    st.dictionaries(
        st.integers(1, 5),
        st.fixed_dictionaries({"served": counts, "unserved": counts, "other": counts}),
        min_size=1,
    )
)
def test_no_hidden_cell_of_a_table_is_alone_in_its_row_or_column(rows):
    shown = protect_table(rows)
    lines = [[row[name] for name in ("served", "unserved", "other")] for row in shown.values()]
    for line in [*lines, *(list(column) for column in zip(*lines, strict=True))]:
        hidden = [one for one in line if not one.is_shown]
        assert len(hidden) != 1 or not any(one.is_shown and one.count for one in line)
