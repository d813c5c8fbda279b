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

  function holdFocus() {
    var at = document.activeElement;
    if (!at || at === document.body) return;
    held = { element: at, id: at.id, name: at.getAttribute("name"), value: at.value };
    try { held.start = at.selectionStart; held.end = at.selectionEnd; } catch (e) { held.start = null; } // number fields refuse
  }

  function sameField(within) {
    if (held.id) return document.getElementById(held.id);
    return held.name ? within.querySelector('[name="' + CSS.escape(held.name) + '"]') : null;
  }

  function giveBack(within) {
    var again = sameField(within);
    focusOn(again || within);
    if (!again || held.start === null || held.start === undefined || again.value !== held.value) return;
    try { again.setSelectionRange(held.start, held.end); } catch (e) { /* a field without a caret */ }
  }

  function settled(event) {
    var within = event.detail.elt && event.detail.elt.isConnected ? event.detail.elt : event.detail.target;
    if (!within) return;
    var said = within.matches("[data-announce]") ? within : within.querySelector("[data-announce]");
    if (said) announce(said.dataset.announce);
    var wanted = within.matches("[data-focus-on-load]") ? within : within.querySelector("[data-focus-on-load]");
    if (wanted) focusOn(wanted);
    else if (held && !held.element.isConnected) giveBack(within);
    held = null;
  }

  function showFailure(event) {
    offline.hidden = false;
    setTimeout(function () { offline.hidden = true; }, 8000);
    event.stopPropagation();
  }

  document.addEventListener("htmx:beforeSwap", holdFocus);
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
