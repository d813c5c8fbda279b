"""The joining kit: the registry's documents one by one, the technical file of this installation, the words of consent."""

from __future__ import annotations

from flask import Response, request, url_for

from lotocar import clock
from lotocar.civic.registry.papers import consent, kit
from lotocar.errors import Invalid
from lotocar.web import guards
from lotocar.web.desk import registry_words, screens
from lotocar.web.edge import outside, session
from lotocar.web.forms import showable, words_of
from lotocar.web.render import see_other


def registry_kit() -> Response:
    """The steps, what is ticked and what remains."""
    return _show({}, {})


def save_kit_step(step: str) -> Response:
    """Keep one step, ticked or not; a wrong answer is shown again beside its box."""
    typed = {name: showable(value) for name, value in request.form.items()}
    done = request.form.get("done") == "yes"
    try:
        kit.save_step(session(), step, answers=typed, done=done, actor=guards.actor(), now=clock.now())
    except Invalid as error:
        return _show(typed, {error.field or "": registry_words.KIT.get(error.code) or words_of(error)})
    following = see_other("desk.registry_kit", notice=f"Noté : {kit.BY_NAME[step].title}.")
    following.headers["Location"] = f"{url_for('desk.registry_kit')}#etape-{step}"
    return following


def technical_file() -> Response:
    """How this installation really proves a ride, ready to print."""
    return screens.show(
        "desk/registry_technical.html",
        screen="registry",
        evidence=kit.evidence(session()),
        answers=kit.dossier(session()).answers,
        ceiling=outside().settings.registry_class,
        two_way=outside().settings.sms_two_way,
        sends=outside().settings.sends_for_real,
        today=clock.now(),
        consent=consent,
    )


def _show(typed: dict[str, str], errors: dict[str, str]) -> Response:
    return screens.show(
        "desk/registry_kit.html",
        screen="registry",
        status=422 if errors else 200,
        steps=kit.STEPS,
        dossier=kit.dossier(session()),
        typed=typed,
        errors=errors,
        consent=consent,
        wording=consent.TEXTS[consent.CURRENT],
    )
