// What a page says and in which order, measured as it stands. Each check returns sentences, none if all is well.
"use strict";

window.bar = (() => {
  const clean = (text) => (text ?? "").replace(/\s+/g, " ").trim();
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const name = (each) => {
    const said = each.getAttribute("aria-label") || each.innerText || each.id || each.name || each.className;
    return `${each.tagName.toLowerCase()} «${clean(String(said)).slice(0, 60)}»`;
  };
  // In the page and not only there for screen readers or for robots.
  const isShown = (each) => {
    if (!each.checkVisibility({ visibilityProperty: true }) || each.closest(".trap")) return false;
    const box = each.getBoundingClientRect();
    return box.width > 1 && box.height > 1;
  };
  const shown = (selector, root) => all(selector, root).filter(isShown);
  const isTyped = (each) => !["hidden", "checkbox", "radio", "submit", "button", "file"].includes(each.type);
  const fields = () => shown("input, select, textarea").filter(isTyped);
  const isOfOwners = location.pathname.startsWith("/manage/");

  // Whether `b`, which comes later in the source, stands before `a` to the eye.
  const standsBefore = (b, a) => {
    const isAbove = b.bottom <= a.top + 1 && b.left < a.right - 1;
    const isOnItsLine = Math.abs(a.top - b.top) < Math.min(a.height, b.height) / 2;
    return isAbove || (isOnItsLine && b.right <= a.left + 1);
  };

  const checks = {
    k1_order() {
      const found = all("[tabindex]").filter((each) => each.tabIndex > 0)
        .map((each) => `${name(each)} is taken out of its turn by tabindex`);
      for (const parent of shown("body, body *")) {
        if (!/flex|grid/.test(getComputedStyle(parent).display)) continue;
        // What is hidden from screen readers is read nowhere: its name is told by what it stands for.
        const inFlow = [...parent.children].filter((each) => isShown(each) && !each.closest("[aria-hidden=true]")
          && !["absolute", "fixed", "sticky"].includes(getComputedStyle(each).position));
        const boxes = inFlow.map((each) => each.getBoundingClientRect());
        inFlow.slice(1).forEach((each, at) => {
          if (standsBefore(boxes[at + 1], boxes[at])) found.push(`${name(each)} is seen before ${name(inFlow[at])} and read after it`);
        });
      }
      return found;
    },

    k2_autocomplete() {
      const wanted = (each) => {
        if (each.type === "password") return /\S/;
        if (isOfOwners) return null;
        if (each.type === "email") return /email|username/;
        if (each.type === "tel") return /tel/;
        return each.name === "name" ? /name/ : null;
      };
      return fields().filter((each) => wanted(each) && !wanted(each).test(each.autocomplete))
        .map((each) => `${name(each)} does not tell the browser what to fill in: autocomplete is «${each.autocomplete}»`);
    },

    k3_words() {
      const wordless = shown(".state, .tag, .notice, .error, [role=alert], [aria-current], [aria-pressed]")
        .filter((each) => !clean(each.innerText)).map((each) => `${name(each)} says its state without a word`);
      const spoken = shown("svg").filter((each) => !each.closest("[aria-hidden=true], [role=img]"))
        .map((each) => `an icon in ${name(each.parentElement)} is neither hidden nor named`);
      return [...wordless, ...spoken];
    },

    k6_nothing_by_hover_alone() {
      const found = all("[title]").filter((each) => each.tagName !== "IFRAME" && isShown(each)
        && !clean(each.innerText).includes(clean(each.title)) && each.getAttribute("aria-label") !== each.title)
        .map((each) => `${name(each)} tells «${each.title}» only to whoever hovers over it`);
      const reveals = ["display", "visibility", "opacity", "clip-path", "max-height"];
      const search = (rules) => [...rules].forEach((rule) => {
        if (rule.selectorText?.includes(":hover") && reveals.some((each) => rule.style.getPropertyValue(each)))
          found.push(`${rule.selectorText} shows or hides something by hovering`);
        if (rule.cssRules) search(rule.cssRules);
      });
      [...document.styleSheets].forEach((sheet) => search(sheet.cssRules));
      return found;
    },

    k8_single_keys() {
      const box = document.getElementById("keys-on");
      const turn = (on) => { if (box) { box.checked = on; box.dispatchEvent(new Event("change", { bubbles: true })); } };
      turn(false);
      const caught = [..."abcdefghijklmnopqrstuvwxyz0123456789/?"].filter((key) =>
        !document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true })));
      turn(true);
      const named = all("[accesskey]").map((each) => `${name(each)} has an access key`);
      return caught.length ? [`the keys ${caught.join(" ")} act by themselves, and no setting stops them`, ...named] : named;
    },

    k9_no_time_limit() {
      return all("meta[http-equiv=refresh i]").map((each) => `the page leaves by itself: ${each.content}`);
    },

    k10_title() {
      const title = clean(document.title);
      // The living design page shows what an error looks like: there nothing is wrong.
      const isOfThePage = (each) => !each.closest(".theme[data-theme]");
      const isWrong = [...all("[aria-invalid=true]"), ...shown(".problems, #errors")].some(isOfThePage);
      const isSaid = /^(Error:|\[?[ÉE]rr[oöó]r)/i.test(title);
      if (!title) return ["the page has no title"];
      if (isWrong && !isSaid) return [`something is wrong, and the title does not say so first: «${title}»`];
      return !isWrong && isSaid ? [`nothing is wrong, but the title says so: «${title}»`] : [];
    },

    k12_names() {
      const words = (each) => (each.labels?.length ? each.labels[0] : each.matches("input, select") ? null : each)?.innerText ?? "";
      const plain = (text) => clean(text).toLowerCase();
      return shown("a[href][aria-label], button[aria-label], input[aria-label], select[aria-label], [role=button][aria-label]")
        .flatMap((each) => {
          const called = plain(each.getAttribute("aria-label"));
          const lines = words(each).split("\n").map(plain).filter(Boolean);
          const isCalled = !lines.length || lines.some((line) => ` ${called} `.replace(/[,.:;]/g, " ").includes(` ${line.replace(/[,.:;]/g, " ").trim()} `) || called.includes(line) && line.length > 2);
          return isCalled ? [] : [`${name(each)} shows «${lines[0]}» and is called «${called}»`];
        });
    },

    k13_no_dragging_alone() {
      return all("[draggable=true], [ondragstart]").filter((each) => !each.querySelector("a[href], button"))
        .map((each) => `${name(each)} can only be dragged`);
    },

    k15_language() {
      const found = [];
      if (!document.documentElement.lang) found.push("the page does not say its language");
      const own = document.documentElement.lang.slice(0, 2);
      const foreign = { English: "en", "Español": "es" };
      for (const each of shown("a, button, option")) {
        const language = foreign[clean(each.textContent)];
        if (language && language !== own && each.closest("[lang]").lang !== language)
          found.push(`${name(each)} is a word of another language and does not say so`);
      }
      return found;
    },

    k18_errors() {
      const found = [];
      for (const summary of shown("[role=alert]").filter((each) => each.querySelector("a[href^='#']"))) {
        if (summary.getAttribute("tabindex") !== "-1") found.push("the summary of what is wrong cannot be moved to");
        else if (document.activeElement === document.body) found.push("the focus is not on the summary of what is wrong");
        for (const link of all("a[href^='#']", summary)) {
          const target = document.getElementById(link.hash.slice(1));
          if (!target) found.push(`«${clean(link.innerText)}» leads to ${link.hash}, which is not there`);
          else if (!isShown(target) && !target.labels?.length) found.push(`«${clean(link.innerText)}» leads to what cannot be seen`);
        }
      }
      for (const field of shown("[aria-invalid=true]")) {
        const told = (field.getAttribute("aria-describedby") ?? "").split(" ").map((id) => document.getElementById(id));
        told.push(field.closest("fieldset")?.querySelector(".error"));
        if (!told.some((each) => each && clean(each.innerText))) found.push(`${name(field)} is wrong and does not say why`);
      }
      return found;
    },

    k19_asked_first() {
      const asks = (each) => all("h1, h2, h3, legend, summary", each.closest("dialog, details, main") ?? document.body)
        .some((heading) => /\?\W*$/.test(clean(heading.innerText)));
      return shown("form button.btn-danger").filter((each) => each.form?.method === "post" && !asks(each))
        .map((each) => `${name(each)} does at once what cannot be taken back`);
    },

    k20_asked_once() {
      const found = [];
      for (const form of all("form")) {
        const told = shown("input[autocomplete]", form).map((each) => each.autocomplete).filter((each) => /^(name|email|tel)$/.test(each));
        const twice = told.filter((each, at) => told.indexOf(each) !== at);
        if (twice.length) found.push(`${twice} is asked for twice`);
      }
      if (!/^\/(b\/[^/]+|my)\/./.test(location.pathname)) return found;
      const again = fields().filter((each) => /^(name|email)$/.test(each.autocomplete) && !each.value && !each.matches("[aria-invalid]"));
      return [...found, ...again.map((each) => `${name(each)} is asked for again, although we know it`)];
    },

    k21_paste() {
      const found = fields().filter((each) => !each.dispatchEvent(new ClipboardEvent("paste", { bubbles: true, cancelable: true })))
        .map((each) => `nothing can be pasted into ${name(each)}`);
      const puzzles = all("iframe[src*=captcha i], script[src*=captcha i], [class*=captcha i], canvas[id*=captcha i]");
      return [...found, ...puzzles.map((each) => `${name(each)} is a puzzle`)];
    },

    k22_one_announcement() {
      const live = "[role=status], [role=alert], [role=log], [aria-live=polite], [aria-live=assertive]";
      return all(live).filter((each) => each.parentElement.closest(live))
        .map((each) => `${name(each)} is announced twice: it stands in what is announced itself`);
    },

    no_third_party() {
      return all("script[src], link[rel=stylesheet], img[src], iframe[src], video, audio")
        .filter((each) => new URL(each.src || each.href || location.href, location.href).origin !== location.origin)
        .map((each) => `${each.tagName.toLowerCase()} comes from elsewhere: ${each.src || each.href}`);
    },
  };
  return { checks, clean, all, shown, isShown, name };
})();
