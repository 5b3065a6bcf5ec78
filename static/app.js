// In Contact: what forms and links cannot do alone. Everything here is an addition; pages work without it.
(() => {
  "use strict";
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  let opener = null; // the link that opened the block being edited, to give the focus back to

  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, select, textarea, trix-editor, [contenteditable]");
    if (event.key === "Escape" && typing) {
      const within = (place) => event.target.closest(place)?.querySelector("[data-cancel]");
      (within("form") || within("section.block"))?.click(); // a finder stands beside the form it belongs to
      return;
    }
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "/" && $(".find input")) {
      event.preventDefault();
      $(".find input").focus();
    }
    if (["j", "k", "x"].includes(event.key)) move(event.key);
  });

  function move(key) {
    const rows = $$("[data-row]");
    if (!rows.length) return;
    const here = rows.findIndex((row) => row.contains(document.activeElement));
    if (key === "x") {
      const box = here >= 0 && $("input[type=checkbox]", rows[here]);
      if (box) box.click();
      return;
    }
    const next = Math.max(0, Math.min(rows.length - 1, here + (key === "j" ? 1 : -1)));
    $("a", rows[next])?.focus();
  }

  // Choosing rows: a box for all, and a bar that says how many.
  document.addEventListener("change", (event) => {
    const all = event.target.closest("[data-choose-all]");
    if (all) $$("[data-choose]").forEach((box) => { box.checked = all.checked; });
    if (all || event.target.matches("[data-choose]")) count();
    if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
  });

  function count() {
    const chosen = $$("[data-choose]:checked").length;
    $$("[data-chosen]").forEach((place) => { place.textContent = chosen; });
    $$("[data-chosen-bar]").forEach((bar) => { bar.hidden = chosen === 0; });
  }

  // After a swap the focus goes where the person is needed, and comes back to where it was.
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.target.matches("a[hx-get]") && event.target.dataset.edit !== undefined) opener = event.detail.target.id;
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    const part = event.detail.target.id ? document.getElementById(event.detail.target.id) : event.detail.elt;
    if (!part) return;
    const wanted = $("[aria-invalid=true]", part) || $("[autofocus]", part);
    // After htmx has put the focus where it thinks it was.
    setTimeout(() => {
      if (wanted) wanted.focus();
      else if (opener && opener === part.id) { $("[data-edit]", part)?.focus(); opener = null; }
    });
    count();
  });

  // A polite word after saving.
  document.addEventListener("said", (event) => say(event.detail.value));
  function say(words) {
    const place = $("#said");
    if (!place) return;
    place.textContent = words;
    setTimeout(() => { if (place.textContent === words) place.textContent = ""; }, 4000);
  }
  document.addEventListener("htmx:responseError", (event) => {
    const status = event.detail.xhr.status;
    say(status === 429 ? "Too many attempts. Please wait a few minutes." : "That could not be done. Reload the page and try again.");
  });
  document.addEventListener("htmx:sendError", () => say("The portal cannot be reached. Check the connection."));

  // Words not saved yet.
  let unsaved = false;
  document.addEventListener("input", (event) => { if (event.target.closest("[data-guard]")) unsaved = true; });
  document.addEventListener("submit", () => { unsaved = false; });
  document.addEventListener("htmx:afterRequest", (event) => { if (event.detail.successful && !event.target.matches("input")) unsaved = false; });
  window.addEventListener("beforeunload", (event) => { if (unsaved) event.preventDefault(); });

  document.addEventListener("click", (event) => { if (event.target.closest("[data-print]")) window.print(); });

  // A picture beside a form follows what is typed; without this, a button shows it.
  let drawing = 0;
  $$("[data-live-button]").forEach((button) => { button.hidden = true; });
  document.addEventListener("input", (event) => {
    const button = event.target.closest("form")?.querySelector("[data-live-button]");
    clearTimeout(drawing);
    if (button) drawing = setTimeout(() => draw(button), 400);
  });
  async function draw(button) {
    const answer = await fetch(button.formAction, { method: "POST", body: new FormData(button.form) });
    const shown = $(`iframe[name=${button.formTarget}]`).contentDocument;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (answer.ok) $("main", shown).replaceWith(shown.importNode($("main", fresh), true));
  }

  // Words to be taken along, by a button that stands only where it works.
  $$("[data-copy]").forEach((button) => { button.hidden = !navigator.clipboard; });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy]");
    if (button) navigator.clipboard.writeText($(`#${button.dataset.copy}`).value).then(() => say("Copied."));
  });

  // Light, dark, or as the machine has it: kept in a cookie, which holds nothing about anybody.
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-theme-switch]");
    if (!button) return;
    const root = document.documentElement;
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    document.cookie = `theme=${root.dataset.theme}; path=/; max-age=31536000; samesite=lax`;
  });
})();

