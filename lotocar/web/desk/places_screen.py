"""Local names kept by the team: added by a click on the map, or from a known place; used at the next search."""

from __future__ import annotations

from flask import Response, current_app, jsonify

from lotocar import clock
from lotocar.errors import Invalid
from lotocar.organisation import queries as organisation
from lotocar.values.geo import Point
from lotocar.web import guards
from lotocar.web.desk import screens, words
from lotocar.web.edge import outside, session
from lotocar.web.forms import Form, Needed, PlaceCode, PlaceField, TextField
from lotocar.web.render import see_other
from lotocar.world.places import geojson, queries
from lotocar.world.places import operations as acts

AN_HOUR = 3600
KINDS = (
    ("hameau", "Hameau, lieu-dit"),
    ("service", "Service, commerce"),
    ("rencontre", "Lieu de rendez-vous"),
)


class LocalPlaceForm(Form):
    """A name of ours for a spot: near a known place, or at the point clicked on the map."""

    name = TextField("Nom", maximum=120, validators=[Needed("Écrivez le nom du lieu.")])
    aliases = TextField("Autres noms, séparés par des virgules", maximum=300)
    near = PlaceField("Commune ou lieu le plus proche", code="near_code")
    near_code = PlaceCode()
    lat = TextField("Latitude", maximum=20)
    lon = TextField("Longitude", maximum=20)

    @property
    def point(self) -> Point | None:
        """The point clicked, or None; a French comma is read as a point."""
        try:
            lat, lon = (float(field.clean.replace(",", ".")) for field in (self.lat, self.lon))
        except ValueError:
            return None
        return Point(lat, lon) if abs(lat) <= 90 and abs(lon) <= 180 else None


def places() -> Response:
    """The team's places, and the form of a new one."""
    return _show(LocalPlaceForm(formdata=None))


def add_place() -> Response:
    """Keep a place; the very next search knows it."""
    form = LocalPlaceForm()
    if not form.validate():
        return _show(form, status=422)
    point = form.point or (form.near.stop.point if form.near.stop else None)
    if point is None:
        form.near.errors = ["Cliquez sur la carte, ou écrivez la commune."]
        return _show(form, status=422)
    try:
        acts.add(
            session(),
            name=form.name.clean,
            aliases=[one.strip() for one in form.aliases.clean.split(",") if one.strip()],
            insee=form.near.stop.insee if form.near.stop else outside().gazetteer.nearest(point).insee,
            point=point,
            actor=guards.actor(),
            now=clock.now(),
        )
    except Invalid as error:
        form.blame(error)
        return _show(form, status=422)
    return see_other("desk.places", notice="Lieu ajouté : il est connu dès la prochaine recherche.")


def outlines() -> Response:
    """The territory's communes, for the map that one clicks on; the same until the territory changes."""
    home = outside().home(organisation.current(session()))
    answer = jsonify(geojson.communes(home))
    answer.cache_control.private, answer.cache_control.max_age = True, AN_HOUR
    return answer


def remove_place(place_id: int) -> Response:
    """Forget a place."""
    acts.remove(session(), place_id, actor=guards.actor(), now=clock.now())
    return see_other("desk.places", notice="Lieu retiré.")


def _show(form: LocalPlaceForm, *, status: int = 200) -> Response:
    return screens.show(
        "desk/places.html",
        screen="places",
        status=status,
        form=form,
        places=queries.listed(session()),
        gazetteer=outside().gazetteer,
        tiles_url=current_app.config["LOTOCAR"].map_tiles_url,
        tiles_credit=current_app.config["LOTOCAR"].map_tiles_credit,
        words=words,
    )
