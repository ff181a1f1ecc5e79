// Cards with a question each: choices with small bars, answered by a click or a key, taken back by another.
// The helpers el and quiet come from pane_text.js, which is put before this file.

function render({ model, el: root }) {
  const say = model.get("_words");
  const send = (message) => model.send(message);
  let cards = [], now = 0, focus = null;
  root.classList.add("cjm-choice");
  const left = el("span", { class: "cjm-progress" });
  const undo = el("button", { type: "button", ...quiet, onclick: () => send({ op: "undo" }) }, `${say.undo} (z)`);
  const list = el("ol", { class: "cjm-cards" });
  const live = el("div", { class: "cjm-live", role: "status", "aria-live": "polite" });
  root.append(el("div", { class: "cjm-bar" }, el("strong", {}, say.title), left, undo), list, el("div", { class: "cjm-foot" }, say.hint), live);

  function answer(card, value) {
    focus = value === -1 ? "select" : value;
    send({ op: "answer", card: card.id, answer: value });
  }
  const chart = (bars) => el("span", { class: "cjm-bars", "aria-hidden": "true" }, ...bars.map((b) =>
    el("span", { class: b.on ? "cjm-on" : "cjm-off", title: `${b.label}: ${b.n}` },
      el("i", { style: `height:${Math.max(2, Math.round(34 * b.height))}px` }), el("small", {}, b.label))));

  function draw() {
    list.replaceChildren(...cards.map((card, k) => {
      const choices = card.choices.map((c, i) => el("button", {
        type: "button", class: "cjm-way", "aria-pressed": String(card.answered === i), "data-way": i, ...quiet,
        onclick: () => { now = k; answer(card, card.answered === i ? null : i); },
      }, el("kbd", { "aria-hidden": "true" }, String(i + 1)),
      el("span", { class: "cjm-label" }, el("b", {}, c.label), c.detail ? el("small", {}, c.detail) : null),
      c.bars.length ? chart(c.bars) : null,
      el("span", { class: "cjm-state" }, card.answered === i ? say.chosen : i === 0 && card.answered == null && c.bars.length ? say.used : "")));
      let select = null;
      if (card.places) {
        select = el("select", { "aria-label": `${card.title}: ${say.other}`, class: card.answered === -1 ? "cjm-set" : "", ...quiet, onchange: () => { now = k; if (select.value) { focus = "select"; send({ op: "answer", card: card.id, answer: select.value }); } } },
          el("option", { value: "" }, card.answered === -1 ? card.placed : say.other),
          ...card.places.map(([value, text]) => el("option", { value }, text)));
      }
      return el("li", {}, el("section", { class: `cjm-card${card.answered == null ? "" : " cjm-answered"}`, role: "group", tabindex: k === now ? "0" : "-1", "aria-label": card.title, "data-card": card.id, ...quiet, onfocusin: () => { now = k; } },
        el("h4", { dir: "auto" }, card.title), card.more ? el("p", { class: "cjm-more" }, card.more) : null, el("p", { class: "cjm-why", dir: "auto" }, card.note),
        el("div", { class: "cjm-ways" }, ...choices, select),
        card.answered === -1 && card.placed && !select ? el("p", { class: "cjm-why" }, card.placed) : null));
    }));
    const waiting = cards.filter((c) => c.answered == null).length;
    left.textContent = !cards.length ? say.nothing : waiting ? say.left.replace("{n}", waiting).replace("{all}", cards.length) : say.done;
  }
  const here = (k) => list.querySelectorAll(".cjm-card")[k];
  function move(step) {
    now = Math.min(Math.max(now + step, 0), cards.length - 1);
    list.querySelectorAll(".cjm-card").forEach((c, k) => c.setAttribute("tabindex", k === now ? "0" : "-1"));
    here(now)?.focus();
  }
  list.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.tagName === "SELECT") return;
    const card = cards[now];
    const digit = Number(event.key);
    if (event.key === "ArrowDown") move(1);
    else if (event.key === "ArrowUp") move(-1);
    else if (event.key === "z") { focus = "card"; send({ op: "undo" }); }
    else if (card && digit >= 1 && digit <= card.choices.length) { focus = "card"; send({ op: "answer", card: card.id, answer: digit - 1 }); }
    else if (event.key.length !== 1 || event.key === " ") return;
    event.preventDefault();
    event.stopPropagation();
  });
  function take(m) {
    const held = root.contains(document.activeElement);
    cards = m.cards;
    now = Math.min(now, Math.max(cards.length - 1, 0));
    draw();
    if (held) {
      const card = here(now);
      const at = typeof focus === "number" ? card?.querySelector(`[data-way="${focus}"]`) : focus === "select" ? card?.querySelector("select") : card;
      (at || card)?.focus({ preventScroll: true });
      const c = cards[now];
      if (c) live.textContent = c.answered == null ? `${c.title}: ${left.textContent}` : `${c.title}: ${c.answered >= 0 ? c.choices[c.answered].label : c.placed}. ${left.textContent}`;
    }
    focus = null;
  }
  model.on("msg:custom", take);
  send({ op: "hello" });
  return () => model.off("msg:custom", take);
}

export default { render };
