"""The process that holds Valhalla, one question a line on standard input, one answer a line on standard output.

It stands apart because the library keeps Python's lock while it computes: within the site, nobody's page would
advance meanwhile, and a fault of the library would take the site along. It ends when its input does.
Run by `embedded.py` as a script; it imports nothing of ours.
"""

from __future__ import annotations

import json
import os
import sys
from importlib import import_module


def main(config: str) -> None:
    """Answer until nobody asks any more."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what the library prints is no answer
    actor = import_module("valhalla").Actor(config)
    for question in sys.stdin:
        try:
            said = {"answer": actor.matrix(json.loads(question))}
        except RuntimeError as failure:  # no way, or a place far from any road
            said = {"refused": str(failure)}
        answers.write(json.dumps(said) + "\n")
        answers.flush()


if __name__ == "__main__":
    main(sys.argv[1])
