"""The team's sign-in form."""

from __future__ import annotations

from wtforms import HiddenField, PasswordField, StringField

from lotocar.web.forms import Form, Needed


class SignInForm(Form):
    """Login and password, and where to go afterwards (`suite`)."""

    login = StringField("Identifiant", validators=[Needed("Écrivez votre identifiant.")])
    password = PasswordField("Mot de passe", validators=[Needed("Écrivez votre mot de passe.")])
    suite = HiddenField()
