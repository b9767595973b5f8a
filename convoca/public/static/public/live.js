// Comfort on an attendee's pages. Everything works without it.
"use strict";

function showCopyButtons() {
  for (const button of document.querySelectorAll("[data-copy]")) button.hidden = !navigator.clipboard;
}

async function copyLink(event) {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  button.querySelector("span").textContent = button.dataset.copied;
  document.getElementById("announcement").textContent = button.dataset.copied;
}

function sayPaused(isPaused) {
  const line = document.querySelector("#link .paused");
  if (line) line.hidden = !isPaused;
}

// Pressed Join before there was a link: go there as soon as there is one.
function goIfReady() {
  document.querySelector("form[data-forward]")?.requestSubmit();
}

document.addEventListener("click", copyLink);
document.addEventListener("htmx:error", () => sayPaused(true));
document.addEventListener("htmx:response:error", () => sayPaused(true));
document.addEventListener("htmx:after:request", (event) => sayPaused((event.detail.ctx.response?.status ?? 500) >= 400));
document.addEventListener("htmx:after:swap", () => {
  showCopyButtons();
  goIfReady();
});
showCopyButtons();
