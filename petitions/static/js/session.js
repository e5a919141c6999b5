// The login is about to end (ux.md S7): said five minutes before, counted down, put off without a reload. What is being
// typed is saved first. Without script the login ends all the same, and the next page asks for it again.
(function () {
  "use strict";
  const { word, token } = window.Petitions;
  const box = document.getElementById("session-end");
  if (!box || !box.showModal) return;

  const WARN = Number(box.dataset.warn);
  const SPOKEN = [240, 180, 120, 60, 30, 10];
  const ASKED_AGAIN = 20;
  const ask = box.dataset.ask;
  const words = box.querySelector("[data-session-words]");
  const spoken = box.querySelector("[data-session-spoken]");
  const stay = box.querySelector("[data-session-stay]");
  let ends = 0;
  let final = false;
  let waved = false;
  let before = null;

  /** When the login ends, by what the server has said: the page's own clock may be wrong, the time between is not. */
  function heard(left) {
    final = left.total <= left.idle;
    ends = performance.now() + 1000 * Math.min(left.idle, left.total);
  }

  function seconds() {
    return Math.max(0, Math.ceil((ends - performance.now()) / 1000));
  }

  function clock(left) {
    return `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
  }

  async function told(address, method) {
    const answer = await fetch(address, {
      method,
      headers: { "X-CSRFToken": token(), Accept: "application/json" },
      redirect: "manual",
    });
    return answer.ok ? answer.json() : null;
  }

  function leave() {
    // Whoever comes back finds the login page, not the last case on the screen.
    window.onbeforeunload = null;
    window.location.assign(box.dataset.login);
  }

  function open() {
    for (const form of document.querySelectorAll("form[data-autosave]")) form.dispatchEvent(new Event("petitions:save"));
    before = document.activeElement;
    stay.hidden = final;
    box.showModal();
    (final ? box.querySelector("[data-session-leave]") : stay).focus();
    say(seconds(), true);
  }

  function close() {
    if (box.open) box.close();
    if (before && before.isConnected) before.focus();
  }

  function say(left, aloud) {
    let told = word(final ? "session_final" : "session_idle", { time: clock(left) });
    if (document.querySelector("form[data-autosave]")) told += word("session_saved");
    if (words.textContent !== told) words.textContent = told;
    // Read aloud now and then only: a voice that counts every second says nothing else.
    if (aloud || SPOKEN.includes(left)) spoken.textContent = told;
  }

  async function look() {
    const left = seconds();
    if (box.open) say(left, false);
    if (left > WARN || (waved && left > 0) || (box.open && left > 0 && left % ASKED_AGAIN)) return;
    // Another window may have been used meanwhile, or the login ended by another hand: the server knows.
    let answer;
    try {
      answer = await told(ask, "GET");
    } catch (error) {
      if (left > 0 && !box.open) open();
      return;
    }
    if (!answer) return leave();
    heard(answer);
    if (seconds() > WARN) close();
    else if (!box.open && !waved) open();
  }

  stay.addEventListener("click", async () => {
    try {
      const answer = await told(box.dataset.stay, "POST");
      if (!answer) return leave();
      heard(answer);
      close();
      if (seconds() <= WARN) open();
    } catch (error) {
      words.textContent = word("offline");
    }
  });

  // Escape is an answer too: somebody is there.
  box.addEventListener("cancel", (event) => {
    event.preventDefault();
    waved = final;
    if (final) close();
    else stay.click();
  });

  heard({ idle: Number(box.dataset.idle), total: Number(box.dataset.total) });
  let busy = false;
  window.setInterval(async () => {
    if (busy) return;
    busy = true;
    await look();
    busy = false;
  }, 1000);
})();
