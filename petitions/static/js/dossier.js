// The case page: turning and enlarging an opened picture. Without script it is shown as large as the pane is wide.
(function () {
  "use strict";
  const { each } = window.Petitions;

  each("[data-viewer]", (viewer) => {
    const image = viewer.querySelector("[data-viewer-image]");
    const tools = viewer.querySelector("[data-viewer-tools]");
    if (!image || !tools) return;
    let turned = 0;
    let zoom = 1;
    tools.hidden = false;

    function draw() {
      const pane = image.parentElement;
      const lying = turned % 180 !== 0;
      // A turned picture keeps the room of the unturned one: it is scaled so that its new width fits the pane.
      const fit = lying && image.offsetHeight ? Math.min(1, pane.clientWidth / image.offsetHeight) : 1;
      image.classList.toggle("is-zoomed", zoom !== 1);
      image.style.width = zoom === 1 ? "" : `${Math.round(pane.clientWidth * zoom)}px`;
      image.style.transform = turned ? `rotate(${turned}deg) scale(${fit})` : "";
    }

    tools.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (!button) return;
      if (button.dataset.turn) turned = (turned + Number(button.dataset.turn) + 360) % 360;
      if (button.dataset.zoom) zoom = Math.min(6, Math.max(0.25, zoom * Number(button.dataset.zoom)));
      if (Math.abs(zoom - 1) < 0.02) zoom = 1;
      draw();
    });
  });
})();
