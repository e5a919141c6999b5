// Runs before the first paint: what must not flicker. Only choices about the screen are kept in the browser, never data.
(function () {
  "use strict";
  const root = document.documentElement;
  root.classList.remove("no-js");
  let narrow = root.classList.contains("text-huge") && window.innerWidth < 1440;
  try {
    const kept = window.localStorage.getItem("petitions.menu");
    if (kept) narrow = kept === "narrow";
  } catch (error) {
    // Storage may be switched off; the menu is then simply wide.
  }
  root.classList.toggle("menu-narrow", narrow);
})();
