// The row under the pointer or the focus, and its line on the map beside: each shows which the other is.
(function () {
  "use strict";
  var lit = [];

  function show(event) {
    var of = event.target.closest && event.target.closest("[data-way]");
    lit.forEach(function (one) { one.classList.remove("sketch__way--here", "candidate--here"); });
    lit = of ? Array.from(document.querySelectorAll('[data-way="' + of.dataset.way + '"]')) : [];
    lit.forEach(function (one) { one.classList.add(one.matches("g") ? "sketch__way--here" : "candidate--here"); });
  }

  document.addEventListener("mouseover", show);
  document.addEventListener("focusin", show);
})();
