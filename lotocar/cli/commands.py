"""Every command, in the order of the help."""

from __future__ import annotations

import click

from lotocar.cli import accounts, matching, processes, reading, registry, roads

main = click.Group(
    help="Lotocar – covoiturage solidaire.",
    commands=[
        processes.demo,
        processes.serve,
        processes.worker,
        processes.migrate,
        processes.setup,
        accounts.open_account,
        accounts.close_account,
        accounts.new_password,
        matching.match,
        matching.check_matching,
        reading.places_group,
        reading.phone_group,
        reading.replies_group,
        registry.registry_group,
        roads.roads_group,
    ],
)
