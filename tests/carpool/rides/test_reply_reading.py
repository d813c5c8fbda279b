"""What SMS replies decide: labelled replies, and what no reply may ever do."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from lotocar.carpool.rides import replies_words as words
from lotocar.carpool.rides.replies_rules import (
    LEXICON,
    OPEN_IN_CSV,
    Decision,
    Kind,
    Why,
    classify,
    classify_lines,
    column,
)
from lotocar.carpool.rides.replies_tokens import tokens_of
from lotocar.cli.reading import phone_check, replies_classify

ONE = ("4821",)
TWO = ("4821", "4907")
AVOIDABLE_AT_MOST = 0.04  # of the replies that a person would act on without thinking


@dataclass(frozen=True)
class Labelled:
    text: str
    open_count: int
    label: str

    @property
    def decided(self) -> str:
        return column(classify(self.text, OPEN_IN_CSV[: self.open_count]), self.open_count)


def labelled_replies() -> list[Labelled]:
    with (Path(__file__).parent / "replies.csv").open(encoding="utf-8", newline="") as file:
        return [
            Labelled(row["text"], int(row["open_questions"]), row["label"]) for row in csv.DictReader(file)
        ]


REPLIES = labelled_replies()
CLEAR = [reply for reply in REPLIES if reply.label != "human"]


def test_there_are_over_a_thousand_labelled_replies_of_every_kind() -> None:
    counts = Counter(reply.label.partition(":")[0] for reply in REPLIES)
    assert len(REPLIES) >= 1000
    assert len({(reply.text, reply.open_count) for reply in REPLIES}) == len(REPLIES)
    assert min(counts[kind] for kind in Kind) >= 30


def test_no_reply_is_ever_acted_on_wrongly() -> None:
    wrong = [reply for reply in REPLIES if reply.decided not in ("human", reply.label)]
    assert wrong == []


def test_few_clear_replies_are_left_to_humans() -> None:
    left = [reply for reply in CLEAR if reply.decided == "human"]
    share = len(left) / len(CLEAR)
    print(f"\n{len(REPLIES)} réponses, {len(CLEAR)} claires, {len(left)} laissées à un humain ({share:.1%})")
    assert share <= AVOIDABLE_AT_MOST


def decorated(text: str) -> list[str]:
    """The same reply as other phones and other hands would type it."""
    return [
        text.upper(),
        text.lower(),
        f"Bonjour, {text}",
        f"{text} !!",
        f"  {text}\n",
        text.replace("'", "’"),
    ]


def test_case_greetings_and_punctuation_never_make_an_action_wrong() -> None:
    wrong = [
        (again, reply.label)
        for reply in REPLIES
        for again in decorated(reply.text)
        if Labelled(again, reply.open_count, "").decided not in ("human", reply.label)
    ]
    assert wrong == []


@pytest.mark.parametrize(
    "word", ["mais", "sauf", "plutôt", "peut-être", "si", "10h", "mardi", "demain", "?", "pas", "ne"]
)
def test_a_word_of_doubt_added_anywhere_stops_every_yes(word: str) -> None:
    for reply in CLEAR:
        if not reply.label.startswith("accept"):
            continue
        said = reply.text.split()
        for at in range(len(said) + 1):
            doubtful = " ".join([*said[:at], word, *said[at:]])
            assert not Labelled(doubtful, reply.open_count, "").decided.startswith("accept"), doubtful


@given(st.text(max_size=200), st.sampled_from([(), ONE, TWO]))
def test_any_text_gets_a_decision_and_strange_ones_a_human(text: str, open_refs: tuple[str, ...]) -> None:
    decision = classify(text, open_refs)
    assert (decision.why is not None) == (decision.kind is Kind.HUMAN)
    assert (decision.ref is not None) == (decision.kind in (Kind.ACCEPT, Kind.DECLINE))


@given(st.lists(st.sampled_from([" ".join(phrase) for phrase in LEXICON]), min_size=1, max_size=5))
def test_no_heap_of_known_words_answers_one_of_several_questions(phrases: list[str]) -> None:
    assert classify(" ".join(phrases), TWO).kind not in (Kind.ACCEPT, Kind.DECLINE, Kind.CLOSED)


@given(st.text(alphabet=st.characters(categories=["Ll"]), min_size=2, max_size=12))
def test_an_unknown_word_beside_a_yes_goes_to_a_human(word: str) -> None:
    known = {token for phrase in LEXICON for token in phrase} | words.FIRST_NAMES | {"x"}
    if not set(tokens_of(word)) <= known:
        assert classify(f"oui {word}", ONE).kind is Kind.HUMAN


def test_two_digits_count_only_when_offered_and_one_question_is_open() -> None:
    assert classify("1", ONE).kind is Kind.HUMAN
    assert classify("1", ONE, offered_digits=True) == Decision(Kind.ACCEPT, ref="4821", says_yes=True)
    assert classify("2.", ONE, offered_digits=True) == Decision(Kind.DECLINE, ref="4821", says_yes=False)
    assert classify("1 merci", ONE, offered_digits=True).kind is Kind.ACCEPT
    assert classify("3", ONE, offered_digits=True).kind is Kind.HUMAN
    assert classify("1", TWO, offered_digits=True).kind is Kind.HUMAN
    assert classify("1", (), offered_digits=True).kind is Kind.HUMAN


def test_a_closed_yes_or_no_is_told_apart() -> None:
    assert classify("oui", ()) == Decision(Kind.CLOSED, says_yes=True)
    assert classify("non", ()) == Decision(Kind.CLOSED, says_yes=False)


@pytest.mark.parametrize(
    ("text", "urgent"),
    [
        ("urgence", True),
        ("elle est tombée dans l'escalier", True),
        ("oui mais accident devant moi", True),
        ("stop accident", True),
        ("x" * 1500 + " appelez le SAMU", True),
        ("ça tombe bien, oui", False),
        ("rien d'urgent", False),
        ("tombé en panne", False),
        ("j'ai besoin d'aide", False),
    ],
)
def test_emergencies_come_on_top(text: str, urgent: bool) -> None:
    decision = classify(text, ONE)
    assert (decision.kind, decision.urgent) == (Kind.HUMAN, urgent)


@pytest.mark.parametrize(
    ("text", "open_refs", "why"),
    [
        ("", ONE, Why.EMPTY),
        ("🙏", ONE, Why.EMPTY),
        ("oui ?", ONE, Why.QUESTION),
        ("oui mais", ONE, Why.CONDITION),
        ("oui demain", ONE, Why.TIME),
        ("oui 4822", ONE, Why.NUMBER),
        ("oui 9h30", ONE, Why.TIME),
        ("oui seule", ONE, Why.UNKNOWN),
        ("oui non", ONE, Why.BOTH),
        ("oui", TWO, Why.WHICH),
        ("oui 4821 4907", TWO, Why.WHICH),
        ("4821", TWO, Why.WHICH),
        ("ok merci", (), Why.ACKNOWLEDGED),
        ("bonjour", ONE, Why.NOTHING_SAID),
        ("oui " * 81, ONE, Why.LONG),
    ],
)
def test_a_human_is_told_why(text: str, open_refs: tuple[str, ...], why: Why) -> None:
    assert classify(text, open_refs).why is why


def test_an_open_reference_that_looks_like_an_hour_still_counts_and_another_does_not() -> None:
    assert classify("oui 0930", ("0930", "4821")).ref == "0930"
    assert classify("oui 0930", ()).kind is Kind.HUMAN
    assert classify("oui 4821", ()).kind is Kind.CLOSED


def test_no_phrase_has_two_meanings_and_each_is_reached() -> None:
    phrases = [
        (tuple(tokens_of(phrase)), meaning)
        for meaning, text in words.PHRASES.items()
        for phrase in text.split(",")
    ]
    meanings: dict[tuple[str, ...], set[str]] = {}
    for phrase, meaning in phrases:
        meanings.setdefault(phrase, set()).add(meaning)
    assert {phrase: found for phrase, found in meanings.items() if len(found) > 1} == {}
    assert () not in meanings


def test_the_command_adds_a_column() -> None:
    lines = ["text,open_questions\n", "Oui,1\n", '"Oui, avec plaisir",0\n', "OUI 4907,2\n", "oui,2\n"]
    assert list(classify_lines(lines)) == [
        "text,open_questions,decision",
        "Oui,1,accept",
        '"Oui, avec plaisir",0,closed',
        "OUI 4907,2,accept:4907",
        "oui,2,human",
    ]


def test_the_command_takes_commas_without_quotes_line_breaks_and_no_header() -> None:
    assert list(classify_lines(["non, merci,1\n", "\n", '"Oui\n', 'Envoyé de mon iPhone",1\n'])) == [
        "non, merci,1,decline",
        '"Oui\nEnvoyé de mon iPhone",1,accept',
    ]


@pytest.mark.parametrize(
    ("line", "out"),
    [
        ("oui,3", "oui,3,human"),
        ("oui", "oui,,human"),
        ("oui,un", "oui,un,human"),
        ('"Oui,1', '"""Oui",1,accept'),
        ('"Oui', '"""Oui",,human'),
        ('il a dit "oui",1', '"il a dit ""oui""",1,human'),
        ("oui\x00,1", "oui\x00,1,human"),
        ("oui\rnon,1", '"oui\rnon",1,human'),
        ("\ufffd,1", "\ufffd,1,human"),
        ("x" * 200_000 + ",1", "x" * 200_000 + ",1,human"),
    ],
)
def test_a_line_that_cannot_be_read_is_for_a_human_and_stops_nothing(line: str, out: str) -> None:
    assert list(classify_lines(["non,1\n", f"{line}\n", "\r\n", "oui,1\r\n"])) == [
        "non,1,decline",
        out,
        "oui,1,accept",
    ]


def test_a_quote_that_is_never_closed_eats_no_other_line() -> None:
    lines = ['"Bonjour\n', *["oui,1\n"] * 100]
    assert list(classify_lines(lines)) == ['"""Bonjour",,human', *["oui,1,accept"] * 100]


def test_the_commands_take_any_bytes() -> None:
    typed = b"\xef\xbb\xbftext,open_questions\r\nD\xe9sol\xe9 non,1\r\n\r\nOUI,1\r\n"
    answer = CliRunner().invoke(replies_classify, input=typed)
    assert (answer.exit_code, answer.output.splitlines()) == (
        0,
        ["text,open_questions,decision", "D\ufffdsol\ufffd non,1,human", "OUI,1,accept"],
    )
    typed = b"\xef\xbb\xbf06 39 98 00 11\r\n\n\xff\x00\n+33 5 36 49 01 12"
    answer = CliRunner().invoke(phone_check, input=typed)
    assert (answer.exit_code, answer.output.splitlines()) == (
        0,
        ["+33639980011\tmobile", "empty", "not_a_number", "+33536490112\tlandline"],
    )
