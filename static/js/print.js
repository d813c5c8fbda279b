// A button marked data-print prints the page; it stays hidden where scripts do not run.
(function () {
  "use strict";
  document.querySelectorAll("[data-print]").forEach(function (button) { button.hidden = false; });
  document.addEventListener("click", function (event) {
    if (event.target.closest("[data-print]")) window.print();
  });
})();
