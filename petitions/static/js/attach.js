// Attachments: several choices add up, a file can be dropped on the box or pasted anywhere in the form.
(function () {
  "use strict";
  const { each, word } = window.Petitions;

  function size(bytes) {
    return bytes < 1048576 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1048576).toFixed(1)} MB`;
  }

  each("[data-drop]", (box) => {
    const input = box.querySelector("input[type=file]");
    const list = box.querySelector("[data-drop-files]");
    const form = input.form;
    let files = [];
    let pasted = 0;

    function keep(added) {
      for (const file of added) {
        if (!files.some((old) => old.name === file.name && old.size === file.size)) files.push(file);
      }
      settle();
    }

    function settle() {
      const bag = new DataTransfer();
      for (const file of files) bag.items.add(file);
      input.files = bag.files;
      list.textContent = "";
      files.forEach((file, number) => {
        const item = document.createElement("li");
        const name = document.createElement("span");
        const remove = document.createElement("button");
        name.textContent = word("file_size", { name: file.name, size: size(file.size) });
        remove.type = "button";
        remove.className = "btn-close";
        remove.setAttribute("aria-label", word("remove", { name: file.name }));
        remove.addEventListener("click", () => {
          files.splice(number, 1);
          settle();
          input.focus();
        });
        item.append(name, remove);
        list.append(item);
      });
    }

    input.addEventListener("change", () => keep([...input.files]));
    box.addEventListener("dragover", (event) => {
      event.preventDefault();
      box.classList.add("is-over");
    });
    box.addEventListener("dragleave", () => box.classList.remove("is-over"));
    box.addEventListener("drop", (event) => {
      event.preventDefault();
      box.classList.remove("is-over");
      keep([...event.dataTransfer.files]);
    });
    if (!form) return;
    form.addEventListener("paste", (event) => {
      const found = event.clipboardData ? [...event.clipboardData.files] : [];
      if (!found.length) return;
      event.preventDefault();
      keep(found.map((file) => {
        if (!file.type.startsWith("image/")) return file;
        pasted += 1;
        return new File([file], word("pasted", { n: pasted }), { type: file.type });
      }));
    });
  });
})();
