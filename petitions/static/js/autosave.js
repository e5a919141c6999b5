// Drafts: a form with data-autosave="<address>" is posted there as it stands, every five seconds when something changed,
// when a field is left and when the page is hidden. Nothing is ever put into the browser's own storage: what people wrote
// stays in the page and on the server. The answer may be JSON {"draft": id, "at": "10:32"}.
(function () {
  "use strict";
  const { each, word, token, status, isLogin } = window.Petitions;
  const EVERY = 5000;

  function snapshot(form) {
    const pairs = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (typeof value === "string") pairs.append(name, value);
    return pairs;
  }

  /** What tells two versions apart: everything but the token and the number of the draft itself. */
  function essence(pairs) {
    const copy = new URLSearchParams(pairs.toString());
    copy.delete("csrf_token");
    copy.delete("draft");
    return copy.toString();
  }

  each("form[data-autosave]", (form) => {
    const place = form.querySelector("[data-autosave-status]");
    const address = form.dataset.autosave;
    let kept = essence(snapshot(form));
    let busy = null;
    let waiting = false;
    let sent = false;

    function say(words, isWaiting) {
      waiting = Boolean(isWaiting);
      if (!place) return;
      place.classList.toggle("is-waiting", waiting);
      if (place.textContent !== words) place.textContent = words;
    }

    async function save() {
      if (busy || sent || !form.isConnected) return;
      const pairs = snapshot(form);
      const now = essence(pairs);
      if (now === kept) return;
      busy = new AbortController();
      try {
        const answer = await fetch(address, {
          method: "POST",
          body: pairs,
          headers: { "X-CSRFToken": token(), Accept: "application/json" },
          signal: busy.signal,
        });
        if (answer.status === 401 || (answer.redirected && isLogin(answer.url))) {
          say(word("unsaved", { why: word("signed_out") }), true);
        } else if (!answer.ok) {
          say(word("unsaved", { why: status(answer.status) }), true);
        } else {
          kept = now;
          const told = await read(answer);
          const draft = form.querySelector("input[name=draft]");
          if (draft && told.draft !== undefined) draft.value = told.draft;
          say(word("saved", { time: told.at || new Date().toTimeString().slice(0, 5) }));
        }
      } catch (error) {
        if (!sent) say(word("unsaved", { why: word("offline") }), true);
      } finally {
        busy = null;
      }
    }

    async function read(answer) {
      const kind = answer.headers.get("Content-Type") || "";
      return kind.includes("json") ? answer.json() : {};
    }

    /** The page goes away: hand what is left to the browser, which sends it even after we are gone. */
    function hand() {
      if (sent) return;
      const pairs = snapshot(form);
      if (essence(pairs) === kept) return;
      pairs.set("csrf_token", token());
      if (navigator.sendBeacon(address, pairs)) kept = essence(pairs);
    }

    const timer = window.setInterval(() => (form.isConnected ? save() : window.clearInterval(timer)), EVERY);
    form.addEventListener("focusout", () => window.setTimeout(save, 200));
    form.addEventListener("petitions:save", save);
    window.addEventListener("online", save);
    window.addEventListener("pagehide", hand);
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") hand();
    });
    form.addEventListener("submit", (event) => {
      window.setTimeout(() => {
        if (event.defaultPrevented) return;
        // A draft that arrives after its petition would come back from the dead.
        sent = true;
        if (busy) busy.abort();
        window.setTimeout(() => (sent = false), 8000);
      }, 0);
    });
    window.addEventListener("pageshow", () => (sent = false));
    window.addEventListener("beforeunload", (event) => {
      if (waiting && !sent) event.preventDefault();
    });
  });
})();
