import pytest

from lotocar.carpool.people.rules import enrolment_after, is_same_person, may_give_contact, refuse_beyond
from lotocar.errors import Refused


@pytest.mark.parametrize(
    ("typed", "known", "same"),
    [
        (("Odile", "Vernet"), ("Odile", "Vernet"), True),
        (("odile", "VERNET"), ("Odile", "Vernet"), True),
        (("Anne-Marie", "Le Goff"), ("anne marie", "Le  Goff"), True),
        (("O", "Vernet"), ("Odile", "Vernet"), True),
        (("", "Vernet"), ("Odile", "Vernet"), True),
        (("Paul", "Vernet"), ("Odile", "Vernet"), False),
        (("Odile", "Delmas"), ("Odile", "Vernet"), False),
        (("Odile", ""), ("Odile", "Vernet"), True),
        (("", ""), ("Odile", "Vernet"), False),
    ],
)
def test_a_household_shares_a_number_but_not_a_name(typed, known, same):
    assert is_same_person(*typed, *known) is same


def test_a_minor_needs_a_guardian_before_contacts_go_out():
    assert may_give_contact(minor=False, guardian_consented=False)
    assert not may_give_contact(minor=True, guardian_consented=False)
    assert may_give_contact(minor=True, guardian_consented=True)


def test_a_suspended_driver_is_accepted_again_but_not_refused():
    assert enrolment_after("suspended", "accept") == "accepted"
    with pytest.raises(Refused) as refusal:
        enrolment_after("suspended", "refuse")
    assert refusal.value.code == "enrolment.suspended.refuse"


def test_codes_stop_at_the_most_allowed():
    refuse_beyond([(2, 3), (7, 8)])
    with pytest.raises(Refused):
        refuse_beyond([(2, 3), (8, 8)])
