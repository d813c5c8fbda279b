"""Threats 5 and 6: codes asked for in floods, or guessed, one after the other or all at once."""

from datetime import timedelta

import pytest

from lotocar.carpool.people import codes
from lotocar.errors import Refused
from tests.support.factories import make_driver, make_line, make_person

KEY = "a key of the installation"


def start(session, line, now, browser="browser", **more):
    return codes.start_code(session, line, browser_secret=browser, key=KEY, now=now, **more)


def check(session, code, now, browser="browser"):
    return codes.check_code(session, browser_secret=browser, code=code, key=KEY, now=now)


def test_the_code_gives_the_line_once(session, now):
    line = make_driver(session).lines[0]
    code = start(session, line, now)
    assert check(session, code, now) is line
    assert check(session, code, now) is None


def test_the_code_is_of_no_use_in_another_browser(session, now):
    line = make_driver(session).lines[0]
    code = start(session, line, now)
    assert check(session, code, now, browser="elsewhere") is None


def test_the_code_dies_after_ten_minutes(session, now):
    code = start(session, make_driver(session).lines[0], now)
    assert check(session, code, now + timedelta(minutes=10)) is None


def test_the_sixth_try_is_not_even_looked_at(session, now):
    code = start(session, make_driver(session).lines[0], now)
    wrong = "000000" if code != "000000" else "111111"
    for _ in range(5):
        assert check(session, wrong, now) is None
    assert check(session, code, now) is None


def test_three_codes_in_a_quarter_of_an_hour_are_enough(session, now):
    line = make_driver(session, phone="+33639980031").lines[0]
    namesake = make_line(session, make_person(session, phone=None), e164="+33639980031")
    for number, to in enumerate((line, namesake, line)):
        start(session, to, now, browser=f"b{number}")
    with pytest.raises(Refused):
        start(session, namesake, now, browser="b3")
    start(session, line, now + timedelta(minutes=15), browser="b4")


def test_one_network_asks_ten_times_an_hour(session, now):
    for number in range(10):
        start(session, make_driver(session).lines[0], now, browser=f"b{number}", network="192.0.2.1")
    with pytest.raises(Refused):
        start(session, make_driver(session).lines[0], now, browser="more", network="192.0.2.1")
    start(session, make_driver(session).lines[0], now, browser="other", network="192.0.2.2")


def test_old_codes_are_forgotten(session, now):
    line = make_driver(session).lines[0]
    start(session, line, now)
    session.flush()
    assert codes.waiting_line(session, browser_secret="browser") is line
    codes.purge_codes(session, before=now + timedelta(seconds=1))
    assert codes.waiting_line(session, browser_secret="browser") is None
