"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const list = $("list");
  const findings = all(".finding");
  const fields = ["query", "severity", "family", "confidence", "age", "order"].map($).filter(Boolean);
  const words = new Map();
  const ranks = new Map(findings.map((finding, index) => [finding, index]));
  const levels = all("#severity option").map((option) => option.value || option.text);

  const show = (element) => { if (element) element.hidden = false; };
  show(document.querySelector(".tools"));
  show(document.querySelector(".filter"));

  // Filter, totals and order. The state stands in the address, so that a filtered view can be sent to somebody.
  const amount = (hours) => (hours >= 10 ? Math.round(hours).toLocaleString("en") : String(Math.round(hours * 10) / 10));
  const textOf = (finding) => {
    if (!words.has(finding)) words.set(finding, finding.textContent.toLowerCase());
    return words.get(finding);
  };
  const value = (id) => ($(id) ? $(id).value : "");

  function tell(shown) {
    const count = {};
    let low = 0;
    let high = 0;
    for (const finding of shown) {
      count[finding.dataset.severity] = (count[finding.dataset.severity] || 0) + 1;
      if (finding.dataset.confidence === "C") continue;
      low += Number(finding.dataset.low);
      high += Number(finding.dataset.high);
    }
    const parts = levels.filter((word) => count[word]).map((word) => `${count[word]} ${word}`);
    const hours = high ? ` · ${amount(low)}–${amount(high)} h, one by one` : "";
    $("count").textContent = shown.length
      ? `${shown.length} of ${findings.length} shown: ${parts.join(", ")}${hours}`
      : `None of ${findings.length} findings matches.`;
  }

  function filter(remember) {
    const terms = value("query").toLowerCase().split(/\s+/).filter(Boolean);
    const shown = [];
    for (const finding of findings) {
      const data = finding.dataset;
      const fits = ["severity", "family", "confidence", "age"].every((key) => !value(key) || data[key] === value(key))
        && terms.every((term) => textOf(finding).includes(term));
      finding.hidden = !fits;
      if (fits) shown.push(finding);
    }
    if (fields.some((field) => field.id !== "order" && field.value) || remember) tell(shown);
    if (remember) {
      const state = new URLSearchParams(fields.filter((field) => field.value && field.value !== "rank").map((field) => [field.id, field.value]));
      history.replaceState(null, "", `#findings${String(state) && "?"}${state}`);
    }
  }

  function sort() {
    const place = (finding) => finding.querySelector(".where").textContent;
    const by = {
      rank: (a, b) => ranks.get(a) - ranks.get(b),
      place: (a, b) => place(a).localeCompare(place(b), "en", { numeric: true }) || ranks.get(a) - ranks.get(b),
      hours: (a, b) => b.dataset.high - a.dataset.high || ranks.get(a) - ranks.get(b),
    }[value("order") || "rank"];
    list.append(...[...findings].sort(by));
  }

  function restore() {
    const [name, query] = location.hash.slice(1).split("?");
    if (name !== "findings" || !query) return;
    for (const [id, text] of new URLSearchParams(query)) {
      const field = fields.find((candidate) => candidate.id === id);
      if (field) field.value = text;
    }
    sort();
    filter(false);
    $("findings").scrollIntoView();
  }

  if (list) {
    let timer = 0;
    $("query").addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(() => filter(true), 120); });
    for (const field of fields.filter((candidate) => candidate.id !== "query")) {
      field.addEventListener("change", () => { if (field.id === "order") sort(); filter(true); });
    }
    const form = document.querySelector(".filter");
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("reset", () => setTimeout(() => { sort(); filter(true); }));
    $("expand").addEventListener("click", () => {
      const open = $("expand").textContent === "Open all";
      for (const finding of findings) if (!finding.hidden) finding.open = open;
      $("expand").textContent = open ? "Close all" : "Open all";
    });
    for (const link of all("a[data-family]")) {
      link.addEventListener("click", (event) => {
        if (![...$("family").options].some((option) => option.value === link.dataset.family)) return;
        event.preventDefault();
        form.reset();
        $("family").value = link.dataset.family;
        setTimeout(() => { filter(true); $("findings").scrollIntoView(); }, 1);
      });
    }
  }

  // A permalink opens what it points at.
  function arrive() {
    const name = location.hash.slice(1).split("?")[0];
    const target = name && $(name);
    if (!target) return;
    if (target.hidden) { target.hidden = false; }
    for (let node = target; node; node = node.parentElement) if (node.tagName === "DETAILS") node.open = true;
    target.scrollIntoView();
    if (target.classList.contains("finding")) target.querySelector("summary").focus({ preventScroll: true });
  }
  addEventListener("hashchange", arrive);
  restore();
  arrive();

  // Sortable tables.
  for (const table of all("table.sortable")) {
    const body = table.tBodies[0];
    const rows = [...body.rows];
    all("thead th", table).forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      head.replaceChildren(button);
      const key = (row) => row.cells[column].dataset.v ?? row.cells[column].textContent.trim();
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") === "ascending";
        all("thead th", table).forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const compare = column
          ? (a, b) => key(a).localeCompare(key(b), "en", { numeric: true })
          : (a, b) => a.cells[0].textContent.localeCompare(b.cells[0].textContent, "en", { numeric: true });
        rows.sort((a, b) => (down ? compare(b, a) : compare(a, b)));
        body.append(...rows);
      });
    });
  }

  // The map: what is near a node stands out; arrow keys walk along edges.
  const map = document.querySelector("svg.map");
  if (map) {
    const zoom = $("zoom").firstElementChild;
    $("zoom").hidden = map.clientWidth <= $("canvas").clientWidth;
    zoom.addEventListener("click", () => zoom.setAttribute("aria-pressed", String($("canvas").classList.toggle("fit"))));
    const nodes = new Map(all(".node", map).map((node) => [node.dataset.node, node]));
    const edges = all(".edge", map);
    const clear = () => { map.classList.remove("focus"); all(".near", map).forEach((element) => element.classList.remove("near")); };
    const light = (node) => {
      clear();
      map.classList.add("focus");
      node.classList.add("near");
      for (const edge of edges) {
        if (edge.dataset.from !== node.dataset.node && edge.dataset.to !== node.dataset.node) continue;
        edge.classList.add("near");
        nodes.get(edge.dataset.from).classList.add("near");
        nodes.get(edge.dataset.to).classList.add("near");
      }
    };
    // Along the flow an edge leads on; across it stand the other nodes of the layer.
    const down = map.dataset.flow === "down";
    const along = { [down ? "ArrowDown" : "ArrowRight"]: ["from", "to"], [down ? "ArrowUp" : "ArrowLeft"]: ["to", "from"] };
    const across = { [down ? "ArrowRight" : "ArrowDown"]: 1, [down ? "ArrowLeft" : "ArrowUp"]: -1 };
    const middle = (node) => {
      const box = node.getBoundingClientRect();
      const point = [box.left + box.width / 2, box.top + box.height / 2];
      return down ? point : point.reverse();
    };
    for (const node of nodes.values()) {
      node.addEventListener("mouseenter", () => light(node));
      node.addEventListener("mouseleave", clear);
      node.addEventListener("focus", () => light(node));
      node.addEventListener("blur", clear);
      node.addEventListener("keydown", (event) => {
        const own = node.dataset.node;
        const [place, layer] = middle(node);
        let goal = null;
        if (along[event.key]) {
          const [here, there] = along[event.key];
          const near = edges.filter((edge) => edge.dataset[here] === own).map((edge) => nodes.get(edge.dataset[there]));
          goal = near.sort((a, b) => Math.abs(middle(a)[0] - place) - Math.abs(middle(b)[0] - place))[0];
        } else if (across[event.key]) {
          const sign = across[event.key];
          const peers = [...nodes.values()].filter((other) => Math.abs(middle(other)[1] - layer) < 20 && (middle(other)[0] - place) * sign > 0);
          goal = peers.sort((a, b) => (middle(a)[0] - middle(b)[0]) * sign)[0];
        } else return;
        event.preventDefault();
        if (goal) goal.focus();
      });
    }
  }

  // Theme, help and single-key shortcuts, which can be switched off (WCAG 2.1.4).
  const root = document.documentElement;
  const recall = (key) => { try { return localStorage.getItem(`mldebt-${key}`); } catch { return null; } };
  const keep = (key, text) => { try { localStorage.setItem(`mldebt-${key}`, text); } catch { /* a sandboxed viewer has no storage */ } };
  if (recall("theme")) root.dataset.theme = recall("theme");
  $("theme").addEventListener("click", () => {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    keep("theme", root.dataset.theme);
  });
  const toggle = () => { $("keys").hidden = !$("keys").hidden; $("help").setAttribute("aria-expanded", String(!$("keys").hidden)); };
  $("help").addEventListener("click", toggle);
  $("keyson").checked = recall("keys") !== "off";
  $("keyson").addEventListener("change", () => keep("keys", $("keyson").checked ? "on" : "off"));

  function step(by) {
    const shown = all(".finding").filter((finding) => !finding.hidden);
    if (!shown.length) return;
    const current = shown.indexOf(document.activeElement.closest?.(".finding"));
    const next = shown[current < 0 ? (by > 0 ? 0 : shown.length - 1) : Math.min(Math.max(current + by, 0), shown.length - 1)];
    next.open = true;
    next.querySelector("summary").focus({ preventScroll: true });
    next.scrollIntoView({ block: "start" });
  }
  document.addEventListener("keydown", (event) => {
    if (!$("keyson").checked || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea")) return;
    const act = { j: () => step(1), k: () => step(-1), "/": () => $("query")?.focus(), "?": toggle }[event.key];
    if (act) { event.preventDefault(); act(); }
  });

  // Paper has no triangle to click.
  let opened = [];
  addEventListener("beforeprint", () => { opened = all("details:not([open])"); opened.forEach((details) => { details.open = true; }); });
  addEventListener("afterprint", () => { opened.forEach((details) => { details.open = false; }); opened = []; });
})();
