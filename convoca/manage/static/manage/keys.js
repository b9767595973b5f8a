// One key each for who supervises all day: j and k, / and ?. They can be switched off (WCAG 2.1.4), in this browser.
(() => {
  const dialog = document.getElementById("keys");
  if (!dialog || !dialog.showModal) return;
  const SETTING = "convoca-keys";
  const remembered = () => { try { return localStorage.getItem(SETTING); } catch { return null; } };
  const remember = (value) => { try { localStorage.setItem(SETTING, value); } catch { /* private windows may not */ } };
  let areOn = remembered() !== "off";

  const box = document.getElementById("keys-on");
  box.checked = areOn;
  box.addEventListener("change", () => { areOn = box.checked; remember(areOn ? "on" : "off"); });

  const button = document.querySelector("[data-keys]");
  button.parentElement.hidden = false;
  button.addEventListener("click", () => dialog.showModal());

  const search = () => {
    const field = document.getElementById("q");
    if (!field) { location.href = `${dialog.dataset.search}#q`; return; }
    const around = field.closest("details");
    if (around) around.open = true;
    field.focus();
    field.select();
  };

  // Of the list and the grid only one is there, whatever the width.
  const places = () => [...document.querySelectorAll(".row, .timetable .block a")].filter((each) => each.getClientRects().length);
  const step = (by) => {
    const all = places();
    if (!all.length) return;
    const here = all.findIndex((each) => each.contains(document.activeElement));
    const next = here < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(here + by, 0), all.length - 1);
    if (!all[next].matches("a")) all[next].tabIndex = -1;
    all[next].focus();
    all[next].scrollIntoView({ block: "nearest" });
  };

  const acts = { j: () => step(1), k: () => step(-1), "/": search, "?": () => dialog.showModal() };
  document.addEventListener("keydown", (event) => {
    const act = acts[event.key];
    const types = event.target.closest("input, textarea, select, [contenteditable]");
    if (!act || !areOn || types || dialog.open || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act();
  });

  if (location.hash === "#q") search();
})();
