"""Who may knock: a guard on every route, the team's session, and the actor of each act.

The only place that touches Flask's cookie session. The cookie holds a random secret; the database keeps its
hash, so that revoking an account ends its sessions at the next request. It also holds, signed, when somebody was last
in front of the screen: half an hour without anybody signs out, and looking writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any, cast
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, g, redirect, request, url_for
from flask import session as cookie
from werkzeug.exceptions import HTTPException

from lotocar import clock
from lotocar.errors import NotAllowed
from lotocar.organisation import queries as organisation
from lotocar.staff import operations as staff
from lotocar.staff.models import Account, StaffSession
from lotocar.staff.rules import is_fresh, is_idle, may
from lotocar.values.actor import PUBLIC, Actor, ActorKind
from lotocar.web.edge import session

View = Callable[..., Any]
Guard = Callable[[], Response | None]

STAFF_KEY = "staff"
SEEN_KEY = "seen"
BROWSER_KEY = "browser"
SEEN_AT_MOST_EVERY = timedelta(minutes=1)  # a cookie on each answer would tell nothing more


@dataclass(frozen=True, slots=True)
class Route:
    """One line of a door's `urls.py`: path, view, guard, methods. The view's name is its endpoint's.

    `quiet` is for what a page asks by itself: it does not tell that somebody is there.
    """

    path: str
    view: View
    guard: Guard
    methods: tuple[str, ...] = ("GET",)
    quiet: bool = False


def hang(app: Flask, door: str, routes: Iterable[Route]) -> None:
    """Add a door's routes as endpoints `door.view_name`, each behind its guard."""
    for route in routes:
        endpoint = f"{door}.{route.view.__name__}"
        app.add_url_rule(route.path, endpoint, _guarded(route), methods=list(route.methods))


def _guarded(route: Route) -> View:
    view, guard = route.view, route.guard

    @wraps(view)
    def behind_guard(*args: Any, **kwargs: Any) -> Any:
        g.quiet = route.quiet
        refusal = guard()
        return refusal if refusal is not None else view(*args, **kwargs)

    behind_guard.guard = guard  # type: ignore[attr-defined]  # read by the house test on routes
    return behind_guard


def anyone() -> Response | None:
    """A public page."""
    return None


def by_link() -> Response | None:
    """A page whose address holds a private token; the view looks the token up and knows nobody otherwise."""
    g.private_page = True
    return None


def by_signature() -> Response | None:
    """A machine that signs its message; the view checks the signature before anything else."""
    return None


def staff_with(right: str) -> Guard:
    """Somebody of the team who holds this right; others are sent to sign in, or refused."""

    def guard() -> Response | None:
        account = current_account()
        g.private_page = True
        if account is None:
            return to_sign_in()
        _stay_awake()
        if not may(account.role, right):
            raise NotAllowed(f"right.{right}")
        return _to_second_factor() if _lacks_second_factor(account) else None

    guard.right = right  # type: ignore[attr-defined]
    return guard


def again_with(right: str) -> Guard:
    """Somebody who holds this right and typed their password again lately: for what cannot be undone."""
    return _confirmed(right, export=False)


def export_with(right: str) -> Guard:
    """Likewise, and who said why: for what takes people's data out."""
    return _confirmed(right, export=True)


def _confirmed(right: str, *, export: bool) -> Guard:
    holds = staff_with(right)

    def guard() -> Response | None:
        refusal = holds()
        return refusal if refusal is not None else _to_confirm(export=export)

    guard.right = right  # type: ignore[attr-defined]
    return guard


def member() -> Response | None:
    """Anybody of the team, for the pages about their own account."""
    g.private_page = True
    if current_account() is None:
        return to_sign_in()
    _stay_awake()
    return None


def member_again() -> Response | None:
    """Likewise, with the password typed again lately."""
    refusal = member()
    return refusal if refusal is not None else _to_confirm(export=False)


def to_sign_in() -> Response:
    """Off to the sign-in page, and back afterwards; htmx is told to leave the page whole."""
    if request.headers.get("HX-Request"):
        target = url_for("account.sign_in", suite=_page_around())
        return Response(status=401, headers={"HX-Redirect": target})
    back = request.full_path.rstrip("?") if request.method == "GET" else url_for("desk.home")
    target = url_for("account.sign_in", suite=back)
    if request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json":
        abort(401)
    return cast(Response, redirect(target, 303))


