"""The browser's own checks: they see what they are meant to see."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.support.chromium import axe, watch

pytestmark = pytest.mark.browser
PAGE = '<!doctype html><html lang="fr"><head><title>Essai</title></head><body><main>{}</main></body></html>'


def test_axe_passes_a_labelled_field_and_sees_one_without_a_label(browser: Browser):
    page = browser.new_page()
    page.set_content(PAGE.format('<h1>Essai</h1><label for="de">Départ</label><input id="de">'))
    axe(page)
    page.set_content(PAGE.format("<h1>Essai</h1><input>"))
    with pytest.raises(AssertionError, match="label"):
        axe(page)
    page.close()


def test_a_page_that_asks_for_something_outside_is_reported(browser: Browser):
    context = browser.new_context()
    troubles = watch(context)
    context.new_page().set_content(PAGE.format('<h1>Essai</h1><img alt="" src="https://example.org/a.png">'))
    context.close()
    assert troubles == ["asked for https://example.org/a.png"]


def test_a_script_that_breaks_is_reported(browser: Browser):
    context = browser.new_context()
    troubles = watch(context)
    context.new_page().set_content(PAGE.format("<h1>Essai</h1><script>absent()</script>"))
    context.close()
    assert any("absent is not defined" in trouble for trouble in troubles)
