"""Addresses of the public front."""

from lotocar.web.guards import Route, anyone
from lotocar.web.passenger import asking, contacting, legal, searching

CONTACT = "/contacter/<string(length=32):public_id>"

ROUTES: tuple[Route, ...] = (
    Route("/", searching.home, anyone),
    Route("/chercher", searching.search, anyone),
    Route("/lieux", searching.places, anyone),
    Route(CONTACT, contacting.contact, anyone),
    Route(CONTACT, contacting.reveal, anyone, ("POST",)),
    Route("/demander", asking.ask, anyone),
    Route("/demander", asking.leave_request, anyone, ("POST",)),
    Route("/demande-recue", asking.request_received, anyone),
    Route("/comment-ca-marche", legal.how_it_works, anyone),
    Route("/mentions-legales", legal.legal_notice, anyone),
    Route("/donnees-personnelles", legal.personal_data, anyone),
    Route("/accessibilite", legal.accessibility, anyone),
    Route("/robots.txt", legal.robots, anyone),
)
