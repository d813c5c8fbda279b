"""Pages of plain information, and what robots may read."""

from __future__ import annotations

from flask import Response

from lotocar.errors import NotFound
from lotocar.organisation import queries as organisation
from lotocar.web.edge import session
from lotocar.web.render import page

ROBOTS = """User-agent: *
Disallow: /chercher
Disallow: /contacter/
Disallow: /demander
Disallow: /lieux
Disallow: /confirmer
Disallow: /mon-espace/
Disallow: /reponse/
Disallow: /bureau
Disallow: /connexion
Disallow: /invitation/
Disallow: /mon-compte
"""


def how_it_works() -> Response:
    """For whoever never shared a car."""
    return page("passenger/how_it_works.html")


def legal_notice() -> Response:
    """Who publishes and hosts."""
    try:
        house = organisation.current(session())
    except NotFound:
        return page("passenger/legal_notice.html")
    return page("passenger/legal_notice.html", legal=house)


def personal_data() -> Response:
    """What we keep, why, how long, and how to have it erased."""
    return page("passenger/personal_data.html")


def accessibility() -> Response:
    """How far the site is accessible, and whom to tell."""
    return page("passenger/accessibility.html")


def robots() -> Response:
    """robots.txt: nothing about people is for search engines."""
    return Response(ROBOTS, mimetype="text/plain")
