"""How a line of the story ends: by what means, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from lotocar.carpool.rides.models import Approach
from lotocar.journal.models import Entry
from lotocar.messages.models import OutboxMessage
from lotocar.web.desk import undo_words, words

CHANNEL = {"sms": " par SMS", "phone": " par téléphone"}
THROUGH = {"sms": " par SMS", "phone": " au téléphone", "link": " par son lien", "desk": " (noté au bureau)"}
KIND = {
    "callback": "pour le rappel promis",
    "tell": "pour prévenir le passager",
    "ring": "pour solliciter le conducteur",
    "silent": "pour relancer le conducteur",
    "reconfirm": "pour redemander au conducteur",
    "return": "pour le retour",
}


def means(
    entry: Entry,
    approach: Approach | None,
    team: Mapping[int, str],
    fates: Mapping[int, OutboxMessage],
) -> str:
    """What follows the sentence: « par SMS (remis) », « : au garage », « pour le rappel promis »."""
    data: Mapping[str, Any] = entry.data
    if entry.verb == "approach.asked":
        return CHANNEL.get(str(data.get("channel")), "") + _fate(fates.get(int(data.get("approach") or 0)))
    if entry.verb in {"approach.accepted", "ride.told"}:
        return THROUGH.get(str(data.get("through")), "")
    if entry.verb == "approach.declined":
        reason = approach.decline_reason if approach else ""
        return THROUGH.get(str(data.get("through")), "") + (f" : « {reason} »" if reason else "")
    if entry.verb == "request.callback":
        at = data.get("at")
        return f" pour {words.soon(datetime.fromisoformat(at), entry.at)}" if at else " comme fait"
    if entry.verb == "request.handed_over":
        return f" à {team.get(data.get('to') or 0, 'qui prendra la suite')}"
    if entry.verb in {"todo.in_vain", "todo.later"}:
        until = words.soon(datetime.fromisoformat(data["until"]), entry.at)
        return f" {KIND.get(str(data.get('kind')), '')} : à refaire {until}".replace("  ", " ")
    if entry.verb == "request.undone":
        undone = undo_words.DID.get(str(data.get("step")), "")
        return f" ({undone})" if undone else ""
    return ""


def _fate(message: OutboxMessage | None) -> str:
    return f" ({words.MESSAGE[message.status]})" if message and message.status in words.MESSAGE else ""
