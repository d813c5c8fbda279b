"""What else may carry somebody: bus, train, on-demand line, Atchoum, as configured for a pair of communes."""

from __future__ import annotations

from collections.abc import Sequence

from lotocar.values.geo import Stop
from lotocar.web.edge import session
from lotocar.world.transit import queries
from lotocar.world.transit.models import TransitContact


def between(origin: Stop, destination: Stop) -> Sequence[TransitContact]:
    """The contacts to give for this journey, either way."""
    return queries.contacts_between(session(), origin.insee, destination.insee)
