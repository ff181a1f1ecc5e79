(() => {
  const root = document.documentElement, $ = (s, e = document) => e.querySelector(s), $$ = (s, e = document) => [...e.querySelectorAll(s)];
  const words = JSON.parse($("#words").textContent);
  // Light or dark: what the reader's machine prefers, until the reader says otherwise.
  const themeButton = $("#theme");
  const dark = () => root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  const mark = () => themeButton.setAttribute("aria-pressed", String(dark()));
  themeButton.hidden = false;
  themeButton.addEventListener("click", () => { root.dataset.theme = dark() ? "light" : "dark"; mark(); });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", mark);
  mark();
  const page = document.createElement("style");
  document.head.append(page);
  for (const [id, size] of [["print", ""], ["print4", "A4"]]) {
    const button = document.getElementById(id);
    button.hidden = false;
    button.addEventListener("click", () => {
      root.dataset.size = size;
      page.textContent = size ? `@page { size: ${size} landscape; }` : "";
      print();
    });
  }

  // Whose journey: kept in the address, so that a link shows what the sender saw.
  const chosen = name => $(`input[name=${name}]:checked`);
  const fromAddress = () => {
    const asked = new URLSearchParams(location.hash.slice(1));
    for (const name of ["p", "q"]) {
      if (!asked.has(name)) continue;
      const input = $$(`input[name=${name}]`).find(i => i.value === asked.get(name));
      if (input) input.checked = true;
    }
  };
  addEventListener("hashchange", fromAddress);
  fromAddress();
  for (const input of $$("input[name=p], input[name=q]")) input.addEventListener("change", () => {
    const p = chosen("p"), q = chosen("q");
    if (q && q.value && (!p.value || p.value === q.value)) $("#q-0").checked = true;
    const to = new URLSearchParams();
    if (p.value) to.set("p", p.value);
    if (p.value && chosen("q").value) to.set("q", chosen("q").value);
    history.replaceState(null, "", String(to) ? `#${to}` : location.pathname + location.search);
  });

  // Lanes: the reader shows, hides and moves them.
  const lanes = $("#lanes"), tbody = $("#map .live tbody");
  if (lanes && tbody) {
    lanes.hidden = false;
    const list = document.createElement("ul");
    lanes.append(list);
    for (const row of $$("tr[data-lane]", tbody)) {
      const item = document.createElement("li"), label = document.createElement("label"), box = document.createElement("input");
      const name = $(".lane span", row).textContent;
      box.type = "checkbox";
      box.checked = true;
      box.addEventListener("change", () => { row.hidden = !box.checked; });
      label.append(box, " " + name);
      item.append(label);
      for (const [word, step] of [[words.up, -1], [words.down, 1]]) {
        const button = document.createElement("button");
        button.type = "button";
        button.textContent = step < 0 ? "↑" : "↓";
        button.setAttribute("aria-label", `${word}: ${name}`);
        button.addEventListener("click", () => {
          const other = step < 0 ? item.previousElementSibling : item.nextElementSibling;
          if (!other) return;
          const to = $$("tr[data-lane]", tbody)[[...list.children].indexOf(other)];
          if (step < 0) { other.before(item); to.before(row); } else { other.after(item); to.after(row); }
          button.focus();
        });
        item.append(button);
      }
      list.append(item);
    }
  }

  // A box that scrolls inside a page that scrolls is a nuisance; only a map wider than the page needs one.
  const boxes = $$(".scroller");
  const fit = () => {
    for (const box of boxes) box.classList.remove("whole");
    for (const box of boxes) box.classList.toggle("whole", box.scrollWidth <= box.clientWidth + 1);
  };
  addEventListener("resize", fit);
  fit();

  // The drawer shows clones of the items of the evidence list; nothing is built from strings.
  const drawer = $("#drawer"), body = $(".body", drawer), title = $("h2", drawer), where = $(".where", drawer);
  const columns = $$("#map .live thead .stage .t").map(t => t.lastChild.textContent.trim());
  let opener = null;
  const show = (from, card) => {
    const ids = (from.dataset.e || "").split(" ").filter(Boolean);
    opener = from;
    title.textContent = card ? $(".tn span, p", card).textContent : (from.getAttribute("aria-label") || "");
    const cell = from.closest("td"), row = from.closest("tr");
    const lane = row && $(".lane span", row);
    const at = cell && card && cell.closest("#map") ? columns[cell.cellIndex - 1] : "";
    where.textContent = [at, lane && card ? lane.textContent : ""].filter(Boolean).join(" · ");
    body.replaceChildren();
    for (const id of ids) {
      const item = document.getElementById("e" + id);
      if (!item) continue;
      const copy = document.createElement("div");
      copy.className = "ev";
      copy.append(...[...item.childNodes].map(n => n.cloneNode(true)));
      body.append(copy);
    }
    if (!ids.length) {
      const p = document.createElement("p");
      p.className = "none";
      p.textContent = card || from.dataset.belief ? words.assumption : words.noEvidence;
      body.append(p);
    }
    // Beside the page, not over it: the map stays readable, and a large page is not laid out again.
    if (!drawer.open) { drawer.show(); $("#close").focus({ preventScroll: true }); }
    drawer.scrollTop = 0;
  };
  document.addEventListener("click", event => {
    const button = event.target.closest("[data-e]");
    const card = event.target.closest(".n");
    if (button) { event.preventDefault(); show(button, card); return; }
    if (card && !drawer.contains(card) && !event.target.closest("a, button") && !String(getSelection())) {
      const own = $("[data-e]", card);
      if (own) show(own, card);
    }
  });
  const copy = $("#copy");
  copy.addEventListener("click", async () => {
    const text = $$(".ev", body).map(e => [$("mark", e)?.textContent.replace(/^(.*)$/s, words.quoted), ...$$(".w, td, code", e).map(w => w.textContent)].filter(Boolean).join(" — ")).join("\n");
    try { await navigator.clipboard.writeText(text); } catch { const t = document.createElement("textarea"); t.value = text; drawer.append(t); t.select(); document.execCommand("copy"); t.remove(); }
    copy.firstElementChild.textContent = words.copied;
    setTimeout(() => { copy.firstElementChild.textContent = words.copy; }, 1500);
  });
  addEventListener("keydown", event => { if (event.key === "Escape" && drawer.open) drawer.close(); });
  $("#close").addEventListener("click", () => drawer.close());
  drawer.addEventListener("close", () => { if (opener && opener.isConnected) opener.focus({ preventScroll: true }); });
  // Inside the drawer the arrows walk to the evidence of the next or the previous note.
  drawer.addEventListener("keydown", event => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step || !opener) return;
    const all = $$(".live [data-e], .people [data-e]").filter(e => e.dataset.e && e.offsetParent);
    const next = all[all.indexOf(opener) + step];
    if (next) { event.preventDefault(); show(next, next.closest(".n")); next.scrollIntoView({ block: "nearest", inline: "nearest" }); }
  });

  // Paper is narrower than a screen: a map of many stages is printed as several tables of a few columns each.
  const PER_SHEET = 8, live = $(".live"), sheets = $(".sheets");
  const chunk = () => {
    const table = $("table", live), n = columns.length;
    if (n <= PER_SHEET || sheets.childElementCount) return;
    const count = Math.ceil(n / PER_SHEET), size = Math.ceil(n / count);
    for (let from = 0; from < n; from += size) {
      const to = Math.min(n, from + size), part = table.cloneNode(true);
      part.style.setProperty("--n", to - from);
      part.removeAttribute("id");
      $$("[id]", part).forEach(e => e.removeAttribute("id"));
      $$("col:not(.l)", part).forEach((c, i) => { if (i < from || i >= to) c.remove(); });
      for (const row of part.rows) {
        let at = 0;
        for (const cell of [...row.cells].slice(1)) {
          const span = cell.colSpan, left = Math.max(at, from), right = Math.min(at + span, to);
          at += span;
          if (right <= left) { cell.remove(); continue; }
          if (span > 1) cell.colSpan = right - left;
          if (cell.classList.contains("chart")) slice(cell, from, to, n);
        }
      }
      const box = document.createElement("div");
      box.className = "scroller";
      box.append(part);
      sheets.append(box);
    }
    root.classList.add("chunked");
  };
  const slice = (cell, from, to, n) => {
    const left = 100 * from / n, width = 100 * (to - from) / n, svg = $("svg", cell);
    svg.setAttribute("viewBox", `${left} 0 ${width} ${svg.viewBox.baseVal.height || 100}`);
    svg.style.overflow = "hidden";
    const rail = $(".rail", cell);
    if (rail) {
      [...rail.children].forEach((e, i) => { if (i < from || i >= to) e.remove(); });
      rail.style.setProperty("--n", to - from);
    }
    for (const e of $$(".pt, .nn, .col, .gap, .says, .lead", cell)) {
      const x = parseFloat(e.style.left);
      if (x < left - 1e-6 || x > left + width - 1e-6) { e.remove(); continue; }
      e.style.left = `${(x - left) / width * 100}%`;
      if (e.style.width.endsWith("%")) e.style.width = `${parseFloat(e.style.width) / width * 100}%`;
    }
  };
  // On A3 the whole map is one page, as large as it fits; on A4 it goes on over the second page, with what follows it.
  const paper = $("#paper"), box = $("#map");
  const turn = $("#map .live [data-lane=barriers] + tr");
  if (turn) turn.classList.add("turn");
  const fitPaper = () => {
    if (columns.length > PER_SHEET || !box) return;
    paper.media = "all";
    const height = (from, to) => (to ? to.getBoundingClientRect().bottom : 0) - (from ? from.getBoundingClientRect().top : 0);
    const foot = $("footer");
    const whole = root.dataset.size !== "A4" || !turn, [width, room] = root.dataset.size === "A4" ? [1035, 700] : [1500, 1030];
    const fits = free => whole ? height(document.body, box) <= free : height(document.body, turn.previousElementSibling) <= free
      && height(turn, foot) + height($("thead", box), $("thead", box)) <= free;
    let low = 0.3, high = 1.15;
    for (let k = 0; k < 8; k++) {
      const zoom = (low + high) / 2;
      document.body.style.width = `${width / zoom}px`;
      if (fits(room / zoom)) low = zoom; else high = zoom;
    }
    root.style.setProperty("--fit", low.toFixed(3));
    document.body.style.width = "";
    paper.media = "print";
  };
  addEventListener("beforeprint", fitPaper);
  addEventListener("beforeprint", chunk);
  addEventListener("afterprint", () => { sheets.replaceChildren(); root.classList.remove("chunked"); });

  // Show mode: the finding, then a stage at a time in big type, then the first actions.
  const stage = $("#present"), open = $("#show");
  if (stage && columns.length) {
    const slides = [];
    const titled = text => { const h = document.createElement("h2"); h.textContent = text; return h; };
    const bare = node => {
      const out = node.cloneNode(true);
      for (const e of [out, ...$$("[id]", out)]) e.removeAttribute("id");
      return out;
    };
    const first = () => [titled($("h1").textContent), ...[".headline", ".tiles"].map(q => $(q)).filter(Boolean).map(bare)];
    const one = k => {
      const out = [titled(`${k + 1}. ${columns[k]}`)];
      const felt = document.createElement("ul");
      for (const point of $$(".curve .pt", box).filter(p => p.offsetParent && !p.classList.contains("alt"))) {
        const words_ = point.getAttribute("aria-label");
        if (!words_.startsWith(columns[k] + ": ")) continue;
        const li = document.createElement("li");
        li.append(bare(point.firstElementChild), words_.slice(columns[k].length + 2));
        felt.append(li);
      }
      felt.className = "felt";
      out.push(felt);
      for (const row of $$("tr[data-lane]", tbody)) {
        const cell = row.cells[k + 1];
        if (!cell || cell.colSpan > 1 || !$$(".n", cell).some(e => e.offsetParent)) continue;
        const part = document.createElement("section"), h = document.createElement("h3");
        h.textContent = $(".lane span", row).textContent;
        part.append(h, ...[...cell.children].map(bare));
        out.push(part);
      }
      return out;
    };
    const last = () => {
      const list = document.createElement("ol");
      for (const row of $$(".actions tbody tr").slice(0, 3)) {
        const li = document.createElement("li");
        li.textContent = row.cells[1].textContent;
        list.append(li);
      }
      list.className = "decisions";
      return [titled($("#plan")?.textContent || ""), list];
    };
    let at = 0;
    const total = () => columns.length + ($(".actions") ? 2 : 1);
    const draw = () => {
      const parts = at === 0 ? first() : at <= columns.length ? one(at - 1) : last();
      const count = document.createElement("p");
      count.className = "count";
      count.textContent = `${at + 1} / ${total()}`;
      stage.replaceChildren(...parts, count);
      stage.scrollTop = 0;
    };
    const start = () => { at = 0; draw(); stage.showModal(); };
    open.hidden = false;
    open.addEventListener("click", start);
    addEventListener("keydown", event => {
      if (event.target.closest("input:not([type=radio], [type=checkbox]), textarea, select") || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "p" && !stage.open) { event.preventDefault(); start(); return; }
      if (!stage.open) return;
      const step = { ArrowRight: 1, PageDown: 1, " ": 1, ArrowLeft: -1, PageUp: -1 }[event.key];
      if (step) { event.preventDefault(); at = Math.max(0, Math.min(total() - 1, at + step)); draw(); }
    });
  }
})();
