from datetime import timedelta
from time import process_time
from urllib.parse import parse_qs, urlsplit

import pytest
from argon2 import PasswordHasher

from lotocar.staff import operations as staff
from lotocar.staff.models import Account, StaffSession
from lotocar.web.account.rules import local_path
from tests.support.factories import make_account, make_organisation

PASSWORD = "une phrase assez longue"


@pytest.fixture
def nadia(session):
    make_organisation(session)
    account = make_account(session, login="nadia", password_hash=PasswordHasher().hash(PASSWORD))
    session.commit()
    return account


def sign_in(client, path="/connexion", **answers):
    return client.get(path).submit("/connexion", **({"login": "nadia", "password": PASSWORD} | answers))


def test_nadia_comes_in_and_goes_out(client, session, nadia):
    assert sign_in(client).path == "/bureau"
    page = client.post("/deconnexion")
    assert "déconnecté" in page.text
    assert client.get("/bureau").path.startswith("/connexion")
    session.expire_all()
    assert session.query(StaffSession).count() == 0


def test_a_page_asked_for_before_signing_in_opens_afterwards(client, nadia):
    page = client.get("/bureau?x=1")
    assert page.path.startswith("/connexion?suite=")
    assert page.submit("/connexion", login="Nadia ", password=PASSWORD).path == "/bureau?x=1"


@pytest.mark.parametrize(
    ("around", "suite"),
    [
        ("http://localhost/bureau/demandes/7?x=1", "/bureau/demandes/7?x=1"),
        ("http://[", "/bureau"),
        ("elsewhere", "/bureau"),
    ],
)
def test_a_fragment_asked_for_too_late_leads_back_to_its_page(client, nadia, around, suite):
    headers = {"HX-Request": "true", "HX-Current-URL": around}
    answer = client.http.get("/bureau/candidats?origin=po", headers=headers)
    assert answer.status_code == 401
    assert parse_qs(urlsplit(answer.headers["HX-Redirect"]).query)["suite"] == [suite]


@pytest.mark.parametrize("answers", [{"password": "faux"}, {"login": "personne"}])
def test_a_wrong_password_and_an_unknown_login_read_the_same(client, nadia, answers):
    page = sign_in(client, **answers)
    assert page.status == 200
    assert page.path == "/connexion"
    assert "n'est pas le bon" in page.text


def test_a_failed_try_is_kept(client, session, nadia):
    sign_in(client, password="faux")
    session.expire_all()
    assert session.get(Account, nadia.id).failed_sign_ins == 1


def test_a_locked_account_answers_no_faster_than_an_unknown_login(session, nadia, now):
    def work(login):
        begun = process_time()
        assert staff.sign_in(session, login=login, password="faux", now=now) is None
        return process_time() - begun

    nadia.locked_until = now + timedelta(minutes=5)
    work("personne")  # the first makes the decoy
    assert work("nadia") > work("personne") / 4


def test_empty_fields_are_said_beside_them(client, nadia):
    page = sign_in(client, login="", password=None)
    assert page.status == 422
    assert "Écrivez votre identifiant." in page.text


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_signing_in_never_leads_elsewhere(client, nadia, target):
    assert sign_in(client, path=f"/connexion?suite={target}").path == "/bureau"


@pytest.mark.parametrize("target", ["/", "/bureau", "/bureau/demandes/1?x=1&y=//z", "/b%C3%A9"])
def test_a_path_of_ours_is_kept(target):
    assert local_path(target) == target


@pytest.mark.parametrize(
    "target",
    [None, "", "bureau", "//x", "/\\x", "\\\\x", "/\tx", "/x\n", "http://x", "/\x00", "///x", " /x", "/x y"],
)
def test_anything_else_is_dropped(target):
    assert local_path(target) is None
