// Review of a redaction: the text with what was masked and what may still be a name, decided by click or key.
// The helpers el and quiet come from pane_text.js, which is put before this file.

function render({ model, el: root }) {
  const say = model.get("_words");
  const send = (message) => model.send(message);
  let items = [], marks = [], text = [], now = null, open = null;
  root.classList.add("cjm-pane", "cjm-review");
  const picker = el("select", { "aria-label": say.document, ...quiet, onchange: () => send({ op: "open", document: picker.value }) });
  const left = el("span", { class: "cjm-progress" });
  const button = (word, act, more = {}) => el("button", { type: "button", ...quiet, ...more, onclick: act }, word);
  const words = el("div", { class: "cjm-text", tabindex: "0", role: "group", "aria-label": say.help, ...quiet });
  const list = el("ol", { class: "cjm-codes", "aria-label": say.list });
  const live = el("div", { class: "cjm-live", role: "status", "aria-live": "polite" });
  root.append(el("div", { class: "cjm-bar" }, picker, button(`${say.next} (n)`, () => { words.focus(); next(); }),
    button(`${say.mask} (m)`, () => decide("mask")), button(`${say.keep} (k)`, () => decide("keep")), button(`${say.undo} (z)`, () => send({ op: "undo" })), left),
    el("div", { class: "cjm-body" }, el("div", { class: "cjm-side" }, list), words), el("div", { class: "cjm-foot" }, say.hint), live);

  const stateOf = (item) => item.decision || (item.status === "masked" ? "mask" : "keep");
  const nameOf = (item) => `${item.what}: ${say[stateOf(item)]}${item.decision ? "" : `, ${say.undecided}`}`;
  function draw() {
    const pieces = [];
    let at = 0;
    marks.forEach((m, k) => {
      const item = items[m.item];
      pieces.push(text.slice(at, m.start).join(""));
      const mark = el("mark", { class: `cjm-name cjm-${stateOf(item)}${item.decision ? "" : " cjm-open"}${m.item === now ? " cjm-focused" : ""}`, "data-k": k, title: nameOf(item), onclick: () => choose(m.item) },
        text.slice(m.start, m.end).join(""));
      if (stateOf(item) === "mask" && item.pseudonym) mark.append(el("small", {}, item.pseudonym));
      pieces.push(mark);
      at = m.end;
    });
    pieces.push(text.slice(at).join(""));
    words.replaceChildren(el("p", { class: "cjm-words", dir: "auto" }, ...pieces));
    list.replaceChildren(...items.map((item, k) => el("li", { class: k === now ? "cjm-active" : "" },
      el("button", { type: "button", class: "cjm-code cjm-item", "aria-label": nameOf(item), ...quiet, onclick: () => choose(k) },
        el("kbd", {}, stateOf(item) === "mask" ? "■" : "□"), el("span", { class: "cjm-name-text" }, item.what, el("small", {}, ` ${item.kind}`)),
        el("span", { class: "cjm-count" }, `${item.times}${item.decision ? " ✓" : ""}`)))));
    const waiting = items.filter((i) => !i.decision).length;
    left.textContent = say.left.replace("{n}", waiting).replace("{all}", items.length);
  }
  function choose(k) {
    now = k;
    draw();
    live.textContent = nameOf(items[k]);
    const here = words.querySelector(".cjm-focused");
    if (here) here.scrollIntoView({ block: "nearest" }); else send({ op: "find", item: k });
    list.querySelector(".cjm-active")?.scrollIntoView({ block: "nearest" });
    words.focus({ preventScroll: true });
  }
  function next(step = 1) {
    for (let i = 1; i <= items.length; i++) {
      const k = ((now ?? -1) + step * i + 2 * items.length) % items.length;
      if (!items[k].decision) return choose(k);
    }
    live.textContent = say.done;
  }
  function decide(what) {
    if (now == null) return next();
    items[now].decision = what; // shown at once
    send({ op: "decide", what: items[now].what, decision: what });
    next();
    draw();
  }
  words.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const act = { n: next, p: () => next(-1), m: () => decide("mask"), k: () => decide("keep"), z: () => send({ op: "undo" }) }[event.key];
    if (event.key.length === 1) { event.preventDefault(); event.stopPropagation(); }
    if (act) act();
  });
  function take(m) {
    items = m.items;
    marks = m.marks;
    if (open !== m.document) text = [...m.text];
    open = m.document;
    if (m.focus != null) now = m.focus;
    picker.replaceChildren(...m.documents.map((d) => el("option", { value: d, selected: d === m.document }, d)));
    draw();
    words.querySelector(".cjm-focused")?.scrollIntoView({ block: "nearest" });
  }
  model.on("msg:custom", take);
  send({ op: "hello" });
  return () => model.off("msg:custom", take);
}

export default { render };
