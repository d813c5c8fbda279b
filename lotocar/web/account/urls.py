"""Addresses of the team's sign-in."""

from lotocar.web.account import views
from lotocar.web.guards import Route, anyone

ROUTES: tuple[Route, ...] = (
    Route("/connexion", views.sign_in, anyone),
    Route("/connexion", views.open_session, anyone, ("POST",)),
    Route("/deconnexion", views.sign_out, anyone, ("POST",)),
)
