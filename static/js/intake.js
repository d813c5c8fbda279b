// The call: a usual place or a rung of the ladder is written by one key, and a number typed as a name goes to its field.
(function () {
  "use strict";
  var NUMBER = /^\+?[\d\s.()-]{6,}$/;

  function write(field, words) {
    field.value = words;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }

  // a usual place goes to the field being filled, else to the first of the two that is empty, else to the arrival
  function putPlace(button) {
    var ends = ["origin", "destination"].map(function (name) { return document.getElementById(name); });
    var field = ends.filter(function (end) { return !end.value; })[0] || ends[1];
    field.closest("[data-combobox]").combobox.keep(button.dataset.place, button.dataset.placeCode);
    field.focus();
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }

  // « …/appel#tel=… », opened by a telephone: the number is read here and posted, so that no address holds it
  function ring() {
    var called = /^#tel=(.+)$/.exec(location.hash);
    if (!called) return;
    var number = decodeURIComponent(called[1]).trim().replace(/^00/, "+");
    history.replaceState(null, "", location.pathname + location.search);
    document.getElementById("appel-saisi").dataset.rung = "yes";
    var box = document.getElementById("last_name").closest("[data-combobox]").combobox;
    box.input.value = number;
    box.input.focus();
    box.question().then(function (answer) { return answer.ok ? answer.text() : ""; }).then(function (html) {
      box.fill(html);
      if (box.options().length === 1) return box.choose(box.options()[0]);
      if (box.options().length) return box.show(html); // a household: whose voice is it?
      box.close();
      return write(box.input, number); // nobody yet: the number goes to its field
    });
  }

  document.addEventListener("click", function (event) {
    var rung = event.target.closest("[data-fill]");
    if (rung) write(document.getElementById(rung.dataset.fill), rung.dataset.fillValue);
    var place = event.target.closest("[data-place]");
    if (place) putPlace(place);
  });

  document.addEventListener("change", function (event) {
    var phone = document.getElementById("phone");
    if (event.target.id !== "last_name" || !NUMBER.test(event.target.value) || !phone || phone.value) return;
    phone.value = event.target.value;
    event.target.value = "";
    event.target.focus();
  });

  ring();
  window.addEventListener("hashchange", ring);
})();
