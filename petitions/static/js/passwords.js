// Password fields: show what is typed, and say when capital letters are locked. Both only where script runs.
(function () {
  "use strict";
  const { each } = window.Petitions;

  each("[data-shows]", (button) => {
    const fields = button.dataset.shows.split(" ").map((id) => document.getElementById(id)).filter(Boolean);
    if (!fields.length) return;
    button.hidden = false;
    button.addEventListener("click", () => {
      const shown = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", String(shown));
      for (const field of fields) field.type = shown ? "text" : "password";
      fields[0].focus();
    });
    // What is sent is a password again, so that the browser offers to keep it as one.
    fields[0].form.addEventListener("submit", () => {
      for (const field of fields) field.type = "password";
    });
  });

  each("[data-caps]", (hint) => {
    const field = document.getElementById(hint.dataset.caps);
    const look = (event) => {
      if (event.getModifierState) hint.hidden = !event.getModifierState("CapsLock");
    };
    for (const name of ["keydown", "keyup", "mousedown"]) field.addEventListener(name, look);
    field.addEventListener("blur", () => {
      hint.hidden = true;
    });
  });

  // A password that is shown once can be copied once.
  each("[data-copies]", (button) => {
    if (!navigator.clipboard) return;
    button.hidden = false;
    button.addEventListener("click", () => {
      navigator.clipboard.writeText(document.getElementById(button.dataset.copies).textContent.trim()).then(() => {
        button.textContent = button.dataset.done;
      });
    });
  });
})();
