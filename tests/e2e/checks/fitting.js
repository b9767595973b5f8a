// Whether all of a page can be seen and touched in the circumstances that it is in: width, size of text, colours, motion.
"use strict";

(() => {
  const { checks, clean, all, shown, isShown, name } = window.bar;
  const FOCUSABLE = "a[href], button, input:not([type=hidden]), select, textarea, summary, iframe, [tabindex='0']";
  // What is shortened on purpose, and where the whole is: a class's words on its page, an occasion in the list and in the
  // name of its link, an address in what its copy button copies.
  const SHORTENED = ".clamp, .timetable .block, .link-cell .address, .site-header .brand .name";
  const LONGEST_MOTION_MS = 150;
  // So much of what has the focus must be in sight, or all of it if it is smaller.
  const ENOUGH_PX = 40;

  const hasWords = (each) => [...each.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && clean(node.data));
  const scrolls = (each) => /auto|scroll/.test(getComputedStyle(each).overflowX);
  const milliseconds = (text) => Math.max(...text.split(",").map((each) => parseFloat(each) * (each.includes("ms") ? 1 : 1000)));

  const pokesOut = (each) => {
    const style = getComputedStyle(each);
    if (style.display === "inline" || each.closest("svg")) return false;
    const isCut = (overflow) => overflow === "hidden" || overflow === "clip";
    const tooWide = each.scrollWidth > each.clientWidth + 1 && !scrolls(each);
    const tooTall = each.scrollHeight > each.clientHeight + 1 && isCut(style.overflowY);
    return tooWide || tooTall;
  };

  Object.assign(checks, {
    k4_fits() {
      const root = document.documentElement;
      const wider = root.scrollWidth - root.clientWidth;
      if (wider <= 0) return [];
      const far = shown("body *").filter((each) => each.getBoundingClientRect().right > root.clientWidth + 1
        && !each.parentElement.closest("nav ul, .timetable") && !each.children.length);
      return [`the page has to be scrolled sideways by ${wider} px for ${far.slice(0, 3).map(name).join(", ") || "something"}`];
    },

    k5_nothing_is_cut() {
      const cut = (each) => hasWords(each) || (/hidden|clip/.test(getComputedStyle(each).overflow) && clean(each.innerText));
      return shown("body *").filter((each) => !each.matches("select, input, textarea, option, script, style") && cut(each)
        && !each.closest(SHORTENED) && !each.closest(".visually-hidden, .skip, .trap, thead") && pokesOut(each))
        .map((each) => `${name(each)} does not fit into its place (${each.scrollWidth}×${each.scrollHeight} into ${each.clientWidth}×${each.clientHeight})`);
    },

    k14_big_enough() {
      const box = (each) => (each.matches("[type=checkbox], [type=radio]") ? null : each.getBoundingClientRect());
      return shown(".btn, .segmented button, .month button, input, select, textarea, .choice").filter((each) => {
        const size = box(each);
        return size && (size.height < 43.5 || (each.matches(".btn, button") && size.width < 43.5));
      }).map((each) => {
        const size = each.getBoundingClientRect();
        return `${name(each)} is ${Math.round(size.width)}×${Math.round(size.height)} px, too small for a thumb`;
      });
    },

    nothing_moves() {
      return document.getAnimations().length ? ["something moves, although the visitor asked for calm"] : [];
    },

    little_moves() {
      return shown("body *").flatMap((each) => {
        const style = getComputedStyle(each);
        const longest = Math.max(milliseconds(style.transitionDuration), milliseconds(style.animationDuration));
        return longest > LONGEST_MOTION_MS ? [`${name(each)} moves for ${longest} ms`] : [];
      });
    },

    // What is chosen differs from what is not by more than a colour; in forced colours there is no other.
    k3_marks() {
      const isClear = (colour) => colour === "transparent" || /^rgba\(.*, 0\)$|\/ 0\)$/.test(colour);
      const look = (each) => {
        const [style, before, after] = [null, "::before", "::after"].map((part) => getComputedStyle(each, part));
        const sides = ["Top", "Right", "Bottom", "Left"].map((side) =>
          (isClear(style[`border${side}Color`]) || style[`border${side}Width`] === "0px" ? "none" : style[`border${side}Width`] + style[`border${side}Style`]));
        return [style.fontWeight, style.textDecorationLine, style.textDecorationThickness, before.content, after.content, ...sides].join();
      };
      const signature = (each) => [each, ...each.querySelectorAll("*")].map(look).join("|");
      const peers = (each) => {
        const around = each.closest("ul, ol, [role=group], fieldset, nav, table") ?? each.parentElement;
        return shown(each.tagName, around).filter((other) => other !== each
          && !other.matches("[aria-current]:not([aria-current=false]), [aria-pressed=true], [aria-selected=true]"));
      };
      return shown("[aria-current]:not([aria-current=false]), [aria-pressed=true], [aria-selected=true]").flatMap((each) => {
        const others = peers(each);
        const isTold = !others.length || others.some((other) => signature(other) !== signature(each));
        return isTold ? [] : [`only its colour says that ${name(each)} is the one`];
      });
    },

    // Every stop of the keyboard, one after the other, as they are seen by whoever got there by Tab.
    async k11_stops() {
      const found = [];
      const frame = () => new Promise((go) => { requestAnimationFrame(() => requestAnimationFrame(go)); });
      const radios = new Set();
      for (const here of all(FOCUSABLE)) {
        if (here.tabIndex < 0 || here.disabled || here.closest("[inert]") || here.tagName === "IFRAME" || !here.checkVisibility()) continue;
        if (here.type === "radio" && (radios.has(here.name) || !radios.add(here.name))) continue;
        here.focus();
        if (document.activeElement !== here || !here.matches(":focus-visible")) continue;
        const ringed = [here, here.nextElementSibling, here.parentElement].find((each) => {
          if (!each || !each.matches(":focus-visible, :has(> :focus-visible), :focus-visible + *")) return false;
          const style = getComputedStyle(each);
          return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
        });
        if (!ringed) { found.push(`no ring on ${name(here)}`); continue; }
        const fault = () => {
          const box = ringed.getBoundingClientRect();
          const [left, right] = [Math.max(box.left, 0), Math.min(box.right, innerWidth)];
          const [above, below] = [Math.max(box.top, 0), Math.min(box.bottom, innerHeight)];
          const isOut = right - left < Math.min(box.width, ENOUGH_PX) || below - above < Math.min(box.height, ENOUGH_PX);
          if (isOut) return `${name(here)} has the focus and is out of sight at ${Math.round(box.left)}, ${Math.round(box.top)}`;
          const top = document.elementFromPoint((left + right) / 2, (above + below) / 2);
          if (!top) return `${name(here)} has the focus and nothing is there`;
          const isSeen = [here, ringed].some((each) => each.contains(top) || top.contains(each));
          return isSeen ? "" : `${name(here)} has the focus and is behind ${name(top)}`;
        };
        // A list that moves sideways has moved in the next frame.
        if (fault()) await frame();
        if (fault()) found.push(fault());
      }
      document.activeElement.blur();
      return found;
    },
  });
})();
