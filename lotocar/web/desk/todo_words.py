"""What « À faire » says: why each thing is there, and until when."""

from __future__ import annotations

from datetime import datetime

from lotocar.carpool.requests.rules import GIVEN_UP
from lotocar.values.days import local
from lotocar.web.desk import words
from lotocar.web.desk.todo_action import Action

# the reason on each line, and the name of its kind above the list
WHY = {
    "message": "Message à lire",
    "note": "Passation à lire",
    "callback": "Rappel promis",
    "draft": "Appel interrompu",
    "return": "Retour à régler",
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
    "proof": "Preuve de trajet à regarder",
    "registry": "Envoi au registre arrêté",
    "letter": "Courriel non parti",
}
KINDS = {
    "message": "Messages à lire",
    "note": "Passations à lire",
    "callback": "Rappels promis",
    "draft": "Appels interrompus",
    "return": "Retours à régler",
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
    "proof": "Preuves à regarder",
    "registry": "Registre arrêté",
    "letter": "Courriels non partis",
}
OVER = GIVEN_UP | {"done"}
MAY_BE_OVER = frozenset({"close", "new", "search"})
ENDED = (("o", "served_carpool", "Transporté"), ("x", "no_show", "Absent au rendez-vous"))
NEVER_SERVED = (
    ("n", "unserved_no_driver", "Personne trouvé"),
    ("p", "withdrawn_by_passenger", "Annulée par le passager"),
)
DRIVER = {
    "reached": "Numéro confirmé.",
    "accept": "Conducteur accepté : son trajet est proposé.",
    "refuse": "Conducteur refusé : son trajet n’est pas proposé.",
}
# these have no hour to be done by
SINCE = frozenset({"message", "note", "draft", "failure", "letter", "close", "registry"})
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
    "later.unreadable": "Nous n’avons pas compris quand rappeler. Écrivez par exemple «\N{NO-BREAK SPACE}17h\N{NO-BREAK SPACE}» ou «\N{NO-BREAK SPACE}demain 9h\N{NO-BREAK SPACE}».",
}
RETURN = {
    "rings": "devait appeler une fois libre. Sans nouvelles, demandez comment se fait le retour.",
    "later": "n’a pas dit comment se fait le retour. Demandez le jour et l’heure.",
}
LETTER = {
    "mail.refused": "le serveur de courriel refuse la lettre",
    "mail.sign_in": "le serveur de courriel refuse notre mot de passe",
    "mail.unreachable": "le serveur de courriel est injoignable",
    "mail.silent": "le serveur de courriel n’a pas répondu",
    "mail.some": "certaines adresses ont été refusées",
}


def why(action: Action, now: datetime) -> str:
    """The reason; a request with nothing left to serve is to be closed, whatever list it stands in."""
    return WHY["close" if is_over(action, now) else action.kind]


def is_over(action: Action, now: datetime) -> bool:
    """Whether it is a request with nothing left to look for: all is settled, or the day is gone."""
    legs = action.request.legs if action.kind in MAY_BE_OVER and action.request else ()
    today = local(now).date()
    return bool(legs) and all(leg.status in OVER or leg.day < today for leg in legs)


def endings(action: Action) -> tuple[tuple[str, str, str], ...]:
    """How a request that is over may have ended: key, outcome and words of each."""
    legs = action.request.legs if action.request else ()
    agreed = any(leg.status in {"done", "failed"} for leg in legs)
    return ENDED if agreed else NEVER_SERVED


def due(action: Action, now: datetime) -> str:
    """« avant aujourd'hui à 12 h », « depuis hier à 17 h »."""
    before = "depuis" if action.kind in SINCE or action.due_at < now else "avant"
    return f"{before} {words.soon(action.due_at, now)}"


def is_late(action: Action, now: datetime) -> bool:
    """Whether its hour is over."""
    return action.urgent or (action.kind not in SINCE and action.due_at < now)
