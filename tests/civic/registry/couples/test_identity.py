"""The identity key and the truncated number, against the registry's worked examples."""

from __future__ import annotations

import hashlib
import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lotocar.civic.registry.couples.identity import identity_key, is_e164, key_name, phone_trunc


@pytest.mark.parametrize(
    ("phone", "name", "hashed", "key"),
    [
        (
            "+33701020304",
            "D'Hérûg-de-l'Hérault",
            "+33701020304-D HERUG DE L HERAULT",
            "f44ff5364363e53da750d8b7b44fa3176ea36228c5f951a9c1e606c915093d30",
        ),
        (
            "+33639980011",
            "Delmas",
            "+33639980011-DELMAS",
            "da792efa5ea6966c0a72ced70607fae2bdf725bd229c5267d38c660f80a49918",
        ),
        (
            "+33639980022",
            "D'Hérûg-de-l'Hérault",
            "+33639980022-D HERUG DE L HERAULT",
            "bb3a08b5b541679d69d36d2bdee734cbf25021036f950d92a7a82524fd81c547",
        ),
        (
            "+33536490033",
            "Tô",
            "+33536490033-TO",
            "a83637972fa8e1deda0e70d364678d528ee33dc3747f008d56521c508cbebbb5",
        ),
    ],
)
def test_the_four_worked_examples_give_their_key(phone: str, name: str, hashed: str, key: str) -> None:
    assert f"{phone}-{key_name(name)}" == hashed
    assert hashlib.sha256(hashed.encode()).hexdigest() == key
    assert identity_key(phone, name) == key


@pytest.mark.parametrize(
    ("name", "hashed"),
    [
        ("Lebœuf", "LEBOEUF"),
        ("Æschimann", "AESCHIMANN"),
        ("Weiß", "WEISS"),
        ("  de   La  Tour ", "DE LA TOUR"),
        ("O’Brien", "O BRIEN"),
        ("Nguyễn", "NGUYEN"),
        ("Martin (née Roux)", "MARTIN NEE ROUX"),
        ("Çelik", "CELIK"),
        ("Ильина", ""),
        ("--", ""),
    ],
)
def test_a_surname_has_one_hashed_form(name: str, hashed: str) -> None:
    assert key_name(name) == hashed


@settings(deadline=None)
@given(st.text(max_size=40))
def test_a_hashed_surname_holds_capitals_and_single_spaces_and_is_stable(name: str) -> None:
    bare = key_name(name)
    assert re.fullmatch(r"(?:[A-Z]+(?: [A-Z]+)*)?", bare)
    assert key_name(bare) == bare
    assert key_name(unicodedata.normalize("NFD", name)) == key_name(unicodedata.normalize("NFC", name))


@settings(deadline=None)
@given(st.text(max_size=20), st.from_regex(r"\+33[1-9][0-9]{8}", fullmatch=True))
def test_any_french_number_and_name_give_what_the_registry_reads(name: str, phone: str) -> None:
    assert is_e164(phone)
    assert re.fullmatch("[0-9a-f]{64}", identity_key(phone, name))
    assert re.fullmatch(r"\+[0-9]{8,12}", phone_trunc(phone))


def test_case_and_accents_change_nothing() -> None:
    assert len({identity_key("+33639980011", name) for name in ("Hérault", "HERAULT", " hérault ")}) == 1


def test_the_last_two_digits_of_a_number_stay_here() -> None:
    assert phone_trunc("+33536490033") == "+335364900"
    assert phone_trunc("+262692123456") == "+2626921234"


@pytest.mark.parametrize(
    "phone",
    [
        "",
        "0639980011",
        "+3363998001",
        "+336399800111",
        "+33 639980011",
        "+33039980011",
        "3949",
        "+33639980011\n",
        "+٣٣٦٣٩٩٨٠٠١١",
    ],
)
def test_what_is_no_whole_number_is_told(phone: str) -> None:
    assert not is_e164(phone)
