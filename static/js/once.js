// A form is sent once, however often the button is pressed. The button keeps the focus and its value: it is
// never disabled, only marked. Without a network nothing leaves and nothing typed is lost. Without this script the
// server's own guards hold.
(function () {
  "use strict";
  var AGAIN_MS = 8000; // a lost connection must not lock anybody out

  function mark(form, sent) {
    form.dataset.sent = sent ? "yes" : "";
    form.querySelectorAll("button[type=submit], button:not([type])").forEach(function (button) {
      if (sent) button.setAttribute("aria-disabled", "true");
      else button.removeAttribute("aria-disabled");
    });
  }

  function say(form, words) {
    var said = form.querySelector("[data-offline]");
    if (!said && !words) return;
    if (!said) {
      said = document.createElement("p");
      said.dataset.offline = "";
      said.className = "problem";
      said.setAttribute("role", "alert");
      form.append(said);
    }
    said.hidden = !words;
    said.textContent = words;
  }

  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.sent === "yes") {
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    if (navigator.onLine === false) { // the browser's error page would take the typist away from what was typed
      event.preventDefault();
      event.stopPropagation();
      say(form, "Pas de connexion : rien n’est parti, et ce que vous avez écrit reste ici. Recommencez dès qu’elle revient.");
      return;
    }
    say(form, "");
    mark(form, true);
    setTimeout(function () { mark(form, false); }, AGAIN_MS);
  }, true); // before htmx hears of it

  document.addEventListener("htmx:afterRequest", function (event) {
    var form = event.target.closest && event.target.closest("form");
    if (form) mark(form, false);
  });

  // Coming back by the browser's arrow finds the page as it was left: let it be sent again.
  window.addEventListener("pageshow", function (event) {
    if (event.persisted) document.querySelectorAll("form[data-sent]").forEach(function (form) { mark(form, false); });
  });
})();
