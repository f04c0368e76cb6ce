(() => {
  const all = s => [...document.querySelectorAll(s)];
  // An address with an anchor opens what it points into.
  const reveal = () => {
    let at = null;
    try { at = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1))); } catch { return; }
    if (!at) return;
    for (let e = at; e; e = e.parentElement) if (e.tagName === "DETAILS") e.open = true;
    at.scrollIntoView();
  };
  addEventListener("hashchange", reveal);
  reveal();

  // On paper nothing can be opened any more.
  let closed = [];
  addEventListener("beforeprint", () => { closed = all(".feature:not([open]),.scenario.failed:not([open]),#settings details:not([open])"); closed.forEach(d => d.open = true); });
  addEventListener("afterprint", () => closed.forEach(d => d.open = false));

  const find = document.getElementById("find");
  if (!find) return;
  const box = find.querySelector("input"), said = find.querySelector("[role=status]"), buttons = all("#find button[data-is]");
  let is = "", texts = null;
  const apply = () => {
    texts ??= new Map(all(".scenario").map(s => [s, (s.querySelector(".name").textContent + " " + (s.querySelector(".steps")?.textContent ?? "") + " " + (s.dataset.about ?? "")).toLowerCase()]));
    const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const feature of all(".feature")) {
      const own = feature.querySelector(":scope>summary .name").textContent.toLowerCase() + " " + feature.dataset.about;
      let here = 0;
      for (const scenario of feature.querySelectorAll(".scenario")) {
        const fits = (!is || scenario.classList.contains(is)) && words.every(w => own.includes(w) || texts.get(scenario).includes(w));
        scenario.hidden = !fits;
        here += fits;
      }
      feature.hidden = !here;
      if (words.length || is) feature.open = here > 0 && here <= 12;
      shown += here;
    }
    for (const c of all(".concern")) c.hidden = !c.querySelector(".feature:not([hidden])");
    if (!words.length && !is) all(".feature[open]").forEach(f => f.open = false);
    said.textContent = words.length || is ? shown + (shown === 1 ? " scenario" : " scenarios") : "";
  };
  box.addEventListener("input", apply);
  buttons.forEach(b => b.addEventListener("click", () => { is = b.dataset.is; buttons.forEach(o => o.setAttribute("aria-pressed", o === b)); apply(); }));
  addEventListener("keydown", e => {
    if (e.key === "/" && !/^(INPUT|TEXTAREA)$/.test(document.activeElement.tagName) && !e.ctrlKey && !e.metaKey && !e.altKey) { e.preventDefault(); box.focus(); box.select(); }
    if (e.key === "Escape" && document.activeElement === box) { box.value = ""; apply(); }
  });
})();
