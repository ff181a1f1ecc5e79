// What stands beside the text of the coding pane: search, memos, what is shown, the machine, and another coder's codes.

function makeBeside(pane) {
  const { say, send } = pane;
  const body = el("div", { class: "cjm-panel-body" });
  const heading = el("h3", {});
  const panel = el("section", { class: "cjm-panel", hidden: true },
    el("header", {}, heading, el("button", { type: "button", "aria-label": say.close, title: say.close, ...quiet, onclick: () => close() }, "×")), body);
  panel.addEventListener("keydown", (event) => { event.stopPropagation(); if (event.key === "Escape") close(); });
  let mode = "", code = "", found = null, standing = null;
  const button = (text, act, more = {}) => el("button", { type: "button", ...quiet, ...more, onclick: act }, text);
  const hint = (text) => el("p", { class: "cjm-hint" }, text);

  const titles = { search: "found", memos: "memos", show: "filter", machine: "machine", code: "edit_code" };
  function open(what, name = "") {
    if (what === mode && what !== "search" && what !== "code") return close();
    mode = what;
    code = name || code;
    if (what === "machine") send({ op: "standing" });
    draw();
  }
  function close() { mode = ""; draw(); pane.text.box.focus({ preventScroll: true }); }
  function draw() {
    panel.hidden = !mode;
    pane.frame.classList.toggle("cjm-wide", Boolean(mode));
    for (const b of pane.frame.querySelectorAll("[data-panel]")) b.setAttribute("aria-pressed", String(b.dataset.panel === mode));
    if (!mode) return;
    // A field that is being written in is not taken away from under the fingers.
    const kept = body.querySelector("textarea:focus, input[type=text]:focus");
    if (kept) return;
    heading.textContent = say[titles[mode]];
    body.replaceChildren(...({ search: drawFound, memos: drawMemos, show: drawShow, machine: drawMachine, code: () => pane.book.editor(code) })[mode]());
  }

  const passage = (before, middle, after, act) => el("li", {}, el("button", { type: "button", class: "cjm-hit", dir: "auto", ...quiet, onclick: act }, before, el("b", {}, middle), after));
  function drawFound() {
    if (!found || !found.length) return [hint(say.nothing_found)];
    const parts = [];
    for (const name of new Set(found.map((r) => r.document))) {
      const rows = found.filter((r) => r.document === name);
      parts.push(el("h4", {}, `${name} · ${rows.length}`), el("ul", {}, ...rows.map((r) => passage(`…${r.before}`, r.found, `${r.after}…`, () => pane.goTo(r.document, r.start, r.end)))));
    }
    return parts;
  }
  function drawMemos() {
    const rows = [...pane.spans.values()].filter((s) => s.memo).sort((a, b) => a.start - b.start);
    if (!rows.length) return [hint(say.no_memos)];
    return [el("ul", {}, ...rows.map((s) => el("li", { class: "cjm-memo" },
      el("button", { type: "button", class: "cjm-hit", dir: "auto", ...quiet, onclick: () => pane.goTo(pane.document, s.start, s.end, s.id) },
        el("b", {}, pane.codeOf(s.code).title), s.kind === "mine" ? "" : ` (${s.coder})`, el("q", {}, s.quote), el("span", {}, s.memo)))))];
  }
  function choose(label, first, options, now, act) {
    const s = el("select", { "aria-label": label, ...quiet, onchange: () => act(s.value) }, el("option", { value: "" }, first));
    for (const [value, text] of options) s.append(el("option", { value, selected: value === now }, text));
    return s;
  }
  function drawShow() {
    const only = (what) => send({ op: "only", ...pane.only, ...what });
    const coders = pane.coders.map((c) => [c, c]);
    const parts = [
      choose(say.filter, say.any_code, pane.codes.filter((c) => c.codable).map((c) => [c.name, c.title]), pane.only.code, (v) => only({ code: v })),
      choose(say.filter, say.any_stage, pane.stages.map((s) => [s.id, s.title]), pane.only.stage, (v) => only({ stage: v })),
    ];
    if (coders.length) {
      parts.push(choose(say.filter, say.any_coder, [[pane.coder, say.mine], ...coders], pane.only.coder, (v) => only({ coder: v })),
        el("h4", {}, say.compare), choose(say.compare_with, say.nobody, coders, pane.beside, (v) => send({ op: "compare", coder: v })));
    }
    return parts;
  }
  function drawMachine() {
    const box = el("input", { type: "checkbox", checked: pane.ghost, ...quiet, onchange: () => send({ op: "ghost", on: box.checked }) });
    const parts = [hint(say.machine_note), el("label", { class: "cjm-check" }, box, say.machine_on),
      button(say.machine_learn, () => { pane.tell(say.learning); send({ op: "propose" }); })];
    if (pane.waiting) parts.push(button(say.recover, () => send({ op: "recover" })));
    if (standing) {
      parts.push(el("h4", {}, say.standing), el("p", {}, standing.text));
      parts.push(el("ul", { class: "cjm-docs" }, ...standing.documents.map((d) => el("li", { class: d.next ? "cjm-next" : "" },
        el("button", { type: "button", class: "cjm-hit", ...quiet, onclick: () => send({ op: "open", document: d.document }) },
          el("b", {}, d.document), bar(d.seen, d.turns), `${d.seen}/${d.turns}`, d.disagreements ? ` ≠ ${d.disagreements}` : "")))));
      parts.push(el("ul", { class: "cjm-short" }, ...standing.codes.map((c) => el("li", {}, pane.codeOf(c.code).title, ` ${c.examples} + ${c.needed}`))));
    }
    return parts;
  }
  function bar(part, whole) {
    const inner = el("i", {});
    inner.style.width = `${whole ? (100 * part) / whole : 0}%`;
    return el("span", { class: "cjm-bar-small", "aria-hidden": "true" }, inner);
  }

  // The other coder's codes of a turn, and the decision where the two differ.
  pane.aside = (turn, marks) => {
    const chips = (names, other) => (names && names.length ? names : [""]).map((name) => {
      const clash = name && !(other || []).includes(name);
      return el("span", { class: `cjm-chip${clash ? " cjm-clash" : ""}` }, name ? pane.book.swatch(pane.codeOf(name)) : null, name ? pane.codeOf(name).title : "—");
    });
    if (!(marks.mine?.length || marks.theirs?.length)) return [];
    const settle = (take) => button(say[take], () => send({ op: "settle", turn: turn.index, other: pane.beside, take }), { "aria-label": `${say.settle}: ${say[take]}` });
    return [
      el("div", {}, el("small", {}, say.mine), ...chips(marks.mine, marks.theirs)),
      el("div", {}, el("small", {}, pane.beside), ...chips(marks.theirs, marks.mine)),
      marks.open ? el("div", { class: "cjm-settle", role: "group", "aria-label": say.settle }, settle("mine"), settle("theirs"), settle("both")) : null,
    ].filter(Boolean);
  };

  return { panel, open, draw, is: (what) => mode === what, setCode: (name) => { code = name; },
    takeFound: (rows) => { found = rows; mode = "search"; draw(); }, takeStanding: (s) => { standing = s; draw(); } };
}
