"""The six calls of the phone desk, played in Chromium on the demonstration territory: keys, pointer moves, waits.

    ./run bench desk --json --rounds 5

*Keys* counts every key press from picking up to a saved request, each key of a chord apart. *Pointer* counts
mouse and touch events that the page sees. *Wait* runs from the last key press of a step to the moment when the
panel beside the call shows its final answer, as the page's own clock tells it; that answer is then compared with
the one the server gives to the same form.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from tests.bench.desk_calls import CALLS, Call
from tests.bench.desk_hands import EYES, Hands
from tests.bench.desk_world import ACCOUNT, World, world
from tests.support.chromium import ARGUMENTS, path_of_chromium

WAIT_MS = 150


def main(arguments: Sequence[str]) -> int:
    """Play the calls, print what they cost; 1 when one costs too much."""
    options = _options(arguments)
    with world() as demonstration, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path_of_chromium(), args=ARGUMENTS)
        chosen = [one for one in CALLS if not options.call or one.name in options.call]
        figures = [_figures(browser, demonstration, call, options) for call in chosen]
        browser.close()
    report = {
        "territory": demonstration.words,
        "rounds": options.rounds,
        "milliseconds_between_keys": options.pace,
        "wait_p95_limit_ms": WAIT_MS,
        "calls": figures,
        "wait_ms": _spread([wait for one in figures for wait in one.pop("waits")]),
        "held": all(one["held"] for one in figures),
    }
    sys.stdout.write(
        json.dumps(report, ensure_ascii=False, indent=2) + "\n" if options.json else _words(report)
    )
    return 0 if report["held"] else 1


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./run bench desk", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="how often each call is played")
    parser.add_argument("--pace", type=int, default=60, help="milliseconds between two keys")
    parser.add_argument("--call", action="append", help="only this call (C1 to C6); may be repeated")
    parser.add_argument("--json", action="store_true", help="for a machine")
    return parser.parse_args(arguments)


def _figures(browser: Browser, world: World, call: Call, options: argparse.Namespace) -> dict[str, Any]:
    rounds = [_play(browser, world, call, options.pace, number) for number in range(options.rounds)]
    keys = max(hands.keys for hands in rounds)
    waits = [wait for hands in rounds for wait in hands.waits]
    spread = _spread(waits)
    pointer = max(hands.pointer() for hands in rounds)
    fast = spread["p95"] is None or spread["p95"] < WAIT_MS
    return {
        "call": call.name,
        "said": call.said,
        "keys": keys,
        "keys_at_most": call.most_keys,
        "pointer": pointer,
        "wait_ms": spread,
        "held": keys <= call.most_keys and pointer == 0 and fast,
        "waits": waits,
    }


def _play(browser: Browser, world: World, call: Call, pace: int, number: int) -> Hands:
    context = browser.new_context(
        base_url=world.url,
        locale="fr-FR",
        timezone_id="Europe/Paris",
        viewport={"width": 1280, "height": 860},
    )
    context.set_default_timeout(20_000)
    page = context.new_page()
    page.goto("/connexion")
    page.get_by_label("Identifiant").fill(ACCOUNT[0])
    page.get_by_label("Mot de passe").fill(ACCOUNT[1])
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url("**/bureau")
    context.add_init_script(EYES)
    page.reload()
    hands = Hands(page, pace, number)
    call.play(hands)
    hands.last_look()
    context.close()
    return hands


def _spread(waits: Sequence[float]) -> dict[str, Any]:
    """How many waits, their median and 95th percentile, and the longest, in milliseconds."""
    if not waits:
        return {"count": 0, "p50": None, "p95": None, "max": None}
    found = sorted(waits)
    at = [found[min(len(found) - 1, int(share * len(found)))] for share in (0.5, 0.95)]
    return {"count": len(found), "p50": round(at[0]), "p95": round(at[1]), "max": round(found[-1])}


def _words(report: dict[str, Any]) -> str:
    lines = [f"{report['territory']}, {report['rounds']} rounds"]
    for one in report["calls"]:
        wait = one["wait_ms"]
        lines.append(
            f"{one['call']}  keys {one['keys']:>3} of {one['keys_at_most']:<3}  pointer {one['pointer']}  "
            f"wait p50 {wait['p50']} p95 {wait['p95']} ms ({wait['count']})  {'held' if one['held'] else 'NOT HELD'}"
        )
    return "\n".join(lines) + "\n"
