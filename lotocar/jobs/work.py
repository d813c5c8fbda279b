"""What is done, and how often: one function per job, then the timetable."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session, sessionmaker

from lotocar import outside
from lotocar.carpool.people import codes
from lotocar.carpool.rides import (
    day_letter,
    day_sheet,
    later,
    openings,
    outcomes,
    replies,
    telling,
    timetable,
)
from lotocar.carpool.rides.lessons import lessons
from lotocar.carpool.trips import calendar
from lotocar.civic.privacy import retention
from lotocar.civic.registry import sending, settling
from lotocar.civic.registry.operations import active_environment
from lotocar.errors import LotocarError, Unavailable
from lotocar.messages import calls, delivery, doubts, forgetting, inbound, letters
from lotocar.messages.models import JobRun
from lotocar.messages.texts import SenderPolicy
from lotocar.organisation import queries as organisation
from lotocar.values.days import PARIS
from lotocar.world.roads.learning import learn

log = logging.getLogger(__name__)

CODES_KEPT = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Rim:
    """What every job is given: sessions, the services, and the clock."""

    factory: sessionmaker[Session]
    outside: outside.Outside
    clock: Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Job:
    """One line of the timetable. `every` is a length of time, never a wall hour: clock changes do not matter."""

    name: str
    every: timedelta
    run: Callable[[Rim], object]


def send(rim: Rim) -> int:
    """Hand over what is due."""
    return delivery.send_due(rim.factory, rim.outside.sms, rim.clock, caps=rim.outside.caps)


def call(rim: Rim) -> int:
    """Ring the landlines that are due, when a permitted number is configured; without one the desk does."""
    calls.settle_silent(rim.factory, rim.clock)
    if rim.outside.voice is None:
        return calls.hand_over(rim.factory, rim.clock)
    return calls.call_due(rim.factory, rim.outside.voice, rim.clock)


def reconcile(rim: Rim) -> int:
    """Find out what became of doubtful sends."""
    return doubts.reconcile(rim.factory, rim.outside.sms, rim.clock)


def poll(rim: Rim) -> int:
    """Ask about messages without a receipt."""
    return doubts.poll(rim.factory, rim.outside.sms, rim.clock)


def pull(rim: Rim) -> int:
    """Fetch the replies that the webhook missed, then read them."""
    with rim.factory() as session:
        run = session.get(JobRun, "pull")
        last = run.last_ok_at if run else None
    new = inbound.pull(rim.factory, rim.outside.sms, rim.clock, last_pull=last)
    for inbound_id in new:
        _read_safely(rim, inbound_id)
    return len(new)


def forget_at_provider(rim: Rim) -> int:
    """Have the provider forget old texts, when the settings ask for it."""
    days = rim.outside.settings.twilio_forget_days
    if not days:
        return 0
    with rim.factory() as session:
        run = session.get(JobRun, "forget_at_provider")
        last = run.last_ok_at if run else None
    after = timedelta(days=days)
    return forgetting.forget_settled(rim.factory, rim.outside.sms, rim.clock, after=after, last_run=last)


def read_replies(rim: Rim) -> int:
    """Read the replies whose reader died."""
    with rim.factory.begin() as session:
        waiting = list(inbound.unread(session, now=rim.clock()))
    for inbound_id in waiting:
        _read_safely(rim, inbound_id)
    return len(waiting)


def lapse(rim: Rim) -> int:
    """Lapse the approaches that nobody answered in time."""
    return each(rim, outcomes.to_lapse, outcomes.lapse)


def relaunch(rim: Rim) -> int:
    """Ask silent drivers once more."""
    return each(rim, timetable.to_relaunch, timetable.relaunch)


def remind(rim: Rim) -> int:
    """Remind both sides the day before."""
    return each(rim, timetable.to_remind, timetable.remind)


def ask_after(rim: Rim) -> int:
    """Ask both sides whether the ride took place."""
    return each(rim, timetable.to_ask_after, timetable.ask_after)


def renew(rim: Rim) -> int:
    """Ask drivers whether an old offer still holds."""
    return each(rim, timetable.to_renew, timetable.renew)


def learn_of_lines(rim: Rim) -> int:
    """Carry what sending taught us onto people's lines."""
    with rim.factory.begin() as session:
        return telling.learn_of_lines(session, now=rim.clock())


def lose_sight(rim: Rim) -> int:
    """Put rides that nobody spoke of onto the call list."""
    return each(rim, outcomes.to_lose_sight, outcomes.lose_sight)


def registry_send(rim: Rim) -> int:
    """Settle doubtful proofs, take back or correct what was asked, then send what is ready."""
    environment = _registry(rim)
    if environment == "off":
        return 0
    registrar, terms = rim.outside.registries.of(environment), rim.outside.registry_terms(environment)
    settling.settle_due(rim.factory, registrar, rim.clock, environment=environment)
    sending.act_due(rim.factory, registrar, rim.clock, terms=terms)
    return sending.send_due(rim.factory, registrar, rim.clock, terms=terms)


def registry_check(rim: Rim) -> int:
    """Read what became of proofs a day, then two, after their ride."""
    environment = _registry(rim)
    if environment == "off":
        return 0
    registrar = rim.outside.registries.of(environment)
    return settling.check_due(rim.factory, registrar, rim.clock, environment=environment)


def registry_reconcile(rim: Rim) -> bool:
    """Compare with the registry's own list, once a night."""
    environment = _registry(rim)
    if environment == "off":
        return False
    registrar = rim.outside.registries.of(environment)
    return settling.reconcile_tonight(rim.factory, registrar, rim.clock, environment=environment)


