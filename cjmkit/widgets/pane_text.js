// The text of the coding pane: code points, the cursor and the selection, and how codings are drawn over the words.
//
// Positions count Unicode code points over the stored document text, as Python does; JavaScript's own string positions
// count UTF-16 units and differ after the first emoji. Cursor and selection are positions in the whole document.

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

// JupyterLab deletes the user's cell on "x" or "dd" pressed outside an input; this attribute on each element that can
// have the focus tells it to keep its hands off.
const quiet = { "data-lm-suppress-shortcuts": "true" };

const points = (turn) => turn.points || (turn.points = [...turn.text]);
const isWord = (c) => c !== undefined && /[\p{L}\p{N}\p{M}_'’-]/u.test(c);

function wordRight(p, at) {
  while (at < p.length && !isWord(p[at])) at++;
  while (at < p.length && isWord(p[at])) at++;
  return at;
}
function wordLeft(p, at) {
  while (at > 0 && !isWord(p[at - 1])) at--;
  while (at > 0 && isWord(p[at - 1])) at--;
  return at;
}
function sentenceAt(p, at) {
  const stop = (i) => /[.!?…]/.test(p[i] ?? "") && !/[.!?…]/.test(p[i + 1] ?? "");
  let from = at, to = at;
  while (from > 0 && !stop(from - 1)) from--;
  while (/\s/.test(p[from] ?? "")) from++;
  while (to < p.length && !stop(to)) to++;
  return [from, Math.min(to + 1, p.length)];
}

// A code's line: three kinds, so that two codes of one colour are told apart, and colours are never the only sign.
// In a dark page the same colour is mixed with white.
const tone = (colour, share = 100) => {
  const seen = `color-mix(in oklab, ${colour} var(--keep), white)`;
  return share === 100 ? seen : `color-mix(in srgb, ${seen} ${share}%, transparent)`;
};
function lineOf(code) {
  const c = tone(code.colour);
  if (code.line === 1) return `repeating-linear-gradient(90deg, ${c} 0 7px, transparent 7px 10px)`;
  if (code.line === 2) return `repeating-linear-gradient(90deg, ${c} 0 2px, transparent 2px 5px)`;
  return `linear-gradient(${c}, ${c})`;
}

function makeText(pane) {
  const { say } = pane;
  const box = el("div", { class: "cjm-text", tabindex: "0", role: "group", "aria-label": say.text_help, ...quiet });
  let rows = [];
  let watcher = null, glimpsed = new Set(), waiting = null;

  const turnAt = (position) => {
    let low = 0, high = pane.turns.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (pane.turns[middle].start <= position) low = middle; else high = middle - 1;
    }
    return pane.turns[low];
  };
  const slice = (from, to) => pane.turns
    .filter((t) => t.start < to && t.end > from)
    .map((t) => points(t).slice(Math.max(0, from - t.start), to - t.start).join("")).join(" ");

  // ---- which spans lie in which turn ---------------------------------------------------------------------------
  function touched(span) {
    const out = [];
    for (let k = turnAt(span.start).index; k < pane.turns.length && pane.turns[k].start < span.end; k++) {
      if (pane.turns[k].end > span.start) out.push(k);
    }
    return out;
  }
  function putSpan(span) {
    const turns = touched(span);
    for (const k of turns) (pane.inTurn[k] ||= new Set()).add(span.id);
    pane.spans.set(span.id, span);
    return turns;
  }
  function dropSpan(id) {
    const span = pane.spans.get(id);
    if (!span) return [];
    pane.spans.delete(id);
    const turns = touched(span);
    for (const k of turns) pane.inTurn[k]?.delete(id);
    return turns;
  }
  const inTurn = (k) => [...(pane.inTurn[k] || [])].map((id) => pane.spans.get(id)).sort((a, b) => a.start - b.start || a.end - b.end);
  function under() {
    if (pane.cursor == null) return [];
    return inTurn(turnAt(pane.cursor).index).filter((s) => s.start <= pane.cursor && pane.cursor < s.end);
  }

  // ---- drawing -------------------------------------------------------------------------------------------------
  function paint(piece, over) {
    const own = over.find((s) => s.kind === "mine");
    const lines = over.slice(0, 4).map((s) => lineOf(pane.codeOf(s.code)));
    piece.style.backgroundImage = lines.join(",");
    piece.style.backgroundSize = lines.map(() => "100% 2px").join(",");
    piece.style.backgroundPosition = lines.map((_, i) => `0 calc(100% - ${i * 3}px)`).join(",");
    if (own) piece.style.backgroundColor = tone(pane.codeOf(own.code).colour, 15);
    piece.title = over.map((s) => `${pane.codeOf(s.code).title}${s.kind === "mine" ? "" : ` (${s.coder})`}${s.memo ? ` — ${s.memo}` : ""}`).join("; ");
    return ["cjm-coded", over.some((s) => s.kind === "suggestion") && "cjm-suggested", over.some((s) => s.id === pane.focused) && "cjm-focused"];
  }
  function drawTurn(k) {
    const turn = pane.turns[k], body = rows[k];
    if (!body) return;
    const p = points(turn), n = p.length, spans = inTurn(k), cuts = new Set([0, n]);
    const local = (position) => Math.max(0, Math.min(n, position - turn.start));
    for (const s of spans) { cuts.add(local(s.start)); cuts.add(local(s.end)); }
    const chosen = range();
    if (chosen) { cuts.add(local(chosen[0])); cuts.add(local(chosen[1])); }
    const here = pane.cursor != null && turnAt(pane.cursor) === turn, caret = here ? local(pane.cursor) : -1;
    if (here) cuts.add(caret);
    const at = [...cuts].sort((a, b) => a - b), pieces = [];
    const mark = () => el("span", { class: "cjm-caret", "aria-hidden": "true" });
    for (let i = 0; i + 1 < at.length; i++) {
      const [from, to] = [at[i], at[i + 1]];
      if (from === caret) pieces.push(mark());
      const piece = el("span", {}, p.slice(from, to).join(""));
      const over = spans.filter((s) => local(s.start) <= from && local(s.end) >= to);
      const kinds = over.length ? paint(piece, over) : [];
      if (chosen && turn.start + from >= chosen[0] && turn.start + to <= chosen[1]) kinds.push("cjm-chosen");
      piece.className = kinds.filter(Boolean).join(" ");
      pieces.push(piece);
    }
    if (caret === n) pieces.push(mark());
    body.replaceChildren(...pieces);
    const marks = pane.marks[k] || {}, row = body.parentElement;
    row.classList.toggle("cjm-disagree", Boolean(marks.differs));
    const aside = row.querySelector(".cjm-aside");
    if (aside) aside.replaceChildren(...pane.aside(turn, marks));
  }
  function drawAll() {
    rows = [];
    if (watcher) watcher.disconnect();
    box.classList.toggle("cjm-two", Boolean(pane.beside));
    box.replaceChildren(...pane.turns.map((turn) => {
      const body = el("p", { class: "cjm-words", dir: "auto", "data-turn": turn.index });
      rows[turn.index] = body;
      return el("div", { class: `cjm-turn cjm-${turn.role}` }, el("span", { class: "cjm-speaker" }, turn.speaker || ""), body,
        pane.beside ? el("div", { class: "cjm-aside" }) : null);
    }));
    pane.turns.forEach((t) => drawTurn(t.index));
    watch();
  }

  // Which turns were on the screen long enough to be read; Python keeps them.
  function watch() {
    if (!("IntersectionObserver" in window)) return;
    watcher = new IntersectionObserver((entries) => {
      for (const e of entries) {
        const k = Number(e.target.dataset.turn);
        if (!e.isIntersecting || pane.seen.has(k)) glimpsed.delete(k); else glimpsed.add(k);
      }
      if (glimpsed.size && !waiting) waiting = setTimeout(report, 1500);
    }, { root: box, threshold: 0.6 });
    rows.forEach((body) => watcher.observe(body));
  }
  function report() {
    waiting = null;
    if (!glimpsed.size || !box.isConnected) return;
    const turns = [...glimpsed];
    glimpsed = new Set();
    turns.forEach((k) => pane.seen.add(k));
    pane.send({ op: "seen", document: pane.document, turns });
    pane.drawProgress();
  }

  // ---- cursor and selection ------------------------------------------------------------------------------------
  function range() {
    if (pane.anchor == null || pane.cursor == null || pane.anchor === pane.cursor) return null;
    return [Math.min(pane.anchor, pane.cursor), Math.max(pane.anchor, pane.cursor)];
  }
  const turnsOf = (r) => (r ? pane.turns.filter((t) => t.start < r[1] && t.end >= r[0]).map((t) => t.index) : []);
  function place(position, extend = false, focus = null) {
    const before = new Set([...turnsOf(range()), ...(pane.cursor == null ? [] : [turnAt(pane.cursor).index])]);
    pane.anchor = extend && pane.anchor != null ? pane.anchor : position;
    pane.cursor = position;
    const here = under();
    pane.focused = focus ?? (here.length ? here[0].id : null);
    const turn = turnAt(position), r = range();
    for (const k of new Set([...before, ...turnsOf(r), turn.index])) drawTurn(k);
    pane.drawDetail();
    rows[turn.index].scrollIntoView({ block: "nearest" });
    const p = points(turn), at = position - turn.start;
    pane.announce(r ? slice(...r) : p.slice(at, wordRight(p, at)).join(""));
  }
  function select(from, to) { pane.anchor = from; place(to, true); }
  function trimmed() {
    // Without a selection the sentence at the cursor; blanks at the ends are part of nobody's thought.
    let r = range();
    if (!r && pane.cursor != null) {
      const turn = turnAt(pane.cursor), [a, b] = sentenceAt(points(turn), pane.cursor - turn.start);
      r = [turn.start + a, turn.start + b];
    }
    if (!r) return null;
    let [from, to] = r;
    const at = (position) => { const t = turnAt(position); return points(t)[position - t.start]; };
    // What lies between two turns (a line end, the speaker's name) belongs to no end of a coding either.
    const blank = (c) => c === undefined || /\s/.test(c);
    while (from < to && blank(at(from))) from++;
    while (to > from && blank(at(to - 1))) to--;
    return from < to ? [from, to] : null;
  }

  // The mouse: what the browser selected becomes ours; a click puts the cursor.
  box.addEventListener("mouseup", (event) => {
    if (event.target.closest?.(".cjm-aside")) return;
    const home = box.getRootNode();
    const chosen = (home.getSelection ? home : document).getSelection();
    if (!chosen || !chosen.rangeCount) return;
    const r = chosen.getRangeAt(0);
    const words = (node) => (node.nodeType === 1 ? node : node.parentElement)?.closest?.(".cjm-words");
    const position = (node, offset, last) => {
      let body = words(node);
      if (!body) {
        // The end of a selection may lie on the frame of the next turn; then the one before was taken whole.
        const turn = (node.nodeType === 1 ? node : node.parentElement)?.closest?.(".cjm-turn");
        body = (last ? turn?.previousElementSibling ?? turn : turn)?.querySelector(".cjm-words");
        if (!body || !box.contains(body)) return null;
        const t = pane.turns[Number(body.dataset.turn)];
        return last ? t.end : t.start;
      }
      const m = document.createRange();
      m.selectNodeContents(body);
      m.setEnd(node, offset);
      return pane.turns[Number(body.dataset.turn)].start + [...m.toString()].length;
    };
    const from = position(r.startContainer, r.startOffset, false), to = position(r.endContainer, r.endOffset, true);
    if (from == null || !box.contains(r.startContainer)) return;
    const collapsed = r.collapsed || to == null || to <= from;
    chosen.removeAllRanges();
    box.focus({ preventScroll: true });
    if (collapsed) place(from); else select(from, to);
  });

  return { box, turnAt, slice, putSpan, dropSpan, inTurn, under, drawTurn, drawAll, range, place, select, trimmed,
    stop: () => { if (watcher) watcher.disconnect(); clearTimeout(waiting); } };
}
