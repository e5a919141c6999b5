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
      const [wide, high] = [image.naturalWidth || 1, image.naturalHeight || 1];
      // What is seen as the width fits the pane, unless the picture is smaller than that.
      const seen = Math.min(pane.clientWidth, lying ? high : wide) * zoom;
      const width = lying ? (seen * wide) / high : seen;
      const height = (width * high) / wide;
      // A turned picture keeps the room of the unturned one; the margins give it the room it is seen in.
      const shift = lying ? (width - height) / 2 : 0;
      const free = Math.max(0, (pane.clientWidth - seen) / 2);
      Object.assign(image.style, {
        width: `${width}px`,
        height: `${height}px`,
        maxWidth: "none",
        margin: `${shift}px ${-shift}px ${shift}px ${free - shift}px`,
        transform: turned ? `rotate(${turned}deg)` : "",
      });
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
