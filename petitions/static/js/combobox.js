// A filter over a native <select data-combobox>: by the words of an entry or by its pinyin initials (data-keys).
// The select stays the form's value, so the page works without this file and the server never sees a difference.
// What was typed and names no entry stays in the box, is said there, and keeps the form from being sent without it.
(function () {
  "use strict";
  const { each, word } = window.Petitions;
  const SHOWN = 100; // a longer list is not read but narrowed

  function build(select) {
    const several = select.multiple;
    const label = select.labels[0];
    const box = document.createElement("div");
    box.className = "combo";
    const input = document.createElement("input");
    const list = document.createElement("ul");
    const chosen = document.createElement("ul");
    const said = document.createElement("span");
    const wrong = document.createElement("p");
    const id = select.id || `combo-${select.name}`;

    input.type = "text";
    input.id = `${id}-filter`;
    input.className = "control combo-input";
    input.autocomplete = "off";
    input.spellcheck = false;
    input.placeholder = word("filter_hint");
    const attributes = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": `${id}-list` };
    for (const [name, value] of Object.entries(attributes)) input.setAttribute(name, value);
    for (const name of ["aria-describedby", "aria-invalid", "aria-required"]) {
      if (select.hasAttribute(name)) input.setAttribute(name, select.getAttribute(name));
    }
    if (label) {
      label.htmlFor = input.id;
      input.setAttribute("aria-label", label.textContent.replace(/^\*/, "").trim());
    }
    list.className = "combo-list";
    list.id = `${id}-list`;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", input.getAttribute("aria-label") || "");
    if (several) list.setAttribute("aria-multiselectable", "true");
    list.hidden = true;
    chosen.className = "combo-chosen";
    said.className = "visually-hidden";
    said.setAttribute("role", "status");
    wrong.className = "field-error";
    wrong.setAttribute("role", "status");
    wrong.hidden = true;

    select.before(box);
    box.append(...(several ? [chosen] : []), input, list, said, wrong, select);
    select.combo = input;
    if (select.autofocus) input.focus();

    let active = -1;
    let rows = [];

    function open() {
      list.hidden = false;
      input.setAttribute("aria-expanded", "true");
    }

    function close() {
      list.hidden = true;
      active = -1;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
      if (!several) input.value = current();
      tell("");
    }

    // Leaving the box takes the only entry that what was typed can mean; of none or several nothing is guessed.
    function leave() {
      const typed = input.value.trim();
      if (!typed || typed === current()) return close();
      fill(typed.toLowerCase());
      const open_ones = rows.filter((row) => !row.option.disabled);
      const exact = open_ones.filter((row) => row.option.textContent.trim() === typed);
      const meant = exact.length === 1 ? exact : open_ones;
      if (meant.length === 1 && !(several && meant[0].option.selected)) return take(meant[0].option, false);
      close();
      input.value = typed;
      tell(word("not_chosen", { typed }));
    }

    function tell(sentence) {
      wrong.textContent = sentence;
      wrong.hidden = !sentence;
      input.classList.toggle("is-unmatched", Boolean(sentence));
      if (sentence) input.setAttribute("aria-invalid", "true");
      else if (!select.hasAttribute("aria-invalid")) input.removeAttribute("aria-invalid");
    }

    function current() {
      const option = select.selectedOptions[0];
      return option && option.value ? option.textContent.trim() : "";
    }

    function matches(option, typed) {
      if (!typed) return true;
      const words = option.textContent.toLowerCase();
      const keys = (option.dataset.keys || "").toLowerCase();
      return words.includes(typed) || (/^[a-z0-9]+$/.test(typed) && keys.split(" ").some((key) => key.includes(typed)));
    }

    function fill(typed) {
      list.textContent = "";
      rows = [];
      let group = null;
      let found = 0;
      for (const option of select.options) {
        if (!option.value || !matches(option, typed)) continue;
        found += 1;
        if (found > SHOWN) continue;
        const over = option.parentElement.tagName === "OPTGROUP" ? option.parentElement.label : null;
        if (over && over !== group) list.append(heading(over));
        group = over;
        const row = line(option, rows.length);
        rows.push(row);
        list.append(row);
      }
      if (!found) list.append(heading(word("no_match")));
      said.textContent = found ? word("matches", { count: found }) : word("no_match");
      point(typed && rows.length ? 0 : rows.findIndex((row) => row.option.selected));
    }

    function heading(words) {
      const row = document.createElement("li");
      row.className = "combo-option is-group";
      row.setAttribute("role", "presentation");
      row.textContent = words;
      return row;
    }

    function line(option, number) {
      const row = document.createElement("li");
      row.className = "combo-option";
      row.id = `${id}-option-${number}`;
      row.setAttribute("role", "option");
      row.setAttribute("aria-selected", String(option.selected));
      row.textContent = option.textContent.trim();
      if (option.disabled) {
        row.setAttribute("aria-disabled", "true");
        if (option.dataset.why) {
          const why = document.createElement("small");
          why.textContent = option.dataset.why;
          row.append(why);
        }
      }
      row.option = option;
      return row;
    }

    function point(number) {
      if (rows[active]) rows[active].classList.remove("is-active");
      active = number;
      const row = rows[active];
      if (!row) {
        input.removeAttribute("aria-activedescendant");
        return;
      }
      row.classList.add("is-active");
      input.setAttribute("aria-activedescendant", row.id);
      row.scrollIntoView({ block: "nearest" });
    }

    function take(option, stay = true) {
      if (option.disabled) return;
      if (several) option.selected = !option.selected;
      else select.value = option.value;
      select.dispatchEvent(new Event("input", { bubbles: true }));
      select.dispatchEvent(new Event("change", { bubbles: true }));
      show();
      if (several) input.value = "";
      close();
      if (stay) input.focus();
    }

    function show() {
      if (!several) {
        input.value = current();
        return;
      }
      chosen.textContent = "";
      for (const option of select.selectedOptions) {
        const item = document.createElement("li");
        const button = document.createElement("button");
        button.type = "button";
        button.className = "filter-chip";
        button.textContent = `${option.textContent.trim()} ×`;
        button.setAttribute("aria-label", word("remove", { name: option.textContent.trim() }));
        button.addEventListener("click", () => take(option));
        item.append(button);
        chosen.append(item);
      }
    }

    input.addEventListener("input", () => {
      tell("");
      if (!several && !input.value && select.value) {
        select.value = "";
        select.dispatchEvent(new Event("change", { bubbles: true }));
      }
      fill(input.value.trim().toLowerCase());
      open();
    });
    input.addEventListener("click", () => {
      if (!list.hidden) return;
      fill("");
      open();
      input.select();
    });
    input.addEventListener("keydown", (event) => {
      if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey) return;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (list.hidden) {
          fill("");
          open();
        }
        const step = event.key === "ArrowDown" ? 1 : -1;
        if (rows.length) point((active + step + rows.length) % rows.length);
      } else if (event.key === "Enter" && !list.hidden) {
        event.preventDefault();
        if (rows[active]) take(rows[active].option);
        else close();
      } else if (event.key === "Escape" && !list.hidden) {
        event.stopPropagation();
        close();
      } else if (event.key === "Backspace" && several && !input.value && select.selectedOptions.length) {
        take(select.selectedOptions[select.selectedOptions.length - 1]);
      }
    });
    list.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
    list.addEventListener("click", (event) => {
      const row = event.target.closest("[role=option]");
      if (row) take(row.option);
    });
    input.addEventListener("blur", leave);
    select.addEventListener("change", show);
    show();
  }

  each("select[data-combobox]", build);

  document.addEventListener(
    "submit",
    (event) => {
      const left = event.target.querySelector(".combo-input.is-unmatched");
      if (!left) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      left.focus();
    },
    true,
  );
})();
