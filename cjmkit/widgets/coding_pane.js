// The coding pane: one interview, its codebook, and the codings as ranges of code points.
//
// Offsets that leave this file count Unicode code points over the stored document text, as Python does; JavaScript's own
// string positions count UTF-16 units and differ after the first emoji. The value lives in Python: this file sends what
// the person did, and draws what comes back.

const KEYS = "123456789";

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

// JupyterLab deletes the user's cell on "x" or "dd" pressed outside an input; this attribute on each element that can
// have the focus tells it to keep its hands off.
const quiet = { "data-lm-suppress-shortcuts": "true" };

function render({ model, el: root }) {
  const say = model.get("_words");
  let view, turns, spans, selection, cursor, focused, rows;
  let coming = null; // keys meant for a coding that is still on its way from Python
  const listeners = [];
  const on = (event, handler) => { model.on(event, handler); listeners.push([event, handler]); };
  const send = (message) => model.send(message);

  // ---- frame ---------------------------------------------------------------------------------------------------
  root.classList.add("cjm-pane");
  const picker = el("select", { "aria-label": say.document, ...quiet, onchange: () => send({ op: "open", document: picker.value }) });
  const progress = el("span", { class: "cjm-progress" });
  const said = el("span", { class: "cjm-said" }); // what Python answered; the live region is for ears only
  const button = (text, title, act) => el("button", { type: "button", title, ...quiet, onclick: act }, text);
  const bar = el("div", { class: "cjm-bar" }, picker,
    button(say.next_uncoded, "u", () => { text.focus(); goUncoded(); }),
    button(say.next_disagreement, "g", () => { text.focus(); goDisagreement(); }), said, progress);
  const list = el("ol", { class: "cjm-codes", "aria-label": say.codebook });
  const finder = el("input", { type: "text", class: "cjm-find", placeholder: say.find, "aria-label": say.find, autocomplete: "off", ...quiet });
  const text = el("div", { class: "cjm-text", tabindex: "0", role: "group", "aria-label": say.text_help, ...quiet });
  const detail = el("div", { class: "cjm-detail", role: "region", "aria-label": say.coding });
  const live = el("div", { class: "cjm-live", role: "status", "aria-live": "polite" });
  root.append(bar, el("div", { class: "cjm-body" }, el("div", { class: "cjm-side" }, finder, list), text), detail, live);

  const announce = (message) => { live.textContent = message; };

  // ---- code points ---------------------------------------------------------------------------------------------
  const points = (turn) => turn.points || (turn.points = [...turn.text]);
  const length = (turn) => points(turn).length;
  const slice = (turn, from, to) => points(turn).slice(from, to).join("");
  const isWord = (c) => c !== undefined && /[\p{L}\p{N}\p{M}_'’-]/u.test(c);

  function wordRight(turn, at) {
    const p = points(turn);
    while (at < p.length && !isWord(p[at])) at++;
    while (at < p.length && isWord(p[at])) at++;
    return at;
  }
  function wordLeft(turn, at) {
    const p = points(turn);
    while (at > 0 && !isWord(p[at - 1])) at--;
    while (at > 0 && isWord(p[at - 1])) at--;
    return at;
  }
  function sentence(turn, at) {
    const p = points(turn), stop = (i) => /[.!?…]/.test(p[i] ?? "") && !/[.!?…]/.test(p[i + 1] ?? "");
    let from = at, to = at;
    while (from > 0 && !stop(from - 1)) from--;
    while (/\s/.test(p[from] ?? "")) from++;
    while (to < p.length && !stop(to)) to++;
    return [from, Math.min(to + 1, p.length)];
  }

  // ---- drawing -------------------------------------------------------------------------------------------------
  const colourOf = (code) => (view.codes.find((c) => c.name === code) || {}).colour || "#767676";
  const titleOf = (code) => (view.codes.find((c) => c.name === code) || {}).title || code;
  const inTurn = (turn) => spans.filter((s) => s.start < turn.end && s.end > turn.start);

  function drawTurn(turn) {
    const body = rows[turn.index];
    const mine = inTurn(turn), n = length(turn), cuts = new Set([0, n]);
    const local = (position) => Math.max(0, Math.min(n, position - turn.start));
    for (const s of mine) { cuts.add(local(s.start)); cuts.add(local(s.end)); }
    const chosen = selection && selection.turn === turn.index ? selection : null;
    if (chosen) { cuts.add(Math.min(chosen.from, chosen.to)); cuts.add(Math.max(chosen.from, chosen.to)); }
    const caret = cursor && cursor.turn === turn.index ? cursor.at : -1;
    if (caret >= 0) cuts.add(caret);
    const at = [...cuts].sort((a, b) => a - b);
    const pieces = [];
    for (let k = 0; k + 1 < at.length; k++) {
      const [from, to] = [at[k], at[k + 1]];
      if (from === caret) pieces.push(el("span", { class: "cjm-caret", "aria-hidden": "true" }));
      const over = mine.filter((s) => local(s.start) <= from && local(s.end) >= to);
      const piece = el("span", {}, slice(turn, from, to));
      const kinds = [];
      if (over.length) {
        const own = over.filter((s) => s.kind === "mine"), lines = over.map((s, i) => `inset 0 ${-2 * (i + 1)}px 0 ${colourOf(s.code)}`);
        piece.style.boxShadow = lines.join(",");
        if (own.length) piece.style.background = `color-mix(in srgb, ${colourOf(own[0].code)} 18%, transparent)`;
        piece.title = over.map((s) => `${titleOf(s.code)}${s.kind === "mine" ? "" : ` (${s.coder})`}`).join("; ");
        if (over.some((s) => s.kind === "suggestion")) kinds.push("cjm-suggested");
        if (over.some((s) => s.id === focused)) kinds.push("cjm-focused");
        kinds.push("cjm-coded");
      }
      if (chosen && from >= Math.min(chosen.from, chosen.to) && to <= Math.max(chosen.from, chosen.to)) kinds.push("cjm-chosen");
      if (kinds.length) piece.className = kinds.join(" ");
      pieces.push(piece);
    }
    if (caret === n) pieces.push(el("span", { class: "cjm-caret", "aria-hidden": "true" }));
    body.replaceChildren(...pieces);
    body.parentElement.classList.toggle("cjm-disagree", view.disagreements.includes(turn.index));
  }

  function drawText() {
    rows = [];
    text.replaceChildren(...turns.map((turn) => {
      const body = el("p", { class: "cjm-words", dir: "auto", "data-turn": turn.index });
      rows[turn.index] = body;
      return el("div", { class: `cjm-turn cjm-${turn.role}` }, el("span", { class: "cjm-speaker" }, turn.speaker || ""), body);
    }));
    turns.forEach(drawTurn);
  }

  function drawCodes() {
    const wanted = finder.value.trim().toLocaleLowerCase();
    const counts = new Map();
    for (const [code, n] of Object.entries(view.counts)) counts.set(code, n);
    const shown = view.codes.filter((c) => !wanted || c.name.toLocaleLowerCase().includes(wanted) || (c.title || "").toLocaleLowerCase().includes(wanted));
    list.replaceChildren(...shown.map((c) => {
      const at = view.codes.indexOf(c), key = KEYS[at] || "";
      const swatch = el("i", { class: "cjm-swatch", "aria-hidden": "true" });
      swatch.style.background = c.colour || "#767676";
      return el("li", {}, el("button", { type: "button", class: "cjm-code", title: c.definition || c.name, ...quiet, onclick: () => { apply(c.name); text.focus(); } },
        swatch, el("kbd", {}, key), el("span", { class: "cjm-name" }, c.title || c.name), el("span", { class: "cjm-count" }, String(counts.get(c.name) || 0))));
    }));
    if (wanted && !view.codes.some((c) => c.name.toLocaleLowerCase() === wanted)) {
      list.append(el("li", {}, el("button", { type: "button", class: "cjm-new", ...quiet, onclick: () => addCode(finder.value.trim()) }, `+ ${finder.value.trim()}`)));
    }
  }

  function drawDetail() {
    const s = spans.find((x) => x.id === focused);
    if (!s) { detail.replaceChildren(el("span", { class: "cjm-hint" }, say.hint)); return; }
    const parts = [el("strong", {}, titleOf(s.code)), el("q", {}, s.quote.length > 90 ? s.quote.slice(0, 90) + "…" : s.quote)];
    if (s.kind === "mine") {
      const valence = el("span", { role: "group", "aria-label": say.valence, class: "cjm-valence" });
      for (let v = -2; v <= 2; v++) {
        valence.append(el("button", { type: "button", "aria-pressed": String(s.valence === v), ...quiet, onclick: () => edit(s, { valence: s.valence === v ? null : v }) }, v > 0 ? `+${v}` : String(v).replace("-", "−")));
      }
      const stage = el("select", { "aria-label": say.stage, ...quiet, onchange: () => edit(s, { stage: stage.value }) }, el("option", { value: "" }, say.stage + " —"));
      for (const x of view.stages) stage.append(el("option", { value: x.id, selected: x.id === s.stage }, x.title));
      const memo = el("input", { type: "text", value: s.memo || "", placeholder: say.memo, "aria-label": say.memo, ...quiet, onchange: () => edit(s, { memo: memo.value }) });
      parts.push(valence, stage, memo, button(say.remove, "Delete", () => remove(s)));
    } else if (s.kind === "suggestion") {
      parts.push(button(say.accept, "a", () => send({ op: "accept", id: s.id })), button(say.refuse, "r", () => send({ op: "refuse", id: s.id })));
    } else parts.push(el("span", { class: "cjm-hint" }, s.coder));
    detail.replaceChildren(...parts);
  }

  function drawProgress() { progress.textContent = `${view.progress} · ${view.saved}`; }

  // ---- doing ---------------------------------------------------------------------------------------------------
  function range() {
    if (!selection) return null;
    const [from, to] = [Math.min(selection.from, selection.to), Math.max(selection.from, selection.to)];
    return from === to ? null : { turn: turns[selection.turn], from, to };
  }
  function apply(code) {
    let r = range();
    if (!r && cursor) {
      const [from, to] = sentence(turns[cursor.turn], cursor.at);
      r = { turn: turns[cursor.turn], from, to };
    }
    if (!r) { announce(say.nothing_selected); return; }
    // Blanks at the ends are part of nobody's thought.
    const p = points(r.turn);
    while (r.from < r.to && /\s/.test(p[r.from])) r.from++;
    while (r.to > r.from && /\s/.test(p[r.to - 1])) r.to--;
    if (r.from === r.to) { announce(say.nothing_selected); return; }
    coming = [];
    send({ op: "add", start: r.turn.start + r.from, end: r.turn.start + r.to, code });
  }
  function addCode(name) { if (name) { finder.value = ""; send({ op: "code", name }); apply(name); text.focus(); } }
  // Shown at once: the next key may come before Python has answered the last.
  const edit = (s, change) => { Object.assign(s, change); drawDetail(); send({ op: "edit", id: s.id, change }); };
  function judge(s, key) {
    const now = s.valence == null ? 0 : s.valence, order = ["", ...view.stages.map((x) => x.id)];
    if (key === "e") edit(s, { stage: order[(order.indexOf(s.stage || "") + 1) % order.length] });
    else edit(s, { valence: Math.max(-2, Math.min(2, now + (key === "-" ? -1 : 1))) });
  }
  const remove = (s) => send({ op: "remove", id: s.id });

  function place(turn, at, extend) {
    const before = [cursor && cursor.turn, selection && selection.turn];
    cursor = { turn, at };
    selection = extend && selection && selection.turn === turn ? { ...selection, to: at } : { turn, from: at, to: at };
    const here = under();
    focused = here.length ? here[0].id : null;
    for (const t of new Set([...before, turn])) if (t != null && turns[t]) drawTurn(turns[t]);
    drawDetail();
    rows[turn].scrollIntoView({ block: "nearest" });
    const r = range();
    announce(r ? slice(r.turn, r.from, r.to) : slice(turns[turn], at, wordRight(turns[turn], at)));
  }
  function under() {
    if (!cursor) return [];
    const position = turns[cursor.turn].start + cursor.at;
    return spans.filter((s) => s.start <= position && position < s.end);
  }
  const respondents = () => turns.filter((t) => t.role !== "interviewer");
  function next(candidates) {
    if (!candidates.length) { announce(say.none_left); return; }
    const after = candidates.find((t) => !cursor || t.index > cursor.turn) || candidates[0];
    place(after.index, 0, false);
  }
  const goUncoded = () => next(respondents().filter((t) => !inTurn(t).some((s) => s.kind === "mine")));
  const goDisagreement = () => next(turns.filter((t) => view.disagreements.includes(t.index)));

  text.addEventListener("keydown", (event) => {
    if (event.target !== text || !turns.length) return;
    if (event.ctrlKey || event.metaKey) return;
    if (!cursor) cursor = { turn: 0, at: 0 };
    const turn = turns[cursor.turn], s = spans.find((x) => x.id === focused);
    const key = event.key, code = view.codes[KEYS.indexOf(key)];
    const done = () => { event.preventDefault(); event.stopPropagation(); };
    if (coming && "+=-e".includes(key)) { done(); coming.push(key); return; }
    if (key === "ArrowRight" || key === "ArrowLeft") {
      done();
      let at = event.altKey ? cursor.at + (key === "ArrowRight" ? 1 : -1) : key === "ArrowRight" ? wordRight(turn, cursor.at) : wordLeft(turn, cursor.at);
      if (!event.shiftKey && key === "ArrowRight" && cursor.at >= length(turn) && turns[cursor.turn + 1]) return place(cursor.turn + 1, 0, false);
      if (!event.shiftKey && key === "ArrowLeft" && cursor.at === 0 && cursor.turn > 0) return place(cursor.turn - 1, length(turns[cursor.turn - 1]), false);
      place(cursor.turn, Math.max(0, Math.min(length(turn), at)), event.shiftKey);
    } else if (key === "ArrowDown" || key === "ArrowUp") {
      done();
      const to = cursor.turn + (key === "ArrowDown" ? 1 : -1);
      if (turns[to]) place(to, 0, false);
    } else if (key === "Home" || key === "End") { done(); place(cursor.turn, key === "Home" ? 0 : length(turn), event.shiftKey); }
    else if (KEYS.includes(key) && code) { done(); apply(code.name); }
    else if (key === "s") { done(); const [from, to] = sentence(turn, cursor.at); selection = { turn: cursor.turn, from, to }; place(cursor.turn, to, true); }
    else if (key === "t") { done(); selection = { turn: cursor.turn, from: 0, to: length(turn) }; place(cursor.turn, length(turn), true); }
    else if (key === "/" || key === "c") { done(); finder.focus(); finder.select(); }
    else if (key === "u") { done(); goUncoded(); }
    else if (key === "g") { done(); goDisagreement(); }
    else if (key === "Escape") { done(); selection = null; focused = null; drawTurn(turn); drawDetail(); }
    else if (key === "]" || key === "[") {
      done();
      const here = under();
      if (here.length) { focused = here[(here.findIndex((x) => x.id === focused) + 1) % here.length].id; drawTurn(turn); drawDetail(); announce(titleOf(spans.find((x) => x.id === focused).code)); }
    } else if (s && s.kind === "mine" && "+=-e".includes(key)) { done(); judge(s, key); } else if (s && s.kind === "mine" && (key === "Delete" || key === "Backspace")) { done(); remove(s); }
    else if (s && s.kind === "suggestion" && (key === "a" || key === "r")) { done(); send({ op: key === "a" ? "accept" : "refuse", id: s.id }); }
    else if (key.length === 1) done(); // no letter typed here may reach the notebook
  });

  // The mouse: a selection inside one turn becomes ours; a click puts the cursor.
  text.addEventListener("mouseup", () => {
    const chosen = (root.getRootNode().getSelection ? root.getRootNode() : document).getSelection();
    if (!chosen || !chosen.rangeCount) return;
    const r = chosen.getRangeAt(0);
    const home = (node) => (node.nodeType === 1 ? node : node.parentElement)?.closest?.(".cjm-words");
    const first = home(r.startContainer), last = home(r.endContainer);
    if (!first || !text.contains(first)) return;
    const index = Number(first.dataset.turn), turn = turns[index];
    const offset = (node, at) => { const m = document.createRange(); m.selectNodeContents(first); m.setEnd(node, at); return [...m.toString()].length; };
    const from = offset(r.startContainer, r.startOffset);
    // A selection that runs over several turns ends with the first: a coding belongs to one turn.
    const to = last === first ? offset(r.endContainer, r.endOffset) : length(turn);
    const collapsed = r.collapsed;
    chosen.removeAllRanges();
    text.focus({ preventScroll: true });
    selection = { turn: index, from, to: from };
    place(index, collapsed ? from : to, !collapsed);
  });

  finder.addEventListener("input", drawCodes);
  finder.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Escape") { finder.value = ""; drawCodes(); text.focus(); }
    if (event.key !== "Enter") return;
    event.preventDefault();
    const wanted = finder.value.trim().toLocaleLowerCase();
    const names = view.codes.map((c) => [c.name.toLocaleLowerCase(), (c.title || "").toLocaleLowerCase(), c.name]);
    const exact = names.find(([n, t]) => n === wanted || t === wanted), begins = names.filter(([n, t]) => n.includes(wanted) || t.includes(wanted));
    const hit = exact || (begins.length === 1 ? begins[0] : null);
    if (hit) { finder.value = ""; drawCodes(); apply(hit[2]); text.focus(); } else if (wanted && !begins.length) addCode(finder.value.trim());
  });

  // ---- what comes from Python ----------------------------------------------------------------------------------
  function take() {
    const old = view;
    view = model.get("_view");
    spans = model.get("_spans");
    if (!old || old.document !== view.document) {
      // The text is sent once a document; what changes with every coding is small.
      turns = model.get("_text").turns;
      selection = cursor = focused = null;
      picker.replaceChildren(...view.documents.map((d) => el("option", { value: d, selected: d === view.document }, d)));
      drawText();
    } else {
      const changed = new Set(view.touched);
      turns.filter((t) => changed.has(t.index) || view.disagreements.includes(t.index) !== old.disagreements.includes(t.index)).forEach(drawTurn);
    }
    if (view.focus != null) focused = view.focus;
    if (focused && !spans.some((s) => s.id === focused)) focused = null;
    if (cursor && turns[cursor.turn]) drawTurn(turns[cursor.turn]);
    drawCodes(); drawDetail(); drawProgress();
    const words = [view.message, view.problem].filter(Boolean).join("; ");
    said.textContent = words;
    said.classList.toggle("cjm-bad", Boolean(view.problem));
    if (words) announce(words);
    const keys = coming || [], s = spans.find((x) => x.id === view.focus);
    coming = null;
    if (s) keys.forEach((key) => judge(s, key));
  }
  on("change:_view", take);
  take();
  return () => { for (const [event, handler] of listeners) model.off(event, handler); };
}

export default { render };
