// Comfort on a schedule's page. Everything works without it.
"use strict";

const form = document.getElementById("booking");

// Say which time is chosen, where the details are.
function tellChoice() {
  const chosen = document.getElementById("chosen");
  const all = [...form.querySelectorAll(".choice input:checked")];
  const radio = all[0];
  if (chosen) chosen.textContent = all.map((one) => one.dataset.summary || one.getAttribute("aria-label")).join(" · ");
  // Of a class that is full, the button leads to the waiting list.
  const button = form.querySelector(".details button");
  if (button && radio?.dataset.button) button.textContent = radio.dataset.button;
}

// A tap on a time leads to the first field that is empty; arrow keys (no detail) must be free to go on.
function leadToDetails(event) {
  // Who may choose several sessions is not done with the first.
  if (!event.target.matches(".choice input[type=radio]") || event.detail === 0) return;
  const fields = [...form.querySelectorAll("#name, #email")];
  const isSheet = getComputedStyle(form.querySelector(".details")).position === "sticky";
  const next = fields.find((field) => !field.value) || form.querySelector(".details button");
  // The sheet is in view already; scrolling to it would hide the time that was tapped.
  next.focus({ preventScroll: isSheet });
  if (isSheet) event.target.closest(".choice").scrollIntoView({ block: "nearest" });
}

// Two presses are one booking.
function sendOnce(event) {
  const button = form.querySelector(".details button");
  if (!button) return;
  if (button.getAttribute("aria-disabled") === "true") event.preventDefault();
  button.setAttribute("aria-disabled", "true");
}

// Offer the device's own time zone if its clocks show another time than the page.
function offerDeviceZone() {
  const line = document.querySelector(".device-zone");
  if (!line || new URLSearchParams(location.search).has("tz")) return;
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const now = new Date();
  const clock = (timeZone) => now.toLocaleString("en", { timeZone });
  if (!own || clock(own) === clock(line.dataset.shown)) return;
  const query = new URLSearchParams(location.search);
  query.set("tz", own);
  const link = line.querySelector("a");
  link.href = `${line.dataset.address}?${query}`;
  link.textContent = line.dataset.text.replace("{city}", own.split("/").pop().replaceAll("_", " "));
  line.hidden = false;
}

if (form) {
  form.addEventListener("change", tellChoice);
  form.addEventListener("click", leadToDetails);
  form.addEventListener("submit", sendOnce);
  window.addEventListener("pageshow", () => {
    form.querySelector(".details button")?.removeAttribute("aria-disabled");
    tellChoice();
  });
  document.addEventListener("htmx:after:swap", () => {
    tellChoice();
    offerDeviceZone();
    document.getElementById("times-title")?.focus();
  });
  offerDeviceZone();
}
