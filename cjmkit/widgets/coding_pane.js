// The coding pane: the frame, the keys, and the talk with Python. The value lives in Python: this file sends what the
// person did, and draws what comes back, all of it once and then only what changed. See pane_text.js, pane_codes.js and
// pane_beside.js, which are put before this file.

function render({ model, el: root }) {
  const say = model.get("_words");
  const pane = {
    say, send: (message) => model.send(message),
    turns: [], spans: new Map(), inTurn: {}, marks: {}, seen: new Set(), codes: [], keys: [], counts: {}, colours: [],
    stages: [], coders: [], only: {}, coder: "", beside: "", ghost: false, waiting: 0, document: null,
    cursor: null, anchor: null, focused: null, frame: root,
    announce: (message) => { live.textContent = message; },
  };
  const known = new Map();
  pane.codeOf = (name) => known.get(name) || { name, title: name, colour: "#767676", line: 0 };
  let coming = null; // keys meant for a coding that is still on its way from Python
  let after = null; // where to go once another interview is open

  // ---- frame ---------------------------------------------------------------------------------------------------
  root.classList.add("cjm-pane");
  const button = (text, title, act, more = {}) => el("button", { type: "button", title, ...quiet, ...more, onclick: act }, text);
  const picker = el("select", { "aria-label": say.document, ...quiet, onchange: () => pane.send({ op: "open", document: picker.value }) });
  const undo = button("↶", `${say.undo} (z)`, () => pane.send({ op: "undo" }), { "aria-label": say.undo });
  const redo = button("↷", `${say.redo} (y)`, () => pane.send({ op: "redo" }), { "aria-label": say.redo });
  const search = el("input", { type: "search", class: "cjm-search", placeholder: say.search, "aria-label": say.search, ...quiet });
  const progress = el("span", { class: "cjm-progress" });
  const track = el("div", { class: "cjm-track", "aria-hidden": "true" }, el("i", { class: "cjm-seen" }), el("i", { class: "cjm-done" }));
  const said = el("span", { class: "cjm-said" }); // what Python answered; the live region is for ears only
  const toggle = (what, word) => button(word, word, () => pane.openPanel(what), { "data-panel": what, "aria-pressed": "false" });
  const text = pane.text = makeText(pane);
  const book = pane.book = makeCodes(pane);
  const beside = makeBeside(pane);
  pane.openPanel = beside.open;
  pane.panelCode = beside.setCode;
  const detail = el("div", { class: "cjm-detail", role: "region", "aria-label": say.coding });
  const live = el("div", { class: "cjm-live", role: "status", "aria-live": "polite" });
  root.append(
    el("div", { class: "cjm-bar" }, picker, undo, redo,
      button(say.next_uncoded, "u", () => { text.box.focus(); goUncoded(); }),
      button(say.next_disagreement, "g", () => { text.box.focus(); goDisagreement(); }, { class: "cjm-differ" }),
      search, toggle("memos", say.memos), toggle("show", say.filter), toggle("machine", say.machine)),
    track, el("div", { class: "cjm-body" }, book.side, text.box, beside.panel), detail,
    el("div", { class: "cjm-foot" }, said, progress), live);

  // ---- the line below: the coding under the cursor -------------------------------------------------------------
  pane.drawDetail = () => {
    const s = pane.spans.get(pane.focused);
    if (!s) { detail.replaceChildren(el("span", { class: "cjm-hint" }, say.hint)); return; }
    const code = pane.codeOf(s.code);
    const parts = [book.swatch(code), el("strong", {}, code.title), el("q", { dir: "auto" }, s.quote)];
    if (s.kind === "mine") {
      const valence = el("span", { role: "group", "aria-label": say.valence, class: "cjm-valence" });
      for (let v = -2; v <= 2; v++) {
        valence.append(el("button", { type: "button", "aria-pressed": String(s.valence === v), ...quiet, onclick: () => edit(s, { valence: s.valence === v ? null : v }) }, v > 0 ? `+${v}` : String(v).replace("-", "−")));
      }
      const stage = el("select", { "aria-label": say.stage, ...quiet, onchange: () => edit(s, { stage: stage.value }) }, el("option", { value: "" }, `${say.stage} —`));
      for (const x of pane.stages) stage.append(el("option", { value: x.id, selected: x.id === s.stage }, x.title));
      const memo = el("input", { type: "text", class: "cjm-memo-field", value: s.memo || "", placeholder: `${say.memo} (m)`, "aria-label": say.memo, ...quiet, onchange: () => edit(s, { memo: memo.value }) });
      memo.addEventListener("keydown", (event) => { event.stopPropagation(); if (event.key === "Enter" || event.key === "Escape") text.box.focus(); });
      parts.push(valence, stage, memo, button(`${say.other_code} (k)`, "k", () => recode(s)), button(say.remove, "Delete", () => remove(s)));
    } else if (s.kind === "suggestion") {
      parts.push(el("span", { class: "cjm-hint" }, s.coder), button(`${say.accept} (a)`, "a", () => judgeTip(s, "a")),
        button(`${say.refuse} (r)`, "r", () => judgeTip(s, "r")), button(`${say.correct} (k)`, "k", () => judgeTip(s, "k")));
    } else parts.push(el("span", { class: "cjm-hint" }, s.coder), s.memo ? el("em", {}, s.memo) : null);
    detail.replaceChildren(...parts.filter(Boolean));
  };
  pane.drawProgress = () => {
    const asked = pane.turns.filter((t) => t.role !== "interviewer"), n = asked.length;
    const coded = asked.filter((t) => pane.marks[t.index]?.coded).length;
    const seen = asked.filter((t) => pane.seen.has(t.index) || pane.marks[t.index]?.coded).length;
    const codings = [...pane.spans.values()].filter((s) => s.kind === "mine").length;
    progress.textContent = `${say.progress.replace("{coded}", coded).replace("{turns}", n).replace("{seen}", seen).replace("{codings}", codings)} · ${pane.saved}`;
    track.children[0].style.width = `${n ? (100 * seen) / n : 0}%`;
    track.children[1].style.width = `${n ? (100 * coded) / n : 0}%`;
  };
  pane.tell = (message, bad = false) => {
    said.textContent = message;
    said.classList.toggle("cjm-bad", bad);
    if (message) pane.announce(message);
  };

  // ---- doing ---------------------------------------------------------------------------------------------------
  pane.apply = (code) => {
    const r = text.trimmed();
    if (!r) { pane.announce(say.nothing_selected); return; }
    coming = [];
    pane.send({ op: "add", start: r[0], end: r[1], code });
  };
  // Shown at once: the next key may come before Python has answered the last.
  const edit = (s, change) => { Object.assign(s, change); pane.drawDetail(); pane.send({ op: "edit", id: s.id, change }); };
  const recode = (s) => book.open((code) => edit(s, { code }));
  const remove = (s) => pane.send({ op: "remove", id: s.id });
  const FOR_ONE = ["+", "=", "-", "e", "m", "k", "Delete", "Backspace"]; // keys that mean the coding in hand
  function judge(s, key) {
    if (key === "m") return detail.querySelector(".cjm-memo-field")?.focus();
    if (key === "k") return recode(s);
    if (key === "Delete" || key === "Backspace") return remove(s);
    const now = s.valence == null ? 0 : s.valence, order = ["", ...pane.stages.map((x) => x.id)];
    if (key === "e") edit(s, { stage: order[(order.indexOf(s.stage || "") + 1) % order.length] });
    else edit(s, { valence: Math.max(-2, Math.min(2, now + (key === "-" ? -1 : 1))) });
  }
  function judgeTip(s, key) {
    if (key === "k") return book.open((code) => pane.send({ op: "accept", id: s.id, code }));
    pane.send({ op: key === "a" ? "accept" : "refuse", id: s.id });
    text.box.focus({ preventScroll: true });
  }
  function next(turns) {
    if (!turns.length) { pane.announce(say.none_left); return; }
    const here = pane.cursor == null ? -1 : text.turnAt(pane.cursor).index;
    text.place((turns.find((t) => t.index > here) || turns[0]).start);
  }
  const goUncoded = () => next(pane.turns.filter((t) => t.role !== "interviewer" && !pane.marks[t.index]?.coded));
  const goDisagreement = () => next(pane.turns.filter((t) => pane.marks[t.index]?.differs));
  function goTip() {
    const tips = [...pane.spans.values()].filter((s) => s.kind === "suggestion").sort((a, b) => a.start - b.start);
    const s = tips.find((x) => pane.cursor == null || x.start > pane.cursor) || tips[0];
    if (s) text.place(s.start, false, s.id); else pane.announce(say.none_left);
  }
  pane.goTo = (name, start, end, focus = null) => {
    if (name !== pane.document) { after = [start, end]; pane.send({ op: "open", document: name }); return; }
    text.box.focus({ preventScroll: true });
    if (focus) text.place(start, false, focus); else text.select(start, end);
  };
  search.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Enter" && search.value.trim()) pane.send({ op: "search", text: search.value });
    if (event.key === "Escape") text.box.focus();
  });

  function move(event) {
    const turn = text.turnAt(pane.cursor), p = points(turn), at = pane.cursor - turn.start, right = event.key === "ArrowRight";
    const later = pane.turns[turn.index + 1], earlier = pane.turns[turn.index - 1], extend = event.shiftKey;
    switch (event.key) {
      case "ArrowRight": case "ArrowLeft":
        if (right && at >= p.length && later) return text.place(later.start, extend);
        if (!right && at === 0 && earlier) return text.place(earlier.end, extend);
        if (event.altKey) return text.place(turn.start + Math.max(0, Math.min(p.length, at + (right ? 1 : -1))), extend);
        return text.place(turn.start + (right ? wordRight(p, at) : wordLeft(p, at)), extend);
      case "ArrowDown": if (later) text.place(extend ? later.end : later.start, extend); return;
      case "ArrowUp": if (earlier) text.place(earlier.start, extend); return;
      case "Home": return text.place(turn.start, extend);
      default: return text.place(turn.end, extend);
    }
  }
  const plain = {
    s: () => { const turn = text.turnAt(pane.cursor), [a, b] = sentenceAt(points(turn), pane.cursor - turn.start); text.select(turn.start + a, turn.start + b); },
    t: () => { const turn = text.turnAt(pane.cursor); text.select(turn.start, turn.end); },
    "/": () => book.open(), c: () => book.open(), u: goUncoded, g: goDisagreement, n: goTip,
    z: () => pane.send({ op: "undo" }), y: () => pane.send({ op: "redo" }),
    f: () => { search.focus(); search.select(); },
    "]": () => {
      const here = text.under();
      if (!here.length) return;
      pane.focused = here[(here.findIndex((x) => x.id === pane.focused) + 1) % here.length].id;
      text.drawTurn(text.turnAt(pane.cursor).index);
      pane.drawDetail();
      pane.announce(pane.codeOf(pane.spans.get(pane.focused).code).title);
    },
    Escape: () => { pane.focused = null; text.place(pane.cursor); pane.focused = null; pane.drawDetail(); },
  };
  plain["["] = plain["]"];
  text.box.addEventListener("keydown", (event) => {
    if (event.target !== text.box || !pane.turns.length) return;
    const key = event.key, done = () => { event.preventDefault(); event.stopPropagation(); };
    if (event.ctrlKey || event.metaKey) {
      const what = { z: event.shiftKey ? "redo" : "undo", y: "redo" }[key.toLowerCase()];
      if (what) { done(); pane.send({ op: what }); }
      return;
    }
    if (pane.cursor == null) pane.cursor = pane.anchor = pane.turns[0].start;
    const s = pane.spans.get(pane.focused), mine = s?.kind === "mine", code = /^[1-9]$/.test(key) && pane.keys[Number(key) - 1];
    if (coming && FOR_ONE.includes(key)) { done(); coming.push(key); }
    else if (/^(Arrow|Home$|End$)/.test(key)) { done(); move(event); }
    else if (code) { done(); pane.apply(code); }
    else if (mine && FOR_ONE.includes(key)) { done(); judge(s, key); }
    else if (s?.kind === "suggestion" && "ark".includes(key)) { done(); judgeTip(s, key); }
    else if (plain[key]) { done(); plain[key](); }
    else if (key.length === 1) done(); // no letter typed here may reach the notebook
  });

  // ---- what comes from Python ----------------------------------------------------------------------------------
  function takeAll(m) {
    const moved = m.document !== pane.document, at = moved ? null : pane.cursor, scrolled = text.box.scrollTop;
    for (const name of ["document", "stages", "coders", "only", "beside", "ghost", "waiting", "coder", "colours"]) pane[name] = m[name];
    pane.turns = m.text; // objects of this message: their code points are counted once
    pane.marks = m.turns;
    pane.seen = new Set(m.seen);
    pane.spans = new Map();
    pane.inTurn = {};
    pane.cursor = pane.anchor = at;
    takeBook(m.codes);
    m.spans.forEach(text.putSpan);
    picker.replaceChildren(...m.documents.map((d) => el("option", { value: d, selected: d === m.document }, d)));
    root.querySelector(".cjm-differ").hidden = !pane.coders.length;
    text.drawAll();
    text.box.scrollTop = moved ? 0 : scrolled;
    return [];
  }
  function takeBook(codes) {
    pane.codes = codes;
    known.clear();
    for (const c of codes) known.set(c.name, c);
  }
  function takeChange(m) {
    const dirty = new Set(Object.keys(m.turns).map(Number));
    for (const id of m.gone) text.dropSpan(id).forEach((k) => dirty.add(k));
    for (const s of m.spans) { text.dropSpan(s.id).forEach((k) => dirty.add(k)); text.putSpan(s).forEach((k) => dirty.add(k)); }
    Object.assign(pane.marks, m.turns);
    if (m.codes) { takeBook(m.codes); pane.turns.forEach((t) => dirty.add(t.index)); }
    return dirty;
  }
  function take(m) {
    if (m.kind === "found") return beside.takeFound(m.rows);
    if (m.kind === "standing") return beside.takeStanding(m);
    if (m.kind === "change" && pane.document == null) return; // drawn when all of it comes
    for (const name of ["counts", "keys", "saved"]) pane[name] = m[name];
    const dirty = m.kind === "all" ? takeAll(m) : takeChange(m);
    if (m.focus != null) pane.focused = m.focus;
    if (pane.focused && !pane.spans.has(pane.focused)) pane.focused = null;
    if (m.focus != null) pane.anchor = pane.cursor; // what was selected is coded
    for (const k of dirty) text.drawTurn(k);
    undo.disabled = !m.undo;
    redo.disabled = !m.redo;
    book.draw(); pane.drawDetail(); pane.drawProgress(); beside.draw();
    pane.tell([m.message, m.problem].filter(Boolean).join("; "), Boolean(m.problem));
    const s = pane.spans.get(m.focus), keys = coming || [];
    // Only the answer to the coding ends the wait; an answer to an earlier edit does not.
    if (m.focus != null || !m.spans.length) coming = null; else if (coming) return;
    if (s) keys.forEach((key) => judge(s, key));
    if (m.kind === "all" && after) { const [a, b] = after; after = null; pane.goTo(pane.document, a, b); }
    else if (m.kind === "all" && s) text.place(s.start, false, s.id);
  }
  model.on("msg:custom", take);
  pane.send({ op: "hello" });
  return () => { model.off("msg:custom", take); text.stop(); };
}

export default { render };
