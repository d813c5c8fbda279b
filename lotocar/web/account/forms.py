"""The forms of the team's accounts: coming in, confirming, choosing a password, giving a code."""

from __future__ import annotations

from wtforms import HiddenField, PasswordField, RadioField, StringField
from wtforms.validators import Optional

from lotocar.web.account.rules import REASONS
from lotocar.web.forms import Form, Needed


class SignInForm(Form):
    """Login and password, and where to go afterwards (`suite`)."""

    login = StringField("Identifiant", validators=[Needed("Écrivez votre identifiant.")])
    password = PasswordField("Mot de passe", validators=[Needed("Écrivez votre mot de passe.")])
    suite = HiddenField()


class CodeForm(Form):
    """The code of the telephone, or one of the paper."""

    code = StringField("Code", validators=[Needed("Écrivez le code.")])
    suite = HiddenField()


class ConfirmForm(Form):
    """The password again."""

    password = PasswordField("Mot de passe", validators=[Needed("Écrivez votre mot de passe.")])
    suite = HiddenField()


class ExportForm(ConfirmForm):
    """The password again, and why data are taken out."""

    reason = RadioField(
        "Pourquoi sortir ces données ?", choices=REASONS, validators=[Needed("Choisissez une raison.")]
    )


class PasswordForm(Form):
    """A password of one's own, typed twice."""

    password = PasswordField("Nouveau mot de passe", validators=[Needed("Écrivez un mot de passe.")])
    again = PasswordField("Le même, une seconde fois", validators=[Optional()])

    def is_twice_the_same(self) -> bool:
        """Whether both are the same; otherwise the second field says so."""
        if self.password.data == self.again.data:
            return True
        self.again.errors = ["Les deux mots de passe ne sont pas les mêmes."]
        return False
