"""What the host decides about sending, as the coordinator reads it: nothing here is changed on a screen."""

from __future__ import annotations

from config import Settings
from lotocar.civic.territory.wording import number
from lotocar.messages.rules import DAY_CLOSES, DAY_OPENS, Caps
from lotocar.values.wording import hour_words

NO_SMS = "non : les textes se lisent sur l’écran « Messages »"
NO_CALLS = "non : l’équipe appelle les téléphones fixes"


def sending_facts(settings: Settings, caps: Caps) -> list[tuple[str, str]]:
    """Terms and values: whether messages leave, when, and how many at most."""
    hours = f"de {hour_words(DAY_OPENS)} à {hour_words(DAY_CLOSES)}, sauf pour un trajet tout proche"
    return [
        ("Les SMS partent vraiment", "oui" if settings.sends_for_real else NO_SMS),
        ("Heures d’envoi", hours),
        ("SMS de tout le service", f"{number(caps.per_day)} au plus en 24 heures"),
        ("Gardés pour les trajets convenus", f"les derniers {round(caps.reserved_share * 100)} sur cent"),
        ("SMS à un même numéro", f"{caps.per_number} au plus en 24 heures"),
        ("Appels automatiques", "oui" if settings.voice_sender else NO_CALLS),
        ("Feuille du jour par courriel", _letter(settings)),
    ]


def _letter(settings: Settings) -> str:
    if not settings.smtp_host:
        return "non"
    return f"chaque jour à 17 h, à {', '.join(settings.mail_team)}"
