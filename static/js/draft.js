// Nothing typed is lost: the call goes to the server at every pause, and stays in this browser while the server
// cannot take it (no network, signed out), until it can. Leaving the desk forgets what is kept here.
(function () {
  "use strict";
  var PAUSE_MS = 600;
  var AGAIN_MS = 10000;
  var SHELF = "lotocar.call";
  var form = document.querySelector("form[data-draft]");
  var desk = document.querySelector("[data-draft-url]");
  var said = document.getElementById("brouillon");
  var timer = null;
  var dirty = false;
  var leaving = false;

  function shelf() {
    try { return JSON.parse(localStorage.getItem(SHELF) || "null"); } catch (e) { return null; }
  }

  function put(call) {
    try {
      if (call) localStorage.setItem(SHELF, JSON.stringify(call));
      else localStorage.removeItem(SHELF);
    } catch (e) { /* private browsing: the server's copy is the only one */ }
  }

  function tell(sentence) { if (said && said.textContent !== sentence) said.textContent = sentence; }

  function typed() {
    var fields = [];
    new FormData(form).forEach(function (value, name) { if (name !== "csrf_token") fields.push([name, value]); });
    return { account: form.dataset.account, fields: fields };
  }

  function send(url, call) {
    var body = new URLSearchParams(call.fields);
    var headers = JSON.parse(document.body.getAttribute("hx-headers"));
    headers["HX-Request"] = "true";
    return fetch(url, { method: "POST", body: body, headers: headers, credentials: "same-origin", keepalive: true })
      .then(function (answer) { return answer.ok ? answer.text() : Promise.reject(answer.status); });
  }

  function save() {
    clearTimeout(timer);
    var call = typed();
    dirty = false;
    return send(form.dataset.draft, call).then(function () {
      if (!dirty) put(null);
      tell("Brouillon gardé.");
    }).catch(function (status) { keepHere(call, status); });
  }

  function keepHere(call, status) {
    put(call);
    var signedOut = status === 400 || status === 401 || status === 403;
    tell(signedOut
      ? "Vous êtes déconnecté. Ce que vous écrivez est gardé ici : reconnectez-vous dans un autre onglet, ou continuez."
      : "Hors ligne : ce que vous écrivez est gardé sur cet ordinateur.");
    timer = setTimeout(save, AGAIN_MS);
  }

  function pause(event) {
    if (event.target.form !== form) return;
    dirty = true;
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE_MS);
  }

  function leave() { if (dirty) { put(typed()); save(); } }

  function submitted(event) {
    if (event.target !== form) {
      if (event.target.matches("[action$='/deconnexion']")) put(null);
      return;
    }
    put(typed()); // forgotten once the server says that it has the request
    clearTimeout(timer);
    dirty = false;
    if (navigator.onLine) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    keepHere(typed());
    document.getElementById("hors-ligne").hidden = false;
  }

  // a call that stayed here: hand it over, then go on with it
  function handOver() {
    var call = shelf();
    var at = form || desk;
    if (!call || !at || call.account !== at.dataset.account) return;
    var key = call.fields.filter(function (one) { return one[0] === "form_key"; })[0];
    send(at.dataset.draft || at.dataset.draftUrl, call).then(function (answer) {
      put(null);
      if (answer === "kept" && key) show(key[1]);
    }).catch(function () { /* still out of reach: it stays here */ });
  }

  // a call opened for somebody, or by a telephone, is not the one that was left: that one waits to be taken up
  function show(key) {
    var same = form && form.elements.form_key.value === key; // what stayed here is newer than what the page shows
    if (!form) return leaving ? null : location.reload();
    if (dirty || form.querySelector("[aria-invalid=true]")) return null;
    if (!same && (location.search || form.dataset.rung)) return null;
    return location.replace(location.pathname + "?reprise=" + encodeURIComponent(key));
  }

  window.addEventListener("beforeunload", function () { leaving = true; });
  handOver();
  document.addEventListener("submit", submitted, true);
  if (!form) return;
  document.addEventListener("input", pause);
  document.addEventListener("change", pause);
  window.addEventListener("online", function () { if (shelf()) save(); });
  window.addEventListener("pagehide", leave);
  document.addEventListener("visibilitychange", function () { if (document.visibilityState === "hidden") leave(); });
})();