// Writing a letter: a name or field is put in where the cursor stands; files are not part of the text.
(() => {
  "use strict";
  document.addEventListener("trix-before-initialize", () => {
    Object.assign(window.Trix.config.attachments.preview.caption, { name: false, size: false });
  });
  document.addEventListener("trix-file-accept", (event) => {
    event.preventDefault();
    if (event.file.type.startsWith("image/")) upload(event.target, event.file);
  });
  async function upload(element, file) {
    const form = new FormData();
    form.append("file", file);
    const sentence = "The picture could not be taken in. Check the connection and try again.";
    const say = (value) => document.dispatchEvent(new CustomEvent("said", { detail: { value } }));
    try {
      const headers = JSON.parse(document.body.getAttribute("hx-headers"));
      const answer = await fetch(element.dataset.pictures, { method: "POST", body: form, headers });
      const told = await answer.json();
      if (!answer.ok) return say(told.sentence || sentence);
      element.editor.insertAttachment(new window.Trix.Attachment({ contentType: "image", ...told }));
      return say("The picture is in its place. Choose it and write a few words under it.");
    } catch {
      return say(sentence);
    }
  }
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-picture-insert]")) document.querySelector("[data-picture-file]").click();
  });
  document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-picture-file]") || !event.target.files.length) return;
    upload(document.querySelector("trix-editor"), event.target.files[0]);
    event.target.value = "";
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-field-insert]")) return;
    const name = document.querySelector("[data-field-choice]").value;
    const fallback = name === "first name" ? "|friend" : "";
    document.querySelector("trix-editor").editor.insertString(`[[${name}${fallback}]]`);
  });
})();

// Lists put into another order by dragging a handle, with mouse, pen or finger, or by the arrow keys on it. The names of
// the form's fields follow the order on the page; a list that names no form is saved with the form it stands in.
(() => {
  "use strict";
  const say = (value) => document.dispatchEvent(new CustomEvent("said", { detail: { value } }));
  const items = (list) => [...list.children].filter((child) => child.dataset.sortItem !== undefined);
  const show = () => document.querySelectorAll("[data-sort-handle]").forEach((handle) => { handle.hidden = false; });
  const parts = (handle) => {
    const item = handle.closest("[data-sort-item]");
    return { item, list: item.closest("[data-sort-list]") };
  };
  let saving = Promise.resolve();
  show();
  document.addEventListener("htmx:afterSettle", show);

  // The others move around the item, which stays where it is: so it keeps the pointer and the focus.
  function pass(list, item, step) {
    const all = items(list);
    const other = all[all.indexOf(item) + step];
    if (!other) return false;
    list.insertBefore(other, step > 0 ? item : item.nextSibling);
    return true;
  }

  function moved(list, item) {
    const all = items(list);
    all.forEach((one, place) => {
      [["up", 0], ["down", all.length - 1]].forEach(([name, end]) => {
        const button = [...one.querySelectorAll(`button[name=${name}]`)].find((found) => found.closest("[data-sort-list]") === list);
        if (button) button.disabled = place === end;
      });
    });
    const words = `${item.dataset.sortItem}: moved to place ${all.indexOf(item) + 1} of ${all.length}.`;
    const form = list.dataset.sortList && document.getElementById(list.dataset.sortList);
    if (!form) {
      item.dispatchEvent(new Event("input", { bubbles: true })); // a picture beside the form follows
      return say(words);
    }
    saving = saving.then(async () => {
      try {
        const headers = { ...JSON.parse(document.body.getAttribute("hx-headers")), "HX-Request": "true" };
        const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), headers });
        say(answer.ok ? words : "The new order could not be saved. Reload the page and try again.");
      } catch {
        say("The portal cannot be reached. Check the connection.");
      }
    });
    return saving;
  }

  document.addEventListener("keydown", (event) => {
    const handle = event.target.closest("[data-sort-handle]");
    if (!handle || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
    event.preventDefault();
    const { item, list } = parts(handle);
    if (pass(list, item, event.key === "ArrowDown" ? 1 : -1)) moved(list, item);
  });

  document.addEventListener("pointerdown", (event) => {
    const handle = event.target.closest("[data-sort-handle]");
    if (!handle || event.button) return;
    const { item, list } = parts(handle);
    const before = [...list.children];
    const middle = (one) => { const box = one.getBoundingClientRect(); return box.top + box.height / 2; };
    handle.setPointerCapture(event.pointerId);
    item.classList.add("dragged");
    list.classList.add("sorting"); // tall items show their heads only, so that the way is short
    const off = event.clientY - middle(item);
    const drag = (at) => {
      const all = items(list);
      const place = all.indexOf(item);
      const here = at.clientY - off;
      if (all[place + 1] && here > middle(all[place + 1])) pass(list, item, 1);
      else if (all[place - 1] && here < middle(all[place - 1])) pass(list, item, -1);
      if (at.clientY < 70) scrollBy(0, -15);
      else if (at.clientY > innerHeight - 70) scrollBy(0, 15);
    };
    const end = (at) => {
      handle.removeEventListener("pointermove", drag);
      item.classList.remove("dragged");
      list.classList.remove("sorting");
      item.scrollIntoView({ block: "nearest" });
      if (at.type === "pointercancel") list.append(...before);
      else if (before.some((child, place) => child !== list.children[place])) moved(list, item);
    };
    handle.addEventListener("pointermove", drag);
    ["pointerup", "pointercancel"].forEach((name) => handle.addEventListener(name, end, { once: true }));
  });
})();

