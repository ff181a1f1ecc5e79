// The placement pane: a line a variable, a dot a person. The value lives in Python: this file sends what was done to a dot
// and draws what comes back.

const HUES = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#B8860B", "#6A4C93"];
const SHAPES = ["50%", "3px", "50% 50% 50% 0", "50% 0", "0 50%", "8px 0"];

function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "class") node.className = value;
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  for (const child of children) node.append(child);
  return node;
}

// JupyterLab takes keys pressed outside an input for its own; this attribute keeps its hands off.
const quiet = { "data-lm-suppress-shortcuts": "true" };

function render({ model, el: root }) {
  const say = model.get("_words");
  const send = (message) => model.send(message);
  let view = model.get("_view");
  const current = {}; // the person that each row's keys move

  root.classList.add("cjm-place");
  const groups = el("input", { type: "checkbox", ...quiet, onchange: () => send({ op: "group", on: groups.checked }) });
  const verdict = el("span", { class: "cjm-verdict" });
  const bar = el("div", { class: "cjm-bar" }, el("label", {}, groups, " " + say.groups), verdict);
  const rows = el("div", { class: "cjm-rows", role: "group", "aria-label": say.grid });
  const side = el("section", { class: "cjm-said", "aria-label": say.said });
  const message = el("div", { class: "cjm-message", role: "status", "aria-live": "polite" });
  root.append(bar, el("div", { class: "cjm-body" }, rows, side), el("p", { class: "cjm-hint" }, say.help), message);

  const slots = (v) => (v.options.length ? v.options.length : view.points);
  const valueAt = (v, slot) => (v.options.length ? v.options[slot] : slot + 1);
  const slotOf = (v, value) => (v.options.length ? v.options.indexOf(value) : value - 1);
  const share = (v, value) => (100 * slotOf(v, value)) / (slots(v) - 1);
  const placeOf = (v, p) => (view.placed.find(([a, b]) => a === v.id && b === p.id) || [])[2];
  const nameOf = (v, value) => (value == null ? say.nothing : v.options.length ? String(value)
    : `${value} / ${view.points}, ${v.ends[value < (view.points + 1) / 2 ? 0 : 1]}`);

  function place(v, p, value) {
    current[v.id] = p.id;
    keep = [v.id, p.id];
    send({ op: "place", participant: p.id, variable: v.id, value });
  }
  let keep = null; // what had the focus, across a redraw

  function key(event, v, p) {
    const value = placeOf(v, p), last = slots(v) - 1, at = value == null ? null : Math.round(slotOf(v, value));
    const move = (slot) => place(v, p, valueAt(v, Math.max(0, Math.min(last, slot))));
    const k = event.key;
    if (k === "ArrowRight") move(at == null ? Math.ceil(last / 2) : at + 1);
    else if (k === "ArrowLeft") move(at == null ? Math.floor(last / 2) : at - 1);
    else if (k === "Home") move(0);
    else if (k === "End") move(last);
    else if (k === "ArrowDown" || k === "ArrowUp") {
      const i = view.people.findIndex((x) => x.id === p.id) + (k === "ArrowDown" ? 1 : -1);
      const next = view.people[(i + view.people.length) % view.people.length];
      current[v.id] = next.id; keep = [v.id, next.id]; draw();
    } else if (/^[1-9]$/.test(k) && Number(k) <= slots(v)) move(Number(k) - 1);
    else if (k === "Delete" || k === "Backspace") place(v, p, null);
    else if (k === "Enter" || k === " ") { keep = [v.id, p.id]; send({ op: "show", participant: p.id, variable: v.id }); }
    else return;
    event.preventDefault(); event.stopPropagation();
  }

  function drag(event, v, p, track) {
    if (event.button) return;
    event.preventDefault();
    const dot = event.currentTarget, from = event.clientX;
    let moved = false, slot = null;
    dot.setPointerCapture(event.pointerId);
    const box = track.getBoundingClientRect();
    const go = (e) => {
      if (Math.abs(e.clientX - from) > 3) moved = true;
      if (!moved) return;
      const x = Math.max(0, Math.min(1, (e.clientX - box.left) / box.width));
      slot = Math.round(x * (slots(v) - 1));
      dot.style.left = `${box.left + (box.width * slot) / (slots(v) - 1) - dot.parentElement.getBoundingClientRect().left}px`;
      dot.classList.add("cjm-moving");
    };
    const end = () => {
      dot.removeEventListener("pointermove", go);
      dot.removeEventListener("pointerup", end);
      dot.removeEventListener("pointercancel", end);
      if (moved && slot != null) place(v, p, valueAt(v, slot));
      else { keep = [v.id, p.id]; current[v.id] = p.id; send({ op: "show", participant: p.id, variable: v.id }); }
    };
    dot.addEventListener("pointermove", go);
    dot.addEventListener("pointerup", end);
    dot.addEventListener("pointercancel", end);
  }

  function dot(v, p, track) {
    const value = placeOf(v, p), group = view.groups[p.id], open = view.open[0] === p.id && view.open[1] === v.id;
    const node = el("button", {
      type: "button", class: "cjm-dot" + (open ? " cjm-open" : ""), role: "slider", "data-person": p.id, "data-variable": v.id,
      "aria-label": `${p.name}: ${v.name}`, "aria-valuemin": 1, "aria-valuemax": slots(v), "aria-valuetext": nameOf(v, value),
      "aria-valuenow": value == null ? 1 : Math.round(slotOf(v, value)) + 1, tabindex: current[v.id] === p.id ? "0" : "-1",
      title: `${p.name}: ${nameOf(v, value)}`, ...quiet,
      onkeydown: (e) => key(e, v, p), onpointerdown: (e) => drag(e, v, p, track),
    }, p.label);
    if (group != null && value != null) { node.style.background = HUES[group % HUES.length]; node.style.borderRadius = SHAPES[group % SHAPES.length]; }
    return node;
  }

  function drawRow(v) {
    if (!view.people.some((p) => p.id === current[v.id])) current[v.id] = view.people[0].id;
    const track = el("div", { class: "cjm-track" }), tray = el("div", { class: "cjm-tray", title: say.tray });
    for (let s = 0; s < slots(v); s++) {
      const tick = el("span", { class: "cjm-tick" }, v.options.length ? v.options[s] : "");
      tick.style.left = `${(100 * s) / (slots(v) - 1)}%`;
      if (v.options.length) tick.style.transform = `translateX(${-100 * (s / (slots(v) - 1))}%)`;
      track.append(tick);
    }
    const height = {};
    for (const p of view.people) {
      const value = placeOf(v, p), node = dot(v, p, track);
      if (value == null) { tray.append(node); continue; }
      const at = share(v, value), level = (height[at] = (height[at] ?? -1) + 1);
      node.style.left = `${at}%`; node.style.bottom = `${8 + 23 * level}px`;
      track.append(node);
    }
    const below = {}, places = {};
    for (const [a, b, value] of view.others) if (a === v.id) (places[b] ??= []).push(slotOf(v, value));
    const apart = (id) => places[id] && Math.max(...places[id]) > Math.min(...places[id]);
    for (const [a, b, value, rater] of view.others) {
      if (a !== v.id) continue;
      const p = view.people.find((x) => x.id === b), at = share(v, value), level = (below[at] = (below[at] ?? -1) + 1);
      const mark = el("span", { class: "cjm-other" + (apart(b) ? " cjm-apart" : ""), title: `${p.name}: ${rater}` },
        p.label, el("sub", {}, rater[0]));
      mark.style.left = `${at}%`; mark.style.bottom = `${-(v.options.length ? 38 : 19) - 17 * level}px`;
      track.append(mark);
    }
    for (const node of track.querySelectorAll(".cjm-dot")) node.classList.toggle("cjm-apart", !!apart(node.dataset.person));
    for (const node of tray.children) node.classList.toggle("cjm-apart", !!apart(node.dataset.person));
    track.style.marginBottom = Object.keys(below).length ? `${(v.options.length ? 18 : 22) + 17 * Math.max(...Object.values(below))}px` : "";
    track.style.height = `${30 + 23 * Math.max(0, ...Object.values(height))}px`;
    const left = el("span", { class: "cjm-end cjm-left" }, v.ends[0] || ""), right = el("span", { class: "cjm-end cjm-right" }, v.ends[1] || "");
    left.style.marginBottom = right.style.marginBottom = track.style.marginBottom;
    return el("div", { class: "cjm-row" + (v.options.length ? " cjm-choice" : "") },
      el("div", { class: "cjm-name", title: v.question }, v.name), left, track, right, tray);
  }

  function drawSide() {
    const [who, what] = view.open, p = view.people.find((x) => x.id === who), v = view.variables.find((x) => x.id === what);
    const cited = view.cited.map((q) => el("blockquote", { class: "cjm-cited" }, q));
    const tips = view.tips.filter((t) => !view.cited.includes(t.quote)).map((t) => el("li", {},
      el("blockquote", {}, t.quote),
      el("button", { type: "button", class: "cjm-cite", disabled: placeOf(v, p) == null, ...quiet,
        onclick: () => send({ op: "cite", participant: who, variable: what, tip: view.tips.indexOf(t) }) }, say.cite)));
    side.replaceChildren(
      el("h4", {}, `${p.name}: ${v.name}`), el("p", { class: "cjm-question" }, v.question || ""),
      el("p", { class: "cjm-where" }, nameOf(v, placeOf(v, p)),
        placeOf(v, p) == null ? "" : el("button", { type: "button", ...quiet, onclick: () => place(v, p, null) }, say.clear)),
      ...view.told.map(([rater, value, quotes]) => el("p", { class: "cjm-told" }, el("b", {}, rater), ` ${nameOf(v, value)}`,
        ...quotes.map((q) => el("blockquote", {}, q)))),
      cited.length ? el("h5", {}, say.rests) : "", ...cited, el("h5", {}, say.said),
      tips.length ? el("ol", {}, ...tips) : el("p", {}, say.none));
  }

  function draw() {
    groups.checked = view.grouped;
    verdict.textContent = view.verdict;
    const top = rows.scrollTop;
    rows.replaceChildren(...view.variables.map(drawRow));
    rows.scrollTop = top;
    drawSide();
    message.textContent = view.message;
    message.classList.toggle("cjm-bad", view.bad);
    if (keep) {
      const again = [...rows.querySelectorAll(".cjm-dot")].find((n) => n.dataset.variable === keep[0] && n.dataset.person === keep[1]);
      if (again) again.focus({ preventScroll: true });
    }
  }

  const changed = () => { view = model.get("_view"); draw(); };
  model.on("change:_view", changed);
  draw();
  return () => model.off("change:_view", changed);
}

export default { render };
