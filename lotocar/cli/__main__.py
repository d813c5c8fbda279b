"""`python -m lotocar.cli`, which `./run` calls."""

from __future__ import annotations

from lotocar.cli.commands import main

main()
