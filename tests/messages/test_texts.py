"""Every message text, with ordinary and with the longest real values: two segments at most, in SMS letters, in time."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lotocar.errors import NotFound
from lotocar.messages.gsm import is_gsm7, segments, transliterate
from lotocar.messages.texts import FOLDER, clip, has_voice, kinds, read_aloud, sms
from tests.messages.desk import ONE_WAY, PICKUP, TWO_WAY

LINK = f"{TWO_WAY.public_base_url}/reponse/{'x' * 43}"
ORDINARY: dict[str, object] = {
    "code": "482913",
    "link": LINK,
    "passenger": "Mme D.",
    "origin": "Cahors",
    "destination": "Figeac",
    "pickup_place": "Cahors",
    "pickup_at": PICKUP,
    "return_at": None,
    "seats": 1,
    "detour_minutes": 4,
    "passenger_first_name": "Marcel",
    "driver_first_name": "Odile",
    "other_first_name": "Odile",
    "car": "Clio grise",
    "reference": "4821",
    "questions": [{"reference": "4821", "pickup_at": PICKUP, "destination": "Figeac"}] * 2,
}
LONGEST_PLACE = "Saint-Remy-en-Bouzemont-Saint-Genest-et-Isson"
LONGEST: dict[str, object] = ORDINARY | {
    "passenger": "Marie-Françoise-Ghislaine D.",
    "origin": LONGEST_PLACE,
    "destination": LONGEST_PLACE,
    "pickup_place": f"{LONGEST_PLACE}, parking de la salle des fêtes",
    "pickup_at": datetime(2026, 9, 23, 20, 45, tzinfo=UTC),  # mercredi 23 septembre, 22 h 45
    "return_at": datetime(2026, 9, 24, 20, 45, tzinfo=UTC),
    "seats": 3,
    "detour_minutes": 120,
    "passenger_first_name": "Marie-Françoise-Ghislaine",
    "driver_first_name": "Jean-Christophe-Emmanuel",
    "other_first_name": "Jean-Christophe-Emmanuel",
    "car": "Renault Kangoo gris anthracite métallisé",
    "questions": [
        {
            "reference": "4821",
            "pickup_at": datetime(2026, 9, 23, 20, 45, tzinfo=UTC),
            "destination": LONGEST_PLACE,
        }
    ]
    * 4,
}
POLICIES = {"two_way": TWO_WAY, "one_way": ONE_WAY}


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("values", [ORDINARY, LONGEST], ids=["ordinary", "longest"])
@pytest.mark.parametrize("kind", kinds())
def test_a_text_costs_two_segments_at_most(kind: str, values: dict[str, object], policy: str) -> None:
    text = transliterate(sms(kind, values, sender=POLICIES[policy], reference="4821"))
    assert is_gsm7(text)
    assert segments(text).segments <= 2, text


WORST = LONGEST | {"more_dates": 12, "reference": "48213"}


@pytest.mark.parametrize("two_way", [True, False])
@pytest.mark.parametrize("kind", kinds())
def test_many_dates_a_long_name_of_the_house_and_a_long_address_still_fit_in_two(
    kind: str, two_way: bool
) -> None:
    """Names are cut shorter; what must be done stands whole."""
    house = replace(
        TWO_WAY if two_way else ONE_WAY,
        organisation="Covoiturage solidaire du Causse et de la Bouriane",
        public_base_url=f"https://{'covoiturage-solidaire.' * 2}example",
    )
    link = f"{house.public_base_url}/reponse/{'x' * 43}"
    text = transliterate(sms(kind, WORST | {"link": link}, sender=house, reference="48213"))
    assert segments(text).segments <= 2, text
    assert text.endswith("Ref 48213")
    assert link in text or not two_way or "_link" not in kind


def test_a_text_of_the_team_that_fits_no_more_gives_way_to_the_house_s() -> None:
    own = {"offer_renewal": "Bonjour ! " * 20 + "[trop]" + " Merci." * 20}
    text = sms("offer_renewal", ORDINARY, sender=replace(TWO_WAY, own_texts=own), reference="4821")
    assert text == sms("offer_renewal", ORDINARY, sender=TWO_WAY, reference="4821")


@pytest.mark.parametrize("kind", kinds())
def test_a_text_ends_with_its_reference_and_says_who_writes(kind: str) -> None:
    text = sms(kind, ORDINARY, sender=TWO_WAY, reference="4821")
    assert text.endswith("Ref 4821")
    assert text.startswith("Covoiturage solidaire")


@pytest.mark.parametrize("kind", kinds())
def test_a_one_way_sender_asks_for_no_answer(kind: str) -> None:
    text = sms(kind, ORDINARY, sender=ONE_WAY, reference="4821").lower()
    assert not re.search(r"répond(ez|re)|écrivez|par sms, stop", text)


@pytest.mark.parametrize("kind", ["driver_approached", "driver_relaunched", "ride_happened", "offer_renewal"])
def test_a_one_way_question_gives_the_link_or_the_desk(kind: str) -> None:
    text = sms(kind, ORDINARY, sender=ONE_WAY, reference="4821")
    assert LINK in text
    assert "Répondez OUI 4821" in sms(kind, ORDINARY, sender=TWO_WAY, reference="4821")


def test_no_text_teaches_a_word_that_the_provider_takes_for_a_stop() -> None:
    for path in FOLDER.glob("*/sms.txt"):
        assert not re.search(r"\b(CANCEL|END|QUIT|ANNULER)\b", path.read_text())


@pytest.mark.parametrize("kind", [kind for kind in kinds() if has_voice(kind)])
@pytest.mark.parametrize("values", [ORDINARY, LONGEST], ids=["ordinary", "longest"])
def test_a_text_is_read_aloud_in_full(kind: str, values: dict[str, object]) -> None:
    text = read_aloud(kind, values, sender=TWO_WAY)
    assert text.startswith("Bonjour, ici Covoiturage solidaire du Lot.")
    assert text[-1] in ".?"
    assert "Ref" not in text


def test_whoever_may_have_no_mobile_can_be_told_aloud() -> None:
    silent = {kind for kind in kinds() if not has_voice(kind)}
    assert silent == {
        "driver_link",
        "emergency",
        "help_answer",
        "request_received",
        "statement_link",
        "stop_confirmed",
        "which_question",
    }


def test_a_kind_that_is_never_said_is_refused() -> None:
    with pytest.raises(NotFound):
        read_aloud("driver_link", ORDINARY, sender=TWO_WAY)


def test_the_table_of_values_names_every_kind() -> None:
    listed = set(re.findall(r"`(\w+)`", Path(FOLDER / "README.md").read_text()))
    assert set(kinds()) <= listed


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("Cahors", 45, "Cahors"),
        ("Covoiturage solidaire du Haut-Quercy", 30, "Covoiturage solidaire"),
        ("Saint-Cirq-Lapopie", 12, "Saint-Cirq"),
        ("Anticonstitutionnellement", 12, "Anticonstit."),
        ("  deux   espaces ", 45, "deux espaces"),
    ],
)
def test_a_long_name_is_cut_after_a_whole_word(text: str, limit: int, expected: str) -> None:
    assert clip(text, limit) == expected
