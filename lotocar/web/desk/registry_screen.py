"""The registry's screen: what waits, what was refused and why, what is late, and the month beside the registry's."""

from __future__ import annotations

import re
from datetime import date, timedelta

from flask import Response, request

from lotocar import clock
from lotocar.carpool.rides.confirmations import heard_by_desk
from lotocar.civic.registry import command, operations, wording
from lotocar.civic.registry import standing as standings
from lotocar.civic.registry.files import export
from lotocar.civic.registry.life import CANCEL_CODES, may
from lotocar.civic.registry.papers import statements
from lotocar.civic.registry.settling import month_of
from lotocar.errors import Invalid, Refused
from lotocar.organisation import queries as organisation
from lotocar.values.days import PARIS
from lotocar.web import guards
from lotocar.web.desk import registry_words, screens
from lotocar.web.edge import outside, policy, session
from lotocar.web.forms import read_date
from lotocar.web.render import see_other

WEEK = timedelta(days=7)
HEARD = {"heard_driver": "driver", "heard_passenger": "passenger"}


def registry() -> Response:
    """Where we stand, then the couples of the last days: gone, ready, or held back and why."""
    since, now = _since(), clock.now()
    state = standings.standing(session(), now=now)
    terms = outside().registry_terms(state.environment)
    review = export.review_since(
        session(),
        since=since,
        now=now,
        environment=state.environment,
        ceiling=terms.ceiling,
        roads=terms.roads,
        where=terms.where,
        insee_of=terms.insee_of,
    )
    return screens.show(
        "desk/registry.html",
        screen="registry",
        since=since,
        state=state,
        review=review,
        keys=outside().registry_keys,
        is_demonstration=organisation.current(session()).is_demonstration,
        words=wording,
        more_words=registry_words,
        deadline=standings.deadline,
        may=may,
        cancel_codes=CANCEL_CODES,
        month=month_of(now),
        now=now,
    )


def registry_csv() -> Response:
    """The same as a file for a spreadsheet."""
    return _file("csv", "text/csv")


def registry_partner_csv() -> Response:
    """What the registry holds, in the columns of its own export."""
    return _file("partner", "text/csv")


def registry_month() -> Response:
    """A month: ours, the registry's, what open data leaves out, and the CO2 spared."""
    asked = request.args.get("mois", "")
    month = asked if re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", asked) else month_of(clock.now())
    environment = operations.active_environment(session())
    first = date.fromisoformat(f"{month}-01")
    return screens.show(
        "desk/registry_month.html",
        screen="registry",
        month=standings.month_totals(session(), environment, month),
        dropped=standings.dropped_from_open_data(session(), environment, month),
        co2=statements.co2_of_month(session(), month),
        title=registry_words.month_words(first),
        before=month_of_day(first - timedelta(days=1)),
        after=month_of_day(first + timedelta(days=32)),
        environment=environment,
        words=wording,
        gazetteer=outside().gazetteer,
    )


def switch_registry() -> Response:
    """Send to this registry from now on, or to none."""
    to = request.form.get("environment", "")
    try:
        if to == "production" and request.form.get("sure") != "yes":
            raise Refused("registry.not_sure")
        operations.switch(session(), to, keys=outside().registry_keys, actor=guards.actor(), now=clock.now())
    except (Invalid, Refused) as error:
        session().rollback()
        return see_other("desk.registry", notice=registry_words.sentence(error.code), kind="error")
    return see_other("desk.registry", notice=wording.ENVIRONMENTS[to])


def act_on_proof(proof_id: int) -> Response:
    """Withdraw, cancel, correct, send under a new number, or note what a side says on the phone."""
    act, now = request.form.get("act", ""), clock.now()
    try:
        proof = operations.proof_of(session(), proof_id)
        if act == "cancel":
            operations.cancel(
                session(), proof, code=request.form.get("code", ""), actor=guards.actor(), now=now
            )
        elif act == "correct":
            terms = outside().registry_terms(proof.environment)
            operations.correct(session(), proof, terms=terms, actor=guards.actor(), now=now)
        elif act == "renew":
            operations.renew(session(), proof, actor=guards.actor(), now=now)
        elif act == "withdraw":
            operations.withdraw(session(), proof, actor=guards.actor(), now=now)
        elif act in HEARD:
            heard_by_desk(session(), proof.ride, HEARD[act], actor=guards.actor(), now=now, policy=policy())
        else:
            raise Refused("registry.act")
    except (Invalid, Refused) as error:
        session().rollback()
        return see_other("desk.registry", notice=registry_words.sentence(error.code), kind="error")
    return see_other("desk.registry", notice=registry_words.DONE[act])


def month_of_day(day: date) -> str:
    """The month of a day, as addresses write it."""
    return f"{day:%Y-%m}"


def _file(fmt: str, kind: str) -> Response:
    since = _since()
    until = read_date(request.args.get("jusque", "")) or date.max
    text = command.export_text(
        session(), outside().registry_terms, since=since, until=until, now=clock.now(), fmt=fmt
    )
    response = Response(text, mimetype=f"{kind}; charset=utf-8")
    name = "registre" if fmt == "csv" else "registre-partenaires"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}-{since:%Y-%m-%d}.csv"'
    return response


def _since() -> date:
    asked = read_date(request.args.get("depuis", ""))
    return asked or clock.now().astimezone(PARIS).date() - WEEK
