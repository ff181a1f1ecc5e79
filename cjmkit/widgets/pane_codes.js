// The codebook of the coding pane: the list with number keys, the palette that finds or makes a code, the editor.

function makeCodes(pane) {
  const { say, send } = pane;
  const list = el("ol", { class: "cjm-codes", "aria-label": say.codebook });
  const finder = el("input", { type: "text", class: "cjm-find", placeholder: `/ ${say.find}`, "aria-label": say.find, autocomplete: "off", ...quiet });
  const side = el("div", { class: "cjm-side" }, finder, list);
  let active = 0; // which line of a narrowed list Enter takes
  let use = null; // what a chosen code is for, if not for the selection (a proposal that is corrected)

  const swatch = (code) => {
    const i = el("i", { class: "cjm-swatch", "aria-hidden": "true" });
    i.style.backgroundImage = lineOf(code);
    i.style.backgroundColor = tone(code.colour, 22);
    return i;
  };
  const wanted = () => finder.value.trim().toLocaleLowerCase();
  const names = (c) => [c.name.toLocaleLowerCase(), c.title.toLocaleLowerCase()];
  function shown() {
    const w = wanted();
    if (!w) return pane.codes;
    const exact = (c) => names(c).includes(w), begins = (c) => names(c).some((n) => n.startsWith(w));
    const hits = pane.codes.filter((c) => c.codable && names(c).some((n) => n.includes(w)));
    return hits.sort((a, b) => exact(b) - exact(a) || begins(b) - begins(a));
  }
  const isNew = () => wanted() && !pane.codes.some((c) => names(c).includes(wanted()));

  function draw() {
    const codes = shown(), narrowed = Boolean(wanted());
    active = Math.max(0, Math.min(active, codes.length - (isNew() ? 0 : 1)));
    const lines = codes.map((c, i) => {
      if (!c.codable) return el("li", { class: "cjm-heading", "data-code": c.name }, c.title);
      const key = pane.keys.indexOf(c.name) + 1;
      const title = [c.title === c.name ? "" : c.name, c.definition].filter(Boolean).join(": ");
      const main = el("button", { type: "button", class: "cjm-code", title, "data-code": c.name, ...quiet, onclick: () => take(c.name) },
        swatch(c), el("kbd", {}, key || ""), el("span", { class: "cjm-name" }, c.title), el("span", { class: "cjm-count" }, pane.counts[c.name] || ""));
      if (!narrowed && c.depth) main.style.paddingInlineStart = `${4 + 12 * c.depth}px`;
      const edit = el("button", { type: "button", class: "cjm-more", title: say.edit_code, "aria-label": `${say.edit_code}: ${c.title}`, ...quiet, onclick: () => pane.openPanel("code", c.name) }, "⋯");
      return el("li", { class: narrowed && i === active ? "cjm-active" : "" }, main, edit);
    });
    if (isNew()) {
      const add = el("button", { type: "button", class: "cjm-new", ...quiet, onclick: () => make(finder.value.trim()) }, `${say.add_code}: ${finder.value.trim()}`);
      lines.push(el("li", { class: active === codes.length ? "cjm-active" : "" }, add));
    }
    list.replaceChildren(...lines);
    if (narrowed) list.querySelector(".cjm-active")?.scrollIntoView({ block: "nearest" });
  }
  function leave() { finder.value = ""; active = 0; use = null; draw(); pane.text.box.focus({ preventScroll: true }); }
  function take(name) { const what = use; leave(); if (what) what(name); else pane.apply(name); }
  function make(name) { const what = use; send({ op: "code", name }); leave(); if (what) what(name); else pane.apply(name); }

  finder.addEventListener("input", () => { active = 0; draw(); });
  finder.addEventListener("keydown", (event) => {
    event.stopPropagation();
    const codes = shown();
    if (event.key === "Escape") leave();
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      active += event.key === "ArrowDown" ? 1 : -1;
      draw();
      pane.announce(codes[active]?.title ?? `${say.add_code}: ${finder.value.trim()}`);
    } else if (event.key === "Enter" && wanted()) {
      event.preventDefault();
      if (codes[active]) take(codes[active].name); else make(finder.value.trim());
    }
  });
  function open(purpose = null) { use = purpose; finder.focus(); finder.select(); }

  // ---- the editor of one code ----------------------------------------------------------------------------------
  const field = (label, input) => el("label", { class: "cjm-field" }, el("span", {}, label), input);
  function editor(name) {
    const code = pane.codes.find((c) => c.name === name);
    if (!code) return [el("p", { class: "cjm-hint" }, say.none_left)];
    const change = (what) => send({ op: "code_edit", code: name, change: what });
    const title = el("input", { type: "text", value: code.name, ...quiet });
    const definition = el("textarea", { rows: "3", ...quiet });
    definition.value = code.definition;
    const save = () => {
      const what = {};
      if (title.value.trim() && title.value.trim() !== code.name) what.name = title.value.trim();
      if (definition.value !== code.definition) what.definition = definition.value;
      if (Object.keys(what).length) { pane.panelCode(what.name || name); change(what); }
    };
    const colours = el("div", { class: "cjm-colours", role: "group", "aria-label": say.colour }, ...pane.colours.map((c) => {
      const b = el("button", { type: "button", "aria-label": `${say.colour} ${c}`, "aria-pressed": String(c === code.colour), ...quiet, onclick: () => change({ colour: c }) });
      b.style.backgroundColor = tone(c);
      return b;
    }), el("input", { type: "color", value: code.colour, "aria-label": say.colour, ...quiet, onchange: (e) => change({ colour: e.target.value.toUpperCase() }) }));
    const others = pane.codes.filter((c) => c.name !== name);
    const choice = (label, first, now, act, list = others) => {
      const s = el("select", { "aria-label": label, ...quiet, onchange: () => act(s.value) }, el("option", { value: "" }, first));
      for (const c of list) s.append(el("option", { value: c.name, selected: c.name === now }, c.title));
      return s;
    };
    const key = el("select", { ...quiet, onchange: () => send({ op: "code_key", code: name, key: Number(key.value) }) });
    const now = pane.keys.indexOf(name) + 1;
    if (!now) key.append(el("option", { value: "" }, "—"));
    for (let k = 1; k <= 9; k++) key.append(el("option", { value: k, selected: k === now }, k));
    const into = choice(say.merge, "…", "", () => {}, others.filter((c) => c.codable));
    const parts = el("textarea", { rows: "2", "aria-label": say.split, placeholder: say.split_hint, ...quiet });
    const at = pane.codes.indexOf(code);
    const move = (before) => send({ op: "code_move", code: name, before: before ? before.name : "" });
    const act = (text, f, off = false) => el("button", { type: "button", disabled: off, ...quiet, onclick: f }, text);
    return [
      field(say.name, title), field(say.definition, definition), act(say.save, save), colours,
      field(say.parent, choice(say.parent, say.top, code.parent, (parent) => change({ parent }))), field(say.key, key),
      el("div", { class: "cjm-row" }, act(`↑ ${say.up}`, () => move(pane.codes[at - 1]), at === 0), act(`↓ ${say.down}`, () => move(pane.codes[at + 2]), at === pane.codes.length - 1)),
      el("div", { class: "cjm-row" }, field(say.merge, into), act("OK", () => into.value && (pane.panelCode(into.value), send({ op: "code_merge", code: name, into: into.value })))),
      field(say.split, parts), act(say.split, () => { const names = parts.value.split("\n").map((s) => s.trim()).filter(Boolean); if (names.length) send({ op: "code_split", code: name, into: names }); }),
      act(say.delete_code, () => send({ op: "code_remove", code: name }), Boolean(pane.counts[name])),
    ];
  }
  return { side, finder, draw, open, editor, swatch };
}
