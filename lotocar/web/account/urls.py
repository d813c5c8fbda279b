"""Addresses of the team's accounts."""

from lotocar.web.account import own, views
from lotocar.web.guards import Route, anyone, by_link, member, member_again

POST = ("POST",)
INVITATION = "/invitation/<invitation>"

ROUTES: tuple[Route, ...] = (
    Route("/connexion", views.sign_in, anyone),
    Route("/connexion", views.open_session, anyone, POST),
    Route("/connexion/code", views.code, anyone),
    Route("/connexion/code", views.give_code, anyone, POST),
    Route("/connexion/confirmer", views.confirm, member),
    Route("/connexion/confirmer", views.confirm_again, member, POST),
    Route("/deconnexion", views.sign_out, anyone, POST),
    Route(INVITATION, views.invitation, by_link),
    Route(INVITATION, views.accept_invitation, by_link, POST),
    Route("/mon-compte", own.own_account, member_again),
    Route("/mon-compte/mot-de-passe", own.change_own_password, member_again, POST),
    Route("/mon-compte/second-code", own.second_factor, member_again),
    Route("/mon-compte/second-code", own.prepare_second_factor, member_again, POST),
    Route("/mon-compte/second-code/verifier", own.prove_second_factor, member_again, POST),
    Route("/mon-compte/second-code/arreter", own.stop_second_factor, member_again, POST),
    Route(
        "/mon-compte/sessions/<int(max=2147483647):session_id>/fermer", own.end_session, member_again, POST
    ),
)
