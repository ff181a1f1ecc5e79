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
  const printButton = $("#print");
  printButton.hidden = false;
  printButton.addEventListener("click", () => print());

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
  const columns = $$("#map .live thead .stage .t").map(t => t.textContent.trim());
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
    if (!drawer.open) drawer.showModal();
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
  drawer.addEventListener("click", event => { if (event.target === drawer) drawer.close(); });
  $("#close").addEventListener("click", () => drawer.close());
  drawer.addEventListener("close", () => { if (opener && opener.isConnected) opener.focus({ preventScroll: true }); });
  // Inside the drawer the arrows walk to the evidence of the next or the previous note.
  drawer.addEventListener("keydown", event => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step || !opener) return;
    const all = $$(".live [data-e], .people [data-e]");
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
    svg.setAttribute("viewBox", `${left} 0 ${width} 100`);
    svg.style.overflow = "hidden";
    for (const e of $$(".pt, .nn, .col, .gap", cell)) {
      const x = parseFloat(e.style.left);
      if (x < left - 1e-6 || x > left + width - 1e-6) { e.remove(); continue; }
      e.style.left = `${(x - left) / width * 100}%`;
      if (e.style.width) e.style.width = `${parseFloat(e.style.width) / width * 100}%`;
    }
  };
  addEventListener("beforeprint", chunk);
  addEventListener("beforeprint", () => $$(".more").forEach(d => { d.open = true; }));
  addEventListener("afterprint", () => { sheets.replaceChildren(); root.classList.remove("chunked"); });
})();
