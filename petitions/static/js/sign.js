// Signing on the glass: beside whom has signed stands a field to sign on; the picture becomes a file of the act and ticks
// the person. Without script, or on paper, the tick alone says it.
(function () {
  "use strict";
  const { each, word } = window.Petitions;

  each('[data-field="signed"]', (field) => {
    const input = field.closest("form").querySelector('input[type="file"][name="files"]');
    if (!input) return;
    const box = document.createElement("div");
    box.className = "signing";
    field.querySelector(".field-body").append(box);

    for (const tick of field.querySelectorAll('input[name="signed"]')) {
      const name = tick.closest("label").textContent.trim();
      const open = document.createElement("button");
      open.type = "button";
      open.className = "btn btn-plain";
      open.textContent = word("sign_here", { name });
      open.addEventListener("click", () => pad(name, tick, open));
      box.append(open);
    }

    function pad(name, tick, open) {
      const pane = document.createElement("div");
      pane.className = "sign-pane";
      pane.setAttribute("role", "group");
      pane.setAttribute("aria-label", word("sign_here", { name }));
      const glass = document.createElement("canvas");
      const row = document.createElement("p");
      row.className = "btn-row";
      const [clear, keep, leave] = ["sign_clear", "sign_keep", "sign_leave"].map((key) => {
        const button = document.createElement("button");
        button.type = "button";
        button.className = key === "sign_keep" ? "btn btn-primary" : "btn btn-plain";
        button.textContent = word(key);
        row.append(button);
        return button;
      });
      pane.append(glass, row);
      open.after(pane);
      open.hidden = true;

      const ratio = window.devicePixelRatio || 1;
      const width = pane.clientWidth || 300;
      glass.width = width * ratio;
      glass.height = 160 * ratio;
      const pen = glass.getContext("2d");
      let drawn = false;
      let down = false;

      function wipe() {
        pen.setTransform(ratio, 0, 0, ratio, 0, 0);
        pen.fillStyle = "#fff";
        pen.fillRect(0, 0, width, 160);
        pen.lineWidth = 2.5;
        pen.lineCap = pen.lineJoin = "round";
        pen.strokeStyle = "#111";
        drawn = false;
      }
      wipe();

      const at = (event) => {
        const place = glass.getBoundingClientRect();
        return [((event.clientX - place.left) * width) / place.width, ((event.clientY - place.top) * 160) / place.height];
      };
      glass.addEventListener("pointerdown", (event) => {
        event.preventDefault();
        glass.setPointerCapture(event.pointerId);
        down = true;
        pen.beginPath();
        pen.moveTo(...at(event));
      });
      glass.addEventListener("pointermove", (event) => {
        if (!down) return;
        pen.lineTo(...at(event));
        pen.stroke();
        drawn = true;
      });
      for (const end of ["pointerup", "pointercancel"]) glass.addEventListener(end, () => (down = false));

      function close() {
        pane.remove();
        open.hidden = false;
        open.focus();
      }
      clear.addEventListener("click", wipe);
      leave.addEventListener("click", close);
      keep.addEventListener("click", () => {
        if (!drawn) return glass.focus();
        return glass.toBlob((picture) => {
          const bag = new DataTransfer();
          for (const file of input.files) bag.items.add(file);
          bag.items.add(new File([picture], word("sign_file", { name: name.replace(/[（(].*$/, "") }), { type: "image/png" }));
          input.files = bag.files;
          input.dispatchEvent(new Event("change", { bubbles: true }));
          tick.checked = true;
          tick.dispatchEvent(new Event("change", { bubbles: true }));
          open.textContent = word("signed", { name });
          close();
        }, "image/png");
      });
    }
  });
})();
