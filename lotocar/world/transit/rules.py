"""What a contact of public transport must hold, and whether it serves a pair of communes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from lotocar.errors import Invalid

KINDS = ("bus", "train", "on_demand", "atchoum", "other")  # in the order in which they are shown
KIND_WORDS = {
    "bus": "Car ou bus",
    "train": "Train",
    "on_demand": "Transport à la demande",
    "atchoum": "Atchoum",
    "other": "Autre service",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactFacts:
    """A service as the coordinator writes it; `phone` in E.164 or empty, `communes` INSEE codes."""

    kind: str
    name: str
    phone: str = ""
    address: str = ""
    note: str = ""
    communes: tuple[str, ...] = ()


def check(contact: ContactFacts) -> None:
    """Refuse a contact that could not be used.

    Raises:
        Invalid: transit.kind, transit.name, transit.unreachable (neither number nor page), transit.address
            (not a web page) or transit.note (too long).
    """
    if contact.kind not in KINDS:
        raise Invalid("transit.kind", field="kind")
    if not contact.name.strip() or len(contact.name) > 120:
        raise Invalid("transit.name", field="name")
    if not contact.phone and not contact.address:
        raise Invalid("transit.unreachable", field="phone")
    if contact.address and (
        not contact.address.startswith(("https://", "http://")) or len(contact.address) > 200
    ):
        raise Invalid("transit.address", field="address")
    if len(contact.note) > 300:
        raise Invalid("transit.note", field="note", most=300)


def serves(communes: Collection[str], one: str, other: str) -> bool:
    """Whether a service that links these communes (none: all) takes somebody from one to the other."""
    return not communes or (one in communes and other in communes)
