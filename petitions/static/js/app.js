// The frame: messages, menu, pop-ups, htmx (token, errors, focus), progress, words that hide themselves again.
window.Petitions = (function () {
  "use strict";

  const book = JSON.parse(document.getElementById("words").textContent);
  const setups = [];
  const done = new WeakMap();

  /** A sentence of _macros/words.html with its {places} filled. */
  function word(key, values) {
    return book[key].replace(/\{(\w+)\}/g, (whole, name) => (values && name in values ? values[name] : whole));
  }

  /** Run `setup(element)` once for every match, now and in whatever htmx brings later. */
  function each(selector, setup) {
    setups.push([selector, setup]);
    apply(document, selector, setup);
  }

  function apply(root, selector, setup) {
    const found = [...root.querySelectorAll(selector)];
    if (root.matches && root.matches(selector)) found.unshift(root);
    for (const element of found) {
      if (!done.has(element)) done.set(element, new Set());
      if (done.get(element).has(setup)) continue;
      done.get(element).add(setup);
      setup(element);
    }
  }

  /** Set up what was put into the page by script. */
  function renew(root) {
    for (const [selector, setup] of setups) apply(root, selector, setup);
  }

  /** Say something above the work; the region is live, so it is also read aloud. */
  function flash(words, kind) {
    const box = document.createElement("div");
    box.className = `flash flash-${kind || "info"}`;
    const text = document.createElement("div");
    text.textContent = words;
    const close = document.createElement("button");
    close.type = "button";
    close.className = "btn-close";
    close.dataset.close = "";
    close.setAttribute("aria-label", word("close"));
    box.append(text, close);
    document.getElementById("flashes").append(box);
    if (box.getBoundingClientRect().top < 0) box.scrollIntoView({ block: "center" });
  }

  function status(code) {
    if (code === 401) return word("signed_out");
    return word(`http_${code}` in book ? `http_${code}` : "http_500");
  }

  function token() {
    return document.querySelector('meta[name="csrf-token"]').content;
  }

  /** Whether an answer is the login page instead of what was asked for. */
  function isLogin(address) {
    return new URL(address, window.location.href).pathname === document.body.dataset.login;
  }

  return { word, each, renew, flash, status, token, isLogin };
})();

(function () {
  "use strict";
  const { each, renew, flash, status, token, word, isLogin } = window.Petitions;
  const root = document.documentElement;

  // Messages that came with the page: a live region reads only what changes, so they are put in once more.
  for (const box of document.querySelectorAll("#flashes .flash > div")) {
    window.setTimeout(() => box.append(...box.childNodes), 150);
  }

  // The menu
  const toggle = document.querySelector("[data-menu-toggle]");
  function sayMenu() {
    if (toggle) toggle.setAttribute("aria-expanded", String(!root.classList.contains("menu-narrow")));
  }
  sayMenu();

  function closePops(except) {
    for (const pop of document.querySelectorAll("details.pop[open]")) if (pop !== except) pop.open = false;
  }

  document.addEventListener("click", (event) => {
    const target = event.target;
    closePops(target.closest("details.pop"));
    if (target.closest("[data-close]")) {
      const box = target.closest(".flash");
      box.remove();
      document.getElementById("main").focus({ preventScroll: true });
    } else if (target.closest("[data-menu-toggle]")) {
      const narrow = root.classList.toggle("menu-narrow");
      try {
        window.localStorage.setItem("petitions.menu", narrow ? "narrow" : "wide");
      } catch (error) {
        // Not remembered then.
      }
      sayMenu();
    } else if (target.closest("[data-menu-open]")) {
      window.setTimeout(() => document.querySelector(".menu-close").focus(), 0);
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const pop = document.querySelector("details.pop[open]");
    if (pop) {
      pop.open = false;
      pop.querySelector("summary").focus();
    } else if (window.location.hash === "#menu") {
      window.location.hash = "#main";
    }
  });

  document.addEventListener("focusin", (event) => closePops(event.target.closest("details.pop")));

  // Progress: ask for the successor of the box until one comes that asks for no more.
  each("[data-progress-url]", (box) => {
    window.setTimeout(() => {
      if (box.isConnected) window.htmx.ajax("GET", box.dataset.progressUrl, { target: box, swap: "outerHTML" });
    }, 1000);
  });

  // A revealed value goes away again (ux.md §9): after so many seconds the full one is no longer in the page.
  each("[data-expires]", (element) => {
    window.setTimeout(() => {
      element.textContent = word("expired");
    }, 1000 * Number(element.dataset.expires));
  });

  // htmx
  document.addEventListener("htmx:configRequest", (event) => {
    event.detail.headers["X-CSRFToken"] = token();
  });

  // htmx notes the current address, which may hold a searched name, in the browser's storage; without its page cache
  // (historyCacheSize 0) it has no use for the note.
  function forgetAddress() {
    try {
      window.sessionStorage.removeItem("htmx-current-path-for-history");
    } catch (error) {
      // Storage that is switched off keeps nothing.
    }
  }
  forgetAddress();
  for (const name of ["htmx:pushedIntoHistory", "htmx:replacedInHistory", "htmx:historyRestore"]) {
    document.addEventListener(name, forgetAddress);
  }

  document.addEventListener("htmx:load", (event) => renew(event.detail.elt));

  document.addEventListener("htmx:beforeSwap", (event) => {
    const answer = event.detail.xhr;
    if (answer.responseURL && isLogin(answer.responseURL)) {
      event.detail.shouldSwap = false;
      flash(word("signed_out"), "warning");
    }
  });

  document.addEventListener("htmx:responseError", (event) => flash(status(event.detail.xhr.status), "danger"));
  document.addEventListener("htmx:sendError", () => flash(word("offline"), "danger"));

  // The server may add a message to any partial answer: HX-Trigger: {"flash": {"words": …, "kind": …}}
  document.addEventListener("flash", (event) => flash(event.detail.words, event.detail.kind));

  // A swap may take away what had the focus. It then goes where the answer asks, to the thing of the same id, or to the
  // head of the new content; it is never left on nothing. A swap elsewhere on the page does not move it.
  let held = null;
  document.addEventListener("htmx:beforeSwap", () => {
    const active = document.activeElement;
    held = active && active !== document.body ? active : null;
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    const target = event.detail.elt;
    // On a telephone the paper stands below its form: whoever asks to see it is taken there.
    if (target.id === "beside" && window.innerWidth < 768) target.scrollIntoView();
    const asked = target.querySelector && target.querySelector("[data-focus]");
    if (asked) {
      asked.focus();
      return;
    }
    if (!held || (document.activeElement && document.activeElement !== document.body)) return;
    const same = held.id && document.getElementById(held.id);
    const fresh = target.isConnected && target.querySelector ? target.querySelector("h1, h2, h3") || target : null;
    const place = same || fresh || document.getElementById("main");
    if (!same && !place.hasAttribute("tabindex")) place.setAttribute("tabindex", "-1");
    place.focus({ preventScroll: true });
    held = null;
  });
})();
