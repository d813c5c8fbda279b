"""The joining kit: what is kept of each step, and what this installation can certify."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from lotocar.carpool.people.consents import TEXT_VERSION
from lotocar.civic.registry.papers import kit
from lotocar.civic.registry.papers.consent import CURRENT, TEXTS
from lotocar.errors import Invalid
from lotocar.values.actor import SYSTEM
from tests.support.doors import PageClient
from tests.support.factories import NOW, make_consent, make_driver, make_passenger, make_ride

DPO = {"dpo_last_name": "Roux", "dpo_first_name": "Anne", "dpo_email": "dpo@exemple.fr"}


def save(session: Session, step: str, done: bool = True, **answers: str) -> None:
    kit.save_step(session, step, answers=answers, done=done, actor=SYSTEM, now=NOW)


def test_every_document_of_the_registry_has_its_step(session: Session) -> None:
    assert {
        "terms",
        "identity",
        "technical_file",
        "dpo",
        "controller",
        "technical_contact",
        "bank",
        "logo",
    } <= set(kit.BY_NAME)
    assert kit.dossier(session).missing == list(kit.STEPS)


def test_a_step_is_kept_and_ticked(session: Session) -> None:
    save(session, "dpo", **DPO)
    save(session, "logo")
    found = kit.dossier(session)
    assert found.answers["dpo_email"] == "dpo@exemple.fr"
    assert found.done == {"dpo": "2026-11-21", "logo": "2026-11-21"}
    assert kit.BY_NAME["dpo"] not in found.missing
    save(session, "dpo", done=False, **DPO)
    assert kit.BY_NAME["dpo"] in kit.dossier(session).missing


def test_a_step_may_be_kept_half_filled_but_not_ticked(session: Session) -> None:
    save(session, "dpo", done=False, dpo_last_name="Roux")
    with pytest.raises(Invalid, match=r"kit\.missing") as refusal:
        save(session, "dpo", dpo_last_name="Roux")
    assert refusal.value.field == "dpo_first_name"


@pytest.mark.parametrize(
    ("step", "answers", "code"),
    [
        ("identity", {"legal_name": "Covoit", "siret": "123", "address": "Cahors"}, "kit.siret"),
        ("dpo", DPO | {"dpo_email": "dpo"}, "kit.email"),
        ("dpo", DPO | {"dpo_last_name": "x" * 301}, "kit.too_long"),
        ("nowhere", {}, "kit.step"),
    ],
)
def test_a_wrong_answer_is_told_at_its_box(
    session: Session, step: str, answers: dict[str, str], code: str
) -> None:
    with pytest.raises(Invalid, match=code.replace(".", r"\.")):
        save(session, step, **answers)


def test_a_siret_loses_its_spaces_and_a_number_its_dots(session: Session) -> None:
    save(session, "identity", legal_name="Covoit 46", siret="123 456 789 00011", address="Cahors")
    save(
        session,
        "technical_contact",
        technical_last_name="Roux",
        technical_first_name="Anne",
        technical_email="a@exemple.fr",
        technical_phone="05.36.49.00.33",
    )
    answers = kit.dossier(session).answers
    assert (answers["siret"], answers["technical_phone"]) == ("12345678900011", "+33536490033")


def test_the_technical_file_counts_how_rides_were_really_proven(session: Session) -> None:
    make_ride(session, status="done")
    make_ride(session, status="done", passenger_said_through="desk")
    make_ride(session, status="done", driver_said_through="desk", passenger_said_through="desk")
    make_ride(session, status="done", driver_says=None)
    make_ride(session, status="passenger_no_show")
    make_ride(session, status="planned")
    make_consent(session, make_driver(session), "registry")
    make_consent(session, make_passenger(session), "registry", given=False)
    found = kit.evidence(session)
    assert (found.rides, found.both_own, found.one_own, found.desk_only, found.no_show) == (4, 1, 1, 1, 1)
    assert found.half_heard == 1
    assert found.consents == {"2026-11": 1}
    assert found.numbers >= found.numbers_confirmed > 0


def test_the_words_of_consent_exist_for_forms_and_for_the_phone() -> None:
    assert CURRENT in TEXTS
    for words in TEXTS.values():
        assert "registre" in words.form.lower()
        assert "registre" in words.phone
        assert len(words.phone.split()) < 75  # twenty-odd seconds aloud


def test_what_is_written_down_is_the_text_that_people_are_shown(client: PageClient) -> None:
    assert CURRENT == TEXT_VERSION
    form = client.get("/proposer-un-trajet").text
    assert TEXTS[TEXT_VERSION].form in " ".join(form.split())
