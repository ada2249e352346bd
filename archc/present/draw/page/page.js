// The page's behaviour: pan, zoom, fold and unfold, search, and the panel that tells about what is chosen.
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const main = document.querySelector("main");
  const svg = main.querySelector("svg");
  const stage = document.getElementById("stage");
  const panel = document.getElementById("told");
  const search = document.getElementById("search");
  const found = document.getElementById("found");
  const view = { x: 0, y: 0, k: 1 };
  let chosen = null;
  let hits = []; // what is stepped through: each thing once
  let marked = []; // what is shown as found, in both forms of a part
  let hit = -1;

  const path = (element) => element.id.replace(/~\d+$/, "");
  const place = () => stage.setAttribute("transform", `translate(${view.x} ${view.y}) scale(${view.k})`);

  // --- folding: a part has one or two forms, and stands in a row with other networks' parts of its output size
  const height = (part) => Number(part.dataset.open === "true" ? part.dataset.tall : part.dataset.high);
  const move = (element, y) => element.setAttribute("transform", `translate(0 ${y})`);

  function tops(parts) {
    const rows = [];
    for (const part of parts) rows[part.dataset.row] = Math.max(rows[part.dataset.row] || 0, height(part));
    let y = data.top;
    return rows.map((high, row) => {
      if (row && data.firsts.includes(row)) y += data.change;
      y += high;
      return y - high;
    });
  }

  function stack() {
    const rows = tops(stage.querySelectorAll(".part[data-where=row]"));
    let high = 0;
    for (const network of stage.querySelectorAll(".drawn")) {
      const forms = [...network.querySelectorAll(":scope > .part")];
      const parts = forms.filter((form) => form.dataset.where === "row");
      const places = parts.map((part) => rows[part.dataset.row]);
      const end = parts.length ? places.at(-1) + height(parts.at(-1)) : 0;
      for (const form of forms) {
        const y = { top: 0, lead: places[0], row: rows[form.dataset.row], foot: end }[form.dataset.where];
        move(form, y);
        high = Math.max(high, form.dataset.where === "lead" ? 0 : y + height(form));
      }
      parts.forEach((part, index) => {
        const below = (places[index + 1] ?? end) - places[index];
        for (const link of part.querySelectorAll(".link")) link.setAttribute("d", `M${link.dataset.x} ${link.dataset.y}V${below}`);
      });
    }
    for (const band of stage.querySelectorAll(".band")) move(band, rows[band.dataset.row]);
    return high;
  }

  function fold(part, open) {
    if (!part || part.dataset.tall === undefined) return;
    part.dataset.open = String(open);
    part.querySelector(".folded").toggleAttribute("hidden", open);
    part.querySelector(".unfolded").toggleAttribute("hidden", !open);
    const button = part.querySelector(".fold");
    button.setAttribute("aria-expanded", String(open));
    button.querySelector("text").textContent = open ? "fold" : "unfold";
    stack();
  }

  const foldable = () => [...stage.querySelectorAll(".part[data-tall]")];

  // --- pan and zoom
  function zoom(factor, x, y) {
    const box = main.getBoundingClientRect();
    x = x ?? box.width / 2;
    y = y ?? box.height / 2;
    const k = Math.min(8, Math.max(0.05, view.k * factor));
    view.x = x - ((x - view.x) * k) / view.k;
    view.y = y - ((y - view.y) * k) / view.k;
    view.k = k;
    place();
  }

  function fit() {
    const box = main.getBoundingClientRect();
    const high = stack();
    view.k = Math.min(1.5, Math.max(0.3, Math.min((box.width - 24) / data.width, (box.height - 24) / high)));
    view.x = (box.width - data.width * view.k) / 2;
    view.y = Math.max(12, (box.height - high * view.k) / 2);
    place();
  }

  // at first as large as it can be read: the whole width, from the top
  function begin() {
    const box = main.getBoundingClientRect();
    stack();
    view.k = Math.min(1.1, Math.max(0.3, (box.width - 24) / data.width));
    view.x = (box.width - data.width * view.k) / 2;
    view.y = 12;
    place();
  }

  function show(element) {
    const box = main.getBoundingClientRect();
    const at = element.getBoundingClientRect();
    const outside = at.left < box.left || at.right > box.right || at.top < box.top || at.bottom > box.bottom;
    if (!outside) return;
    view.x += box.left + box.width / 2 - (at.left + at.width / 2);
    view.y += box.top + box.height / 2 - (at.top + at.height / 2);
    place();
  }

  main.addEventListener("wheel", (event) => {
    event.preventDefault();
    const box = main.getBoundingClientRect();
    if (event.shiftKey) view.x -= event.deltaY;
    else return zoom(Math.exp(-event.deltaY * 0.0015), event.clientX - box.left, event.clientY - box.top);
    place();
  }, { passive: false });

  let drag = null;
  main.addEventListener("pointerdown", (event) => {
    drag = { x: event.clientX, y: event.clientY, moved: false };
  });
  window.addEventListener("pointermove", (event) => {
    if (!drag) return;
    const dx = event.clientX - drag.x;
    const dy = event.clientY - drag.y;
    if (!drag.moved && Math.hypot(dx, dy) < 4) return;
    drag = { x: event.clientX, y: event.clientY, moved: true };
    main.classList.add("dragged");
    view.x += dx;
    view.y += dy;
    place();
  });
  window.addEventListener("pointerup", () => {
    main.classList.remove("dragged");
    const moved = drag && drag.moved;
    drag = null;
    if (moved) main.addEventListener("click", (event) => event.stopPropagation(), { capture: true, once: true });
  });

  // --- choosing
  const visible = () => [...stage.querySelectorAll("[tabindex]")].filter((element) => !element.closest("[hidden]"));

  function line(name, text) {
    const dt = document.createElement("dt");
    const dd = document.createElement("dd");
    dt.textContent = name;
    dd.textContent = text;
    return [dt, dd];
  }

  function bar(share) {
    const outer = document.createElement("div");
    const inner = document.createElement("i");
    outer.className = "bar";
    inner.style.width = `${(share * 100).toFixed(2)}%`;
    outer.append(inner);
    return outer;
  }

  function excerpt(place) {
    const cut = place.lastIndexOf(":");
    const [name, number] = [place.slice(0, cut), Number(place.slice(cut + 1))];
    const lines = (data.sources[name] || "").split("\n");
    const pre = document.createElement("pre");
    for (let n = Math.max(1, number - 4); n <= Math.min(lines.length, number + 4); n++) {
      const row = document.createElement("span");
      row.textContent = `${String(n).padStart(3)}  ${lines[n - 1]}`;
      if (n === number) row.className = "here";
      pre.append(row);
    }
    return pre;
  }

  function tell(facts, total) {
    const heading = document.createElement("h2");
    heading.textContent = facts.title;
    const list = document.createElement("dl");
    if (facts.shape) list.append(...line("output", facts.shape));
    for (const [name, value, all] of [["parameters", facts.params, total.params], ["MACs", facts.macs, total.macs]]) {
      if (!value) continue;
      list.append(...line(name, value.toLocaleString("en")));
      if (all) list.append(...line("of the network", `${((100 * value) / all).toFixed(value * 100 < all ? 2 : 1)} %`), bar(value / all));
    }
    panel.replaceChildren(heading, list);
    if (!facts.place) return;
    const where = document.createElement("p");
    where.textContent = facts.place;
    panel.append(where, excerpt(facts.place));
  }

  function choose(element, focus) {
    if (chosen) chosen.classList.remove("chosen");
    chosen = element;
    if (!element) return tell(data.whole[0], data.whole[0]);
    element.classList.add("chosen");
    const network = element.closest(".drawn");
    tell(data.facts[path(element)], data.whole[network ? Number(network.dataset.index) : 0]);
    if (focus) element.focus({ preventScroll: true });
    show(element);
  }

  stage.addEventListener("click", (event) => {
    const button = event.target.closest(".fold");
    if (button) return fold(button.closest(".part"), button.closest(".part").dataset.open !== "true");
    let element = event.target.closest("[id]");
    while (element && !(path(element) in data.facts)) element = element.parentElement && element.parentElement.closest("[id]");
    choose(element, element && element.hasAttribute("tabindex"));
  });
  stage.addEventListener("focusin", (event) => {
    if (event.target.hasAttribute("tabindex") && event.target !== chosen && path(event.target) in data.facts) choose(event.target, false);
  });

  function step(by) {
    const all = visible().filter((element) => path(element) in data.facts);
    const at = all.indexOf(chosen);
    const next = all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + by))];
    if (next) choose(next, true);
  }

  // --- search
  function look() {
    for (const element of marked) element.classList.remove("hit");
    const words = search.value.trim().toLowerCase();
    marked = !words ? [] : [...stage.querySelectorAll("[tabindex]")].filter((element) => {
      const facts = data.facts[path(element)];
      return facts && `${facts.title} ${facts.shape} ${element.textContent}`.toLowerCase().includes(words);
    });
    hits = marked.filter((element) => !element.closest(".folded"));
    for (const element of marked) element.classList.add("hit");
    hit = -1;
    found.textContent = words ? `${hits.length} found` : "";
  }

  function next(by) {
    if (!hits.length) return;
    hit = (hit + by + hits.length) % hits.length;
    const element = hits[hit];
    if (element.closest("[hidden]")) fold(element.closest(".part"), true);
    choose(element, false);
    found.textContent = `${hit + 1} of ${hits.length}`;
  }

  search.addEventListener("input", look);
  search.addEventListener("keydown", (event) => {
    if (event.key === "Enter") next(event.shiftKey ? -1 : 1);
    else if (event.key === "Escape") { search.value = ""; look(); search.blur(); }
    else return;
    event.preventDefault();
  });

  // --- keys and buttons
  const actions = {
    in: () => zoom(1.25), out: () => zoom(0.8), fit,
    fold: () => { for (const part of foldable()) fold(part, false); fit(); },
    unfold: () => { for (const part of foldable()) fold(part, true); fit(); },
  };
  for (const button of document.querySelectorAll("[data-action]")) button.addEventListener("click", actions[button.dataset.action]);

  document.addEventListener("keydown", (event) => {
    if (event.target === search || event.ctrlKey || event.metaKey || event.altKey) return;
    const keys = {
      "+": actions.in, "=": actions.in, "-": actions.out, 0: fit, "/": () => search.focus(), Escape: () => choose(null),
      ArrowDown: () => step(1), ArrowUp: () => step(-1),
      ArrowLeft: () => { view.x += 60; place(); }, ArrowRight: () => { view.x -= 60; place(); },
      f: () => { const part = chosen && chosen.closest(".part"); if (part) fold(part, part.dataset.open !== "true"); },
      Enter: () => { const part = event.target.closest && event.target.closest(".part"); if (event.target.closest(".fold")) fold(part, part.dataset.open !== "true"); },
    };
    if (event.target.closest && event.target.closest("button") && event.key === "Enter") return;
    const action = keys[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });
  choose(null);
  begin();
})();
