// The desk's shortcuts: an element with data-key="alt+c" (or a single letter, digit or sign; or several, « alt+k / »)
// answers to that key.
// Single keys wait until nobody is typing, and can be switched off (WCAG 2.1.4). Inside an element with
// data-keys-scope (a row of a list) only the focused one hears its own keys.
(function () {
  "use strict";
  var SWITCH = "lotocar.single-keys";
  var root = document.documentElement;

  function keyOf(event) {
    // French keyboards type a sign on the digit row, and a Mac's Option key types another letter: read the key cap.
    var cap = /^(Digit|Numpad)([0-9])$/.exec(event.code || "");
    if (cap) return cap[2];
    var letter = event.altKey && !/^[a-z]$/i.test(event.key) && /^Key([A-Z])$/.exec(event.code || "");
    return (letter ? letter[1] : event.key).toLowerCase();
  }

  function chordOf(event) {
    if (event.getModifierState && event.getModifierState("AltGraph")) return "";
    return (event.ctrlKey || event.metaKey ? "ctrl+" : "") + (event.altKey ? "alt+" : "") + keyOf(event);
  }

  function isTyping(element) {
    if (!element || !element.matches) return false;
    return element.isContentEditable || element.matches("textarea, select, input:not([type=checkbox]):not([type=radio]):not([type=button])");
  }

  function usable(element) { return element.getClientRects().length > 0 && !element.disabled; }

  function scopeOf(element) {
    return element && element.parentElement ? element.parentElement.closest("[data-keys-scope]") : null;
  }

  function find(chord) {
    var all = Array.prototype.filter.call(document.querySelectorAll('[data-key~="' + CSS.escape(chord) + '"]'), usable);
    var here = document.activeElement ? document.activeElement.closest("[data-keys-scope]") : null;
    var near = all.filter(function (element) { return here && scopeOf(element) === here; });
    return near[0] || all.filter(function (element) { return !scopeOf(element); })[0];
  }

  function goOn(element) { // to where the hands go on
    var then = element.dataset.keyThen && document.querySelector(element.dataset.keyThen);
    if (then) then.focus();
    if (then && then.select) then.select();
    return Boolean(then);
  }

  function trigger(element) {
    if (element.matches("details")) {
      element.open = !element.open;
      if (!element.open || !goOn(element)) element.querySelector("summary").focus();
    } else if (element.matches("a, button, summary, input[type=checkbox], input[type=radio]")) {
      element.focus();
      element.click();
      goOn(element);
    } else {
      element.focus();
      if (element.select) element.select();
    }
  }

  function pressed(event) {
    var chord = chordOf(event);
    if (!chord || event.defaultPrevented || event.repeat) return;
    var single = chord.indexOf("+") < 0 || chord === "+";
    if (single && (isTyping(document.activeElement) || root.classList.contains("keys-off"))) return;
    var element = find(chord);
    if (!element) return;
    event.preventDefault();
    trigger(element);
  }

  function nameOf(element) {
    var label = element.labels && element.labels[0];
    var copy = (label || element).cloneNode(true);
    copy.querySelectorAll("kbd, .visually-hidden, .field__mark, .count").forEach(function (part) { part.remove(); });
    return element.getAttribute("data-key-name") || copy.textContent.trim().replace(/\s+/g, " ") || element.getAttribute("aria-label");
  }

  function listKeys(panel) {
    var list = panel.querySelector("[data-keys-list]");
    var told = {};
    list.textContent = "";
    document.querySelectorAll("[data-key]").forEach(function (element) {
      if (element === panel || !usable(element) || element.matches("[data-row]")) return;
      var said = element.dataset.key + " " + nameOf(element);
      if (told[said]) return; // each row of a list has the same keys
      told[said] = true;
      var line = document.createElement("li");
      var key = document.createElement("kbd");
      key.className = "key";
      var drawn = (element.labels && element.labels[0] || element).querySelector("kbd");
      key.textContent = drawn ? drawn.textContent : element.dataset.key.split(" ")[0].toUpperCase();
      line.appendChild(key);
      line.appendChild(document.createTextNode(nameOf(element)));
      list.appendChild(line);
    });
  }

  function remember(on) {
    root.classList.toggle("keys-off", !on);
    try { localStorage.setItem(SWITCH, on ? "on" : "off"); } catch (e) { /* private browsing: lasts for the page */ }
  }

  function recall() {
    try { return localStorage.getItem(SWITCH) !== "off"; } catch (e) { return true; }
  }

  document.addEventListener("keydown", pressed);
  var panel = document.querySelector(".keys");
  var toggle = document.querySelector("[data-keys-toggle]");
  if (panel) panel.addEventListener("toggle", function () { if (panel.open) listKeys(panel); });
  if (toggle) {
    toggle.checked = recall();
    root.classList.toggle("keys-off", !toggle.checked);
    toggle.addEventListener("change", function () { remember(toggle.checked); });
  }
})();
