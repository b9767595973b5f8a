// Within another site's page: say how high this one is, so that its frame has no scroll bars of its own.
"use strict";

(() => {
  if (window.parent === window) return;
  let said = 0;

  const tell = (message) => {
    // How high a public page is, is no secret; and only pages that its owner allows can be the parent.
    window.parent.postMessage({ convoca: 1, ...message }, "*");
  };

  const tellHeight = () => {
    const height = Math.ceil(document.body.getBoundingClientRect().height);
    if (height === said) return;
    said = height;
    tell({ height });
  };

  new ResizeObserver(tellHeight).observe(document.body);
  window.addEventListener("pageshow", () => {
    said = 0;
    tell({ page: location.pathname });
    tellHeight();
  });
})();
