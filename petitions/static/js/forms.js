// Forms: one submission per click, errors that take the focus, counters, repeated blocks.
(function () {
  "use strict";
  const { each, renew, word } = window.Petitions;

  // After so long without an answer the button works again: the server takes a retry of the same submission as one act.
  const PATIENCE = 8000;

  function release(form) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("button[aria-disabled]")) button.removeAttribute("aria-disabled");
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    // By its attribute: a field called "method" hides the property of that name.
    if (form.getAttribute("method") !== "post") return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    // Once the event is over: a button that is changed earlier would be left out of what is sent.
    window.setTimeout(() => {
      if (event.defaultPrevented && !form.matches("[hx-post], [data-hx-post]")) {
        delete form.dataset.sent;
        return;
      }
      for (const button of form.querySelectorAll("button[type=submit]")) button.setAttribute("aria-disabled", "true");
      const state = form.querySelector("[data-autosave-status]");
      if (state) state.textContent = word("sending");
    }, 0);
    window.setTimeout(() => release(form), PATIENCE);
  });

  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.target.closest && event.target.closest("form");
    if (form) release(form);
  });

  // Coming back by the browser's own button finds a working page.
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(release));

  // Our words, not the browser's, say what is missing.
  each("form", (form) => {
    if (form.getAttribute("method") === "post") form.noValidate = true;
  });

  each("[data-error-summary]", (summary) => {
    summary.focus();
    summary.addEventListener("click", (event) => {
      const link = event.target.closest("a[href^='#']");
      const field = link && document.getElementById(link.getAttribute("href").slice(1));
      if (!field) return;
      event.preventDefault();
      const shown = field.tagName === "SELECT" && field.combo ? field.combo : field;
      shown.focus();
      shown.scrollIntoView({ block: "center" });
    });
  });

  each("textarea[data-max]", (area) => {
    const most = Number(area.dataset.max);
    if (!most) return;
    const line = document.createElement("p");
    line.className = "field-count";
    line.id = `${area.id}-count`;
    area.after(line);
    const said = area.getAttribute("aria-describedby");
    area.setAttribute("aria-describedby", said ? `${said} ${line.id}` : line.id);
    const count = () => {
      // As the server counts: by characters, not by the browser's half characters.
      const now = [...area.value].length;
      line.hidden = now < most * 0.8 && most > 500;
      line.classList.toggle("is-over", now > most);
      line.textContent = now > most ? word("over", { over: now - most, max: most }) : word("count", { count: now, max: most });
    };
    area.addEventListener("input", count);
    count();
  });

  // A thumb turns the telephone's own clock; at a keyboard 930, 9:30 or 9点30分 is typed faster than a control is filled.
  each("input[data-clock]", (input) => {
    if (window.matchMedia("(pointer: coarse)").matches) input.type = "time";
  });

  each("[data-repeat]", (box) => {
    const items = box.querySelector("[data-repeat-items]");
    const pattern = box.querySelector("template");
    const counter = box.querySelector("[data-repeat-count]");
    const add = box.querySelector("[data-repeat-add]");
    const most = Number(box.dataset.most);

    const settle = () => {
      add.hidden = items.children.length >= most;
      // The server counts the rows as they stand, so a sentence about the second means the second that is seen.
      [...items.children].forEach((item, index) => {
        for (const place of item.querySelectorAll("[data-repeat-number]")) place.textContent = String(index + 1);
      });
    };

    // Empty rows are for pages without script; here one is enough, and more come with the button.
    [...items.querySelectorAll("[data-repeat-spare]")].forEach((item) => {
      if (items.children.length > 1) item.remove();
    });

    add.addEventListener("click", () => {
      // Numbers are never used twice, so that a removed block leaves a gap and not a mix-up.
      const next = Number(counter.value);
      counter.value = String(next + 1);
      const shell = document.createElement("div");
      shell.innerHTML = pattern.innerHTML.replace(/__i__/g, String(next)).replace(/__n__/g, String(next + 1));
      const item = shell.firstElementChild;
      items.append(item);
      renew(item);
      const first = item.querySelector("input, textarea, select");
      if (first) first.focus();
      settle();
    });

    items.addEventListener("click", (event) => {
      const button = event.target.closest("[data-repeat-remove]");
      if (!button) return;
      button.closest(".repeat-item").remove();
      items.dispatchEvent(new Event("change", { bubbles: true }));
      settle();
      (add.hidden ? box.querySelector("input:not([type=hidden])") : add).focus();
    });
    settle();
  });
})();
