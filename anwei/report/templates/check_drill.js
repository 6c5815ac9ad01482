// A cell opens what is known of its unit on its object alone; arrow keys walk over the cells of a map.
(function () {
  "use strict";
  var data = JSON.parse(document.getElementById("data").textContent);
  var panel = document.getElementById("panel");
  var content = panel.querySelector("div"), close = panel.querySelector("button");
  var signs = { m: "√", n: "×", a: "–", q: "?" };
  var list = function (selector, root) { return Array.prototype.slice.call((root || document).querySelectorAll(selector)); };
  var from = null;

  function make(tag, style, words) {
    var node = document.createElement(tag);
    if (style) { node.className = style; }
    if (words) { node.textContent = words; }
    return node;
  }

  function copied(source, into) {
    Array.prototype.forEach.call(source.childNodes, function (node) { into.appendChild(node.cloneNode(true)); });
    return into;
  }

  // A cell is narrow and has a short word; the filter knows the whole one. Supplementary checks are only counted.
  function spoken(cell) {
    var option = document.querySelector("#filter option[value=" + cell.classList[0] + "]");
    return cell.hash.charAt(1) === "x" ? cell.textContent.replace("\n", " ") : option.textContent;
  }

  function head(cell, row, block) {
    var summary = block.querySelector("summary"), title = make("h3");
    title.appendChild(make("span", "host", row.cells[0].textContent.trim()));
    content.appendChild(title);
    var line = make("p", "unit-line");
    ["b", "small", ".unit"].forEach(function (part) {
      var found = summary.querySelector(part);
      if (found) { line.appendChild(found.cloneNode(true)); line.appendChild(document.createTextNode(" ")); }
    });
    content.appendChild(line);
    content.appendChild(make("p", "verdict o " + cell.classList[0], spoken(cell)));
  }

  function subChecks(o, block) {
    var codes = (data.subs[o] || {})[block.id], from = block.querySelector(".subs");
    if (!codes || !from) { return; }
    var subs = copied(from, make("ol", "subs"));
    list("li", subs).forEach(function (item, at) {
      item.insertBefore(make("span", "o " + codes[at], signs[codes[at]]), item.firstChild);
    });
    content.appendChild(make("h4", "", block.querySelector(".standard h4").textContent));
    content.appendChild(subs);
  }

  function checks(o, block) {
    var own = {};
    (data.seen[o] || []).forEach(function (number) { own[number] = true; });
    list(".one", block).forEach(function (one) {
      var rows = list("[data-s]", one).filter(function (row) { return own[row.dataset.s]; });
      if (!rows.length) { return; }
      var part = make("div", "one");
      part.appendChild(one.querySelector("h4").cloneNode(true));
      part.appendChild(one.querySelector(".hint").cloneNode(true));
      rows.forEach(function (row) {
        var holder = document.getElementById("s" + row.dataset.s), line = make("div", "observation");
        copied(row.querySelector(".sign"), line.appendChild(make("p", "sign")));
        copied(holder.querySelector(".seen"), line.appendChild(make("div", "seen")));
        if (holder !== row) {
          var by = line.appendChild(make("p", "by", panel.dataset.by + " "));
          copied(holder.querySelector(".by"), by);
          var finding = holder.closest(".finding");
          if (finding) { line.appendChild(finding.querySelector("dl").cloneNode(true)); }
        }
        part.appendChild(line);
      });
      content.appendChild(part);
    });
  }

  function evidence(o) {
    var row = document.getElementById("o" + o), heads = row && list("th", row.closest("table").tHead);
    if (!heads) { return; }
    var facts = make("p", "facts");
    list("td:not(.number)", row).forEach(function (cell) {
      facts.appendChild(make("span", "", heads[cell.cellIndex].textContent + "：" + cell.textContent.trim()));
    });
    content.appendChild(facts);
  }

  function open(cell) {
    var row = cell.closest("tr"), o = row.dataset.o, block = document.getElementById(cell.hash.slice(1));
    content.textContent = "";
    head(cell, row, block);
    subChecks(o, block);
    checks(o, block);
    var none = block.querySelector(".of-block > .hint");
    if (none) { content.appendChild(none.cloneNode(true)); }
    var ask = block.querySelector(".ask");
    if (ask) { content.appendChild(ask.cloneNode(true)); }
    evidence(o);
    list("[id]", content).forEach(function (node) { node.removeAttribute("id"); });
    if (from) { from.classList.remove("chosen"); }
    from = cell;
    cell.classList.add("chosen");
    panel.hidden = false;
    panel.scrollTop = 0;
    close.focus();
  }

  function shut() {
    panel.hidden = true;
    if (from) { from.classList.remove("chosen"); from.focus(); from = null; }
  }

  // The next cell in a direction, beyond rows that the filter hides and places without a result.
  function neighbour(cell, dx, dy) {
    var place = cell.parentNode, row = place.parentNode, at = place.cellIndex;
    do {
      if (dy) { row = dy > 0 ? row.nextElementSibling : row.previousElementSibling; } else { at += dx; }
      place = row && at > 0 ? row.cells[at] : null;
      if (!place) { return null; }
    } while (row.hidden || !place.querySelector("a"));
    return place.querySelector("a");
  }

  var steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  list(".map tbody").forEach(function (body) {
    // One stop for the tab key in each map, not tens of thousands.
    list("td a", body).forEach(function (cell, number) { cell.tabIndex = number ? -1 : 0; });
    body.addEventListener("click", function (event) {
      var cell = event.target.closest("td a");
      if (cell && !event.ctrlKey && !event.metaKey && !event.shiftKey) { event.preventDefault(); open(cell); }
    });
    body.addEventListener("keydown", function (event) {
      var step = steps[event.key], cell = step && event.target.closest("td a"), next = cell && neighbour(cell, step[0], step[1]);
      if (!cell) { return; }
      event.preventDefault();
      if (!next) { return; }
      cell.tabIndex = -1;
      next.tabIndex = 0;
      next.focus();
    });
  });
  close.addEventListener("click", shut);
  document.addEventListener("keydown", function (event) { if (event.key === "Escape" && !panel.hidden) { shut(); } });
  panel.addEventListener("click", function (event) { if (event.target.closest("a")) { panel.hidden = true; } });
}());
