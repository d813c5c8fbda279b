// « Horaires par jour »: writing an hour ticks its day, and ticking a further day repeats the last hour written.
(function () {
  "use strict";

  function hoursOf(day) { return day.querySelectorAll("input:not([type=checkbox])"); }

  function lastHours(group, except) {
    var filled = Array.prototype.filter.call(group.querySelectorAll("[data-weekday]"), function (day) {
      return day !== except && hoursOf(day)[0].value && day.querySelector("input[type=checkbox]").checked;
    });
    return filled.length ? hoursOf(filled[filled.length - 1]) : null;
  }

  document.addEventListener("change", function (event) {
    var day = event.target.closest("[data-weekday]");
    if (!day) return;
    var tick = day.querySelector("input[type=checkbox]");
    if (event.target !== tick) {
      if (event.target.value) tick.checked = true;
      return;
    }
    var known = tick.checked ? lastHours(day.closest("[data-weekdays]"), day) : null;
    if (!known) return;
    hoursOf(day).forEach(function (field, i) { if (!field.value) field.value = known[i].value; });
  });
})();
