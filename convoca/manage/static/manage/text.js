// The preview follows what is typed: the draft is saved by itself and the frame loaded again. Without a script the same
// buttons do it one after the other.
(() => {
  const form = document.getElementById("text-form");
  const looking = document.getElementById("looking");
  const frame = document.getElementById("preview-frame");
  const updating = document.getElementById("updating");
  if (!form || !looking || !frame) return;
  const body = form.elements.body;
  // What is seen follows what is typed within 300 ms: this, and what the server takes.
  const quiet = 150;
  let waiting;
  let latest = 0;

  const show = () => {
    const asked = new URLSearchParams(new FormData(looking));
    form.elements.link.value = asked.get("link");
    frame.classList.toggle("letter-phone", asked.get("width") !== "desktop");
    frame.src = `${frame.src.split("?")[0]}?${asked}`;
  };

  // The old preview stays until there is a new one, or what was typed cannot be shown.
  const be = (busy) => {
    updating.hidden = !busy;
    if (busy) frame.setAttribute("aria-busy", "true");
    else frame.removeAttribute("aria-busy");
  };

  const save = async () => {
    const mine = ++latest;
    const typed = new FormData(form);
    typed.set("do", "draft");
    be(true);
    const answer = await fetch(form.action || location.href, { method: "POST", body: typed });
    if (mine !== latest) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const said = page.getElementById("findings");
    if (said) document.getElementById("findings").replaceWith(said);
    if (answer.ok) show();
    else be(false);
  };

  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => save().catch(() => be(false)), quiet);
  });
  form.addEventListener("submit", () => { clearTimeout(waiting); latest += 1; });
  looking.addEventListener("change", show);
  frame.addEventListener("load", () => be(false));

  // On a narrow screen the text and its preview are two tabs; without a script one stands below the other.
  const tabs = [...document.querySelectorAll(".text-tabs [role=tab]")];
  const panels = tabs.map((tab) => document.getElementById(tab.getAttribute("aria-controls")));
  const narrow = matchMedia("(max-width: 59.99rem)");
  const choose = (chosen) => tabs.forEach((tab, at) => {
    tab.setAttribute("aria-selected", at === chosen);
    tab.tabIndex = at === chosen ? 0 : -1;
    panels[at].classList.toggle("is-behind", at !== chosen);
  });
  const settle = () => panels.forEach((panel, at) => {
    if (narrow.matches) {
      panel.setAttribute("role", "tabpanel");
      panel.setAttribute("aria-labelledby", tabs[at].id);
    } else {
      panel.removeAttribute("role");
      panel.setAttribute("aria-labelledby", panel.dataset.heading);
    }
  });
  if (tabs.length) {
    panels.forEach((panel) => { panel.dataset.heading = panel.getAttribute("aria-labelledby"); });
    tabs[0].parentElement.hidden = false;
    document.querySelector(".to-preview")?.remove();
    choose(location.hash === "#preview" ? 1 : 0);
    settle();
    narrow.addEventListener("change", settle);
    tabs.forEach((tab, at) => {
      tab.addEventListener("click", () => choose(at));
      tab.addEventListener("keydown", (event) => {
        const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (!step) return;
        event.preventDefault();
        const next = (at + step + tabs.length) % tabs.length;
        choose(next);
        tabs[next].focus();
      });
    });
  }

  document.querySelectorAll("button[data-insert]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => {
      body.setRangeText(button.dataset.insert, body.selectionStart, body.selectionEnd, "end");
      body.focus();
      body.dispatchEvent(new Event("input", { bubbles: true }));
    });
  });
})();
