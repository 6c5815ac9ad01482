// Convenience only: the page is complete without this script. Written for browsers of about 2017.
(function () {
  "use strict";
  var filter = document.getElementById("filter");
  var unfold = document.getElementById("unfold");
  var list = function (selector, root) { return Array.prototype.slice.call((root || document).querySelectorAll(selector)); };
  var hosts = list(".hosts-list > details").map(function (node) {
    return { node: node, name: node.querySelector(".host").textContent.toLowerCase(), state: node.dataset.state, wave: node.dataset.wave };
  });

  // A change that many hosts share stands in the page once; a copy is laid below the host that is opened.
  function fill(host) {
    if (host.dataset.filled) { return; }
    host.dataset.filled = "1";
    list(".changed a", host).forEach(function (link) {
      var content = document.querySelector(link.hash + " .content");
      if (content) { link.parentNode.appendChild(content.cloneNode(true)); }
    });
  }

  function apply() {
    var wanted = { name: filter.elements.host.value.trim().toLowerCase(), state: filter.elements.state.value, wave: filter.elements.wave.value };
    var count = 0;
    hosts.forEach(function (host) {
      var shown = host.name.indexOf(wanted.name) >= 0 && (!wanted.state || host.state === wanted.state) && (!wanted.wave || host.wave === wanted.wave);
      host.node.hidden = !shown;
      count += shown ? 1 : 0;
    });
    document.getElementById("shown").textContent = count;
  }

  // Old browsers do not open a closed block for a link to it; a hidden one would not be found at all.
  function reveal() {
    var target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    if (!target || target.nodeName !== "DETAILS") { return; }
    if (target.hidden) { filter.reset(); hosts.forEach(function (host) { host.node.hidden = false; }); }
    target.open = true;
    target.scrollIntoView();
  }

  hosts.forEach(function (host) { host.node.addEventListener("toggle", function () { if (host.node.open) { fill(host.node); } }); });
  var waiting;
  filter.addEventListener("input", function () { clearTimeout(waiting); waiting = setTimeout(apply, 120); });
  filter.addEventListener("change", apply);
  filter.addEventListener("reset", function () { setTimeout(apply, 0); });
  filter.addEventListener("submit", function (event) { event.preventDefault(); });
  unfold.addEventListener("click", function (event) {
    if (event.target.type !== "button") { return; }
    hosts.forEach(function (host) { if (!host.node.hidden) { host.node.open = !!event.target.value; } });
  });
  window.addEventListener("hashchange", reveal);
  filter.hidden = unfold.hidden = false;
  apply();
  reveal();
}());
