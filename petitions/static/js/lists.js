// Lists: rows that open, rows that are chosen, the way back to where one was. The selection is only ever ticked boxes.
(function () {
  "use strict";
  const { each, flash, word } = window.Petitions;

  // Cells without a label take the words of their column, for the cards below 768 px.
  each("table.list", (table) => {
    const heads = [...table.querySelectorAll("thead th")].map((head) => head.textContent.trim());
    for (const row of table.querySelectorAll("tbody tr")) {
      [...row.cells].forEach((cell, number) => {
        if (cell.tagName === "TD" && !cell.dataset.label && heads[number]) cell.dataset.label = heads[number];
      });
    }
  });

  // A click anywhere in a row opens it; text can still be marked and copied.
  document.addEventListener("click", (event) => {
    const row = event.target.closest("table.list[data-keys] tbody tr");
    const link = row && row.querySelector("a.row-link");
    if (!link) return;
    if (event.target.closest("a.row-link")) remember(link);
    if (event.target.closest("a, button, input, label, select, summary") || String(window.getSelection())) return;
    if (event.ctrlKey || event.metaKey) window.open(link.href);
    else link.click();
  });

  // The row that was opened is marked on return. The mark lives in the history entry of this list, nowhere else.
  function remember(link) {
    const rows = [...document.querySelectorAll("table.list[data-keys] tbody tr")];
    rows.forEach((row) => row.classList.toggle("is-last", row.contains(link)));
    window.history.replaceState({ ...window.history.state, row: link.getAttribute("href") }, "");
  }
  const last = window.history.state && window.history.state.row;
  if (last) {
    for (const link of document.querySelectorAll("table.list[data-keys] a.row-link")) {
      if (link.getAttribute("href") !== last) continue;
      link.closest("tr").classList.add("is-last");
      link.scrollIntoView({ block: "nearest" });
      link.focus({ preventScroll: true });
    }
  }

  each("[data-selection]", (bar) => {
    const form = bar.closest("form");
    const words = bar.querySelector("[data-selection-words]");
    const all = bar.querySelector("[data-selection-all]");
    const field = bar.querySelector("[data-selection-field]");
    const total = Number(bar.dataset.total);
    const boxes = () => [...form.elements].filter((box) => box.matches("tbody input[type=checkbox]"));
    const master = document.querySelector("[data-pick-all]");

    function settle() {
      const ticked = boxes().filter((box) => box.checked);
      for (const box of boxes()) box.closest("tr").classList.toggle("is-picked", box.checked);
      const whole = ticked.length > 0 && ticked.length === boxes().length;
      if (field && !whole) field.value = "";
      bar.classList.toggle("is-chosen", ticked.length > 0);
      const everything = field && field.value;
      words.textContent = ticked.length
        ? word(everything ? "picked_all" : "picked", { count: everything ? total : ticked.length })
        : bar.dataset.hint || word("pick_hint");
      if (all) all.hidden = !whole || Boolean(everything) || total <= ticked.length;
      if (master) {
        master.checked = whole;
        master.indeterminate = ticked.length > 0 && !whole;
      }
    }

    document.addEventListener("change", (event) => {
      if (event.target === master) boxes().forEach((box) => (box.checked = master.checked));
      if (event.target === master || boxes().includes(event.target)) settle();
    });
    if (all) {
      all.addEventListener("click", () => {
        field.value = "1";
        settle();
        words.tabIndex = -1;
        words.focus();
      });
    }
    form.addEventListener("submit", (event) => {
      if (boxes().some((box) => box.checked)) return;
      event.preventDefault();
      flash(bar.dataset.hint || word("pick_first"), "warning");
    });
    window.addEventListener("pageshow", settle);
    settle();
  });
})();
