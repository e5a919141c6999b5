// 常用语: `::` in a long field opens the office's phrases; what is typed after it narrows them, Enter puts one in.
(function () {
  "use strict";
  const { each, flash, status, word } = window.Petitions;
  const SHOWN = 20; // a longer list is not read but narrowed
  const MARK = "::";
  const source = document.body.dataset.phrases;
  let asked = null;

  function phrases() {
    if (!asked) {
      asked = window.fetch(source, { headers: { Accept: "application/json" }, credentials: "same-origin" }).then((answer) => {
        if (!answer.ok) throw new Error(status(answer.status));
        return answer.json();
      });
      asked.catch((error) => {
        asked = null;
        flash(error.message || word("offline"), "warning");
      });
    }
    return asked;
  }

  function build(area) {
    const list = document.createElement("ul");
    const button = document.createElement("button");
    const said = document.createElement("span");
    let rows = [];
    let active = -1;
    let from = -1;

    list.className = "combo-list phrases-list";
    list.id = `${area.id}-phrases`;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", word("phrases"));
    list.hidden = true;
    button.type = "button";
    button.className = "btn-text phrases-open no-print";
    button.textContent = `${word("phrases")} ${MARK}`;
    said.className = "visually-hidden";
    said.setAttribute("role", "status");
    const box = document.createElement("div");
    box.className = "phrases";
    area.after(box);
    box.append(button, list, said);

    function close() {
      list.hidden = true;
      rows = [];
      active = -1;
      from = -1;
      area.removeAttribute("aria-activedescendant");
    }

    function point(number) {
      if (rows[active]) {
        rows[active].classList.remove("is-active");
        rows[active].setAttribute("aria-selected", "false");
      }
      active = number;
      const row = rows[active];
      if (!row) return;
      row.classList.add("is-active");
      row.setAttribute("aria-selected", "true");
      area.setAttribute("aria-activedescendant", row.id);
      row.scrollIntoView({ block: "nearest" });
    }

    function take(row) {
      const start = from;
      const text = row.phrase.text;
      area.setRangeText(text, start, area.selectionStart, "end");
      close();
      area.dispatchEvent(new Event("input", { bubbles: true }));
      area.dispatchEvent(new Event("change", { bubbles: true }));
      area.focus();
    }

    function fill(all, typed) {
      list.textContent = "";
      const wanted = typed.toLowerCase();
      const found = all.filter((one) => !wanted || one.label.includes(typed) || one.keys.startsWith(wanted));
      rows = found.slice(0, SHOWN).map((one, number) => {
        const row = document.createElement("li");
        const text = document.createElement("small");
        row.className = "combo-option";
        row.id = `${list.id}-${number}`;
        row.setAttribute("role", "option");
        row.setAttribute("aria-selected", "false");
        row.textContent = one.label;
        text.textContent = one.text;
        row.append(text);
        row.phrase = one;
        return row;
      });
      list.append(...rows);
      if (!rows.length) {
        close();
        said.textContent = word("no_match");
        return;
      }
      list.hidden = false;
      said.textContent = word("matches", { count: found.length });
      point(0);
    }

    // What stands between the last mark and the cursor; a mark is dropped once a line ends or a sentence is written.
    function look() {
      const before = area.value.slice(0, area.selectionStart);
      const at = Math.max(before.lastIndexOf(MARK), before.lastIndexOf("："+"："));
      const typed = at < 0 ? "" : before.slice(at + MARK.length);
      if (at < 0 || typed.length > 10 || /[\s，。；]/.test(typed)) {
        close();
        return;
      }
      from = at;
      phrases().then((all) => {
        if (from === at) fill(all, typed);
      }, close);
    }

    area.addEventListener("input", (event) => {
      if (!event.isComposing) look();
    });
    area.addEventListener("compositionend", look);
    area.addEventListener("keydown", (event) => {
      if (list.hidden || event.isComposing || event.keyCode === 229) return;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        point((active + (event.key === "ArrowDown" ? 1 : -1) + rows.length) % rows.length);
      } else if ((event.key === "Enter" || event.key === "Tab") && !event.ctrlKey && !event.metaKey && rows[active]) {
        event.preventDefault();
        take(rows[active]);
      } else if (event.key === "Escape") {
        event.stopPropagation();
        close();
      }
    });
    area.addEventListener("blur", close);
    list.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
    list.addEventListener("click", (event) => {
      const row = event.target.closest("[role=option]");
      if (row) take(row);
    });
    button.addEventListener("mousedown", (event) => event.preventDefault());
    button.addEventListener("click", () => {
      area.focus();
      area.setRangeText(MARK, area.selectionStart, area.selectionEnd, "end");
      look();
    });
  }

  // At the counter the words are the petitioner's own.
  if (source) each("main form[method=post]:not([data-counter]) textarea.control", build);
})();
