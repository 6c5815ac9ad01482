// Convenience only: the page is complete without this script. Written for browsers of about 2017.
(function () {
  "use strict";
  var filter = document.getElementById("filter");
  var unfold = document.getElementById("unfold");
  var seen = JSON.parse(document.getElementById("data").textContent).seen;
  var list = function (selector, root) { return Array.prototype.slice.call((root || document).querySelectorAll(selector)); };
  var lower = function (node) { return node.textContent.toLowerCase(); };
  var blocks = {}, blockOf = {}, rows = [], names = {};

  list(".block").forEach(function (node) {
    blocks[node.id] = { node: node, clause: node.dataset.clause.toLowerCase(), words: "" };
    list("[data-s]", node).forEach(function (row) { blockOf[row.dataset.s] = node.id; });
  });
  list(".map tbody tr").forEach(function (row) {
    var cells = list("td a", row).map(function (node) {
      return { node: node, block: node.hash.slice(1), code: node.classList[0] };
    });
    names[row.dataset.o] = lower(row.cells[0]).trim();
    rows.push({ row: row, o: row.dataset.o, type: row.closest(".type").dataset.type, cells: cells });
  });
  list(".lost tr[data-o]").forEach(function (row) { names[row.dataset.o] = lower(row.cells[0]).trim(); });
  var types = {}, codes = {};
  rows.forEach(function (row) {
    types[row.o] = row.type;
    codes[row.o] = {};
    row.cells.forEach(function (cell) { codes[row.o][cell.block] = cell.code; });
  });

  // The numbers of the observations that hold the words, and the blocks whose heads do.
  function found(words) {
    var hits = { blocks: {}, seen: {} };
    Object.keys(blocks).forEach(function (name) {
      var block = blocks[name];
      block.words = block.words || lower(block.node.querySelector("summary")) + list("h4", block.node).map(lower).join(" ");
      hits.blocks[name] = block.words.indexOf(words) >= 0;
      list("[data-s]", block.node).forEach(function (row) {
        var holder = document.getElementById("s" + row.dataset.s);
        hits.seen[row.dataset.s] = lower(holder.querySelector(".seen")).indexOf(words) >= 0;
      });
    });
    return hits;
  }

  // 8.1.4.1 is not in 8.1.4.10.
  function within(clause, wanted) {
    var at = clause.indexOf(wanted);
    while (at >= 0 && /\d$/.test(wanted) && /\d/.test(clause.charAt(at + wanted.length))) { at = clause.indexOf(wanted, at + 1); }
    return at >= 0;
  }

  function object(o, wanted) {
    return names[o].indexOf(wanted.object) >= 0 && (!wanted.type || types[o] === wanted.type);
  }

  function showMap(wanted, hits) {
    var counts = { shown: 0, blocks: {} };
    rows.forEach(function (row) {
      var fits = object(row.o, wanted), any = false, own = {};
      if (fits && hits) { (seen[row.o] || []).forEach(function (s) { if (hits.seen[s]) { own[blockOf[s]] = true; } }); }
      row.cells.forEach(function (cell) {
        var visible = fits && (!wanted.verdict || cell.code === wanted.verdict) &&
          within(blocks[cell.block].clause, wanted.clause) && (!hits || hits.blocks[cell.block] || own[cell.block]);
        if (!!cell.off === visible) { cell.node.classList.toggle("off", !visible); }
        cell.off = !visible;
        if (visible) { any = true; counts.shown += 1; counts.blocks[cell.block] = true; }
      });
      row.row.hidden = !any;
    });
    return counts;
  }

  function showFindings(wanted) {
    list(".finding").forEach(function (finding) {
      var words = lower(finding.querySelector("h3")) + lower(finding.querySelector("dl"));
      var fits = within(finding.dataset.clause.toLowerCase(), wanted.clause);
      var left = fits && list("tbody tr", finding).filter(function (row) {
        var block = blockOf[row.id.slice(1)];
        var hosts = list(".host", row).filter(function (host) {
          var o = host.hash.slice(2), shown = object(o, wanted) && (!wanted.verdict || codes[o][block] === wanted.verdict);
          return !(host.hidden = !shown);
        });
        return !(row.hidden = !hosts.length || (words + lower(row.querySelector(".seen"))).indexOf(wanted.text) < 0);
      });
      finding.hidden = !left || !left.length;
    });
  }

  function showRest(wanted, counts) {
    list(".objects tr[data-o], .lost tr[data-o]").forEach(function (row) { row.hidden = !object(row.dataset.o, wanted); });
    Object.keys(blocks).forEach(function (name) { blocks[name].node.hidden = !counts.blocks[name]; });
    list(".type").forEach(function (part) { part.hidden = !!wanted.type && part.dataset.type !== wanted.type; });
    list("#questions tr[data-clause]").forEach(function (row) {
      row.hidden = !within(row.dataset.clause.toLowerCase(), wanted.clause) || lower(row).indexOf(wanted.text) < 0;
    });
  }

  function apply() {
    var wanted = { type: filter.elements.type.value, verdict: filter.elements.verdict.value };
    ["object", "clause", "text"].forEach(function (name) { wanted[name] = filter.elements[name].value.trim().toLowerCase(); });
    var counts = showMap(wanted, wanted.text && found(wanted.text));
    showFindings(wanted);
    showRest(wanted, counts);
    document.getElementById("shown").textContent = counts.shown;
  }

  // Old browsers do not open a closed block for a link into it; a hidden one would not be found at all.
  function reveal() {
    var target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    if (!target) { return; }
    if (target.offsetParent === null && target.closest("[hidden]")) { filter.reset(); apply(); }
    var block = target.closest("details");
    if (block) { block.open = true; }
    target.scrollIntoView();
  }

  var waiting;
  filter.addEventListener("input", function () { clearTimeout(waiting); waiting = setTimeout(apply, 150); });
  filter.addEventListener("change", apply);
  filter.addEventListener("reset", function () { setTimeout(apply, 0); });
  filter.addEventListener("submit", function (event) { event.preventDefault(); });
  unfold.addEventListener("click", function (event) {
    if (event.target.type !== "button") { return; }
    Object.keys(blocks).forEach(function (name) { if (!blocks[name].node.hidden) { blocks[name].node.open = !!event.target.value; } });
  });
  window.addEventListener("hashchange", reveal);
  var all = rows.reduce(function (sum, row) { return sum + row.cells.length; }, 0);
  document.getElementById("all").textContent = document.getElementById("shown").textContent = all;
  filter.hidden = unfold.hidden = false;
  reveal();
}());
