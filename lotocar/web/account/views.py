"""The team comes in and goes out."""

from __future__ import annotations

from flask import Response, redirect, request, url_for

from lotocar import clock
from lotocar.errors import Invalid
from lotocar.staff import invitations, second_step
from lotocar.staff import operations as staff
from lotocar.web import guards
from lotocar.web.account.forms import CodeForm, ConfirmForm, ExportForm, PasswordForm, SignInForm
from lotocar.web.account.rules import device_of, local_path
from lotocar.web.edge import outside, session
from lotocar.web.render import page, see_other

WRONG = (
    "L'identifiant ou le mot de passe n'est pas le bon. Après cinq essais, le compte est bloqué dix minutes. "
    "Mot de passe oublié ? Demandez à la personne qui coordonne le service."
)
WRONG_CODE = (
    "Ce code n'est pas le bon, ou il a déjà servi. Attendez le suivant. Après cinq essais, attendez dix minutes. "
    "Téléphone perdu ? Un code de secours marche aussi."
)
NOT_YOURS = "Ce n'est pas votre mot de passe. Après cinq essais, le compte est bloqué dix minutes."


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
        session(),
        login=form.login.data or "",
        password=form.password.data or "",
        now=clock.now(),
        device=device_of(request.user_agent.string),
    )
    if token is None:
        # a redirect, so that the failed try is kept and counted
        return see_other("account.sign_in", notice=WRONG, kind="error", suite=suite)
    guards.keep_sign_in(token)
    if guards.waiting_for_code():
        return see_other("account.code", suite=suite)
    return _on_to(suite)


def code() -> Response:
    """The second factor, once the password was right."""
    suite = local_path(request.args.get("suite"))
    if not guards.waiting_for_code():
        return see_other("account.sign_in", suite=suite)
    return page("account/code.html", form=CodeForm(suite=suite or ""))


def give_code() -> Response:
    """Check the code; the session that opens has a new secret."""
    form = CodeForm()
    waiting = guards.waiting_for_code()
    suite = local_path(form.suite.data)
    if not waiting:
        return see_other("account.sign_in", suite=suite)
    if not form.validate():
        return page("account/code.html", form=form, status=422)
    token = second_step.pass_code(
        session(), waiting, form.code.data or "", key=outside().settings.secret_key, now=clock.now()
    )
    if token is None:
        return see_other("account.code", notice=WRONG_CODE, kind="error", suite=suite)
    guards.keep_sign_in(token)
    return _on_to(suite)


def confirm() -> Response:
    """The password again, before something grave."""
    suite = local_path(request.args.get("suite"))
    form = (ExportForm if request.args.get("motif") else ConfirmForm)(formdata=None, suite=suite or "")
    return page("account/confirm.html", form=form)


def confirm_again() -> Response:
    """Check it, and go on."""
    exporting = bool(request.args.get("motif"))
    form = ExportForm() if exporting else ConfirmForm()
    if not form.validate():
        return page("account/confirm.html", form=form, status=422)
    suite = local_path(form.suite.data)
    fine = staff.confirm(
        session(),
        guards.staff_token(),
        password=form.password.data or "",
        reason=form.reason.data if isinstance(form, ExportForm) else "",
        actor=guards.actor(),
        now=clock.now(),
    )
    if not fine:
        motif = 1 if exporting else None
        return see_other("account.confirm", notice=NOT_YOURS, kind="error", suite=suite, motif=motif)
    return _on_to(suite)


def invitation(invitation: str) -> Response:
    """Somebody invited chooses a password."""
    account = invitations.invited(session(), invitation, now=clock.now())
    return page("account/invitation.html", form=PasswordForm(formdata=None), invited=account)


def accept_invitation(invitation: str) -> Response:
    """Keep the password, and off to sign in with it."""
    account = invitations.invited(session(), invitation, now=clock.now())
    form = PasswordForm()
    if not form.validate() or not form.is_twice_the_same():
        return page("account/invitation.html", form=form, invited=account, status=422)
    try:
        invitations.accept(session(), invitation, password=form.password.data or "", now=clock.now())
    except Invalid as error:
        form.blame(error)
        return page("account/invitation.html", form=form, invited=account, status=422)
    return see_other(
        "account.sign_in", notice="Votre mot de passe est enregistré. Vous pouvez vous connecter."
    )


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
