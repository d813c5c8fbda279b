"""What `./run roads …` says: how far a build is, and what is known of the roads, as JSON or in plain French."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from time import monotonic
from typing import Any

from lotocar.values.geo import Point
from lotocar.values.wording import counted, full_date
from lotocar.world.roads import building
from lotocar.world.roads.building import Progress, unfinished
from lotocar.world.roads.choice import EMBEDDED, filling_engine
from lotocar.world.roads.embedded import CONFIG_FILE
from lotocar.world.roads.learning import corrected_zones
from lotocar.world.roads.versions import CONSTANT, About, about, current_version, load
from lotocar.world.roads.zoning import with_large_ones_split

__all__ = ["EMBEDDED", "build", "built_words", "learned_words", "status", "status_in_words", "status_json"]
SHOWN = 10  # corrected zones
SOURCES = {
    "embedded": "Valhalla, sur cette machine",
    "valhalla": "un serveur Valhalla",
    "osrm": "un serveur OSRM",
    "ign": "le service d'itinéraires de l'IGN",
}
ERRORS = {
    "roads.centres": "Aucune commune : dites le territoire avec --departement.",
    "roads.extract": "Ce fichier n'est pas un extrait d'OpenStreetMap (.osm.pbf), ou il est incomplet.",
    "roads.tiles": "Pas encore de routes ici : lancez d'abord « ./run roads tiles EXTRAIT.osm.pbf ».",
    "roads.not_installed": "Valhalla n'est pas installé : voyez docs/deploy/roads.md.",
    "roads.timeout": "Le service de routes n'a pas répondu à temps. Relancez : le travail reprendra où il en est.",
    "roads.unreachable": "Le service de routes est injoignable. Relancez : le travail reprendra où il en est.",
    "roads.busy": "Le service de routes demande d'attendre. Relancez plus tard : le travail reprendra.",
    "roads.refused": "Le service de routes a refusé la question.",
    "roads.nonsense": "Le service de routes a répondu quelque chose d'incompréhensible.",
}

Namer = Callable[[Point], str]
Told = Callable[[float, str], None]


def build(folder: Path, centres: Sequence[Point], *, source: str, url: str, tell: Told, today: date) -> About:
    """The matrix of these centres, large zones cut; `tell` hears the share done and where it stands.

    Raises:
        Invalid: no centre. NotFound: no tiles. Unavailable: the engine failed; run again, it goes on.
    """
    engine = filling_engine(source, url=url, folder=folder)
    places = with_large_ones_split(centres) if centres else []
    version = building.build(folder, places, engine, _with_time_left(tell), source=source, today=today)
    return about(version)


def status(folder: Path, name: Namer) -> dict[str, Any]:
    """What serves now, where it comes from, what corrects it, and what is under way; `name` names a place."""
    version = current_version(folder)
    said = about(version) if version else About(source=CONSTANT)
    ground, rest = load(version), unfinished(folder)
    return {
        **asdict(said),
        "slowness": said.slowness if said.source == CONSTANT else None,
        "exact": False,
        "usual_error_seconds": ground.usual_error_seconds,
        "slack_seconds": ground.slack_seconds,
        "has_tiles": (folder / CONFIG_FILE).exists(),
        "unfinished": None if rest is None else round(rest.known / rest.total, 3),
        "corrected": [
            {"place": name(one.centre), "factor": round(one.factor, 3), "lessons": one.lessons}
            for one in (corrected_zones(version) if version else [])
        ],
    }


def status_json(state: Mapping[str, Any]) -> str:
    """For a machine."""
    return json.dumps(state, ensure_ascii=False, indent=2)


def status_in_words(state: Mapping[str, Any]) -> str:
    """For whoever keeps the server."""
    return "\n".join((_source_words(state), _error_words(state), *_lesson_words(state), *_under_way(state)))


def built_words(said: About) -> str:
    """What a finished build is told by."""
    lines = [
        f"Routes connues entre {counted(said.zones, 'zone')}. Les recherches s'en servent dès maintenant."
    ]
    if said.pairs_without_way:
        lines.append(
            f"{counted(said.pairs_without_way, 'trajet')} sans route connue : l'estimation y supplée."
        )
    return "\n".join(lines)


def learned_words(said: About | None) -> str:
    """What came of learning."""
    if said is None:
        return "Rien de nouveau à apprendre."
    return f"Durées corrigées par {counted(said.lessons, 'durée')} données par ceux qui font la route."


def _with_time_left(tell: Told) -> Progress:
    """A progress that tells the share done, and in words how much and how long still."""
    started: list[tuple[float, int]] = []

    def progress(done: int, total: int) -> None:
        started[:] = started or [(monotonic(), done)]
        since, before = started[0]
        words = f"{100 * done // total} % des trajets entre zones"
        if done > before and done < total:
            minutes = (monotonic() - since) / (done - before) * (total - done) / 60
            words += f", encore {counted(max(1, round(minutes)), 'minute')}"
        tell(done / total, words)

    return progress


def _source_words(state: Mapping[str, Any]) -> str:
    if state["source"] == CONSTANT:
        speed = round(3.6 / state["slowness"])
        return f"Pas de données routières : estimation à vol d'oiseau, à {speed} km/h."
    built = full_date(date.fromisoformat(state["built_on"]))
    return f"{counted(state['zones'], 'zone')}, routes mesurées par {SOURCES[state['source']]}, {built}."


def _error_words(state: Mapping[str, Any]) -> str:
    error, slack = round(state["usual_error_seconds"] / 60, 1), round(state["slack_seconds"] / 60, 1)
    return (
        f"Un détour est juste à {_minutes(error)} près, une fois sur deux. "
        f"Un conducteur est proposé jusqu'à {_minutes(slack)} au-delà de sa limite."
    )


def _lesson_words(state: Mapping[str, Any]) -> list[str]:
    if not state["lessons"]:
        return ["Aucune durée apprise des conducteurs pour l'instant."]
    learned = f"Corrigé par {counted(state['lessons'], 'durée')}, {full_date(date.fromisoformat(state['learned_on']))}."
    zones = [
        f"  {one['place']} : {100 * (one['factor'] - 1):+.0f} %, {counted(one['lessons'], 'durée')}"
        for one in state["corrected"][:SHOWN]
    ]
    return [learned, *zones]


def _under_way(state: Mapping[str, Any]) -> list[str]:
    lines = (
        [] if state["unfinished"] is None else [f"Mesure interrompue à {100 * state['unfinished']:.0f} %."]
    )
    tiles = "prêtes" if state["has_tiles"] else "absentes"
    return [*lines, f"Routes pour Valhalla sur cette machine : {tiles}."]


def _minutes(minutes: float) -> str:
    return f"{minutes:g} min".replace(".", ",")
