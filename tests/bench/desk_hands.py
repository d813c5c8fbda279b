"""Hands on a keyboard that count what they press, and eyes that time what the screen answers."""

from __future__ import annotations

from typing import cast

from playwright.sync_api import Locator, Page, expect

QUIET_MS = 350  # nothing moved for so long: the panel shows its final answer

# the page's own clock: when a key was last pressed, when the panel last changed, what a pointer did
EYES = """
(function () {
  var seen = window.deskSeen = { key: 0, swap: 0, pointer: Number(sessionStorage.getItem("bench.pointer") || 0) };
  addEventListener("keydown", function () { seen.key = performance.now(); }, true);
  ["mousedown", "mousemove", "touchstart", "wheel"].forEach(function (kind) {
    addEventListener(kind, function (event) {
      if (!event.isTrusted) return;
      seen.pointer += 1;
      sessionStorage.setItem("bench.pointer", seen.pointer);
    }, true);
  });
  addEventListener("DOMContentLoaded", function () {
    var panel = document.getElementById("candidats");
    if (!panel) return;
    new MutationObserver(function () {
      requestAnimationFrame(function () { seen.swap = performance.now(); });
    }).observe(panel, { childList: true, subtree: true, characterData: true });
  });
})();
"""

ANSWERED_ALONE = """
async () => {
  const live = document.querySelector("[data-live]");
  const query = new URLSearchParams(new FormData(live.closest("form")));
  const names = new Set(Array.from(live.querySelectorAll("[name]")).map((one) => one.name));
  names.add("passenger_id");
  Array.from(query.keys()).forEach((name) => { if (!names.has(name)) query.delete(name); });
  const answer = await fetch(live.getAttribute("hx-get") + "?" + query, { headers: { "HX-Request": "true" } });
  const alone = document.createElement("div");
  alone.innerHTML = await answer.text();
  const said = (one) => one.textContent.replace(/\\s+/g, " ").trim();
  return [said(document.getElementById("candidats")), said(alone)];
}
"""


class Hands:
    """One person at the desk: `keys` pressed so far, `waits` in milliseconds, `number` of the round."""

    def __init__(self, page: Page, pace: int, number: int) -> None:
        self.page = page
        self.pace = pace
        self.number = number
        self.keys = 0
        self.waits: list[float] = []
        self._pointer = 0

    def write(self, text: str) -> None:
        """Type these letters one by one."""
        for letter in text:
            self.page.keyboard.type(letter)
            self.page.wait_for_timeout(self.pace)
        self.keys += len(text)

    def press(self, *chords: str) -> None:
        """Press these keys; « Alt+s » costs two."""
        for chord in chords:
            self.page.keyboard.press(chord)
            self.keys += chord.count("+") + 1
            self.page.wait_for_timeout(self.pace)

    def look(self, *words: str) -> None:
        """Wait until the panel beside shows its final answer, which holds these words; note how long it took."""
        self._until_quiet()
        key, swap = self.page.evaluate("[window.deskSeen.key, window.deskSeen.swap]")
        if swap > key:
            self.waits.append(swap - key)
        shown, alone = self.page.evaluate(ANSWERED_ALONE)
        assert shown == alone, f"the panel shows\n  {shown}\nand the server says\n  {alone}"
        for one in words:
            expect(self.see("#candidats")).to_contain_text(one)

    def see(self, selector: str) -> Locator:
        """What one reads there."""
        return self.page.locator(selector)

    def leave(self, address: str) -> None:
        """Wait for the page that the last key led to."""
        self.page.wait_for_url(address)

    def pointer(self) -> int:
        """How often a mouse or finger was seen."""
        return self._pointer

    def last_look(self) -> None:
        """Count the pointer before the page closes."""
        self._pointer = cast(int, self.page.evaluate("window.deskSeen.pointer"))

    def _until_quiet(self) -> None:
        self.page.wait_for_function(
            f"""() => {{
              const seen = window.deskSeen;
              const last = Math.max(seen.key, seen.swap);
              return performance.now() - last > {QUIET_MS} && !document.querySelector(".htmx-request");
            }}"""
        )
