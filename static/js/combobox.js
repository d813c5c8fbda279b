// Turns a plain text field into an ARIA 1.2 combobox fed by the server's list of options.
// Without this script the field stays a text field, and the server reads the words.
(function () {
  "use strict";
  var DELAY_MS = 110;
  var FEWEST_LETTERS = 2;

  function Combobox(root) {
    this.root = root;
    this.input = root.querySelector(".combo__input");
    this.list = root.querySelector("[role=listbox]");
    this.code = root.querySelector("[data-combobox-code]");
    this.status = root.querySelector("[data-combobox-status]");
    this.guesses = root.querySelectorAll("[data-combobox-guess]"); // « vouliez-vous dire »
    this.one = root.dataset.found || "lieu proposé";
    this.many = root.dataset.foundMany || "lieux proposés";
    this.eager = root.hasAttribute("data-eager"); // the first option is taken by Tab or Enter
    this.opens = root.hasAttribute("data-opens"); // an option is somewhere to go, not words to keep
    this.fewest = Number(root.dataset.fewest) || FEWEST_LETTERS;
    this.posts = root.hasAttribute("data-post"); // what is typed is a name: it never stands in an address
    this.late = false; // Tab was pressed before the list came
    this.asked = 0;
    this.active = -1;
    this.prepare();
  }

  Combobox.prototype.prepare = function () {
    var input = this.input;
    input.setAttribute("role", "combobox");
    input.setAttribute("autocomplete", "off");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-expanded", "false");
    input.setAttribute("aria-controls", this.list.id);
    input.addEventListener("input", this.typed.bind(this));
    input.addEventListener("keydown", this.pressed.bind(this));
    input.addEventListener("blur", this.left.bind(this));
    this.list.addEventListener("mousedown", function (event) { event.preventDefault(); }); // keeps the focus in the field
    this.list.addEventListener("click", this.clicked.bind(this));
    this.root.addEventListener("change", this.guessed.bind(this));
  };

  Combobox.prototype.guessed = function (event) {
    if (event.target.hasAttribute("data-combobox-guess")) this.keep(event.target.dataset.label, event.target.value);
  };

  Combobox.prototype.keep = function (label, value) {
    this.input.value = label;
    if (this.code) this.code.value = value;
  };

  Combobox.prototype.forget = function () {
    if (this.code) this.code.value = "";
    this.guesses.forEach(function (guess) { guess.checked = false; });
  };

  Combobox.prototype.typed = function () {
    this.forget();
    clearTimeout(this.timer);
    this.late = false;
    if (this.input.value.trim().length < this.fewest) return this.close();
    this.waiting = true;
    this.timer = setTimeout(this.ask.bind(this), DELAY_MS);
  };

  Combobox.prototype.ask = function () {
    var self = this;
    var turn = ++this.asked;
    clearTimeout(this.timer);
    this.question()
      .then(function (answer) { return answer.ok ? answer.text() : Promise.reject(); })
      .then(function (html) { if (turn === self.asked) self.answered(html); })
      .catch(function () { if (turn === self.asked) self.close(); }); // the field still works as plain text
  };

  Combobox.prototype.question = function () {
    var url = this.root.dataset.url;
    var words = "q=" + encodeURIComponent(this.input.value.trim());
    var headers = { "HX-Request": "true", Accept: "text/html" };
    if (!this.posts) {
      return fetch(url + (url.indexOf("?") < 0 ? "?" : "&") + words, { credentials: "same-origin", headers: headers });
    }
    headers["X-CSRFToken"] = JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
    headers["Content-Type"] = "application/x-www-form-urlencoded";
    return fetch(url, { method: "POST", body: words, credentials: "same-origin", headers: headers });
  };

  Combobox.prototype.answered = function (html) {
    this.waiting = false;
    if (document.activeElement === this.input) return this.show(html);
    if (!this.late) return this.close();
    this.fill(html);
    var first = this.options()[0];
    if (first) this.choose(first);
    else this.close();
  };

  Combobox.prototype.fill = function (html) {
    var found = new DOMParser().parseFromString(html, "text/html").querySelectorAll("[role=option]");
    this.list.textContent = "";
    found.forEach(function (option) { this.list.appendChild(document.importNode(option, true)); }, this);
  };

  Combobox.prototype.show = function (html) {
    var before = this.active >= 0 ? this.options()[this.active].dataset.value : null;
    this.fill(html);
    if (!this.options().length) this.nothing();
    Array.prototype.forEach.call(this.list.children, function (option, i) { option.id = this.list.id + "-" + i; }, this);
    this.list.hidden = false;
    this.list.scrollTop = 0;
    this.input.setAttribute("aria-expanded", "true");
    var values = Array.prototype.map.call(this.options(), function (option) { return option.dataset.value; });
    var again = before === null ? -1 : values.indexOf(before); // an arrow pressed before this answer came still holds
    this.point(again < 0 && this.eager && values.length ? 0 : again);
    this.tell();
  };

  Combobox.prototype.nothing = function () {
    if (this.list.children.length) return; // the server said something itself
    var line = document.createElement("li");
    line.className = "combo__option";
    line.setAttribute("role", "option");
    line.setAttribute("aria-disabled", "true");
    line.textContent = "Lieu inconnu. Essayez la commune voisine ou le code postal.";
    this.list.appendChild(line);
  };

  Combobox.prototype.tell = function () {
    var n = this.options().length;
    if (!n) this.status.textContent = this.list.textContent.trim();
    else this.status.textContent = n + " " + (n > 1 ? this.many : this.one) + ". Flèches haut et bas pour choisir.";
  };

  Combobox.prototype.options = function () { return this.list.querySelectorAll("[data-value]"); };
  Combobox.prototype.isOpen = function () { return !this.list.hidden; };

  Combobox.prototype.point = function (index) {
    var options = this.options();
    this.active = index;
    options.forEach(function (option, i) { option.setAttribute("aria-selected", i === index ? "true" : "false"); });
    if (index < 0) return this.input.removeAttribute("aria-activedescendant");
    this.input.setAttribute("aria-activedescendant", options[index].id);
    options[index].scrollIntoView({ block: "nearest" });
  };

  Combobox.prototype.move = function (step) {
    var n = this.options().length;
    if (!this.isOpen()) return this.ask();
    if (n) this.point(this.active < 0 && step < 0 ? n - 1 : (this.active + step + n) % n);
  };

  Combobox.prototype.choose = function (option) {
    this.asked += 1; // an answer still on its way is too late
    clearTimeout(this.timer);
    this.waiting = this.late = false;
    if (this.opens) return this.go(option);
    this.forget();
    this.keep(option.dataset.label, option.dataset.value);
    this.close();
    this.input.dispatchEvent(new Event("change", { bubbles: true }));
  };

  // a file keeps who opens it: that is posted, like what is typed, with the token of the form around the box
  Combobox.prototype.go = function (option) {
    this.close();
    if (!option.dataset.opens) return location.assign(option.dataset.href);
    var form = document.createElement("form");
    form.method = "post";
    form.action = option.dataset.opens;
    form.hidden = true;
    form.append(this.input.form.querySelector("[name=csrf_token]").cloneNode());
    document.body.append(form);
    return form.submit();
  };

  // somebody who types fast is gone before the list comes: what they typed still takes its first option
  Combobox.prototype.left = function () {
    if (!this.late || !this.waiting) return this.close();
    this.list.hidden = true;
    this.ask();
  };

  Combobox.prototype.close = function () {
    clearTimeout(this.timer);
    this.asked += 1;
    this.waiting = false;
    this.list.hidden = true;
    this.active = -1;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
    this.status.textContent = "";
  };

  Combobox.prototype.clicked = function (event) {
    var option = event.target.closest("[data-value]");
    if (option) this.choose(option);
  };

  Combobox.prototype.pressed = function (event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    var chosen = this.isOpen() && this.active >= 0 ? this.options()[this.active] : null;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      this.move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter" && chosen) {
      event.preventDefault(); // the place is chosen, the form is not sent yet
      this.choose(chosen);
    } else if (event.key === "Tab" && !event.shiftKey) {
      if (this.opens) return; // leaving the box leads nowhere
      if (this.waiting && this.eager) this.late = true;
      else if (chosen) this.choose(chosen);
    } else if (event.key === "Escape" && this.isOpen()) {
      event.preventDefault();
      this.close();
    }
  };

  function start(within) {
    var roots = Array.prototype.slice.call(within.querySelectorAll("[data-combobox]"));
    if (within.matches && within.matches("[data-combobox]")) roots.push(within);
    roots.forEach(function (root) {
      if (!root.combobox) root.combobox = new Combobox(root);
    });
  }

  start(document);
  document.addEventListener("htmx:load", function (event) { start(event.detail.elt); });
})();
