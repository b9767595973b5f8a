// The preview follows what is typed: the draft is saved by itself and the frame loaded again. Without a script the same
// buttons do it one after the other.
(() => {
  const form = document.getElementById("text-form");
  const looking = document.getElementById("looking");
  const frame = document.getElementById("preview-frame");
  if (!form || !looking || !frame) return;
  const body = form.elements.body;
  const quiet = 600;
  let waiting;
  let latest = 0;

  const show = () => {
    const asked = new URLSearchParams(new FormData(looking));
    form.elements.link.value = asked.get("link");
    frame.classList.toggle("letter-phone", asked.get("width") !== "desktop");
    frame.src = `${frame.src.split("?")[0]}?${asked}`;
  };

  const save = async () => {
    const mine = ++latest;
    const typed = new FormData(form);
    typed.set("do", "draft");
    frame.setAttribute("aria-busy", "true");
    const answer = await fetch(form.action || location.href, { method: "POST", body: typed });
    if (mine !== latest) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const said = page.getElementById("findings");
    if (said) document.getElementById("findings").replaceWith(said);
    if (answer.ok) show();
  };

  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => save().catch(() => {}), quiet);
  });
  form.addEventListener("submit", () => { clearTimeout(waiting); latest += 1; });
  looking.addEventListener("change", show);
  frame.addEventListener("load", () => frame.removeAttribute("aria-busy"));

  document.querySelectorAll("button[data-insert]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => {
      body.setRangeText(button.dataset.insert, body.selectionStart, body.selectionEnd, "end");
      body.focus();
      body.dispatchEvent(new Event("input", { bubbles: true }));
    });
  });
})();
