// Fields that hinge on another one (cases/fields.py): shown while it says that they are asked.
(function () {
  "use strict";
  const fields = [...document.querySelectorAll("[data-hinge]")];

  function chosen(name) {
    const radio = document.querySelector(`[name="${name}"]:checked`);
    const control = radio || document.querySelector(`select[name="${name}"], input[type=text][name="${name}"]`);
    return control ? control.value : "";
  }

  function follow(name) {
    const value = chosen(name);
    fields
      .filter((field) => field.dataset.hinge === name)
      .forEach((field) => {
        const asked = field.dataset.asked.split(" ");
        const never = field.dataset.never.split(" ");
        field.hidden = !value || never.includes(value) || !(asked.includes("*") || asked.includes(value));
      });
  }

  const names = new Set(fields.map((field) => field.dataset.hinge));
  document.addEventListener("change", (event) => {
    if (names.has(event.target.name)) follow(event.target.name);
  });
  // A browser that goes back fills in what was chosen, and says nothing of it.
  window.addEventListener("pageshow", () => names.forEach(follow));
})();
