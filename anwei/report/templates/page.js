// Convenience only: the page is complete without this script. Written for browsers of about 2017.
(function () {
  "use strict";
  var filter = document.getElementById("filter");
  var unfold = document.getElementById("unfold");
  var list = function (selector, root) { return Array.prototype.slice.call((root || document).querySelectorAll(selector)); };
  var lower = function (node) { return node.textContent.toLowerCase(); };

  var rows = list(".results tbody tr").map(function (row) {
    return { row: row, outcome: row.cells[0].classList[0], host: row.closest("details").dataset.host.toLowerCase(), words: null };
  });
  var cells = {};
  list(".map td a").forEach(function (cell) { cells[cell.hash.slice(1)] = cell; });

  function shows(item, wanted) {
    if (wanted.outcome && item.outcome !== wanted.outcome) { return false; }
    if (item.host.indexOf(wanted.host) < 0) { return false; }
    if (!wanted.text) { return true; }
    item.words = item.words || lower(item.row);
    return item.words.indexOf(wanted.text) >= 0;
  }

  function showHosts(wanted) {
    list(".map tbody tr").forEach(function (row) { row.hidden = lower(row.cells[0]).indexOf(wanted.host) < 0; });
    list("tr[data-host]").forEach(function (row) { row.hidden = row.dataset.host.toLowerCase().indexOf(wanted.host) < 0; });
  }

  function showFindings(wanted) {
    list(".finding").forEach(function (finding) {
      var title = lower(finding.querySelector("h3")) + lower(finding.querySelector("dl"));
      var left = list("tbody tr", finding).filter(function (row) {
        var hosts = list(".host", row).filter(function (host) { return !(host.hidden = lower(host).indexOf(wanted.host) < 0); });
        return !(row.hidden = !hosts.length || (title + lower(row)).indexOf(wanted.text) < 0);
      });
      finding.hidden = !left.length || (wanted.outcome && wanted.outcome !== "n");
    });
  }

  function apply() {
    var wanted = { outcome: filter.elements.outcome.value };
    ["host", "text"].forEach(function (name) { wanted[name] = filter.elements[name].value.trim().toLowerCase(); });
    var shown = {}, count = 0;
    rows.forEach(function (item) {
      var visible = shows(item, wanted);
      item.row.hidden = !visible;
      cells[item.row.id].classList.toggle("off", !visible);
      if (visible) { count += 1; shown[item.host] = true; }
    });
    list("details").forEach(function (host) { host.hidden = !shown[host.dataset.host.toLowerCase()]; });
    showHosts(wanted);
    showFindings(wanted);
    document.getElementById("shown").textContent = count;
  }

  // Old browsers do not open a closed block for a link into it.
  function reveal() {
    var target = document.getElementById(location.hash.slice(1));
    var host = target && target.closest("details");
    if (host) { host.open = true; target.scrollIntoView(); }
  }

  var waiting;
  filter.addEventListener("input", function () { clearTimeout(waiting); waiting = setTimeout(apply, 150); });
  filter.addEventListener("change", apply);
  filter.addEventListener("reset", function () { setTimeout(apply, 0); });
  filter.addEventListener("submit", function (event) { event.preventDefault(); });
  unfold.addEventListener("click", function (event) {
    if (event.target.type === "button") { list("details").forEach(function (host) { host.open = !!event.target.value; }); }
  });
  window.addEventListener("hashchange", reveal);
  document.getElementById("shown").textContent = rows.length;
  filter.hidden = unfold.hidden = false;
  reveal();
}());
