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
