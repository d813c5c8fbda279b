"""The registry's refusals in French: what is wrong, and what to do about it. No name ever stands in a sentence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lotocar.civic.registry.couples.facts import Code, Reason, Role, Warn

SIDE = {Role.DRIVER: "le conducteur", Role.PASSENGER: "le passager", None: "la personne"}
SIDE_OF = {Role.DRIVER: "du conducteur", Role.PASSENGER: "du passager", None: "de la personne"}

# {side} « le conducteur », {of} « du conducteur »
SENTENCES = {
    Code.NOT_CONFIRMED: "On ne sait pas encore si ce trajet a eu lieu. Appelez les deux personnes et notez la réponse.",
    Code.UNHEARD: "{Side} n’a pas encore confirmé ce trajet. Appelez cette personne et notez sa réponse.",
    Code.NOT_DONE: "Ce trajet n’a pas eu lieu. Il n’y a rien à envoyer.",
    Code.DISPUTED: "Le trajet est noté comme fait, mais l’une des deux personnes dit le contraire. Rappelez-les et corrigez la fiche.",
    Code.NO_CONSENT: "L’accord {of} pour l’envoi au registre manque. Posez-lui la question et notez sa réponse. Sans accord, rien ne part.",
    Code.NO_GUARDIAN: "{Side} est mineur et l’accord de son représentant légal manque. Demandez cet accord et notez-le.",
    Code.NO_PHONE: "Il manque un numéro de téléphone propre à cette personne : {side}. Ajoutez-le à sa fiche, un mobile de préférence.",
    Code.BAD_PHONE: "Le numéro de téléphone {of} n’est pas un numéro complet. Corrigez-le sur sa fiche.",
    Code.BAD_NAME: "Le nom de famille {of} est vide ou ne contient aucune lettre de A à Z. Complétez sa fiche.",
    Code.BAD_ID: "L’identifiant interne de ce trajet ou d’une des deux personnes n’a pas la forme attendue. Prévenez l’assistance technique.",
    Code.SAME_PERSON: "Le conducteur et le passager sont la même fiche. Corrigez le trajet.",
    Code.SAME_IDENTITY: "Le conducteur et le passager ont le même téléphone et le même nom : le registre n’y voit qu’une personne. Ajoutez le numéro propre à chacun.",
    Code.SAME_PHONE: "Le conducteur et le passager ont le même numéro de téléphone. Ajoutez le numéro propre à chacun.",
    Code.END_BEFORE_START: "L’arrivée est notée avant le départ. Corrigez les heures du trajet.",
    Code.TOO_BRIEF: "Le trajet dure moins d’une minute. Corrigez les heures du trajet.",
    Code.IN_FUTURE: "Le trajet n’est pas encore terminé. Attendez l’heure d’arrivée, ou corrigez les heures.",
    Code.EXPIRED: "Le départ date de plus de 20 heures : c’est notre limite, pour ne jamais dépasser les 24 heures du registre. La prochaine fois, notez la réponse des deux personnes le jour même.",
    Code.TOO_SHORT: "Le trajet fait moins de 1 000 mètres : le registre ne l’accepte pas. Vérifiez la distance.",
    Code.TOO_LONG: "Le trajet fait plus de 1 000 kilomètres : le registre ne l’accepte pas. Vérifiez la distance.",
    Code.BAD_POSITION: "La position du départ ou de l’arrivée est impossible. Choisissez de nouveau les deux lieux.",
    Code.OUTSIDE_FRANCE: "Le départ ou l’arrivée n’est dans aucune commune de France. Choisissez de nouveau les deux lieux.",
    Code.SAME_PLACE: "Le départ et l’arrivée sont presque au même endroit. Précisez les deux lieux.",
    Code.SHORTER_THAN_LINE: "La distance notée est plus courte que la ligne droite entre les deux lieux. Corrigez la distance ou les lieux.",
    Code.TOO_FAST: "Le trajet serait allé trop vite pour une voiture. Corrigez les heures ou la distance.",
    Code.TOO_SLOW: "Le trajet serait allé moins vite qu’à pied. Corrigez les heures ou la distance.",
    Code.UNLIKE_ROUTE: "La distance ou la durée ne ressemble pas à la route entre les deux lieux. Corrigez les heures, la distance ou les lieux.",
    Code.BAD_SEATS: "Le nombre de places doit aller de 1 à 8. Corrigez-le.",
    Code.BAD_MONEY: "Une somme est négative ou dépasse 10 000 euros. Corrigez la participation.",
    Code.BAD_PRICE: "Les sommes ne tombent pas juste : participation et aides, moins nos frais, doivent donner ce que garde le conducteur. Corrigez-les.",
    Code.BAD_INCENTIVE: "Une aide versée est mal notée (rang, montant ou numéro SIRET). Corrigez-la.",
    Code.BAD_PAYMENT: "Un paiement par carte mobilité est mal noté (rang, montant, type ou numéro SIRET). Corrigez-le.",
    Code.ID_USED: "Ce trajet a déjà été préparé pour le registre. Il n’est pas envoyé deux fois.",
    Code.DRIVERS_DIFFER: "Deux conducteurs différents sont notés pour la même voiture. Corrigez le conducteur d’un des trajets.",
    Code.HOUSEHOLD: "Deux passagers de cette voiture ont le même téléphone et le même nom : le registre n’y voit qu’une personne. Notez un seul trajet à deux places, ou ajoutez le numéro propre à chacun.",
    Code.COUPLE_TWICE: "Ce passager est déjà noté dans cette voiture. Gardez un seul des deux trajets.",
    Code.TOO_MANY_TRIPS: "{Side} a déjà quatre trajets ce jour-là : le registre n’en accepte pas plus. Celui-ci reste chez nous.",
    Code.TOO_CLOSE: "Les deux mêmes personnes ont un autre trajet à moins de 31 minutes : le registre refuserait celui-ci. Si les heures sont justes, il reste chez nous ; ne les changez pas pour qu’il passe.",
    Code.PASSENGER_OVERLAP: "Ce passager, ou quelqu’un qui a le même téléphone et le même nom, est dans une autre voiture à la même heure. Vérifiez les heures des deux trajets.",
}
WARNINGS = {
    Warn.SOON: "Le départ date de plus de 16 heures. Envoyez vite : à 20 heures il sera trop tard.",
    Warn.PLATE_LEFT_OUT: "La plaque est mal notée ou trop longue : elle n’est pas envoyée. Le trajet part sans elle.",
}

STATES = {
    "draft": "à confirmer",
    "confirmed": "retenu",
    "ready": "prêt",
    "sending": "en cours d’envoi",
    "uncertain": "réponse attendue",
    "sent": "envoyé",
    "correcting": "correction en cours",
    "checked": "contrôlé",
    "ok": "validé",
    "fraud": "refusé : déclaré ailleurs",
    "anomaly": "refusé : anomalie",
    "refused_fixable": "refusé : à corriger",
    "refused_burnt": "refusé",
    "too_late": "trop tard",
    "not_done": "n’a pas eu lieu",
    "cancelling": "annulation en cours",
    "cancelled": "annulé",
}
ENVIRONMENTS = {
    "off": "Rien n’est envoyé au registre.",
    "demo": "Les preuves partent vers le registre d’essai.",
    "production": "Les preuves partent vers le registre national.",
}
ALARMS = {
    "soon": "il reste moins de quatre heures pour l’envoyer",
    "disputed": "l’une des deux personnes dit qu’il n’a pas eu lieu",
    "late": "trop tard : 20 heures ont passé sans qu’il puisse partir",
    "contradiction": "le registre l’accepte après l’avoir refusé : écrivez-lui",
    "refused": "refusé",
    "doubt": "sans réponse du registre depuis une heure",
    "unconfirmed": "12 heures ont passé, il manque une confirmation",
    "held": "retenu",
}
# what the registry holds against a proof, and what to do
LABELS = {
    "expired": "Il est arrivé plus de 24 heures après le départ. Notez les trajets comme faits le jour même.",
    "distance_too_short": "Le trajet fait moins de 1 000 mètres. Il n’y a rien à faire.",
    "too_many_trips_by_day": "Le registre compte déjà quatre trajets ce jour-là pour l’une des deux personnes. "
    "Il n’y a rien à faire.",
    "too_close_trips": "Les deux mêmes personnes ont un autre trajet à moins de 30 minutes. Il n’y a rien à faire.",
    "interoperator_overlap": "Les mêmes personnes ont déclaré un trajet à la même heure chez un autre service. "
    "Demandez-leur lequel est le bon.",
    "interoperator_fraud": "Les mêmes personnes ont déclaré un trajet à la même heure chez un autre service. "
    "Demandez-leur lequel est le bon.",
    "interoperator_too_many_trips_by_day": "Avec les autres services, l’une des deux personnes dépasse quatre "
    "trajets ce jour-là. Il n’y a rien à faire.",
    "interoperator_too_close_trips": "Les deux mêmes personnes ont un trajet tout proche chez un autre service. "
    "Demandez-leur lequel est le bon.",
    "temporal_overlap_anomaly": "Ce passager a deux trajets qui se recouvrent. Vérifiez les heures et annulez le faux.",
    "distance_duration_anomaly": "La distance ou la durée ne ressemble pas à la route. Vérifiez les lieux et les heures.",
    "acquisition_error": "Le registre n’a pas reconnu la commune d’un des lieux. Vérifiez les lieux.",
}
ERRORS = {
    "registry.keys": "Le registre refuse nos clés. Vérifiez-les avec la personne qui installe le service.",
    "registry.no_keys": "Les clés du registre ne sont pas installées.",
    "registry.version": "Le registre ne sert plus la version installée. Prévenez l’assistance technique.",
    "registry.rate": "Le registre demande d’attendre. L’envoi reprend tout seul.",
    "registry.unreachable": "Le registre ne répond pas. L’envoi reprend tout seul.",
    "registry.silent": "Le registre n’a pas répondu à temps. Nous vérifions ce qu’il a reçu.",
    "registry.broken": "Le registre est en panne. Nous vérifions ce qu’il a reçu.",
    "registry.unreadable": "La réponse du registre est illisible. Nous vérifions ce qu’il a reçu.",
    "registry.known": "Le registre connaît déjà ce numéro. Nous vérifions ce qu’il en a fait.",
    "registry.unknown": "Le registre ne connaît pas ce numéro. Il sera envoyé de nouveau.",
    "registry.early": "Pour le registre, le trajet n’est pas fini. L’envoi reprend tout seul.",
    "registry.token": "Le registre n’a pas ouvert la porte. L’envoi reprend tout seul.",
    "registry.shape": "Le registre refuse la forme de l’envoi. Corrigez la fiche du trajet : il repartira.",
    "registry.rules": "Le registre a refusé ce trajet.",
    "registry.act_refused": "Le registre a refusé cette correction. Annulez, puis envoyez de nouveau.",
    "registry.unfit": "La fiche corrigée ne peut pas être envoyée. Regardez les lieux et les heures.",
    "lease.over": "L’envoi a été interrompu. Nous vérifions ce que le registre a reçu.",
}


def label_sentence(label: str) -> str:
    """What a label of the registry means; the label itself when it is new to us."""
    return LABELS.get(label, f"Le registre répond « {label} ».")


def sentence(reason: Reason) -> str:
    """What to tell the desk of one refusal."""
    side = SIDE[reason.who]
    return SENTENCES[reason.code].format(side=side, Side=side[0].upper() + side[1:], of=SIDE_OF[reason.who])


def sentences(reasons: tuple[Reason, ...]) -> str:
    """Every reason, one after the other."""
    return " ".join(sentence(reason) for reason in reasons)


def stored_sentences(stored: Iterable[Sequence[str]]) -> list[str]:
    """The sentences of reasons as a proof keeps them: [code, side]."""
    return [sentence(Reason(Code(code), Role(side) if side else None)) for code, side in stored]


def warning_sentences(found: tuple[Warn, ...]) -> str:
    """What to mind of a couple that goes all the same; empty when all is well."""
    return " ".join(WARNINGS[warn] for warn in found)
