// After a piece of the page was replaced: keep the focus where the hands were, and say what changed.
(function () {
  "use strict";
  var live = document.getElementById("live");
  var offline = document.getElementById("hors-ligne");
  var held = null;

  function announce(sentence) {
    live.textContent = "";
    setTimeout(function () { live.textContent = sentence; }, 60); // a change is read, a first content is not
  }

  function focusOn(element) {
    if (!element.matches("a[href], button, input, select, textarea, summary, [tabindex]")) element.tabIndex = -1;
    element.focus();
  }

  function rememberSent() {
    var at = document.activeElement;
    if (at && at.value !== undefined) at.valueSent = at.value;
  }

  function holdFocus() {
    var at = document.activeElement;
    if (!at || at === document.body) return;
    held = { element: at, id: at.id, name: at.getAttribute("name"), value: at.value };
    held.typedSince = at.valueSent !== undefined && at.valueSent !== at.value;
    try { held.start = at.selectionStart; held.end = at.selectionEnd; } catch (e) { held.start = null; } // number fields refuse
  }

  function sameField() {
    if (held.id) return document.getElementById(held.id);
    return held.name ? document.querySelector('main [name="' + CSS.escape(held.name) + '"]') : null;
  }

  function putCaret(field) {
    if (typeof held.start !== "number" || field.value !== held.value) return;
    try { field.setSelectionRange(held.start, held.end); } catch (e) { /* a field without a caret */ }
  }

  function giveBack(within) {
    var again = sameField();
    focusOn(again || within);
    if (!again) return;
    // letters typed while the answer was on its way win over the answer, and are sent in their turn
    if (held.typedSince) again.value = held.value;
    putCaret(again);
    if (held.typedSince) again.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function swapped(event) {
    if (held && !held.element.isConnected) giveBack(event.target);
    held = null;
    var within = event.target; // at once: hands that are quick may have left again when all is settled
    var wanted = within.matches("[data-focus-on-load]") ? within : within.querySelector("[data-focus-on-load]");
    if (wanted) focusOn(wanted);
  }

  function settled(event) {
    var within = event.target;
    var said = within.matches("[data-announce]") ? within : within.querySelector("[data-announce]");
    if (said) announce(said.dataset.announce);
  }

  function showFailure(event) {
    offline.hidden = false;
    setTimeout(function () { offline.hidden = true; }, 8000);
    event.stopPropagation();
  }

  document.addEventListener("htmx:beforeRequest", rememberSent);
  document.addEventListener("htmx:beforeSwap", holdFocus);
  document.addEventListener("htmx:afterSwap", swapped);
  document.addEventListener("htmx:afterSettle", settled);
  document.addEventListener("htmx:sendError", showFailure);
  document.addEventListener("htmx:timeout", showFailure);
  document.addEventListener("htmx:responseError", function (event) {
    if (event.detail.xhr.status >= 500 && event.detail.xhr.status !== 503) showFailure(event);
  });
  // The server may speak for itself: HX-Trigger {"announce": {"sentence": "…"}}
  document.addEventListener("announce", function (event) { announce(event.detail.sentence || event.detail.value || ""); });

  var first = document.querySelector("[data-focus-on-load]");
  if (first) focusOn(first);
  var flashed = document.querySelector(".flashes");
  if (flashed) announce(flashed.textContent.trim());
})();
