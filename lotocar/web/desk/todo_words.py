"""What « À faire » says: why each thing is there, and until when."""

from __future__ import annotations

from datetime import datetime

from lotocar.carpool.requests.rules import GIVEN_UP
from lotocar.web.desk import words
from lotocar.web.desk.todo_sources import Action

# the reason on each line, and the name of its kind above the list
WHY = {
    "message": "Message à lire",
    "note": "Passation à lire",
    "callback": "Rappel promis",
    "tell": "Passager à prévenir",
    "reconfirm": "Conducteur à redemander",
    "ring": "Conducteur à appeler",
    "silent": "Conducteur sans réponse",
    "new": "Demande nouvelle",
    "search": "Recherche à reprendre",
    "opening": "Un trajet possible est arrivé",
    "close": "Demande à clore",
    "number": "Nouveau conducteur à joindre",
    "say": "À dire au téléphone",
    "failure": "Message non parti",
    "settle": "Trajet passé : a-t-il eu lieu ?",
    "consent": "Accord à demander pour le registre",
    "letter": "Courriel non parti",
}
KINDS = {
    "message": "Messages à lire",
    "note": "Passations à lire",
    "callback": "Rappels promis",
    "tell": "Passagers à prévenir",
    "reconfirm": "Conducteurs à redemander",
    "ring": "Conducteurs à appeler",
    "silent": "Conducteurs sans réponse",
    "new": "Demandes nouvelles",
    "search": "Recherches à reprendre",
    "opening": "Trajets possibles arrivés",
    "close": "Demandes à clore",
    "number": "Nouveaux conducteurs à joindre",
    "say": "À dire au téléphone",
    "failure": "Messages non partis",
    "settle": "Trajets passés",
    "consent": "Accords à demander",
    "letter": "Courriels non partis",
}
OVER = GIVEN_UP | {"done"}
SINCE = frozenset({"message", "note", "failure", "letter", "close"})  # these have no hour to be done by
# the fragment that shows each kind, `_todo_….html`
FRAGMENT = {kind: kind for kind in WHY} | {
    "callback": "request",
    "new": "request",
    "search": "request",
    "close": "request",
    "reconfirm": "approach",
    "ring": "approach",
    "silent": "approach",
    "say": "unsent",
    "failure": "unsent",
}

LATER = {
    "later.past": "Cette heure est déjà passée : écrivez une heure à venir.",
    "later.too_late": "Ce serait trop tard : le trajet, ou le moment de répondre, vient avant.",
    "later.unreadable": "Nous n’avons pas compris quand rappeler. Écrivez par exemple « 17h » ou « demain 9h ».",
}
LETTER = {
    "mail.refused": "le serveur de courriel refuse la lettre",
    "mail.sign_in": "le serveur de courriel refuse notre mot de passe",
    "mail.unreachable": "le serveur de courriel est injoignable",
    "mail.silent": "le serveur de courriel n’a pas répondu",
    "mail.some": "certaines adresses ont été refusées",
}


def why(action: Action) -> str:
    """The reason; a request with nothing left to serve is to be closed, whatever list it stands in."""
    legs = action.request.legs if action.kind in {"new", "search"} and action.request else ()
    over = legs and all(leg.status in OVER for leg in legs)
    return WHY["close" if over else action.kind]


def due(action: Action, now: datetime) -> str:
    """« avant aujourd'hui à 12 h », « depuis hier à 17 h »."""
    before = "depuis" if action.kind in SINCE or action.due_at < now else "avant"
    return f"{before} {words.soon(action.due_at, now)}"


def is_late(action: Action, now: datetime) -> bool:
    """Whether its hour is over."""
    return action.urgent or (action.kind not in SINCE and action.due_at < now)
