"""Hands that never leave the keyboard: every step is a key that a person could press."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

FAR = 120  # a page with more stops than that is no page for a keyboard


class Hands:
    """The keyboard in front of one page."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def reach(self, wanted: Locator) -> None:
        """Press Tab until this has the focus."""
        expect(wanted).to_be_visible()
        for _ in range(FAR):
            if wanted.evaluate("element => element === document.activeElement"):
                return
            self.press("Tab")
        raise AssertionError(f"Tab never reaches {wanted}")

    def write(self, wanted: Locator, words: str) -> None:
        """Go to this field, and write over what it holds."""
        self.reach(wanted)
        self.press("Control+a")
        self.page.keyboard.type(words)

    def go(self, *keys: str) -> None:
        """Press these keys, of which the last leads to a page, and wait for it."""
        self.press(*keys[:-1])
        with self.page.expect_navigation():
            self.press(keys[-1])

    def open(self, screen: str) -> None:
        """Go to one of the desk's screens, by the key written beside its name."""
        self.use(self.page.locator(".desk-nav").get_by_role("link", name=screen))

    def use(self, wanted: Locator) -> None:
        """Press the key written beside this link or button, which leads to a page."""
        key = wanted.get_attribute("data-key") or ""
        assert key, f"no key stands beside {wanted}"
        self.go(
            "+".join(part.capitalize() if len(part) > 1 else part for part in key.split(" ")[0].split("+"))
        )

    def follow(self, wanted: Locator) -> None:
        """Go to this link or button, and press Enter."""
        self.reach(wanted)
        self.go("Enter")
