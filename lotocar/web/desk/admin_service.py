"""The service: its name, number and hours, who answers for the site, and two rules about people."""

from __future__ import annotations

from flask import Response
from wtforms import BooleanField

from lotocar.organisation import operations as acts
from lotocar.organisation import queries as organisation
from lotocar.web.desk import admin, screens
from lotocar.web.desk.admin_sending import sending_facts
from lotocar.web.edge import outside, session
from lotocar.web.forms import Form, NameField, Needed, PhoneField, TextField
from lotocar.web.render import see_other


class ServiceForm(Form):
    """How callers find us."""

    name = NameField("Nom du service", validators=[Needed("Écrivez le nom du service.")])
    desk_phone = PhoneField("Téléphone de l'accueil", validators=[Needed("Écrivez un numéro.")])
    desk_hours = TextField("Horaires de l'accueil", maximum=200)
    drivers_need_validation = BooleanField("L'équipe valide chaque conducteur avant ses premiers trajets")
    coordinators_need_code = BooleanField(
        "Les comptes de coordination ont un second code, donné par un téléphone"
    )


class PublisherForm(Form):
    """Who answers for the site."""

    publisher = TextField("Éditeur : la structure qui tient ce service", maximum=200)
    publisher_address = TextField("Adresse et téléphone de l'éditeur", maximum=300)
    publication_director = TextField("Personne responsable de la publication", maximum=120)
    host_name = TextField("Hébergeur du site", maximum=120)
    host_address = TextField("Adresse et téléphone de l'hébergeur", maximum=300)


def service() -> Response:
    """Both forms as things stand."""
    return _show()


def change_service() -> Response:
    """Another name, number, hours or rule."""
    form = ServiceForm()
    if not form.validate() or form.desk_phone.value is None:
        return _show(form, status=422)
    acts.change(
        session(),
        name=form.name.value or "",
        desk_phone=form.desk_phone.value.e164,
        desk_hours=form.desk_hours.clean,
        drivers_need_validation=form.drivers_need_validation.data,
        coordinators_need_code=form.coordinators_need_code.data,
    )
    admin.note("service.changed")
    return see_other("desk.service", notice="Réglages du service enregistrés.")


def change_publisher() -> Response:
    """What the legal notice says."""
    form = PublisherForm()
    if not form.validate():
        return _show(publisher=form, status=422)
    acts.publish(
        session(),
        publisher=form.publisher.clean,
        publisher_address=form.publisher_address.clean,
        publication_director=form.publication_director.clean,
        host_name=form.host_name.clean,
        host_address=form.host_address.clean,
    )
    admin.note("service.published")
    return see_other("desk.service", notice="Mentions légales à jour : la page publique les montre déjà.")


def _show(
    form: ServiceForm | None = None, *, publisher: PublisherForm | None = None, status: int = 200
) -> Response:
    house = organisation.current(session())
    if form is None:
        form = ServiceForm(formdata=None, obj=house)
        form.desk_phone.fill(house.desk_phone)
    return screens.show(
        "desk/service.html",
        screen="settings",
        status=status,
        form=publisher if publisher is not None and publisher.errors else form,
        service_form=form,
        publisher_form=publisher or PublisherForm(formdata=None, obj=house),
        sending=sending_facts(outside().settings, outside().caps),
    )
