"""The second factor: turned on with a telephone, asked at the door, and of no use to whoever listens."""

from datetime import timedelta

import pyotp
import pytest
from argon2 import PasswordHasher

from lotocar.organisation.models import OrganisationRow
from lotocar.staff import second_factor as factor
from lotocar.staff import second_step
from lotocar.staff.models import Account, StaffSession
from tests.support.doors import SECRET
from tests.support.factories import NOW, make_account, make_organisation
from tests.support.pages import text_of

PASSWORD = "une phrase assez longue"


@pytest.fixture
def nadia(session):
    make_organisation(session)
    account = make_account(
        session, login="nadia", role="coordinator", password_hash=PasswordHasher().hash(PASSWORD)
    )
    session.commit()
    return account


def come_in(client):
    return client.get("/connexion").submit("/connexion", login="nadia", password=PASSWORD)


def turn_on(client, clock):
    """Nadia photographs the drawing and proves it; her telephone, and the recovery codes."""
    come_in(client)
    page = client.get("/mon-compte").follow("Régler le second code").submit("/mon-compte/second-code")
    secret = text_of(page.all("code")[0]).replace(" ", "")
    telephone = pyotp.TOTP(secret)
    page = page.submit("/verifier", code=telephone.now())
    codes = [text_of(one) for one in page.all("code")]
    clock.shift(timedelta(seconds=60))
    client.post("/deconnexion")
    return telephone, codes


def test_the_code_is_asked_once_it_was_proved(client, clock, nadia):
    telephone, codes = turn_on(client, clock)
    assert len(codes) == 8
    page = come_in(client)
    assert page.path.startswith("/connexion/code")
    assert client.get("/bureau").path.startswith("/connexion")
    assert page.submit("/connexion/code", code=telephone.now()).path == "/bureau"


def test_the_drawing_holds_the_secret_without_any_other_site(client, nadia):
    come_in(client)
    page = client.post("/mon-compte/second-code")
    assert 'class="qr"' in page.html
    assert "://" not in page.html.partition("<main")[2]


def test_a_secret_that_no_telephone_proved_changes_nothing(client, nadia):
    come_in(client)
    client.post("/mon-compte/second-code")
    client.post("/deconnexion")
    assert come_in(client).path == "/bureau"


def test_the_same_code_opens_no_second_door(client, clock, nadia):
    telephone, _codes = turn_on(client, clock)
    code = telephone.now()
    assert come_in(client).submit("/connexion/code", code=code).path == "/bureau"
    client.post("/deconnexion")
    page = come_in(client).submit("/connexion/code", code=code)
    assert page.path.startswith("/connexion/code")
    assert "n'est pas le bon" in page.text


def test_a_code_of_the_paper_opens_once(client, clock, nadia):
    _telephone, codes = turn_on(client, clock)
    typed = f" {codes[0].upper().replace('-', ' ')}"
    assert come_in(client).submit("/connexion/code", code=typed).path == "/bureau"
    client.post("/deconnexion")
    assert come_in(client).submit("/connexion/code", code=codes[0]).path.startswith("/connexion/code")


def test_neither_the_secret_nor_the_codes_are_stored(client, session, clock, nadia):
    telephone, codes = turn_on(client, clock)
    session.expire_all()
    kept = session.get(Account, nadia.id)
    assert telephone.secret not in kept.totp_salt
    assert factor.secret_of(kept.totp_salt, key=SECRET) == telephone.secret
    assert not {code.replace("-", "") for code in codes} & set(kept.recovery_hashes)


def test_five_wrong_codes_lock_for_ten_minutes(client, clock, nadia):
    telephone, _codes = turn_on(client, clock)
    page = come_in(client)
    for _ in range(5):
        page = page.submit("/connexion/code", code="000000")
    assert page.submit("/connexion/code", code=telephone.now()).path.startswith("/connexion/code")
    clock.shift(timedelta(minutes=11))
    assert come_in(client).submit("/connexion/code", code=telephone.now()).path == "/bureau"


def test_a_session_whose_code_is_awaited_ends_by_itself(client, session, clock, nadia):
    telephone, _codes = turn_on(client, clock)
    page = come_in(client)
    clock.shift(timedelta(minutes=11))
    assert page.submit("/connexion/code", code=telephone.now()).path.startswith("/connexion")
    assert client.get("/bureau").path.startswith("/connexion")


def test_passing_the_code_gives_the_session_a_new_secret(client, session, clock, nadia):
    telephone, _codes = turn_on(client, clock)
    page = come_in(client)
    before = session.query(StaffSession.token_hash).one()
    session.commit()
    page.submit("/connexion/code", code=telephone.now())
    assert session.query(StaffSession.token_hash).one() != before


def test_coordinators_may_be_obliged(client, session, nadia):
    make_account(session, login="paul", password_hash=PasswordHasher().hash(PASSWORD))
    session.get(OrganisationRow, 1).coordinators_need_code = True
    session.commit()
    assert come_in(client).path == "/mon-compte/second-code"
    assert client.get("/bureau/trajets").path == "/mon-compte/second-code"
    client.post("/deconnexion")
    page = client.get("/connexion").submit("/connexion", login="paul", password=PASSWORD)
    assert page.path == "/bureau"


@pytest.mark.parametrize("drift", [-30, 0, 30])
def test_a_telephone_whose_clock_drifts_by_half_a_minute_is_understood(drift):
    secret = factor.secret_of("salt", key="key")
    code = pyotp.TOTP(secret).at(int(NOW.timestamp()) + drift)
    assert factor.step_of(secret, code, now=NOW, after=0) is not None


def test_a_code_of_a_minute_ago_is_too_old():
    secret = factor.secret_of("salt", key="key")
    code = pyotp.TOTP(secret).at(int(NOW.timestamp()) - 90)
    assert factor.step_of(secret, code, now=NOW, after=0) is None


@pytest.mark.parametrize("code", ["", "é", "12345", "1234567", "\x00" * 6, "٣٣٣٣٣٣"])
def test_what_is_no_code_opens_nothing(code):
    assert factor.step_of(factor.secret_of("salt", key="key"), code, now=NOW, after=0) is None


def test_two_who_give_the_same_code_at_once_do_not_both_pass(session, now):
    account = make_account(session, totp_salt="salt", totp_since=now)
    code = pyotp.TOTP(factor.secret_of("salt", key=SECRET)).at(int(now.timestamp()))
    doors = [second_step.staff.begin_session(session, account, now=now, code_due=True) for _ in range(2)]
    passed = [second_step.pass_code(session, door, code, key=SECRET, now=now) for door in doors]
    assert [one is not None for one in passed] == [True, False]
