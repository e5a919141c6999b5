"""Small pictures as telephones and scanners make them."""

import io
from typing import Any

from PIL import Image


def picture(kind: str = "JPEG", size: tuple[int, int] = (4, 3), **hidden: Any) -> bytes:
    """A picture, red at the left and blue at the right, with what `hidden` adds to the file."""
    drawn = Image.new("RGB", size, "blue")
    drawn.paste("red", (0, 0, size[0] // 2, size[1]))
    held = io.BytesIO()
    drawn.save(held, kind, **hidden)
    return held.getvalue()
