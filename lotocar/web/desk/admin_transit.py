"""Buses, trains and on-demand transport: whom to call, for which communes."""

from __future__ import annotations

from typing import Any

from flask import Response
from wtforms import SelectField

from lotocar import clock
from lotocar.errors import Invalid, NotFound
from lotocar.values.names import fold
from lotocar.web import guards
from lotocar.web.desk import screens
from lotocar.web.edge import outside, session
from lotocar.web.forms import Form, Needed, PhoneField, TextField, find_place
from lotocar.web.render import see_other
from lotocar.world.places.search import Found
from lotocar.world.transit import operations as acts
from lotocar.world.transit import queries
from lotocar.world.transit.models import TransitContact
from lotocar.world.transit.rules import KIND_WORDS, ContactFacts

SORTS: dict[Any, str] = dict(KIND_WORDS)
WORDS = {
    "transit.kind": "Choisissez dans la liste.",
    "transit.name": "Écrivez le nom du service, de 120 caractères au plus.",
    "transit.unreachable": "Donnez un numéro, ou l'adresse d'une page.",
    "transit.address": "L'adresse d'une page commence par https:// et tient en 200 caractères.",
    "transit.note": "C'est trop long : 300 caractères au plus.",
}
UNKNOWN = "Nous ne connaissons pas « {} ». Écrivez le nom d'une commune, avec son code postal s'il le faut."


class ContactForm(Form):
    """One service. `communes`: names parted by commas; none means everywhere."""

    kind = SelectField("Sorte de transport", choices=SORTS)
    name = TextField("Nom du service", maximum=120, validators=[Needed("Écrivez le nom du service.")])
    phone = PhoneField("Téléphone")
    address = TextField("Page sur internet", maximum=200)
    communes = TextField("Communes que ce service relie, séparées par des virgules", maximum=4000, lines=True)
    note = TextField("À savoir", maximum=300, lines=True)

    def codes(self) -> tuple[str, ...] | None:
        """The INSEE codes; None when a name is unknown, and the field says which."""
        names = [one.strip() for one in self.communes.clean.replace("\n", ",").split(",") if one.strip()]
        found = []
        for name in names:
            place = find_place(name)
            if not isinstance(place, Found):
                self.communes.errors = [UNKNOWN.format(name[:60])]
                return None
            found.append(place.stop.insee)
        return tuple(found)

    def facts(self, codes: tuple[str, ...]) -> ContactFacts:
        """What was typed, as the room keeps it."""
        return ContactFacts(
            kind=self.kind.data,
            name=self.name.clean,
            phone=self.phone.value.e164 if self.phone.value else "",
            address=self.address.clean,
            note=self.note.clean,
            communes=codes,
        )


def transit() -> Response:
    """Every contact, and the form of one more."""
    return _list(ContactForm(formdata=None))


def add_contact() -> Response:
    """One more contact; the very next search names it."""
    form = ContactForm()
    codes = form.codes() if form.validate() else None
    if codes is None:
        return _list(form, status=422)
    try:
        acts.add(session(), form.facts(codes), actor=guards.actor(), now=clock.now())
    except Invalid as error:
        return _list(_blamed(form, error), status=422)
    return see_other("desk.transit", notice="Contact ajouté : la prochaine recherche le propose.")


def contact(contact_id: int) -> Response:
    """One contact, to correct."""
    found = _the_contact(contact_id)
    form = ContactForm(
        formdata=None, kind=found.kind, name=found.name, address=found.address, note=found.note
    )
    form.phone.fill(found.phone)
    form.communes.data = ", ".join(_names(found.communes))
    return _one(found, form)


def change_contact(contact_id: int) -> Response:
    """The contact as it should be."""
    found, form = _the_contact(contact_id), ContactForm()
    codes = form.codes() if form.validate() else None
    if codes is None:
        return _one(found, form, status=422)
    try:
        acts.change(session(), contact_id, form.facts(codes), actor=guards.actor(), now=clock.now())
    except Invalid as error:
        return _one(found, _blamed(form, error), status=422)
    return see_other("desk.transit", notice="Contact corrigé.")


def remove_contact(contact_id: int) -> Response:
    """Nobody is sent there any more."""
    acts.remove(session(), contact_id, actor=guards.actor(), now=clock.now())
    return see_other("desk.transit", notice="Contact retiré.")


def _list(form: ContactForm, *, status: int = 200) -> Response:
    return screens.show(
        "desk/transit.html",
        screen="settings",
        status=status,
        form=form,
        contacts=queries.contacts(session()),
        kind_words=KIND_WORDS,
        names_of=_names,
    )


def _one(found: TransitContact, form: ContactForm, *, status: int = 200) -> Response:
    return screens.show("desk/contact.html", screen="settings", status=status, form=form, found=found)


def _the_contact(contact_id: int) -> TransitContact:
    found = session().get(TransitContact, contact_id)
    if found is None:
        raise NotFound("transit")
    return found


def _blamed(form: ContactForm, error: Invalid) -> ContactForm:
    field = form._fields.get(error.field, form.name)
    field.errors = [*field.errors, WORDS.get(error.code, "Vérifiez ce que vous avez écrit ici.")]
    return form


def _names(codes: list[str]) -> list[str]:
    """The communes by name, in the order of the alphabet."""
    known = (outside().gazetteer.commune(code) for code in codes)
    return sorted((one.name for one in known if one is not None), key=fold)
