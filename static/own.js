// A person's own page: a block is changed where it stands. Everything here is an addition; the page works without it.
(() => {
  "use strict";
  const words = document.currentScript.dataset;
  const $ = (selector, root = document) => root.querySelector(selector);
  const unsaved = new Set(); // of the blocks with words not saved yet
  const blockOf = (element) => element.closest?.("section[id]");

  // The focus goes to what is wrong, to the first field, or back to where it was.
  document.addEventListener("htmx:afterSettle", (event) => {
    const block = document.getElementById(event.detail.target.id);
    const wanted = block && ($("[aria-invalid=true]", block) || $("[autofocus]", block) || $("[data-edit]", block));
    setTimeout(() => wanted?.focus()); // after htmx has put it where it thinks it was
  });
  document.addEventListener("keydown", (event) => {
    const block = event.key === "Escape" && blockOf(event.target);
    if (block) $("[data-cancel]", block)?.click();
  });

  // What went wrong on the way stands beside what was pressed.
  document.addEventListener("htmx:beforeRequest", () => $("#failed")?.remove());
  document.addEventListener("htmx:sendError", (event) => tell(event.detail.elt, words.lost));
  document.addEventListener("htmx:responseError", (event) => {
    tell(event.detail.elt, event.detail.xhr.status === 429 ? words.often : words.failed);
  });
  function tell(pressed, sentence) {
    const place = document.createElement("p");
    Object.assign(place, { id: "failed", className: "error", textContent: sentence });
    place.setAttribute("role", "alert");
    ($(".acts", pressed) || pressed).before(place);
  }

  // Words not saved yet: until their own block is answered, or a form that is a page of its own is sent.
  document.addEventListener("input", (event) => {
    if (event.target.closest("[data-guard]")) unsaved.add(blockOf(event.target)?.id);
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.successful) unsaved.delete(event.detail.target?.id);
  });
  document.addEventListener("submit", (event) => {
    if (!event.target.hasAttribute("hx-post")) unsaved.delete(blockOf(event.target)?.id);
  });
  window.addEventListener("beforeunload", (event) => { if (unsaved.size) event.preventDefault(); });
})();