// Files are sent one by one, each with how far it is; what was refused says why, and the good ones are kept.
(() => {
  "use strict";
  const LOST = "The connection broke off. Choose this file again.";
  document.addEventListener("submit", async (event) => {
    const form = event.target.closest("form[data-upload]");
    if (!form) return;
    event.preventDefault();
    const input = form.querySelector("input[type=file]");
    const button = form.querySelector("[type=submit]");
    const files = [...input.files];
    const places = form.querySelector("[data-uploads]");
    places.replaceChildren();
    button.disabled = true;
    let refused = 0;
    for (const file of files) {
      const place = show(places, file.name);
      const sentence = await send(form, input.name, file, files.length === 1, place);
      if (sentence) refused += 1;
      finish(place, sentence);
    }
    button.disabled = false;
    input.value = "";
    await refresh(form, places, refused);
  });

  function show(places, name) {
    const place = document.createElement("li");
    const bar = document.createElement("progress");
    bar.max = 1;
    bar.value = 0;
    bar.setAttribute("aria-label", name);
    const words = document.createElement("span");
    words.textContent = name;
    place.append(words, document.createElement("small"), bar);
    places.append(place);
    return place;
  }

  function send(form, name, file, isAlone, place) {
    const data = new FormData(form);
    data.delete(name);
    data.append(name, file, file.name);
    if (!isAlone) data.set("title", "");
    const [bar, words] = [place.querySelector("progress"), place.querySelector("small")];
    return new Promise((settle) => {
      const request = new XMLHttpRequest();
      request.open("POST", form.action);
      request.setRequestHeader("Accept", "application/json");
      request.upload.onprogress = (sent) => {
        if (!sent.lengthComputable) return;
        bar.value = sent.loaded / sent.total;
        words.textContent = sent.loaded < sent.total ? `${Math.round(bar.value * 100)} %` : "being looked at …";
      };
      request.onload = () => {
        if (request.status === 413) settle("The file is too large to be taken in.");
        else settle(read(request));
      };
      request.onerror = () => settle(LOST);
      request.send(data);
    });
  }

  function read(request) {
    try {
      const told = JSON.parse(request.responseText);
      return told.refused.length ? told.refused[0].sentence : "";
    } catch {
      return request.status < 400 ? "Sign in again, and choose this file again." : "This file could not be taken in.";
    }
  }

  function finish(place, sentence) {
    place.querySelector("progress").remove();
    place.querySelector("small").textContent = sentence ? "" : "kept";
    if (!sentence) return;
    const words = document.createElement("span");
    words.className = "bad";
    words.textContent = sentence;
    place.append(words);
  }

  // The list anew, with what became of the files still to be read under the form.
  async function refresh(form, places, refused) {
    const told = [...places.children];
    const list = document.getElementById(form.dataset.list);
    await window.htmx.ajax("GET", form.dataset.listUrl, { target: list, swap: "outerHTML" });
    const fresh = document.getElementById(form.dataset.list);
    fresh?.querySelector("details.adding")?.setAttribute("open", "");
    fresh?.querySelector("[data-uploads]")?.replaceChildren(...told);
    const count = told.length - refused;
    const words = `${count} ${count === 1 ? "file was" : "files were"} kept${refused ? `, ${refused} not` : ""}.`;
    document.dispatchEvent(new CustomEvent("said", { detail: { value: words } }));
  }
})();
