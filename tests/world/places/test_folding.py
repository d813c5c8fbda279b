"""One form for all spellings, one key for all sounds, and French articles."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lotocar.world.places import articles, folding
from lotocar.world.places.gazetteer import gazetteer


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("SAINT-CÉRÉ", "saint cere"),
        ("St. Céré", "saint cere"),
        ("ste colombe", "sainte colombe"),
        ("Cœur de Causse", "coeur de causse"),
        ("Puy-l'Évêque", "puy l eveque"),
        ("Puy-l’Évêque", "puy l eveque"),
        ("  Le   Vigan ", "le vigan"),
        ("L'Haÿ-les-Roses", "l hay les roses"),
        ("Saint-Hilaire-lez-Cambrai", "saint hilaire les cambrai"),
        ("Plœuc", "ploeuc"),
        ("日本語", ""),
        ("", ""),
    ],
)
def test_spellings_fold_to_one_form(text: str, folded: str) -> None:
    assert folding.fold(text) == folded


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    once = folding.fold(text)
    assert folding.fold(once) == once


@given(st.text(max_size=40))
def test_a_folded_text_holds_letters_digits_and_single_spaces(text: str) -> None:
    folded = folding.fold(text.replace("\n", " "))
    assert all(letter in "abcdefghijklmnopqrstuvwxyz0123456789 " for letter in folded)
    assert "  " not in folded
    assert folded == folded.strip()


def test_many_names_fold_in_one_go_as_each_alone() -> None:
    some = gazetteer().column(1)[::97]
    assert folding.fold("\n".join(some)).split("\n") == [folding.fold(name) for name in some]
    folded = [folding.fold(name) for name in some]
    for way in (folding.core, folding.without_article, folding.sound):
        assert way("\n".join(folded)).split("\n") == [way(name) for name in folded]


@pytest.mark.parametrize(
    ("one", "other"),
    [("kaor", "cahors"), ("souiac", "souillac"), ("sere", "cere"), ("vairac", "vayrac"), ("fijac", "fijak"),
     ("bordo", "bordeaux"), ("marseile", "marseille"), ("labatude", "labathude")],
)  # fmt: skip
def test_what_sounds_alike_has_one_key(one: str, other: str) -> None:
    assert folding.sound(one) == folding.sound(other)


def test_the_saint_says_little() -> None:
    assert folding.telling_letters("saint cere") == 4
    assert folding.telling_letters("saintes") == 7
    assert folding.telling_letters("figeac") == 6


@pytest.mark.parametrize(
    ("insee", "de", "a"),
    [
        ("46334", "du Vigan-en-Quercy", "au Vigan-en-Quercy"),
        ("46102", "de Figeac", "à Figeac"),
        ("46007", "d'Arcambal", "à Arcambal"),
        ("46008", "des Arques", "aux Arques"),
        ("46197", "du Montat", "au Montat"),
        ("17300", "de La Rochelle", "à La Rochelle"),
        ("94038", "de L'Haÿ-les-Roses", "à L'Haÿ-les-Roses"),
        ("60703", "des Marais", "aux Marais"),
        ("98817", "du Mont-Dore", "au Mont-Dore"),
        ("76351", "du Havre", "au Havre"),
    ],
)
def test_names_take_their_article_into_the_sentence(insee: str, de: str, a: str) -> None:
    commune = gazetteer().commune(insee)
    assert commune
    assert (commune.de_name, commune.a_name) == (de, a)


def test_a_name_without_its_written_article_is_left_alone() -> None:
    assert articles.de_name("Vigan", 2) == "de Vigan"