def mail_day_sheet(rim: Rim) -> bool:
    """Send the day sheet to the team, from five in the afternoon on."""
    if rim.outside.mailer is None:
        return False
    key = day_letter.key_of(day_letter.due_day(rim.clock()))
    return letters.send_once(
        rim.factory, rim.outside.mailer, key, lambda session: _day_letter(rim, session), rim.clock
    )


def _day_letter(rim: Rim, session: Session) -> letters.Letter:
    now = rim.clock()
    sheet = day_sheet.day_sheet(session, now.astimezone(PARIS).date(), now=now)
    return day_letter.write(sheet, policy=_policy(rim, session), now=now)


def learn_roads(rim: Rim) -> bool:
    """Correct the durations by what drivers and passengers say of them; whether that changed anything."""
    folder = rim.outside.settings.roads_folder
    if folder is None:
        return False
    with rim.factory() as session:
        told = lessons(session)
    return learn(folder, told, today=rim.clock().astimezone(PARIS).date()) is not None


def look_for_openings(rim: Rim) -> int:
    """Note which unserved requests a new trip could serve."""
    with rim.factory.begin() as session:
        return openings.look(session, now=rim.clock(), roads=rim.outside.roads)


def forget_put_off(rim: Rim) -> None:
    """Forget what was put to a time long past."""
    with rim.factory.begin() as session:
        later.forget_over(session, now=rim.clock())


def fill_calendars(rim: Rim) -> None:
    """Know the school breaks and public holidays of the years to come."""
    with rim.factory.begin() as session:
        calendar.fill(session, rim.clock().astimezone(PARIS).date())


def retain(rim: Rim) -> int:
    """Forget what has been kept long enough."""
    with rim.factory.begin() as session:
        return retention.run(session, now=rim.clock(), policy=_policy(rim, session))


def purge_codes(rim: Rim) -> None:
    """Forget the codes sent to telephones once they serve no count any more."""
    with rim.factory.begin() as session:
        codes.purge_codes(session, before=rim.clock() - CODES_KEPT)


def each(
    rim: Rim,
    which: Callable[..., list[int]],
    act: Callable[..., object],
) -> int:
    """One transaction per item: one that fails does not hold the others back, and the health page tells of it.

    A refusal is no failure: somebody was quicker.
    """
    broken = 0
    with rim.factory.begin() as session:
        ids = which(session, now=rim.clock())
    for row_id in ids:
        try:
            with rim.factory.begin() as session:
                act(session, row_id, now=rim.clock(), policy=_policy(rim, session))
        except LotocarError as error:
            log.warning("%s of row %s: %s", act.__name__, row_id, error.code)
        except Exception:
            log.exception("%s failed for row %s", act.__name__, row_id)
            broken += 1
    if broken:
        raise Unavailable("rows.failed", rows=broken)
    return len(ids)


def _registry(rim: Rim) -> str:
    with rim.factory() as session:
        return active_environment(session)


def _policy(rim: Rim, session: Session) -> SenderPolicy:
    return rim.outside.policy(organisation.current(session))


def _read_safely(rim: Rim, inbound_id: int) -> None:
    """One reply that cannot be read goes to a human and holds no other back."""
    try:
        _read(rim, inbound_id)
    except Exception:
        log.exception("reply %s could not be read", inbound_id)
        with rim.factory.begin() as session:
            row = inbound.to_read(session, inbound_id)
            if row is not None:
                inbound.settle(row, "human", "unreadable")


def _read(rim: Rim, inbound_id: int) -> None:
    with rim.factory.begin() as session:
        replies.answer_by_sms(
            session,
            now=rim.clock(),
            inbound_id=inbound_id,
            policy=_policy(rim, session),
            roads=rim.outside.roads,
        )


TIMETABLE = (
    Job("send", timedelta(seconds=2), send),
    Job("call", timedelta(seconds=15), call),
    Job("reconcile", timedelta(seconds=20), reconcile),
    Job("read_replies", timedelta(seconds=20), read_replies),
    Job("poll", timedelta(minutes=1), poll),
    Job("learn_of_lines", timedelta(minutes=1), learn_of_lines),
    Job("lapse", timedelta(minutes=1), lapse),
    Job("pull", timedelta(minutes=5), pull),
    Job("remind", timedelta(minutes=5), remind),
    Job("relaunch", timedelta(minutes=5), relaunch),
    Job("ask_after", timedelta(minutes=5), ask_after),
    Job("lose_sight", timedelta(hours=1), lose_sight),
    Job("renew", timedelta(hours=1), renew),
    Job("mail_day_sheet", timedelta(minutes=1), mail_day_sheet),
    Job("look_for_openings", timedelta(minutes=1), look_for_openings),
    Job("forget_put_off", timedelta(hours=6), forget_put_off),
    Job("purge_codes", timedelta(hours=6), purge_codes),
    Job("retain", timedelta(hours=6), retain),
    Job("forget_at_provider", timedelta(hours=6), forget_at_provider),
    Job("fill_calendars", timedelta(hours=6), fill_calendars),
    Job("learn_roads", timedelta(hours=6), learn_roads),
    Job("registry_send", timedelta(minutes=1), registry_send),
    Job("registry_check", timedelta(minutes=10), registry_check),
    Job("registry_reconcile", timedelta(minutes=30), registry_reconcile),
)
