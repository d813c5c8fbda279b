"""The texts of our SMS: read, rewritten with a preview on the longest names, or put back."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from lotocar.errors import Invalid
from lotocar.messages import rewording
from lotocar.organisation import operations as acts
from lotocar.organisation import queries as organisation
from lotocar.web.desk import admin, screens
from lotocar.web.edge import policy, session
from lotocar.web.forms import Form, TextField
from lotocar.web.render import page, see_other

TITLES = {
    "driver_accepted_confirmed": "Au conducteur : c'est convenu",
    "driver_already_found": "Au conducteur : quelqu'un d'autre a dit oui avant",
    "driver_code": "Au conducteur : son code",
    "driver_link": "Au conducteur : le lien de sa page",
    "driver_reminder": "Au conducteur : rappel de la veille",
    "driver_withdrawn": "Au conducteur : on ne cherche plus",
    "emergency": "À qui écrit une urgence",
    "help_answer": "À qui écrit AIDE",
    "offer_renewal": "Au conducteur : son offre tient-elle toujours ?",
    "passenger_confirmed": "Au passager : une voiture est trouvée",
    "passenger_reminder": "Au passager : rappel de la veille",
    "passenger_unserved": "Au passager : personne n'est trouvé",
    "request_received": "Au passager : sa demande est reçue",
    "ride_cancelled_driver": "Au conducteur : le trajet est annulé",
    "ride_cancelled_passenger": "Au passager : le conducteur ne peut plus",
    "ride_happened": "Aux deux : le trajet a-t-il eu lieu ?",
    "statement_link": "À qui demande la liste de ses trajets",
    "stop_confirmed": "À qui écrit STOP",
}
MEANINGS = {
    "service": "le nom du service",
    "téléphone": "le numéro de l'accueil",
    "référence": "les quatre chiffres du message",
    "passager": "le prénom du passager",
    "conducteur": "le prénom du conducteur",
    "prénom": "le prénom de l'autre personne",
    "jours": "mardi 24 novembre, et combien d'autres dates s'il y en a",
    "jour": "mardi 24 novembre",
    "heure": "8 h 30",
    "rendez-vous": "le lieu du rendez-vous",
    "destination": "le lieu où l'on va",
    "départ": "le départ de l'offre",
    "arrivée": "l'arrivée de l'offre",
    "voiture": "la voiture, entre parenthèses, si on la connaît",
    "retour": "« , retour 17 h », s'il y a un retour",
    "réponse": "comment répondre : OUI ou NON par SMS, ou un lien",
    "lien": "l'adresse privée de la page",
    "code": "le code à six chiffres",
    "stop": "comment ne plus recevoir de SMS",
}
WORDS = {
    "reword.length": "Écrivez un texte, de {most} caractères au plus.",
    "reword.brace": "Les accolades et les crochets isolés ne sont pas permis.",
    "reword.unknown": "« [{word}] » n'existe pas pour ce message.",
    "reword.missing": "Gardez « [{word}] » : sans lui, la personne ne saurait pas l'essentiel.",
    "reword.stop_word": "Évitez le mot « {word} » : l'opérateur croirait que la personne ne veut plus de SMS.",
    "reword.too_long": "Avec les noms les plus longs, ce texte coûte plus de {most} SMS : raccourcissez-le.",
}


class RewordForm(Form):
    """One text, with its brackets."""

    text = TextField("Le texte", maximum=rewording.MOST_LETTERS, lines=True)


def texts() -> Response:
    """Every text that the team may rewrite, as it goes out."""
    own = organisation.current(session()).own_texts
    shown = [
        (kind, TITLES.get(kind, kind), _as_sent(kind, own.get(kind)), kind in own)
        for kind in rewording.editable()
    ]
    return screens.show("desk/texts.html", screen="settings", texts=shown)


def text(kind: str) -> Response:
    """One text, and what it would look like."""
    rewording.brackets_of(kind)
    own = organisation.current(session()).own_texts.get(kind)
    return _show(kind, RewordForm(formdata=None, text=own or rewording.house_text(kind)))


def reword(kind: str) -> Response:
    """Keep the team's words; the next message uses them."""
    rewording.brackets_of(kind)
    form = RewordForm()
    if not form.validate():
        return _show(kind, form, status=422)
    try:
        kept = rewording.check(kind, form.text.clean, sender=policy())
    except Invalid as error:
        form.text.errors = [WORDS[error.code].format(**error.details)]
        return _show(kind, form, status=422)
    acts.reword(session(), kind, "" if kept == rewording.house_text(kind) else kept)
    admin.note("service.text_changed", kind=kind)
    return see_other("desk.texts", notice="Texte enregistré : il vaut dès le prochain message.")


def preview_text(kind: str) -> Response:
    """What was typed as a phone would show it; nothing is kept."""
    rewording.brackets_of(kind)
    typed = RewordForm()
    typed.validate()
    return _show(kind, typed)


def back_to_house(kind: str) -> Response:
    """The words of the house again."""
    rewording.brackets_of(kind)
    acts.reword(session(), kind, "")
    admin.note("service.text_changed", kind=kind)
    return see_other("desk.texts", notice="Le texte de la maison est revenu.")


def _show(kind: str, form: RewordForm, *, status: int = 200) -> Response:
    typed = (form.text.data or "")[: 2 * rewording.MOST_LETTERS]
    context: dict[str, Any] = {
        "kind": kind,
        "previews": [
            ("Un message ordinaire", rewording.preview(kind, typed, rewording.ORDINARY, sender=policy())),
            (
                "Avec les noms les plus longs",
                rewording.preview(kind, typed, rewording.LONGEST, sender=policy()),
            ),
        ],
    }
    if request.headers.get("HX-Request") == "true" and request.path.endswith("/apercu"):
        return page("desk/_text_preview.html", **context)
    return screens.show(
        "desk/text.html",
        screen="settings",
        status=status,
        form=form,
        title=TITLES.get(kind, kind),
        meanings=[(name, MEANINGS[name], name in rewording.OPTIONAL) for name in rewording.brackets_of(kind)],
        is_own=kind in organisation.current(session()).own_texts,
        **context,
    )


def _as_sent(kind: str, own: str | None) -> rewording.Preview:
    words = own or rewording.house_text(kind) or ""
    return rewording.preview(kind, words, rewording.ORDINARY, sender=policy())
