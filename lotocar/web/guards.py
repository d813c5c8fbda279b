"""Who may knock: a guard on every route, the team's session, and the actor of each act.

The only place that touches Flask's cookie session. The cookie holds a random secret; the database keeps its
hash, so that revoking an account ends its sessions at the next request.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from typing import Any, cast
from urllib.parse import urlsplit

from flask import Flask, Response, abort, g, redirect, request, url_for
from flask import session as cookie

from lotocar import clock
from lotocar.errors import NotAllowed
from lotocar.staff import operations as staff
from lotocar.staff.models import Account
from lotocar.staff.rules import may
from lotocar.values.actor import PUBLIC, Actor, ActorKind
from lotocar.web.edge import session

View = Callable[..., Any]
Guard = Callable[[], Response | None]

STAFF_KEY = "staff"
BROWSER_KEY = "browser"


@dataclass(frozen=True, slots=True)
class Route:
    """One line of a door's `urls.py`: path, view, guard, methods. The view's name is its endpoint's."""

    path: str
    view: View
    guard: Guard
    methods: tuple[str, ...] = ("GET",)


def hang(app: Flask, door: str, routes: Iterable[Route]) -> None:
    """Add a door's routes as endpoints `door.view_name`, each behind its guard."""
    for route in routes:
        endpoint = f"{door}.{route.view.__name__}"
        app.add_url_rule(route.path, endpoint, _guarded(route.view, route.guard), methods=list(route.methods))


def _guarded(view: View, guard: Guard) -> View:
    @wraps(view)
    def behind_guard(*args: Any, **kwargs: Any) -> Any:
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
        if not may(account.role, right):
            raise NotAllowed(f"right.{right}")
        return None

    guard.right = right  # type: ignore[attr-defined]
    return guard


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
        token = cookie.get(STAFF_KEY)
        g.account = staff.account_of_token(session(), token, now=clock.now()) if token else None
    return cast("Account | None", g.account)


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
