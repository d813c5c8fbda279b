"""The services this installation leans on, real or stand-in, wired once from the settings."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from config import Settings
from lotocar.organisation import queries as organisation
from lotocar.world.roads.estimate import EstimatedRoads
from lotocar.world.roads.router import Roads


@dataclass(frozen=True, slots=True)
class Outside:
    """What the doors and the jobs phone; rooms receive the parts they need as arguments."""

    settings: Settings
    roads: Roads


def build(settings: Settings) -> Outside:
    """The services that these settings describe."""
    return Outside(settings=settings, roads=EstimatedRoads())