def _to_confirm(*, export: bool) -> Response | None:
    """Off to type the password again, unless that was done lately, with a reason where data go out."""
    kept = _staff_session()
    if kept and is_fresh(kept.confirmed_at, clock.now()) and (kept.export_reason or not export):
        return None
    return _go(url_for("account.confirm", suite=_where_to_go_back(), motif=1 if export else None))


def _go(target: str) -> Response:
    if request.headers.get("HX-Request"):
        return Response(status=204, headers={"HX-Redirect": target})
    return cast(Response, redirect(target, 303))


def _where_to_go_back() -> str:
    """The page asked for; after a button, the nearest page above its address."""
    if request.method == "GET":
        return request.full_path.rstrip("?")
    pages = current_app.url_map.bind("")
    path = request.path
    while path:
        try:
            pages.match(path, method="GET")
        except HTTPException:
            path = path.rpartition("/")[0]
        else:
            return path
    return url_for("desk.home")


def _lacks_second_factor(account: Account) -> bool:
    if account.role != "coordinator" or account.totp_since is not None:
        return False
    return organisation.current(session()).coordinators_need_code


def _to_second_factor() -> Response:
    return _go(url_for("account.second_factor"))


def _page_around() -> str:
    """The page that asked for a fragment: the fragment alone would open bare. Signing in checks the path."""
    try:
        around = urlsplit(request.headers.get("HX-Current-URL", ""))
    except ValueError:
        return url_for("desk.home")
    if not around.path.startswith("/"):
        return url_for("desk.home")
    return f"{around.path}?{around.query}" if around.query else around.path


def current_account() -> Account | None:
    """The signed-in member of the team, or None."""
    if "account" not in g:
        kept = _staff_session()
        g.account = kept.account if kept is not None and not kept.code_due else None
    return cast("Account | None", g.account)


def _staff_session() -> StaffSession | None:
    """The session of this browser, its code given or awaited; None when nobody was there for half an hour."""
    now = clock.now()
    token = cookie.get(STAFF_KEY)
    if not token or is_idle(_seen_at(), now):
        return None
    return staff.session_of_token(session(), token, now=now)


def session_number() -> int | None:
    """The number of this browser's session, to tell it from the account's others."""
    kept = _staff_session()
    return kept.id if kept else None


def waiting_for_code() -> str | None:
    """The secret of this browser's session while its second factor is awaited, else None."""
    kept = _staff_session()
    return cookie.get(STAFF_KEY) if kept is not None and kept.code_due else None


def staff_token() -> str:
    """The secret of this browser's session."""
    return str(cookie.get(STAFF_KEY, ""))


def _seen_at() -> datetime | None:
    seen = cookie.get(SEEN_KEY)
    return datetime.fromtimestamp(seen, UTC) if isinstance(seen, int) else None


def _stay_awake() -> None:
    """Note in the cookie that somebody is there, unless a page asked by itself."""
    now, seen = clock.now(), _seen_at()
    if not g.get("quiet") and (seen is None or now - seen > SEEN_AT_MOST_EVERY):
        cookie[SEEN_KEY] = int(now.timestamp())


def signed_in_account() -> Account:
    """The member of the team behind this request; the guard made sure that there is one."""
    account = current_account()
    if account is None:
        raise NotAllowed("staff.signed_out")
    return account


def actor() -> Actor:
    """Who acts in this request: the signed-in member of the team, else the public."""
    account = current_account()
    return Actor(ActorKind.STAFF, account.id) if account else PUBLIC


def keep_sign_in(token: str) -> None:
    """Remember the team session in a fresh cookie."""
    cookie.clear()
    cookie[STAFF_KEY] = token
    cookie[SEEN_KEY] = int(clock.now().timestamp())
    g.pop("account", None)


def forget_sign_in() -> str | None:
    """Forget the team session; the secret it held, if any."""
    token = cookie.get(STAFF_KEY)
    cookie.clear()
    return token


def keep_browser_secret(secret: str) -> None:
    """Bind what follows (a phone code) to this browser."""
    cookie[BROWSER_KEY] = secret


def browser_secret() -> str | None:
    """The secret that this browser was given, if any."""
    return cookie.get(BROWSER_KEY)
