"""What the last step was, and why it cannot be taken back."""

from __future__ import annotations

from lotocar.carpool.rides.undoing import LastStep

DID = {
    "ride.done": "le trajet est noté comme fait",
    "ride.passenger_no_show": "l’absence du passager est notée",
    "ride.driver_no_show": "l’absence du conducteur est notée",
    "request.closed": "la demande est close",
    "approach.accepted": "l’accord du conducteur est noté",
    "approach.asked": "un conducteur est sollicité",
    "approach.declined": "un refus est noté",
    "approach.missed": "un appel sans réponse est noté",
    "approach.withdrawn": "un conducteur est libéré",
    "ride.told": "le passager est noté comme prévenu",
    "request.taken": "la demande est prise",
    "request.released": "la demande est laissée",
    "request.handed_over": "la demande est passée à la suite",
    "request.callback": "un rappel est noté",
    "request.return_settled": "le retour est noté comme réglé",
    "request.corrected": "la demande est corrigée",
    "ride.cancel_by_passenger": "le trajet est annulé par le passager",
    "ride.cancel_by_driver": "le trajet est annulé par le conducteur",
}
WHY_NOT = {
    "undo.moved": "Quelque chose s’est passé depuis : rien n’a été annulé. Voici où en sont les choses.",
    "undo.not_yours": "C’est la dernière action d’un collègue : lui seul peut l’annuler.",
    "undo.sent": "Un SMS est déjà parti : une annulation ne le rattrape pas.",
    "undo.told": "Des personnes ont été prévenues : téléphonez-leur avant de changer quoi que ce soit.",
    "undo.went_on": "La suite est déjà lancée : un autre conducteur a été sollicité.",
    "undo.correct_again": "Pour revenir en arrière, corrigez de nouveau la demande.",
    "undo.kind": "Cette action ne s’annule pas ici.",
}


def did(step: LastStep) -> str:
    """« un refus est noté »; empty when it has no short name."""
    return DID.get(step.verb, "")


def why_not(code: str) -> str:
    """The sentence for a reason."""
    return WHY_NOT.get(code, "La situation a changé entre-temps : rien n’a été annulé.")
