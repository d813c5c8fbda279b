"""Addresses of the driver's door."""

from lotocar.web.driver import (
    afterwards,
    answers,
    commitments,
    lost_link,
    offers,
    own_trips,
    space,
    statement,
)
from lotocar.web.guards import Route, anyone, by_link

OWN = "/mon-espace/<token>"
TRIP = f"{OWN}/trajets/<string(length=32):public_id>"
# no row has a number beyond what its column holds: such an address leads nowhere
ROW = "<int(max=2147483647):{}>"
ASKED = f"{OWN}/questions/{ROW.format('approach_id')}"
PROMISED = f"{OWN}/convenus/{ROW.format('ride_id')}"
POST = ("POST",)

ROUTES: tuple[Route, ...] = (
    Route("/proposer-un-trajet", offers.offer, anyone),
    Route("/proposer-un-trajet", offers.post_offer, anyone, POST),
    Route("/confirmer", offers.confirm, anyone),
    Route("/confirmer", offers.check_code, anyone, POST),
    Route("/confirmer/renvoyer", offers.send_again, anyone, POST),
    Route("/nous-vous-appelons", offers.call_awaited, anyone),
    Route("/lien-perdu", lost_link.lost_link, anyone),
    Route("/lien-perdu", lost_link.replace_link, anyone, POST),
    Route(OWN, space.space, by_link),
    Route(f"{OWN}/accords", space.change_consents, by_link, POST),
    Route(f"{OWN}/possibilites", space.change_terms, by_link, POST),
    Route(f"{OWN}/contact", space.change_contact, by_link, POST),
    Route(f"{OWN}/tout-effacer", space.leave, by_link),
    Route(f"{OWN}/tout-effacer", space.forget_me, by_link, POST),
    Route(f"{OWN}/trajets/nouveau", own_trips.new_trip, by_link),
    Route(f"{OWN}/trajets/nouveau", own_trips.add_trip, by_link, POST),
    Route(f"{TRIP}/modifier", own_trips.edit_trip, by_link),
    Route(f"{TRIP}/modifier", own_trips.change_trip, by_link, POST),
    Route(f"{TRIP}/pause", own_trips.pause_form, by_link),
    Route(f"{TRIP}/pause", own_trips.pause_trip, by_link, POST),
    Route(f"{TRIP}/pauses/{ROW.format('pause_id')}/retirer", own_trips.end_pause, by_link, POST),
    Route(f"{TRIP}/un-jour", own_trips.one_day_form, by_link),
    Route(f"{TRIP}/un-jour", own_trips.change_one_day, by_link, POST),
    Route(f"{TRIP}/un-jour/retablir", own_trips.restore_one_day, by_link, POST),
    Route(f"{TRIP}/arreter", own_trips.stop_trip, by_link, POST),
    Route(f"{TRIP}/reprendre", own_trips.resume_trip, by_link, POST),
    Route(f"{TRIP}/supprimer", own_trips.ask_delete, by_link),
    Route(f"{TRIP}/supprimer", own_trips.delete_trip, by_link, POST),
    Route("/reponse/<token>", answers.question, by_link),
    Route("/reponse/<token>/oui", answers.say_yes, by_link, POST),
    Route("/reponse/<token>/non", answers.say_no, by_link, POST),
    Route(ASKED, commitments.own_question, by_link),
    Route(f"{ASKED}/oui", commitments.own_yes, by_link, POST),
    Route(f"{ASKED}/non", commitments.own_no, by_link, POST),
    Route(f"{PROMISED}/annuler", commitments.cannot_come, by_link),
    Route(f"{PROMISED}/annuler", commitments.call_off, by_link, POST),
    Route(f"{PROMISED}/fait", commitments.took_place, by_link, POST),
    Route(f"{PROMISED}/pas-fait", commitments.did_not_take_place, by_link, POST),
    Route("/mes-trajets/<token>", statement.own_statement, by_link),
    Route("/mes-trajets/<token>/voiture", statement.tell_car, by_link, POST),
    Route("/trajet-fait/<token>", afterwards.ride_question, by_link),
    Route("/trajet-fait/<token>/oui", afterwards.ride_yes, by_link, POST),
    Route("/trajet-fait/<token>/non", afterwards.ride_no, by_link, POST),
    Route("/offre/<token>", afterwards.offer_question, by_link),
    Route("/offre/<token>/oui", afterwards.offer_yes, by_link, POST),
    Route("/offre/<token>/non", afterwards.offer_no, by_link, POST),
)
