"""What to call a place so that nobody takes it for another."""

from __future__ import annotations

from lotocar.values.geo import Stop
from lotocar.world.places import articles
from lotocar.world.places.folding import compact
from lotocar.world.places.gazetteer import Commune, Former, gazetteer
from lotocar.world.places.index import names
from lotocar.world.places.rules import Exactness, Hit, LocalName
from lotocar.world.places.scope import View


def place_hit(line: int, view: View, score: float, exactness: Exactness) -> Hit:
    """The hit for a name of the index."""
    if line < names().communes:
        return _commune_hit(gazetteer().at(line), line, view, score, exactness)
    former = gazetteer().former_at(line - names().communes)
    parent_line = int(names().commune_line[line])
    parent = gazetteer().at(parent_line)
    if former.is_earlier_name and compact(parent.name).startswith(compact(former.name)):
        return _commune_hit(parent, parent_line, view, score, exactness)
    return _former_hit(former, parent, line, view, score, exactness)


def local_hit(place: LocalName, score: float, exactness: Exactness) -> Hit:
    """The hit for a place kept by the team."""
    commune = gazetteer().commune(place.insee)
    return Hit(
        kind="local",
        label=place.name,
        detail=commune.name if commune else "",
        stop=Stop(place.name, place.insee, place.point.lat, place.point.lon),
        score=score,
        exactness=exactness,
    )


def _commune_hit(commune: Commune, line: int, view: View, score: float, exactness: Exactness) -> Hit:
    plain = view.is_inside(line) and not _has_twin(line, view)
    label = commune.name if plain else f"{commune.name} ({commune.departement})"
    stop = Stop(label, commune.insee, commune.point.lat, commune.point.lon)
    return Hit("commune", label, _detail(commune), stop, score, exactness)


def _former_hit(
    former: Former, parent: Commune, line: int, view: View, score: float, exactness: Exactness
) -> Hit:
    outside = "" if view.is_inside(line) else f", {parent.departement}"
    label = f"{former.name} (commune {articles.de_name(parent.name, parent.article)}{outside})"
    stop = Stop(label, parent.insee, former.point.lat, former.point.lon)
    return Hit("former", label, _detail(parent), stop, score, exactness)


def _has_twin(line: int, view: View) -> bool:
    """Whether the territory has two communes of this name."""
    book = names()
    same = book.beginnings.equal(book.compact[line])
    return any(
        other != line
        and other < book.communes
        and view.is_inside(other)
        and book.compact[other] == book.compact[line]
        for other in map(int, same)
    )


def _detail(commune: Commune) -> str:
    departement = gazetteer().departement_names.get(commune.departement, "")
    return f"{commune.postcodes[0]} · {departement}" if commune.postcodes else departement
