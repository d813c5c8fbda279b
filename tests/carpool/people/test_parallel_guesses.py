from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import select
from sqlalchemy.orm import Session

from lotocar.carpool.people import codes
from lotocar.carpool.people.models import PhoneCode
from tests.support.factories import make_driver

KEY = "a key of the installation"
GUESSES = 24


def test_at_most_five_guesses_are_looked_at_however_many_come_at_once(engine, session, now):
    """Threat 6."""
    line = make_driver(session).lines[0]
    code = codes.start_code(session, line, browser_secret="browser", key=KEY, now=now)
    session.commit()
    wrong = "000000" if code != "000000" else "111111"

    def guess(_number: int) -> None:
        with Session(engine) as own:
            assert codes.check_code(own, browser_secret="browser", code=wrong, key=KEY, now=now) is None
            own.commit()

    with ThreadPoolExecutor(GUESSES) as pool:
        list(pool.map(guess, range(GUESSES)))
    assert session.scalars(select(PhoneCode.tries)).one() == 5


def test_the_right_code_sent_twice_at_once_opens_once(engine, session, now):
    line = make_driver(session).lines[0]
    code = codes.start_code(session, line, browser_secret="browser", key=KEY, now=now)
    session.commit()

    def enter(_number: int) -> bool:
        with Session(engine) as own:
            opened = codes.check_code(own, browser_secret="browser", code=code, key=KEY, now=now)
            own.commit()
            return opened is not None

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(enter, range(4))).count(True) == 1
