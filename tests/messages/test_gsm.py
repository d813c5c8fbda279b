"""What an SMS costs, and French rewritten in its alphabet."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lotocar.messages.gsm import BASIC, EXTENDED, Encoding, SegmentCount, is_gsm7, segments, transliterate

INSIDE = "àäéèöùüæÄÉÖÜÇÆ€"
OUTSIDE = "çâêëîïôûÿœÀÂÈÊËÎÔÙÛŒ«»’“”…–—°²\u00a0\u202f"
LONGEST_COMMUNE = "Saint-Remy-en-Bouzemont-Saint-Genest-et-Isson"


def test_the_alphabet_has_its_exact_size() -> None:
    assert len(BASIC) == 127  # 128 places, one of which is the escape
    assert len(EXTENDED) == 10


@pytest.mark.parametrize("letter", INSIDE)
def test_french_letters_of_the_alphabet_stay(letter: str) -> None:
    assert is_gsm7(letter)
    assert transliterate(letter) == letter


@pytest.mark.parametrize("letter", OUTSIDE)
def test_french_letters_outside_are_rewritten(letter: str) -> None:
    assert not is_gsm7(letter)
    assert is_gsm7(transliterate(f"a{letter}a"))


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("À l’hôpital, ça marche", "A l'hopital, ça marche".replace("ç", "c")),
        (
            "Mme D. cherche « Gramat → Figeac » mardi 9\u00a0h…",
            'Mme D. cherche "Gramat -> Figeac" mardi 9 h...',
        ),
        ("cœur, Œuvre, Haÿ", "coeur, OEuvre, Hay"),
        ("réf. n°4821 – 4 €", "réf. no4821 - 4 €"),
        ("Merci 😀 à bientôt 👍🏻", "Merci à bientot"),
        ("e\u0301te\u0301", "été"),
        ("ligne 1\nligne 2", "ligne 1\nligne 2"),
        ("оui", "?ui"),  # a Cyrillic o
        ("a\u200bb\x00c", "abc"),
    ],
)
def test_french_is_rewritten_readably(written: str, sent: str) -> None:
    assert transliterate(written) == sent


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", SegmentCount(Encoding.GSM7, 0, 0)),
        ("a" * 160, SegmentCount(Encoding.GSM7, 160, 1)),
        ("a" * 161, SegmentCount(Encoding.GSM7, 161, 2)),
        ("a" * 306, SegmentCount(Encoding.GSM7, 306, 2)),
        ("a" * 307, SegmentCount(Encoding.GSM7, 307, 3)),
        ("€" * 80, SegmentCount(Encoding.GSM7, 160, 1)),
        ("€" * 81, SegmentCount(Encoding.GSM7, 162, 2)),
        ("é" + "ê" * 69, SegmentCount(Encoding.UCS2, 70, 1)),
        ("ê" * 71, SegmentCount(Encoding.UCS2, 71, 2)),
        ("ê" * 134, SegmentCount(Encoding.UCS2, 134, 2)),
        ("ê" * 135, SegmentCount(Encoding.UCS2, 135, 3)),
        ("😀" * 35, SegmentCount(Encoding.UCS2, 70, 1)),
    ],
)
def test_segments_are_counted_at_their_borders(text: str, count: SegmentCount) -> None:
    assert segments(text) == count


def test_a_letter_of_two_places_is_never_cut_between_parts() -> None:
    assert (
        segments("a" * 152 + "€" + "a" * 152).segments == 3
    )  # 306 places, yet the € moves to the second part
    assert segments("ê" * 66 + "😀" + "ê" * 66).segments == 3


def test_one_letter_outside_doubles_the_price_of_a_long_text() -> None:
    text = "a" * 111 + "ê"
    assert segments(text).segments == 2
    assert segments(transliterate(text)).segments == 1


def test_two_longest_communes_fit_in_two_segments() -> None:
    text = f"Mme D. cherche {LONGEST_COMMUNE} → {LONGEST_COMMUNE} mardi 24 novembre à 8\u00a0h\u00a030. Répondez OUI ou NON. réf 4821"
    assert segments(transliterate(text)).segments <= 2


@given(st.text())
def test_whatever_is_sent_is_in_the_alphabet_and_rewriting_twice_changes_nothing(text: str) -> None:
    sent = transliterate(text)
    assert is_gsm7(sent)
    assert transliterate(sent) == sent


@given(st.text(alphabet="aé€ê😀\n", max_size=700))
def test_segments_never_hold_more_than_their_room(text: str) -> None:
    count = segments(text)
    room, alone = (153, 160) if count.encoding is Encoding.GSM7 else (67, 70)
    assert count.characters <= (alone if count.segments <= 1 else room * count.segments)
    assert count.characters > room * (count.segments - 2)
