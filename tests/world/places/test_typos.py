"""One slip in any name of the Lot: generated, the same at each run, and counted."""

from __future__ import annotations

import random
from collections.abc import Callable
from time import process_time

import pytest

from lotocar.world.places.folding import fold
from lotocar.world.places.gazetteer import gazetteer
from lotocar.world.places.index import names
from lotocar.world.places.search import Home, find

LOT = Home(departements=("46",))
LETTERS = "abcdefghijklmnopqrstuvwxyz"
SOUNDS = [("ss", "s"), ("qu", "k"), ("c", "k"), ("ll", "l"), ("tt", "t"), ("ay", "ei"), ("th", "t"), ("ce", "se"),
          ("y", "i"), ("z", "s"), ("ge", "je"), ("au", "o"), ("en", "an"), ("gn", "ni"), ("h", "")]  # fmt: skip

Slip = Callable[[str, int, random.Random], str]


def _drop(name: str, at: int, _dice: random.Random) -> str:
    return name[:at] + name[at + 1 :]


def _double(name: str, at: int, _dice: random.Random) -> str:
    return name[:at] + name[at] + name[at:]


def _swap(name: str, at: int, _dice: random.Random) -> str:
    return name[:at] + name[at : at + 2][::-1] + name[at + 2 :]


def _other(name: str, at: int, dice: random.Random) -> str:
    return name[:at] + dice.choice(LETTERS) + name[at + 1 :]


def _more(name: str, at: int, dice: random.Random) -> str:
    return name[:at] + dice.choice(LETTERS) + name[at:]


def _by_ear(name: str, _at: int, dice: random.Random) -> str:
    heard = [(spelled, sound) for spelled, sound in SOUNDS if spelled in name]
    return name.replace(*dice.choice(heard), 1) if heard else name


def _slips(slip: Slip) -> list[tuple[str, str]]:
    """Misspelt names of five letters and more, with their INSEE code."""
    dice = random.Random(46)
    cases = []
    for commune in gazetteer():
        name = fold(commune.name)
        if commune.departement == "46" and len(name.replace(" ", "")) >= 5:
            at = dice.choice([place for place, letter in enumerate(name) if letter != " "])
            wrong = slip(name, at, dice)
            # « bars » for Blars is another commune's name: nobody could tell
            if wrong != name and not names().beginnings.equal(wrong.replace(" ", "")).size:
                cases.append((wrong, commune.insee))
    return cases


@pytest.mark.parametrize("slip", [_drop, _double, _swap, _other, _more, _by_ear])
def test_one_slip_still_finds_the_commune(slip: Slip) -> None:
    cases = _slips(slip)
    found = [[hit.stop.insee for hit in find(words, home=LOT)] for words, _insee in cases]
    first = sum(codes[:1] == [insee] for codes, (_words, insee) in zip(found, cases, strict=True))
    listed = sum(insee in codes for codes, (_words, insee) in zip(found, cases, strict=True))
    assert len(cases) > 200
    assert first / len(cases) >= 0.95
    assert listed / len(cases) >= 0.985


def test_a_search_takes_a_few_milliseconds() -> None:
    cases = _slips(_swap)[:150]
    find("Cahors", home=LOT)  # reads the files
    find("zorglub", home=LOT)
    times = []
    for words, _insee in cases:
        started = process_time()
        find(words, home=LOT)
        times.append(process_time() - started)
    assert sorted(times)[len(times) // 2] < 0.010  # 2.5 ms here; room for a slow machine
