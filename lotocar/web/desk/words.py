"""The desk's French: states, acts and reasons, as a colleague would say them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from lotocar.values import wording
from lotocar.values.days import local

REQUEST = {
    "draft": "brouillon",
    "to_process": "à traiter",
    "searching": "recherche en cours",
    "awaiting_driver": "conducteurs sollicités",
    "to_confirm": "à confirmer au passager",
    "confirmed": "confirmée",
    "closed": "close",
}
LEG = {
    "unserved": "à trouver",
    "approached": "conducteur sollicité",
    "agreed": "conducteur trouvé",
    "confirmed": "passager prévenu",
    "done": "fait",
    "failed": "sans suite",
    "dropped": "n'est plus demandé",
}
APPROACH = {
    "to_contact": "à appeler",
    "no_answer": "n'a pas répondu",
    "sent": "SMS envoyé",
    "accepted": "a accepté",
    "declined": "a refusé",
    "expired": "sans réponse à temps",
    "withdrawn": "libéré",
    "to_reconfirm": "à redemander",
    "queued": "ensuite",
}
RIDE = {
    "planned": "prévu",
    "done": "fait",
    "passenger_no_show": "passager absent",
    "driver_no_show": "conducteur absent",
    "cancelled_passenger": "annulé par le passager",
    "cancelled_driver": "annulé par le conducteur",
    "unknown": "à vérifier",
}
TRIP = {"pending": "numéro à confirmer", "active": "en cours", "stopped": "arrêté", "deleted": "supprimé"}
ENROLMENT = {
    "candidate": "à valider",
    "accepted": "inscrit",
    "suspended": "suspendu",
    "refused": "refusé",
    "left": "parti",
}
OUTCOME = {
    "served_carpool": "Transporté en covoiturage",
    "served_purpose_trip": "Transporté par un déplacement dédié",
    "referred_transit": "Orienté vers le bus ou le transport à la demande",
    "unserved_no_driver": "Aucun conducteur ne passe par là",
    "unserved_declined": "Les conducteurs ont refusé",
    "unserved_late": "Demande trop tardive",
    "withdrawn_by_passenger": "Annulée par le passager",
    "no_show": "Absent au rendez-vous",
    "out_of_scope": "Hors critères",
}
PURPOSE = {
    "courses": "Courses",
    "demarches": "Démarches",
    "visite": "Visite",
    "rendez_vous": "Rendez-vous",
    "travail": "Travail ou formation",
    "autre": "Autre",
}
USUAL_PLACE = {
    "maison": "Maison",
    "travail": "Travail",
    "famille": "Famille",
    "courses": "Courses",
    "rendez_vous": "Rendez-vous",
    "autre": "Autre",
}
RETURN_PLAN = {"rings": "appellera pour le retour", "later": "retour à voir plus tard"}
NEXT = {
    "draft": "À compléter.",
    "to_process": "À faire : solliciter un conducteur, ou prendre cette demande.",
    "searching": "À faire : solliciter un conducteur.",
    "awaiting_driver": "On attend la réponse des conducteurs sollicités.",
    "to_confirm": "À faire : prévenir le passager.",
    "confirmed": "Tout le monde est prévenu. Après le trajet, notez ce qu'il en a été.",
}
DIRECTION = {"out": "Aller", "back": "Retour"}
MESSAGE = {
    "queued": "en attente",
    "sending": "en cours d'envoi",
    "uncertain": "incertain",
    "accepted": "remis à l'opérateur",
    "sent": "envoyé",
    "delivered": "reçu",
    "undelivered": "non reçu",
    "failed": "échec",
    "canceled": "annulé",
    "expired": "trop tard",
    "blocked": "non envoyé",
    "needs_human": "à voir",
}
REASON = {
    "number.landline": "téléphone fixe : il faut appeler",
    "number.stopped": "la personne ne veut plus de SMS",
    "number.wrong": "numéro inconnu de l'opérateur",
    "cap.number": "trop de SMS à ce numéro aujourd'hui",
    "call.needed": "à appeler : lisez le texte",
    "call.nobody": "personne n'a répondu : à appeler",
    "call.machine": "un répondeur a répondu : à appeler",
    "call.unanswered": "a écouté sans répondre : à appeler",
    "call.silent": "appel passé, sans nouvelles de sa fin : à appeler",
    "call.doubt": "appel peut-être passé : à appeler",
    "key.human": "demande qu'on la rappelle",
    "code.unknown": "refusé par l'opérateur, sans raison connue",
    "deadline.passed": "parti trop tard pour servir : à appeler",
    "doubt.again": "sera renvoyé",
    "doubt.twice": "peut-être reçu, peut-être pas : à appeler",
    "handset.off": "téléphone éteint ou hors réseau : à appeler",
    "handset.off.again": "téléphone éteint : nouvel essai prévu",
    "lease.over": "envoi interrompu : vérification en cours",
    "provider.account": "l'opérateur refuse notre compte",
    "provider.broken": "panne de l'opérateur : vérification en cours",
    "provider.no_sid": "réponse illisible de l'opérateur : vérification en cours",
    "provider.overflow": "l'opérateur est saturé",
    "provider.rate": "l'opérateur demande d'attendre",
    "provider.silent": "l'opérateur n'a pas répondu : vérification en cours",
    "provider.undelivered": "non remis : à appeler",
    "provider.unknown": "non remis, sans raison connue : à appeler",
    "provider.unreachable": "l'opérateur est injoignable",
    "provider.unreadable": "réponse illisible de l'opérateur : vérification en cours",
    "receipt.missing": "aucun accusé de réception : à vérifier par téléphone",
    "sender.refused": "l'opérateur refuse notre numéro d'envoi",
    "text.filtered": "bloqué par l'opérateur : à appeler",
    "text.refused": "texte refusé par l'opérateur : prévenez l'équipe technique",
    "validity.over": "pas remis à temps : à appeler",
}
INBOUND = {
    "received": "reçu",
    "acted": "pris en compte",
    "ignored": "sans suite",
    "human": "à lire",
    "handled": "traité",
}
LINE_KIND = {"mobile": "mobile", "landline": "fixe", "voip": "fixe (box)"}

STORY = {
    "request.submitted": "a enregistré la demande",
    "request.taken": "a pris la demande",
    "request.released": "a laissé la demande",
    "request.corrected": "a corrigé la demande",
    "request.dates_called_off": "a annulé une date",
    "request.closed": "a clos la demande",
    "request.reopened": "a rouvert la demande",
    "request.callback": "a noté un rappel",
    "request.return_settled": "a noté le retour comme réglé",
    "request.handed_over": "a passé la demande",
    "request.undone": "a annulé sa dernière action",
    "todo.in_vain": "a appelé sans réponse",
    "todo.later": "a remis un appel",
    "approach.queued": "a mis {driver} à la suite",
    "approach.asked": "a sollicité {driver}",
    "approach.relaunched": "a relancé {driver}",
    "approach.missed": "a appelé {driver} : pas de réponse",
    "approach.accepted": "{driver} a accepté",
    "approach.declined": "{driver} a refusé",
    "approach.withdrawn": "a libéré {driver}",
    "approach.too_late": "{driver} a dit oui trop tard",
    "approach.expired": "{driver} n'a pas répondu à temps",
    "approach.to_reconfirm": "redemande à {driver} après un changement",
    "ride.told": "a prévenu le passager",
    "ride.done": "a noté le trajet comme fait",
    "ride.passenger_no_show": "a noté l'absence du passager",
    "ride.driver_no_show": "a noté l'absence du conducteur",
    "ride.cancel_by_passenger": "a annulé le trajet (passager)",
    "ride.cancel_by_driver": "a annulé le trajet (conducteur)",
    "ride.heard_driver": "a entendu le conducteur : le trajet a eu lieu",
    "ride.heard_passenger": "a entendu le passager : le trajet a eu lieu",
    "registry.detail": "a complété le trajet pour le registre",
    "ride.reopen": "a corrigé la suite du trajet",
    "ride.lose_sight": "le trajet est passé sans nouvelles",
    "ride.reminded": "le trajet a été rappelé la veille",
    "ride.reminder_skipped": "le rappel de la veille n'est pas parti : il était trop tard",
}
TONE = {"approach.accepted": "good", "ride.done": "good", "ride.told": "good", "approach.declined": "bad"}

TOO_LATE = "Trop tard : une voiture était déjà trouvée. Le conducteur est remercié."

REFUSED = {
    "approach.taken": "Ce trajet a déjà un conducteur.",
    "approach.already_asked": "Ce conducteur est déjà sollicité pour cette demande.",
    "approach.no_sms": "Pas de SMS possible pour cette personne : il faut l'appeler.",
    "approach.driver": "Cette personne ne peut pas conduire ce trajet.",
    "approach.driver_closed": "Ce conducteur a été refusé ou suspendu par l'équipe.",
    "approach.gone": "Ce conducteur ne convient plus : la liste a changé.",
    "approach.hour": "Ce conducteur n'a pas d'heure fixe : écrivez l'heure convenue.",
    "person.guardian": "Passager mineur : notez d'abord l'autorisation parentale sur sa fiche.",
    "person.no_sms": "Pas de SMS possible pour ce passager : il faut l'appeler.",
    "ride.nothing_to_tell": "Il n'y a rien de nouveau à dire au passager.",
    "leg.done": "Ce trajet a déjà été fait : corrigez d'abord sa suite.",
    "request.ride_to_come": "Le trajet n'a pas encore eu lieu : la demande se clôt d'elle-même une fois qu'il est fait.",
    "request.last_date": "C'est la dernière date : clôturez plutôt la demande.",
    "ride.not_yet": "Ce trajet n'a pas encore eu lieu.",
    "ride.settled": "On sait déjà ce qu'il en est de ce trajet.",
    "request.taken": "Quelqu'un d'autre a pris cette demande depuis que cette page est ouverte : rien n'a été changé.",
    "request.not_yours": "Cette demande n'est plus à vous : quelqu'un d'autre l'a prise. Rien n'a été changé.",
    "request.closed": "Cette demande est close.",
    "trip.driver_refused": "L'équipe a refusé ce conducteur : rouvrez d'abord sa fiche (« Accepter », dans un autre "
    "onglet), puis enregistrez ici. Ce que vous avez écrit est encore dans les cases.",
    "trip.driver_suspended": "L'équipe a suspendu ce conducteur : rouvrez d'abord sa fiche (« Accepter », dans un "
    "autre onglet), puis enregistrez ici. Ce que vous avez écrit est encore dans les cases.",
    "seats.none_left": "Il n'y a plus de place libre dans cette voiture ce jour-là.",
    "approach.moved": "La réponse de ce conducteur a changé depuis que cette page est ouverte : rien n'a été noté. "
    "Voici où en sont les choses.",
    "stale.close": "La demande a changé depuis que cette page est ouverte : relisez avant de clore. "
    "Ce que vous aviez choisi est encore dans la page.",
    "stale.tell": "La demande a changé depuis que cette page est ouverte : relisez avant de prévenir le passager.",
    "stale": "Quelqu'un d'autre a modifié cette fiche pendant que vous écriviez.",
}


def soon(at: datetime, now: datetime) -> str:
    """« aujourd'hui à 8 h 30 », « hier à 17 h », « demain à 9 h », else the day in full: short, for lists."""
    there = local(at)
    near = {-1: "hier", 0: "aujourd'hui", 1: "demain"}
    day = near.get((there.date() - local(now).date()).days) or wording.day_words(there.date())
    return wording.unbreakable(f"{day} à {wording.hour_words(there.time())}")


def sentence(code: str) -> str:
    """What to tell the desk about a refusal."""
    return REFUSED.get(
        code, "La situation a changé entre-temps : rien n'a été fait. Regardez la fiche à jour."
    )


def told(verb: str, data: Mapping[str, Any], drivers: Mapping[int, str]) -> str:
    """One line of the story; `drivers` gives the name behind an approach's number."""
    text = STORY.get(verb, verb)
    driver = drivers.get(int(data.get("approach") or 0), "un conducteur")
    line = text.format(driver=driver)
    if verb == "request.closed":
        line += f" : {OUTCOME.get(str(data.get('outcome')), '')}"
    return line[:1].upper() + line[1:]
