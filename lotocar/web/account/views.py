"""The team comes in and goes out."""

from __future__ import annotations

from flask import Response, redirect, request, url_for

from lotocar import clock
from lotocar.staff import operations as staff
from lotocar.web import guards
from lotocar.web.account.forms import SignInForm
from lotocar.web.account.rules import local_path
from lotocar.web.edge import session
from lotocar.web.render import page, see_other

WRONG = (
    "L'identifiant ou le mot de passe n'est pas le bon. Après cinq essais, le compte est bloqué dix minutes. "
    "Mot de passe oublié ? Demandez à la personne qui coordonne le service."
)


def sign_in() -> Response:
    """The sign-in page; somebody already in goes straight on."""
    suite = local_path(request.args.get("suite"))
    if guards.current_account() is not None:
        return _on_to(suite)
    return page("account/sign_in.html", form=SignInForm(suite=suite or ""))


def open_session() -> Response:
    """Check the password and begin a session."""
    form = SignInForm()
    if not form.validate():
        return page("account/sign_in.html", form=form, status=422)
    suite = local_path(form.suite.data)
    token = staff.sign_in(
        session(), login=form.login.data or "", password=form.password.data or "", now=clock.now()
    )
    if token is None:
        # a redirect, so that the failed try is kept and counted
        return see_other("account.sign_in", notice=WRONG, kind="error", suite=suite)
    guards.keep_sign_in(token)
    return _on_to(suite)


def sign_out() -> Response:
    """End the session, here and on the server, and empty what the browser kept of it."""
    token = guards.forget_sign_in()
    if token:
        staff.sign_out(session(), token)
    response = see_other("account.sign_in", notice="Vous êtes déconnecté.")
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


def _on_to(suite: str | None) -> Response:
    response: Response = redirect(suite or url_for("desk.home"), 303)  # type: ignore[assignment]
    return response
