"""The team: who may come in, with which role, and where."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for
from wtforms import RadioField

from lotocar import clock
from lotocar.errors import Invalid, Refused
from lotocar.staff import invitations, queries, second_step
from lotocar.staff import operations as staff
from lotocar.staff.models import Account
from lotocar.values.names import fold
from lotocar.web import guards
from lotocar.web.desk import screens
from lotocar.web.edge import outside, session
from lotocar.web.forms import Form, NameField, Needed, TextField, find_place
from lotocar.web.render import see_other
from lotocar.world.places.search import Found

ROLES: dict[Any, str] = {
    "agent": "Agent : prend les appels, sur tout le territoire",
    "referent": "Référent : prend les appels de son secteur seulement",
    "coordinator": "Coordination : tout, et les réglages",
    "reader": "Lecture : voit les demandes et les chiffres, jamais les numéros",
}
ROLE = {"agent": "agent", "referent": "référent", "coordinator": "coordination", "reader": "lecture"}
SENTENCES = {
    "staff.last_coordinator": "Il faut garder au moins une personne à la coordination.",
    "staff.closed": "Ce compte est fermé : rouvrez-le d'abord.",
}
WORDS = {
    "staff.login_taken": "Cet identifiant est déjà pris.",
    "staff.area_missing": "Un référent a besoin d'un secteur : écrivez au moins une commune.",
    "staff.role_unknown": "Choisissez un rôle.",
}
AREA = "Nous ne connaissons pas « {} » dans le territoire. Écrivez la commune, ou l'intercommunalité."


class AccountForm(Form):
    """Who somebody is in the team. `communes`: names of communes or of intercommunalités, parted by commas."""

    display_name = NameField("Prénom, tel que l'équipe le lit", validators=[Needed("Écrivez un prénom.")])
    role = RadioField("Rôle", choices=ROLES, default="agent")
    communes = TextField("Secteur du référent", maximum=2000)

    def area(self) -> list[str] | None:
        """The INSEE codes of the area; None when a name is unknown, and the field says which."""
        found: list[str] = []
        for name in filter(None, (one.strip() for one in self.communes.clean.split(","))):
            codes = _codes_of(name)
            if not codes:
                self.communes.errors = [AREA.format(name[:60])]
                return None
            found += codes
        return sorted(set(found))


class NewAccountForm(AccountForm):
    """Somebody new."""

    login = TextField(
        "Identifiant (adresse électronique ou prénom)",
        maximum=120,
        validators=[Needed("Écrivez un identifiant.")],
    )


def team() -> Response:
    """Everybody, and the form of somebody new."""
    return _team(NewAccountForm(formdata=None))


def open_account() -> Response:
    """Open an account and show the link by which its holder chooses a password."""
    form = NewAccountForm()
    area = form.area() if form.validate() else None
    if area is None:
        return _team(form, status=422)
    try:
        account = staff.open_account(
            session(),
            login=form.login.clean,
            display_name=form.display_name.value or "",
            password=None,
            role=form.role.data,
            communes=area if form.role.data == "referent" else [],
            actor=guards.actor(),
            now=clock.now(),
        )
    except Invalid as error:
        return _team(_blamed(form, error), status=422)
    return _member(account, invitation=_invite(account))


def member(account_id: int) -> Response:
    """One account."""
    return _member(queries.account(session(), account_id))


def change_account(account_id: int) -> Response:
    """Another name, role or area."""
    account, form = queries.account(session(), account_id), AccountForm()
    area = form.area() if form.validate() else None
    if area is None:
        return _member(account, form, status=422)
    try:
        staff.change_account(
            session(),
            account_id,
            display_name=form.display_name.value or "",
            role=form.role.data,
            communes=area if form.role.data == "referent" else [],
            actor=guards.actor(),
            now=clock.now(),
        )
    except Invalid as error:
        return _member(account, _blamed(form, error), status=422)
    except Refused as error:
        return _refused(account_id, error)
    return see_other("desk.member", notice="Compte modifié : c'est en vigueur.", account_id=account_id)


def invite(account_id: int) -> Response:
    """A new link to choose a password: forgotten, or never chosen."""
    account = queries.account(session(), account_id)
    try:
        return _member(account, invitation=_invite(account))
    except Refused as error:
        return _refused(account_id, error)


def close_account(account_id: int) -> Response:
    """Nobody comes in with it any more, from the next click on."""
    try:
        staff.close_account(session(), account_id, actor=guards.actor(), now=clock.now())
    except Refused as error:
        return _refused(account_id, error)
    return see_other("desk.team", notice="Compte fermé : ses pages ouvertes ne répondent plus.")


def reopen_account(account_id: int) -> Response:
    """Open it again; a new link gives it a password."""
    staff.reopen_account(session(), account_id, actor=guards.actor(), now=clock.now())
    return see_other(
        "desk.member",
        notice="Compte rouvert. Donnez un lien pour choisir un mot de passe.",
        account_id=account_id,
    )


def drop_second_code(account_id: int) -> Response:
    """A telephone was lost, and the paper with it."""
    account = queries.account(session(), account_id)
    second_step.remove(session(), account, actor=guards.actor(), now=clock.now())
    return see_other(
        "desk.member", notice="Le second code n'est plus demandé à ce compte.", account_id=account_id
    )


def end_member_session(account_id: int, session_id: int) -> Response:
    """Sign one of their browsers out."""
    staff.end_session(session(), account_id, session_id)
    return see_other("desk.member", notice="Cet appareil est déconnecté.", account_id=account_id)


def _team(form: NewAccountForm, *, status: int = 200) -> Response:
    return screens.show(
        "desk/team.html",
        screen="settings",
        status=status,
        form=form,
        accounts=queries.accounts(session()),
        role_words=ROLE,
        area_words=_area_words,
    )


def _member(
    account: Account, form: AccountForm | None = None, *, status: int = 200, invitation: str = ""
) -> Response:
    shown = form or AccountForm(
        formdata=None,
        display_name=account.display_name,
        role=account.role,
        communes=_area_words(account.communes),
    )
    return screens.show(
        "desk/member.html",
        screen="settings",
        status=status,
        form=shown,
        member=account,
        sessions=queries.sessions_of(session(), account.id, now=clock.now()),
        invitation=invitation,
        is_invited=account.password_hash == staff.NO_PASSWORD,
        is_self=account.id == guards.signed_in_account().id,
    )


def _invite(account: Account) -> str:
    token = invitations.invite(session(), account, actor=guards.actor(), now=clock.now())
    return outside().settings.public_base_url + url_for("account.invitation", invitation=token)


def _refused(account_id: int, error: Refused) -> Response:
    session().rollback()
    return see_other("desk.member", notice=SENTENCES[error.code], kind="error", account_id=account_id)


def _blamed(form: AccountForm, error: Invalid) -> AccountForm:
    field = form._fields.get(error.field, form.display_name)
    field.errors = [*field.errors, WORDS.get(error.code, "Vérifiez ce que vous avez écrit ici.")]
    return form


def _codes_of(name: str) -> list[str]:
    """The commune of this name, else every commune of the intercommunalité so called."""
    commune = find_place(name)
    if isinstance(commune, Found):
        return [commune.stop.insee]
    wanted = fold(name)
    book = outside().gazetteer
    sirens = [siren for siren, known in book.epci_names.items() if wanted and wanted in fold(known)]
    return [one.insee for one in book if one.epci == sirens[0]] if len(sirens) == 1 else []


def _area_words(codes: list[str]) -> str:
    """The area by name; a whole intercommunalité by its own."""
    book = outside().gazetteer
    communes = [one for one in map(book.commune, codes) if one is not None]
    whole = (
        {
            one.epci
            for one in communes
            if one.epci and {other.insee for other in book if other.epci == one.epci} <= set(codes)
        }
        if len(communes) > 1
        else set()
    )
    names = [book.epci_names[siren] for siren in sorted(whole)]
    return ", ".join([*names, *(one.name for one in communes if one.epci not in whole)])
