"""What would be sent to the national registry, and what would not, with the reason."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Response, request

from lotocar import clock
from lotocar.civic.registry import export
from lotocar.civic.registry.checks import RefusedCouple
from lotocar.civic.registry.wording import sentence
from lotocar.values.days import PARIS
from lotocar.web.desk import screens
from lotocar.web.edge import outside, session
from lotocar.web.forms import read_date

WEEK = timedelta(days=7)


def registry() -> Response:
    """The couples of the last days: ready, or refused and why."""
    since = _since()
    review = export.review_since(session(), since=since, now=clock.now(), roads=outside().roads)
    return screens.show("desk/registry.html", screen="registry", since=since, review=review, reasons=_reasons)


def registry_csv() -> Response:
    """The same as a file for a spreadsheet."""
    since = _since()
    text = export.export(session(), since=since, now=clock.now(), fmt="csv", roads=outside().roads)
    response = Response(text, mimetype="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="registre-{since:%Y-%m-%d}.csv"'
    return response


def _since() -> date:
    asked = read_date(request.args.get("depuis", ""))
    return asked or clock.now().astimezone(PARIS).date() - WEEK


def _reasons(refused: RefusedCouple) -> list[str]:
    return [sentence(reason) for reason in refused.reasons]
