// The counter: the channel's own fields, the lock on accusations, suspected repeats while typing, Enter to the next field.
(function () {
  "use strict";
  const { each } = window.Petitions;
  const PAUSE = 250; // after the last key before the server is asked

  each("form[data-counter]", (form) => {
    const field = (name) => form.elements.namedItem(name);
    const text = (name) => field(name).value.trim();

    // The channel
    function showChannel() {
      form.dataset.channel = field("channel").value;
    }

    // An accusation is kept secret from its first moment: say so, and ask whom it accuses.
    const secret = form.querySelector("[data-secret]");
    const kept = form.dataset.confidential.split(" ");
    function showSecret() {
      const isSecret = kept.includes(field("purpose").value);
      form.classList.toggle("is-confidential", isSecret);
      secret.hidden = !isSecret;
      if (isSecret) form.querySelector("#accused").open = true;
    }

    // Many people choose representatives
    const hint = form.querySelector("[data-collective-hint]");
    function showSpeakers() {
      const count = Number(text("headcount").normalize("NFKC")) || 0;
      const isCollective = count >= Number(form.dataset.collective);
      if (isCollective && hint.hidden) form.querySelector("#speakers").open = true;
      hint.hidden = !isCollective;
    }

    // The letter grows with its text
    const letter = field("text");
    function grow() {
      if (letter.scrollHeight > letter.clientHeight) letter.style.height = `${letter.scrollHeight + 4}px`;
    }

    // Suspected repeats: asked for when a number is whole, or a name has its place
    const panel = form.querySelector("#suspects");
    let before = known().join("\n");
    let timer = 0;

    function known() {
      const phone = text("phone").normalize("NFKC").replace(/[\s()-]/g, "");
      const identity = text("id_number").normalize("NFKC").replace(/[\s-]/g, "");
      const whole = [
        phone.length >= 10 ? phone : "",
        identity.length === 18 ? identity : "",
        text("name") && text("place") ? `${text("name")} ${text("place")}` : "",
        kept.includes(field("purpose").value) ? `${text("respondent")} ${field("respondent_unit").value}` : "",
      ];
      return whole;
    }

    function ask(isFresh) {
      const now = known().join("\n");
      if (now === before && !isFresh) return;
      before = now;
      window.clearTimeout(timer);
      timer = window.setTimeout(() => panel.dispatchEvent(new Event("ask")), PAUSE);
    }

    form.addEventListener("input", (event) => {
      if (event.target.name === "headcount") showSpeakers();
      if (event.target === letter) grow();
      if (!event.isComposing) ask(false);
    });
    form.addEventListener("compositionend", () => ask(false));

    form.addEventListener("change", (event) => {
      const name = event.target.name;
      if (name === "channel") showChannel();
      if (name === "purpose") showSecret();
      if (name === "joins") {
        for (const one of panel.querySelectorAll(".suspect")) one.classList.toggle("is-picked", one.contains(event.target));
      }
      // A text that was written after the person was found is compared too, and an accusation joins no ordinary matter.
      if (["text", "purpose"].includes(name)) ask(known().some(Boolean));
    });

    // Enter leads to the next field, as everywhere in an office; what saves is Ctrl+Enter or the button.
    function places() {
      const found = [...form.querySelectorAll("input, select, textarea, summary, button")];
      return found.filter((place) => {
        if (place.disabled || place.tabIndex < 0 || !place.getClientRects().length) return false;
        return place.type !== "radio" || place.checked || !form.querySelector(`[name="${place.name}"]:checked`);
      });
    }

    form.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.defaultPrevented || event.isComposing || event.keyCode === 229) return;
      if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
      if (!event.target.matches("input:not([type=file]), select")) return;
      event.preventDefault();
      const all = places();
      const at = all.indexOf(event.target);
      const next = all.slice(at + 1).find((place) => place.name !== event.target.name || !place.name);
      if (next) next.focus();
    });

    for (const name of ["region", "place"]) field(name).setAttribute("list", "places");
    showChannel();
    showSecret();
    showSpeakers();
    grow();
  });
})();
