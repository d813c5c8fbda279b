"""The registry's French at the desk: refusals, acts done, reasons to cancel."""

from __future__ import annotations

from datetime import date

from lotocar.values.days import MONTH_NAMES

REFUSALS = {
    "registry.demonstration": "Cette base est une démonstration : rien ne part au registre.",
    "registry.no_keys": "Les clés de ce registre ne sont pas installées.",
    "registry.under_way": "Un envoi est en cours. Réessayez dans une minute.",
    "registry.environment": "Choisissez un des trois réglages.",
    "registry.not_sure": "Cochez la case pour envoyer au registre national.",
    "registry.cancel_code": "Choisissez pourquoi vous annulez.",
    "registry.too_late_to_correct": "Les 24 heures sont passées : on ne peut plus corriger, seulement annuler.",
    "registry.too_late_to_renew": "Les 20 heures sont passées : on ne peut plus envoyer ce trajet.",
    "registry.same": "La fiche du trajet n’a pas changé depuis l’envoi.",
    "registry.not_correctable": "Les personnes, les prix et les places ne se corrigent pas. Annulez, puis envoyez "
    "de nouveau.",
    "registry.unfit": "La fiche du trajet ne peut pas être envoyée ainsi. Regardez les lieux et les heures.",
    "registry.standing": "Une preuve de ce trajet existe déjà.",
}
DONE = {
    "cancel": "L’annulation part dans la minute.",
    "correct": "La correction part dans la minute.",
    "renew": "Le trajet repart sous un nouveau numéro s’il passe les contrôles.",
    "withdraw": "Ce trajet ne partira pas.",
    "heard_driver": "Noté : le conducteur l’a confirmé.",
    "heard_passenger": "Noté : le passager l’a confirmé.",
}
HEARD = {"own": "lui-même", "desk": "au téléphone, noté par l’équipe"}
CANCEL = {
    "NOT_DONE": "n’a pas eu lieu",
    "WRONG_PERSON": "ce n’était pas cette personne",
    "DUPLICATE": "déclaré deux fois",
    "WRONG_DATA": "prix ou places faux",
    "FRAUD": "fraude",
    "TEST": "essai",
}
DETAIL = {
    "detail.plate": "Cette plaque est trop longue : 32 caractères au plus.",
    "detail.siret": "Un SIRET a 14 chiffres.",
    "detail.amount": "Écrivez le montant de cette aide, 1 000 euros au plus.",
    "detail.payment": "La carte ne peut pas payer plus que la participation du passager.",
    "detail.fee": "Les frais dépassent ce que donnent le passager et les aides.",
    "money_unreadable": "Nous n’avons pas compris cette somme. Écrivez par exemple « 1,50 ».",
}
GIVERS = ("de la collectivité", "de l’employeur", "de notre service")  # in the registry's order
KIT = {
    "kit.missing": "Remplissez cette case avant de cocher.",
    "kit.siret": "Un SIRET a 14 chiffres.",
    "kit.email": "Écrivez une adresse électronique, comme nom@exemple.fr.",
    "kit.too_long": "C’est trop long : 300 caractères au plus.",
}


def sentence(code: str) -> str:
    """What to tell of a refusal; a general one when the state of things changed meanwhile."""
    return REFUSALS.get(code, "Cette preuve a changé d’état entre-temps. Regardez où elle en est.")


def month_words(first: date) -> str:
    """« novembre 2026 »."""
    return f"{MONTH_NAMES[first.month - 1]} {first.year}"
