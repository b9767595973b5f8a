// Where a browser does not yet begin a line of places at the one where we are (scroll-initial-target), this does.
(() => {
  if (CSS.supports("scroll-initial-target", "nearest")) return;
  document.querySelectorAll(":is(.places, .tabs) [aria-current]").forEach((here) => {
    const line = here.closest("ul");
    line.scrollLeft = here.offsetLeft - line.offsetLeft - (line.clientWidth - here.offsetWidth) / 2;
  });
})();

// Copy buttons. Without a script there are none: the link beside them can be copied by hand.
(() => {
  const show = (root) => root.querySelectorAll("button[data-copy]").forEach((button) => { button.hidden = false; });

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("button[data-copy]");
    if (!button) return;
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = button.dataset.copied;
    const said = document.getElementById("said");
    if (said) said.textContent = button.dataset.copied;
  });

  if (navigator.clipboard) {
    show(document);
    new MutationObserver(() => show(document)).observe(document.body, { childList: true, subtree: true });
  }
})();

// Browsers leave half in sight what the keyboard comes to in a line that moves sideways.
document.querySelectorAll(".places, .tabs").forEach((line) => line.addEventListener("focusin", (event) => {
  event.target.scrollIntoView({ block: "nearest", inline: "nearest" });
}));

// Choices that cannot be meant together: what another one excludes cannot be chosen meanwhile, and only then its reason
// is shown. What is chosen stays chosen, so that whoever decides sees which of the two must give way. Without a script
// every reason is shown, and the server says no.
(() => {
  const radios = [...document.querySelectorAll("input[data-unless]")];
  if (!radios.length) return;

  const isExcluded = (radio) => radio.dataset.unless.split("; ").some((rule) => {
    const [field, ...values] = rule.split(" ");
    const chosen = radio.form.querySelector(`input[name="${field}"]:checked`);
    return chosen && values.includes(chosen.value);
  });

  const judge = () => radios.forEach((radio) => {
    const excluded = isExcluded(radio);
    radio.disabled = excluded && !radio.checked;
    const reason = document.getElementById(radio.getAttribute("aria-describedby"));
    if (reason) reason.hidden = !excluded;
  });

  document.addEventListener("change", judge);
  judge();
})();
