// Puts a schedule into a page of yours: <div data-convoca="https://…/schedule/account/name"></div>, and this script.
// data-lang: en or es; else the language of your page; else the visitor's. data-theme: light, dark, or auto.
"use strict";

(() => {
  const SPOKEN = ["en", "es"];
  const THEMES = ["light", "dark"];
  const SPEAKS_WITHIN_MS = 2000;
  const own = new URL(document.currentScript.src).origin;

  const addressOf = (place) => {
    const address = new URL(place.dataset.convoca, own);
    const language = (place.dataset.lang || document.documentElement.lang || "").slice(0, 2).toLowerCase();
    address.searchParams.set("embed", "1");
    if (SPOKEN.includes(language)) address.searchParams.set("lang", language);
    if (THEMES.includes(place.dataset.theme)) address.searchParams.set("theme", place.dataset.theme);
    return address;
  };

  const put = (place) => {
    const address = addressOf(place);
    // A frame that speaks to us is one of ours, from where this script is from, or it is not put there.
    if (address.origin !== own || place.dataset.convocaReady) return;
    place.dataset.convocaReady = "1";
    const frame = document.createElement("iframe");
    frame.src = address.href;
    frame.title = place.dataset.title || place.textContent.trim() || "Convoca";
    // Seen once it speaks. Where this page may not show it, it never does, and what stood here stays.
    frame.style.cssText = "display:block;width:100%;height:40rem;border:0;color-scheme:normal;visibility:hidden";
    let pages = 0;
    let hasSpoken = false;

    window.addEventListener("message", (event) => {
      if (event.origin !== own || event.source !== frame.contentWindow || event.data?.convoca !== 1) return;
      if (!hasSpoken) {
        hasSpoken = true;
        for (const each of [...place.childNodes]) if (each !== frame) each.remove();
        frame.style.visibility = "visible";
      }
      const { height, page } = event.data;
      if (Number.isFinite(height) && height > 0) frame.style.height = `${Math.min(Math.ceil(height), 20000)}px`;
      // The visitor has gone on, and what is new begins above what they see.
      if (page && pages++ > 0 && frame.getBoundingClientRect().top < 0) frame.scrollIntoView({ block: "start" });
    });
    frame.addEventListener("load", () => {
      setTimeout(() => {
        if (!hasSpoken) frame.style.height = "0";
      }, SPEAKS_WITHIN_MS);
    });
    place.append(frame);
  };

  const putAll = () => document.querySelectorAll("[data-convoca]").forEach(put);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", putAll);
  else putAll();
})();
