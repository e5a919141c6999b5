// The keyboard. Anything with data-key answers to that key or sequence ("n", "g w", "1"): a field takes the focus, a link
// or a button is pressed. Single keys rest while somebody types or an input method composes, and can be switched off (“?”).
(function () {
  "use strict";
  const { flash, status, token, word } = window.Petitions;
  const PAUSE = 1200; // between the two keys of a sequence
  const help = document.getElementById("keys-help");
  let pending = "";
  let timer = 0;

  function isOn() {
    return document.body.dataset.keys === "on";
  }

  function isTyping(element) {
    if (!element || element.isContentEditable) return Boolean(element);
    if (element.tagName === "INPUT") return !["checkbox", "radio", "button", "submit", "file"].includes(element.type);
    return element.tagName === "TEXTAREA" || element.tagName === "SELECT";
  }

  function isReachable(element) {
    if (element.disabled) return false;
    // The menu may be off the canvas (narrow window, zoom) and its keys still lead where they lead.
    return element.getClientRects().length > 0 || Boolean(element.closest("#menu, details.pop"));
  }

  function offered() {
    return [...document.querySelectorAll("[data-key]")].filter(isReachable);
  }

  function press(element) {
    if (isTyping(element)) {
      element.focus();
      if (element.select) element.select();
    } else if (element.form && element.type === "submit" && element.form.requestSubmit) {
      element.form.requestSubmit(element);
    } else {
      element.click();
      const box = element.tagName === "SUMMARY" && element.parentElement;
      const first = box && box.open && box.querySelector("textarea, select, input:not([type=hidden])");
      if (first) first.focus();
    }
  }

  function follow(key) {
    const whole = pending ? `${pending} ${key}` : key;
    window.clearTimeout(timer);
    pending = "";
    const places = offered();
    const hit = places.find((place) => place.dataset.key.toLowerCase() === whole);
    if (hit) {
      press(hit);
      return true;
    }
    if (places.some((place) => place.dataset.key.toLowerCase().startsWith(`${whole} `))) {
      pending = whole;
      timer = window.setTimeout(() => (pending = ""), PAUSE);
      return true;
    }
    return false;
  }

  // Lists: the current row is the one whose link has the focus, so a screen reader follows.
  function listKey(event) {
    const focused = document.activeElement;
    const table = (focused.closest && focused.closest("table[data-keys=list]")) || document.querySelector("table[data-keys=list]");
    if (!table) return false;
    const rows = [...table.querySelectorAll("tbody tr")].filter((row) => row.querySelector("a.row-link"));
    const inside = table.contains(focused);
    const at = rows.findIndex((row) => row.contains(focused) || (!inside && row.classList.contains("is-current")));
    const arrow = inside && { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const step = { j: 1, k: -1 }[event.key] || (event.shiftKey && { J: 1, K: -1 }[event.key]) || arrow;
    if (step && rows.length) {
      const next = at < 0 ? rows[step > 0 ? 0 : rows.length - 1] : rows[at + step];
      if (!next) return true;
      if (event.shiftKey) {
        if (at >= 0) tick(rows[at], true);
        tick(next, true);
      }
      rows.forEach((row) => row.classList.toggle("is-current", row === next));
      const link = next.querySelector("a.row-link");
      link.focus({ preventScroll: true });
      next.scrollIntoView({ block: "nearest" });
      return true;
    }
    if (event.key === "x" && at >= 0) {
      tick(rows[at]);
      return true;
    }
    if (event.key === "Enter" && at >= 0 && !inside && focused === document.body) {
      rows[at].querySelector("a.row-link").click();
      return true;
    }
    return false;
  }

  function tick(row, value) {
    const box = row.querySelector("input[type=checkbox]");
    if (!box) return;
    box.checked = value === undefined ? !box.checked : value;
    box.dispatchEvent(new Event("change", { bubbles: true }));
  }

  // The form somebody types in, or the only one of the page that asks for something and is open. Where two are open
  // nobody can know which is meant, and a form that asks for nothing is sent by its own button only.
  function formMeant(active) {
    if (active && active.form) return active.form;
    const asking = [...document.querySelectorAll("main form")].filter(
      (form) =>
        form.getAttribute("method") === "post" &&
        form.querySelector("textarea, select, input:not([type=hidden])") &&
        form.getClientRects().length > 0 &&
        !form.closest("details:not([open])"), // its content may have a place and yet not be seen
    );
    return asking.length === 1 ? asking[0] : null;
  }

  function formKey(event) {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return false;
    const form = formMeant(document.activeElement);
    if (!form || form.getAttribute("method") !== "post" || !document.getElementById("main").contains(form)) return false;
    if (event.key === "Enter") {
      const button = form.querySelector(".button-bar [type=submit], [type=submit]");
      if (form.requestSubmit) form.requestSubmit(button);
      else if (button) button.click();
      return true;
    }
    if (event.key.toLowerCase() === "s" && form.dataset.autosave) {
      form.dispatchEvent(new Event("petitions:save"));
      return true;
    }
    return false;
  }

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229 || event.defaultPrevented) return;
    if (formKey(event)) {
      event.preventDefault();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || !isOn() || document.querySelector("dialog[open]")) return;
    if (isTyping(event.target)) return;
    if (event.key === "?") {
      openHelp();
      event.preventDefault();
    } else if (listKey(event) || (event.key.length === 1 && follow(event.key.toLowerCase()))) {
      event.preventDefault();
    }
  });

  // The overlay
  function name(place) {
    const said = place.dataset.keyLabel || place.getAttribute("aria-label");
    if (said) return said;
    const copy = place.cloneNode(true);
    copy.querySelectorAll("kbd, .badge-count, .meta").forEach((part) => part.remove());
    return copy.textContent.trim();
  }

  function openHelp() {
    const body = help.querySelector("[data-keys-page]");
    body.textContent = "";
    const seen = new Set();
    for (const place of offered()) {
      const key = place.dataset.key;
      if (seen.has(key)) continue;
      seen.add(key);
      const row = body.insertRow();
      const sign = document.createElement("kbd");
      sign.textContent = key;
      row.insertCell().append(sign);
      row.insertCell().textContent = name(place);
    }
    help.querySelector("[data-keys-switch]").checked = isOn();
    if (help.showModal) help.showModal();
    else help.setAttribute("open", "");
  }

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-keys-open]")) openHelp();
    if (event.target.closest("[data-keys-close]") || event.target === help) {
      if (help.close) help.close();
      else help.removeAttribute("open");
    }
  });

  help.querySelector("[data-keys-switch]").addEventListener("change", async (event) => {
    const value = event.target.checked ? "on" : "off";
    document.body.dataset.keys = value;
    try {
      const answer = await fetch(help.dataset.keep, {
        method: "POST",
        body: new URLSearchParams({ keys_on: value, csrf_token: token() }),
        headers: { "X-CSRFToken": token() },
      });
      if (!answer.ok) flash(status(answer.status), "danger");
    } catch (error) {
      flash(word("offline"), "danger");
    }
  });
})();
