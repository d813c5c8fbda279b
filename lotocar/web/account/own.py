"""One's own account: password, second factor, and the browsers in which one is signed in."""

from __future__ import annotations

import segno
from flask import Response
from markupsafe import Markup

from lotocar import clock
from lotocar.errors import Invalid, Refused
from lotocar.organisation import queries as organisation
from lotocar.staff import operations as staff
from lotocar.staff import queries, second_step
from lotocar.staff import second_factor as factor
from lotocar.web import guards
from lotocar.web.account.forms import CodeForm, PasswordForm
from lotocar.web.edge import outside, session
from lotocar.web.render import page, see_other

WRONG_PROOF = (
    "Ce code n'est pas le bon. Vérifiez l'heure du téléphone, attendez le code suivant, puis recommencez."
)


def own_account() -> Response:
    """What one may change of one's own account."""
    return _show(PasswordForm(formdata=None))


def change_own_password() -> Response:
    """Another password: every browser signs in again, this one too."""
    form = PasswordForm()
    if not form.validate() or not form.is_twice_the_same():
        return _show(form, status=422)
    try:
        staff.change_password(
            session(),
            guards.signed_in_account(),
            password=form.password.data or "",
            actor=guards.actor(),
            now=clock.now(),
        )
    except Invalid as error:
        form.blame(error)
        return _show(form, status=422)
    guards.forget_sign_in()
    return see_other("account.sign_in", notice="Mot de passe changé. Connectez-vous avec le nouveau.")


def second_factor() -> Response:
    """The secret to give to one's telephone, and the code that proves it; or how to stop."""
    account = guards.signed_in_account()
    secret = drawing = ""
    if account.totp_salt and account.totp_since is None:
        secret = factor.secret_of(account.totp_salt, key=_key())
        drawing = _drawing(secret, account.login)
    return page(
        "account/second_factor.html",
        form=CodeForm(formdata=None),
        member=account,
        secret=" ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
        drawing=drawing,
        needed=organisation.current(session()).coordinators_need_code and account.role == "coordinator",
    )


def prepare_second_factor() -> Response:
    """Make a new secret."""
    try:
        second_step.prepare(guards.signed_in_account())
    except Refused:
        return see_other("account.second_factor", notice="Le second code est déjà en service.", kind="info")
    return see_other("account.second_factor")


def prove_second_factor() -> Response:
    """Turn it on, and show the recovery codes this once."""
    account, form = guards.signed_in_account(), CodeForm()
    try:
        codes = form.validate() and second_step.prove(
            session(), account, form.code.data or "", key=_key(), actor=guards.actor(), now=clock.now()
        )
    except Refused:
        return see_other("account.second_factor")
    if not codes:
        # a redirect, so that the failed try is kept and counted
        return see_other("account.second_factor", notice=WRONG_PROOF, kind="error")
    return page("account/recovery_codes.html", codes=codes)


def stop_second_factor() -> Response:
    """Turn it off."""
    second_step.remove(session(), guards.signed_in_account(), actor=guards.actor(), now=clock.now())
    return see_other("account.own_account", notice="Le second code n'est plus demandé.")


def end_session(session_id: int) -> Response:
    """Sign another browser out."""
    staff.end_session(session(), guards.signed_in_account().id, session_id)
    return see_other("account.own_account", notice="Cet appareil est déconnecté.")


def _show(form: PasswordForm, *, status: int = 200) -> Response:
    account = guards.signed_in_account()
    return page(
        "account/own.html",
        status=status,
        form=form,
        member=account,
        sessions=queries.sessions_of(session(), account.id, now=clock.now()),
        this_session=guards.session_number(),
    )


def _key() -> str:
    return outside().settings.secret_key


def _drawing(secret: str, login: str) -> Markup:
    address = factor.address_of(secret, login=login, organisation=organisation.current(session()).name)
    drawn = segno.make(address, error="m").svg_inline(scale=5, svgclass="qr")
    named = drawn.replace("<svg ", '<svg role="img" aria-label="Dessin à photographier" ', 1)
    return Markup(named)  # noqa: S704 lines drawn by us, with no text of anybody in them
