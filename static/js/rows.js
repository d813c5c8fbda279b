// In a list marked data-rows, the arrows go from one data-row to the next; Escape leaves a field for its row.
(function () {
  "use strict";

  function step(row, by) {
    var rows = Array.prototype.slice.call(row.closest("[data-rows]").querySelectorAll("[data-row]"));
    var next = rows[rows.indexOf(row) + by];
    if (next) next.focus();
  }

  document.addEventListener("keydown", function (event) {
    var row = event.target.closest && event.target.closest("[data-rows] [data-row]");
    if (!row || event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "Escape" && event.target !== row) row.focus();
    if (event.target.matches("input:not([type=checkbox]), textarea, select")) return;
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    step(row, event.key === "ArrowDown" ? 1 : -1);
  });
})();
