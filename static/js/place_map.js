// A map of the communes' outlines, over a background when one is configured: a click writes the position in the form.
(function () {
  "use strict";
  var box = document.querySelector("[data-place-map]");
  if (!box || !window.L) return;
  var lat = document.querySelector("[name=lat]");
  var lon = document.querySelector("[name=lon]");
  box.hidden = false;
  var map = L.map(box, { attributionControl: Boolean(box.dataset.credit), zoomControl: true });
  var pin = null;
  if (box.dataset.tiles) L.tileLayer(box.dataset.tiles, { attribution: box.dataset.credit }).addTo(map);

  function put(at) {
    if (pin) pin.setLatLng(at);
    else pin = L.circleMarker(at, { radius: 9, color: "#0d3f3a", fillColor: "#f2b134", fillOpacity: 1 }).addTo(map);
  }

  fetch(box.dataset.outlines, { credentials: "same-origin" })
    .then(function (answer) { return answer.json(); })
    .then(function (outlines) {
      var layer = L.geoJSON(outlines, { style: { color: "#6b7d78", weight: 1, fillColor: "#e8e2d2", fillOpacity: box.dataset.tiles ? 0 : 0.6 } });
      layer.eachLayer(function (one) { one.bindTooltip(one.feature.properties.name); });
      layer.addTo(map);
      map.fitBounds(layer.getBounds());
    });
  map.on("click", function (event) {
    lat.value = event.latlng.lat.toFixed(5);
    lon.value = event.latlng.lng.toFixed(5);
    put(event.latlng);
  });
})();
