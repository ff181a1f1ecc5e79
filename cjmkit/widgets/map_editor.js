// The map editor: a grid of stages and lanes. It never changes the map itself: it says what the person did, Python makes a
// new journey of it, and this file draws what comes back. So undo is Python's, and nothing is lost with the page.

const quiet = { "data-lm-suppress-shortcuts": "true" };
const SVG = "http://www.w3.org/2000/svg";

function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "class") node.className = value;
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  for (const child of children) if (child != null) node.append(child);
  return node;
}

function svg(tag, attributes = {}) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}

function render({ model, el: root }) {
  const say = model.get("_words");
  const listeners = [];
  const on = (event, handler) => { model.on(event, handler); listeners.push([event, handler]); };
  const send = (message) => model.send(message);
  let map, wanted = null, attaching = null;

  root.classList.add("cjm-editor");
  const button = (text, label, act, extra = {}) => el("button", { type: "button", "aria-label": label, title: label, ...quiet, ...extra, onclick: act }, text);
  const undo = button("↶", say.undo, () => send({ op: "undo" }));
  const redo = button("↷", say.redo, () => send({ op: "redo" }));
  const save = button(say.save, say.save, () => send({ op: "save" }), { class: "cjm-save" });
  const status = el("span", { class: "cjm-state", role: "status", "aria-live": "polite" });
  const grid = el("div", { class: "cjm-grid-wrap" });
  const drawer = el("div", { class: "cjm-drawer", hidden: true, role: "dialog", "aria-label": say.attach });
  root.append(el("div", { class: "cjm-bar" }, undo, redo, save, button("+ " + say.stage, say.add_stage, () => askStage()), status), grid, drawer);

  // ---- one line of text, in place ------------------------------------------------------------------------------
  function editText(home, value, label, done) {
    const field = el("textarea", { "aria-label": label, rows: "2", class: "cjm-field", ...quiet });
    field.value = value;
    let over = false;
    const finish = (keep) => {
      if (over) return;
      over = true;
      const text = field.value.trim();
      if (keep && text && text !== value) done(text);
      else draw();
    };
    field.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Enter" && !event.shiftKey) { event.preventDefault(); finish(true); }
      if (event.key === "Escape") { event.preventDefault(); finish(false); }
    });
    field.addEventListener("blur", () => finish(true));
    home.replaceChildren(field);
    field.focus();
    field.select();
  }

  const askStage = () => { const head = el("div", { class: "cjm-ask" }); root.insertBefore(head, grid); editText(head, "", say.add_stage, (title) => { head.remove(); send({ op: "add_stage", title }); }); head.querySelector("textarea").addEventListener("blur", () => setTimeout(() => head.remove(), 0)); };

  // ---- notes ---------------------------------------------------------------------------------------------------
  // A note is named by its cell and its id, since the same words may stand in two cells.
  const moved = (note, stage, lane) => [stage, lane, note.id.split("\t")[2]].join("\t");
  function card(stage, lane, note) {
    const touch = lane === "touchpoints";
    const label = `${note.text}. ${note.evidence ? `${say.evidence}: ${note.evidence}` : say.assumption}${note.lint.length ? `. ${note.lint.join(". ")}` : ""}`;
    const body = el("div", { class: "cjm-note-text" }, (note.moment_of_truth ? "★ " : "") + note.text);
    const meta = el("div", { class: "cjm-meta" },
      el("span", {}, note.evidence ? `❞ ${note.evidence}` : say.assumption),
      touch ? el("span", {}, [note.channel, note.owner].filter(Boolean).join(" · ")) : null);
    const node = el("div", { class: `cjm-note ${note.evidence ? "" : "cjm-assumed"}`, tabindex: "0", role: "group", "aria-label": label, "data-note": note.id, ...quiet }, body, meta);
    const edit = () => { wanted = note.id; editText(body, note.text, say.edit, (text) => send({ op: "edit", id: note.id, change: { text } })); };
    const move = (stages, lanes) => {
      const s = map.stages.findIndex((x) => x.id === stage.id) + stages, keys = map.lanes.map((l) => l.id).filter((l) => l !== "emotion");
      const l = keys.indexOf(lane) + lanes;
      if (!map.stages[s] || !keys[l]) return;
      wanted = moved(note, map.stages[s].id, keys[l]);
      send({ op: "move", id: note.id, stage: map.stages[s].id, lane: keys[l] });
    };
    node.addEventListener("keydown", (event) => {
      if (event.target !== node || event.ctrlKey || event.metaKey) return;
      const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
      if (event.altKey && arrows[event.key]) move(...arrows[event.key]);
      else if (event.key === "Enter" || event.key === "F2") edit();
      else if (event.key === "Delete" || event.key === "Backspace") send({ op: "delete", id: note.id });
      else if (event.key === "e") attach(note);
      else if (touch && event.key === "o") editText(body, note.owner || "", say.owner, (owner) => send({ op: "edit", id: note.id, change: { owner } }));
      else if (touch && event.key === "m") send({ op: "edit", id: note.id, change: { moment_of_truth: !note.moment_of_truth } });
      else if (event.key.length !== 1) return; // Tab and the like keep their meaning
      event.preventDefault();
      event.stopPropagation();
    });
    node.addEventListener("dblclick", edit);
    meta.append(el("div", { class: "cjm-tools" },
      button("✎", say.edit, edit), button("❞", say.attach, () => attach(note)),
      touch ? button("☺", say.owner, () => editText(body, note.owner || "", say.owner, (owner) => send({ op: "edit", id: note.id, change: { owner } }))) : null,
      button("✕", say.remove, () => send({ op: "delete", id: note.id }))));
    // On a line of its own under the tools, so that neither covers the other.
    if (note.lint.length) meta.append(el("span", { class: "cjm-lint", title: note.lint.join("\n") }, `⚠ ${note.lint[0]}`));
    draggable(node, note, touch);
    return node;
  }

  // Pointer events serve mouse, pen and finger alike; a drag begins after a few pixels, so that a tap stays a tap.
  function draggable(node, note, touch) {
    node.addEventListener("pointerdown", (down) => {
      if (down.button !== 0 || down.target.closest("button, textarea")) return;
      let ghost = null, over = null;
      const cellAt = (x, y) => document.elementsFromPoint(x, y).map((n) => n.closest?.(".cjm-cell")).find((c) => c && root.contains(c) && (c.dataset.lane === "touchpoints") === touch);
      const follow = (event) => {
        if (!ghost && Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY) < 6) return;
        if (!ghost) { ghost = node.cloneNode(true); ghost.className += " cjm-ghost"; ghost.style.width = `${node.offsetWidth}px`; root.append(ghost); node.classList.add("cjm-lifted"); }
        event.preventDefault();
        ghost.style.left = `${event.clientX + 8}px`;
        ghost.style.top = `${event.clientY + 8}px`;
        const cell = cellAt(event.clientX, event.clientY);
        if (cell !== over) { over?.classList.remove("cjm-over"); cell?.classList.add("cjm-over"); over = cell; }
      };
      const stop = (event) => {
        removeEventListener("pointermove", follow);
        removeEventListener("pointerup", stop);
        removeEventListener("pointercancel", stop);
        over?.classList.remove("cjm-over");
        node.classList.remove("cjm-lifted");
        if (!ghost) return;
        ghost.remove();
        if (event.type !== "pointerup" || !over) return;
        const others = [...over.querySelectorAll(".cjm-note")].filter((n) => n !== node);
        const before = others.findIndex((n) => { const b = n.getBoundingClientRect(); return event.clientY < b.top + b.height / 2; });
        wanted = moved(note, over.dataset.stage, over.dataset.lane);
        send({ op: "move", id: note.id, stage: over.dataset.stage, lane: over.dataset.lane, position: before < 0 ? null : before });
      };
      addEventListener("pointermove", follow);
      addEventListener("pointerup", stop);
      addEventListener("pointercancel", stop);
    });
  }

  // ---- evidence ------------------------------------------------------------------------------------------------
  function attach(note) {
    attaching = note.id;
    const field = el("input", { type: "search", "aria-label": say.search, placeholder: say.search, ...quiet });
    const found = el("ul", { class: "cjm-found" });
    field.addEventListener("input", () => send({ op: "search", text: field.value }));
    field.addEventListener("keydown", (event) => { event.stopPropagation(); if (event.key === "Escape") close(); if (event.key === "ArrowDown") { event.preventDefault(); found.querySelector("button")?.focus(); } });
    drawer.replaceChildren(el("div", { class: "cjm-bar" }, el("strong", {}, say.attach + ": "), el("span", { class: "cjm-grow" }, note.text), button("✕", say.close, close)), field, found);
    drawer.hidden = false;
    field.focus();
    send({ op: "search", text: "" });
  }
  function close() { drawer.hidden = true; wanted = attaching; attaching = null; focus(); }
  function drawFound() {
    const list = drawer.querySelector(".cjm-found");
    if (!list || attaching == null) return;
    const { items } = model.get("_found");
    list.replaceChildren(...items.map((item) => {
      const b = el("button", { type: "button", ...quiet, onclick: () => { const id = attaching; send({ op: "attach", id, evidence: item.id }); close(); wanted = id; } }, el("small", {}, item.kind), " ", item.label);
      b.addEventListener("keydown", (event) => {
        if (event.key === "ArrowDown" || event.key === "ArrowUp") { event.preventDefault(); const li = b.parentElement; (event.key === "ArrowDown" ? li.nextElementSibling : li.previousElementSibling)?.firstElementChild?.focus(); }
        if (event.key === "Escape") close();
        event.stopPropagation();
      });
      return el("li", {}, b);
    }));
    if (!items.length) list.replaceChildren(el("li", {}, say.nothing));
  }

  // ---- emotion -------------------------------------------------------------------------------------------------
  // Curves differ by shape and by colour.
  function mark(series, x, y) {
    const kind = `cjm-data cjm-series-${series % 6}`, r = 4.5;
    const shapes = [
      () => svg("circle", { cx: x, cy: y, r, class: kind }),
      () => svg("rect", { x: x - r, y: y - r, width: 2 * r, height: 2 * r, class: kind }),
      () => svg("path", { d: `M${x} ${y - r - 1}L${x + r + 1} ${y + r}H${x - r - 1}Z`, class: kind }),
    ];
    return shapes[series % shapes.length]();
  }
  function legend() {
    const item = (shape, words) => { const s = svg("svg", { viewBox: "0 0 14 14", width: 14, height: 14, "aria-hidden": "true" }); s.append(shape); return el("li", {}, s, " ", words); };
    return el("ul", { class: "cjm-legend" }, ...map.series.map((name, k) => item(mark(k, 7, 7), name)),
      item(svg("rect", { x: 3, y: 3, width: 8, height: 8, transform: "rotate(45 7 7)", class: "cjm-handle" }), say.estimate));
  }
  function emotion(stage) {
    const height = 110, y = (v) => 10 + ((2 - v) / 4) * (height - 20);
    const picture = svg("svg", { viewBox: `0 0 120 ${height}`, class: "cjm-emotion", role: "group", "aria-label": `${say.emotion}: ${stage.title}` });
    picture.append(svg("line", { x1: 0, x2: 120, y1: y(0), y2: y(0), class: "cjm-zero" }));
    for (const point of stage.emotion) {
      if (point.value == null) continue;
      const n = map.series.length, x = n < 2 ? 40 : 12 + (50 * point.series) / (n - 1), kind = `cjm-series-${point.series % 6}`;
      if (point.low != null) picture.append(svg("line", { x1: x, x2: x, y1: y(point.low), y2: y(point.high), class: `cjm-interval ${kind}` }));
      const dot = mark(point.series, x, y(point.value));
      const title = svg("title"); title.textContent = point.label; dot.append(title);
      picture.append(dot);
    }
    const own = stage.estimate, value = own == null ? 0 : own;
    const handle = svg("rect", { x: 73, y: y(value) - 7, width: 14, height: 14, transform: `rotate(45 80 ${y(value)})`, class: own == null ? "cjm-handle cjm-unset" : "cjm-handle", tabindex: 0, role: "slider",
      "aria-valuemin": -2, "aria-valuemax": 2, "aria-valuenow": value, "aria-label": `${say.estimate}: ${stage.title}`, "data-stage": stage.id, ...quiet });
    const text = svg("text", { x: 94, y: y(value) + 4, class: "cjm-value" });
    text.textContent = own == null ? "?" : own.toFixed(1).replace("-", "−");
    const set = (v) => { wanted = `emotion:${stage.id}`; send({ op: "emotion", stage: stage.id, value: Math.round(Math.max(-2, Math.min(2, v)) * 10) / 10 }); };
    handle.addEventListener("keydown", (event) => {
      const step = { ArrowUp: 0.1, ArrowRight: 0.1, ArrowDown: -0.1, ArrowLeft: -0.1, PageUp: 0.5, PageDown: -0.5 }[event.key];
      if (step) set(value + step);
      else if (event.key === "Delete" || event.key === "Backspace") { wanted = `emotion:${stage.id}`; send({ op: "emotion", stage: stage.id, value: null }); }
      else if (event.key.length !== 1) return;
      event.preventDefault();
      event.stopPropagation();
    });
    handle.addEventListener("pointerdown", (down) => {
      down.preventDefault();
      handle.focus();
      const box = picture.getBoundingClientRect();
      const at = (event) => 2 - (((event.clientY - box.top) / box.height) * height - 10) / (height - 20) * 4;
      const moved = (event) => { const v = Math.max(-2, Math.min(2, at(event))); handle.setAttribute("y", y(v) - 7); handle.setAttribute("transform", `rotate(45 80 ${y(v)})`); text.setAttribute("y", y(v) + 4); text.textContent = v.toFixed(1).replace("-", "−"); };
      const stop = (event) => { removeEventListener("pointermove", moved); removeEventListener("pointerup", stop); if (event.type === "pointerup") set(at(event)); };
      addEventListener("pointermove", moved);
      addEventListener("pointerup", stop);
    });
    picture.append(handle, text);
    return picture;
  }

  // ---- the grid ------------------------------------------------------------------------------------------------
  function draw() {
    const scroll = [grid.scrollLeft, grid.scrollTop];
    // Who was on a note or a point stays there, whatever made the map change.
    const here = root.getRootNode().activeElement;
    if (wanted == null && here && grid.contains(here)) wanted = here.dataset.note ?? (here.dataset.stage && here.matches(".cjm-handle") ? `emotion:${here.dataset.stage}` : null);
    const head = el("tr", {}, el("th", { scope: "col", class: "cjm-corner" }, map.title), ...map.stages.map((stage) => {
      const title = el("span", { class: "cjm-stage-title" }, stage.title);
      const rename = () => editText(title, stage.title, say.rename, (text) => send({ op: "rename_stage", id: stage.id, title: text }));
      return el("th", { scope: "col" }, title, el("div", { class: "cjm-tools" },
        button("‹", `${say.left}: ${stage.title}`, () => send({ op: "move_stage", id: stage.id, by: -1 })),
        button("✎", `${say.rename}: ${stage.title}`, rename),
        button("✕", `${say.remove}: ${stage.title}`, () => send({ op: "delete_stage", id: stage.id })),
        button("›", `${say.right}: ${stage.title}`, () => send({ op: "move_stage", id: stage.id, by: 1 }))));
    }));
    const rows = map.lanes.map((lane) => el("tr", {}, el("th", { scope: "row" }, lane.title, lane.id === "emotion" ? legend() : ""), ...map.stages.map((stage) => {
      if (lane.id === "emotion") return el("td", {}, emotion(stage));
      const cell = el("td", { class: "cjm-cell", "data-stage": stage.id, "data-lane": lane.id }, ...stage.cells[lane.id].map((note) => card(stage, lane.id, note)));
      const add = button("+", `${say.add}: ${lane.title}, ${stage.title}`, () => {
        const home = el("div", { class: "cjm-note" });
        cell.insertBefore(home, add);
        editText(home, "", say.add, (text) => { wanted = "last:" + stage.id + ":" + lane.id; send({ op: "add", stage: stage.id, lane: lane.id, text }); });
      }, { class: "cjm-add" });
      cell.append(add);
      return cell;
    })));
    grid.replaceChildren(el("table", { class: "cjm-grid" }, el("thead", {}, head), el("tbody", {}, ...rows)));
    [grid.scrollLeft, grid.scrollTop] = scroll;
    undo.disabled = !map.can_undo;
    redo.disabled = !map.can_redo;
    status.textContent = [map.message, map.state].filter(Boolean).join(" · ");
    status.classList.toggle("cjm-bad", Boolean(map.problem));
    focus();
  }
  function focus() {
    if (wanted == null) return;
    const where = String(wanted);
    wanted = null;
    let node = null;
    if (where.startsWith("emotion:")) node = [...grid.querySelectorAll(".cjm-handle")].find((n) => n.dataset.stage === where.slice(8));
    else if (where.startsWith("last:")) { const [, s, l] = where.split(":"); node = [...grid.querySelectorAll(".cjm-cell")].find((c) => c.dataset.stage === s && c.dataset.lane === l)?.querySelector(".cjm-note:last-of-type"); }
    else node = [...grid.querySelectorAll(".cjm-note")].find((n) => n.dataset.note === where);
    node?.focus({ preventScroll: true });
  }
  root.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.target.closest("textarea, input")) return;
    const key = event.key.toLowerCase();
    if (key === "z") send({ op: event.shiftKey ? "redo" : "undo" });
    else if (key === "y") send({ op: "redo" });
    else if (key === "s") send({ op: "save" });
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  const take = () => { map = model.get("_map"); draw(); };
  on("change:_map", take);
  on("change:_found", drawFound);
  take();
  return () => { for (const [event, handler] of listeners) model.off(event, handler); };
}

export default { render };
