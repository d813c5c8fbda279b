"""Addresses of the desk, each behind the right it needs."""

from lotocar.web.desk import (
    approaches,
    day,
    home,
    intake,
    people_screen,
    places_screen,
    registry_kit,
    registry_screen,
    registry_statement,
    ride_requests,
    todo,
    trips_screen,
)
from lotocar.web.guards import Route, staff_with

READ = staff_with("desk.read")
ACT = staff_with("desk.act")
NUMBERS = staff_with("people.contact")
EDIT_PLACES = staff_with("places.edit")
ERASE = staff_with("people.erase")
REGISTRY = staff_with("registry.export")
POST = ("POST",)
# no row has a number beyond what its column holds: such an address leads nowhere
ROW = "<int(max=2147483647):{}>"
REQUEST = f"/bureau/demandes/{ROW.format('ride_request_id')}"
PERSON = f"/bureau/personnes/{ROW.format('person_id')}"
LINE = f"{PERSON}/numeros/{ROW.format('line_id')}"

ROUTES: tuple[Route, ...] = (
    Route("/bureau", home.home, READ),
    Route("/bureau/recherche", home.search, NUMBERS),
    Route("/bureau/appel", intake.intake, ACT),
    Route("/bureau/appel", intake.take_call, ACT, POST),
    Route("/bureau/appel/personne", intake.caller_card, NUMBERS),
    Route("/bureau/candidats", intake.live_candidates, READ),
    Route("/bureau/personnes/choix", intake.people_options, NUMBERS),
    Route(REQUEST, ride_requests.ride_request, READ),
    Route(f"{REQUEST}/corriger", ride_requests.correct_page, ACT),
    Route(f"{REQUEST}/corriger", ride_requests.correct, ACT, POST),
    Route(f"{REQUEST}/prendre", ride_requests.take, ACT, POST),
    Route(f"{REQUEST}/presence", ride_requests.presence, ACT, POST),
    Route(f"{REQUEST}/clore", ride_requests.close, ACT, POST),
    Route(f"{REQUEST}/rouvrir", ride_requests.reopen, ACT, POST),
    Route(f"{REQUEST}/rappeler", ride_requests.call_back, ACT, POST),
    Route(f"{REQUEST}/rappele", ride_requests.called_back, ACT, POST),
    Route(f"{REQUEST}/prevenir", ride_requests.tell, ACT, POST),
    Route(f"{REQUEST}/demander", approaches.ask, ACT, POST),
    Route(f"{REQUEST}/choisir", approaches.hand_pick, ACT, POST),
    Route(f"{REQUEST}/reponses/{ROW.format('approach_id')}", approaches.answer, ACT, POST),
    Route("/bureau/a-faire", todo.todo, READ),
    Route("/bureau/messages", todo.messages, NUMBERS),
    Route(f"/bureau/messages/recus/{ROW.format('inbound_id')}", todo.read_message, ACT, POST),
    Route("/bureau/messages/envoyes/<message_id>", todo.handle_failure, ACT, POST),
    Route("/bureau/feuille-du-jour", day.day, READ),
    Route(f"/bureau/trajets-convenus/{ROW.format('ride_id')}", day.settle_ride, ACT, POST),
    Route("/bureau/personnes", people_screen.people, NUMBERS),
    Route(PERSON, people_screen.person, NUMBERS),
    Route(PERSON, people_screen.change_person, ACT, POST),
    Route(f"{PERSON}/numeros", people_screen.add_line, ACT, POST),
    Route(f"{LINE}/confirmer", people_screen.confirm_line, ACT, POST),
    Route(f"{LINE}/retirer", people_screen.remove_line, ACT, POST),
    Route(f"{PERSON}/accords", people_screen.change_consents, ACT, POST),
    Route(f"{PERSON}/autorisation", people_screen.guardian, ACT, POST),
    Route(f"{PERSON}/lien", people_screen.new_link, ACT, POST),
    Route(f"{PERSON}/inscription", people_screen.enrol, ACT, POST),
    Route(f"{PERSON}/effacer", people_screen.ask_erase, ERASE),
    Route(f"{PERSON}/effacer", people_screen.erase, ERASE, POST),
    Route(f"{PERSON}/trajets/nouveau", trips_screen.new_trip, ACT),
    Route(f"{PERSON}/trajets/nouveau", trips_screen.add_trip, ACT, POST),
    Route("/bureau/trajets", trips_screen.trips, READ),
    Route(f"/bureau/trajets/{ROW.format('trip_id')}", trips_screen.change_trip, ACT, POST),
    Route("/bureau/conducteurs/nouveau", trips_screen.new_driver, ACT),
    Route("/bureau/conducteurs/nouveau", trips_screen.register_driver, ACT, POST),
    Route("/bureau/lieux", places_screen.places, READ),
    Route("/bureau/lieux", places_screen.add_place, EDIT_PLACES, POST),
    Route(f"/bureau/lieux/{ROW.format('place_id')}/retirer", places_screen.remove_place, EDIT_PLACES, POST),
    Route("/bureau/registre", registry_screen.registry, REGISTRY),
    Route("/bureau/registre.csv", registry_screen.registry_csv, REGISTRY),
    Route("/bureau/registre-partenaires.csv", registry_screen.registry_partner_csv, REGISTRY),
    Route("/bureau/registre/mois", registry_screen.registry_month, REGISTRY),
    Route("/bureau/registre/milieu", registry_screen.switch_registry, REGISTRY, POST),
    Route("/bureau/registre/preuves/<int:proof_id>", registry_screen.act_on_proof, REGISTRY, POST),
    Route("/bureau/registre/adhesion", registry_kit.registry_kit, REGISTRY),
    Route("/bureau/registre/adhesion/<step>", registry_kit.save_kit_step, REGISTRY, POST),
    Route("/bureau/registre/dossier-technique", registry_kit.technical_file, REGISTRY),
    Route(f"{PERSON}/releve", registry_statement.yearly_statement, NUMBERS),
)
