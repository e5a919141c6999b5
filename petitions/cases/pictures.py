"""Pictures are written anew before they are kept: what a telephone hides in them, the place above all, is gone.

So is everything else that is not the picture: thumbnails of what was cut away, comments, a page appended to it.
"""

from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from petitions.cases.checks import Unreadable
from petitions.words import say

_FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
"""What telephones and browsers make. Scans of many pages (TIFF) and moving pictures stay as they are."""

PIXELS_AT_MOST = 120_000_000
"""The largest telephones take 108 million; decoded that is 360 MB for a moment. A small file can claim far more."""

Image.MAX_IMAGE_PIXELS = None
"""The library would only warn, and at another number; ours is asked before anything is decoded."""

_QUALITY = 90
"""Of a JPEG that had to be turned: no eye tells it from the original, and print neither."""


def write_anew(path: Path, media_type: str, name: str) -> None:
    """Replace the picture at `path` (called `name`) by the same one without anything hidden; others are left alone.

    It is turned as its telephone meant it. Raises Unreadable with a sentence for one that is broken or too large.
    """
    kind = _FORMATS.get(media_type)
    if kind is None:
        return
    try:
        with Image.open(path, formats=[kind]) as picture:
            if picture.width * picture.height > PIXELS_AT_MOST:
                raise Unreadable(say("“{name}”的像素太多（{width}×{height}）。请缩小后再上传",
                                     name=name, width=picture.width, height=picture.height))  # fmt: skip
            turned = ImageOps.exif_transpose(picture)
            if turned.mode == "P":
                turned = turned.convert("RGBA" if "transparency" in turned.info else "RGB")
            bare = Image.frombytes(turned.mode, turned.size, turned.tobytes())
            bare.save(path, kind, quality=_QUALITY, icc_profile=turned.info.get("icc_profile"))
    except Unreadable:
        raise
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        raise Unreadable(say("“{name}”已损坏，打不开。请从原处重新保存后再上传", name=name)) from None
