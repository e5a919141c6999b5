"""Pictures are written anew before they are kept: what a telephone hides in them, the place above all, is gone.

So is everything else that is not the picture: thumbnails of what was cut away, comments, a page appended to it.
"""

import threading
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps
from PIL.TiffImagePlugin import AppendingTiffWriter

from petitions.cases.checks import Unreadable
from petitions.words import say

_FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/tiff": "TIFF"}
"""What telephones, browsers and scanners make. Moving pictures stay as they are; HEIC is not taken (filekinds.py)."""

PIXELS_AT_MOST = 120_000_000
"""The largest telephones take 108 million; decoded that is 360 MB for a moment. A small file can claim far more."""

PIXELS_OF_ALL_PAGES = 1_000_000_000
"""Of a scan of many pages: a hundred sheets of A4 at 300 dots per inch."""

Image.MAX_IMAGE_PIXELS = None
"""The library would only warn, and at another number; ours is asked before anything is decoded."""

_QUALITY = 90
"""Of a JPEG that had to be turned: no eye tells it from the original, and print neither."""

_ONE_AT_A_TIME = threading.Lock()
"""A picture of 108 million pixels takes 0.8 GB while it is written anew; eight threads at once would take the machine."""


def write_anew(path: Path, media_type: str, name: str) -> None:
    """Replace the picture at `path` (called `name`) by the same one without anything hidden; others are left alone.

    It is turned as its telephone meant it. Raises Unreadable with a sentence for one that is broken or too large.
    """
    kind = _FORMATS.get(media_type)
    if kind is None:
        return
    try:
        with _ONE_AT_A_TIME:
            (_write_pages if kind == "TIFF" else _write_picture)(path, kind, name)
    except Unreadable:
        raise
    except Exception:
        # Whatever the library stumbles over in a file that somebody made: an IndexError as well as an OSError.
        raise Unreadable(say("“{name}”已损坏，打不开。请从原处重新保存后再上传", name=name)) from None


def _write_picture(path: Path, kind: str, name: str) -> None:
    with Image.open(path, formats=[kind]) as picture:
        _measure(picture, name)
        bare = _bare(picture)
        bare.save(path, kind, quality=_QUALITY, icc_profile=picture.info.get("icc_profile"))


def _write_pages(path: Path, kind: str, name: str) -> None:
    """A scan keeps its pages, their resolution, and roughly its size: each page is packed as it was, or as fax is."""
    written = path.with_name(f"{path.name}-pages")
    try:
        with Image.open(path, formats=[kind]) as scan, AppendingTiffWriter(written) as pages:
            pixels = 0
            for number in range(getattr(scan, "n_frames", 1)):
                scan.seek(number)
                _measure(scan, name)
                pixels += scan.width * scan.height
                if pixels > PIXELS_OF_ALL_PAGES:
                    raise Unreadable(say("“{name}”的页数太多。请分成几个文件后再上传", name=name))
                packed = scan.info.get("compression")
                bare = _bare(scan)
                bare.save(pages, kind, dpi=scan.info.get("dpi"), **_packing(bare.mode, packed))
                pages.newFrame()
        written.replace(path)
    finally:
        written.unlink(missing_ok=True)


def _packing(mode: str, before: str | None) -> dict[str, Any]:
    if mode == "1":
        return {"compression": "group4"}
    if before == "jpeg" and mode in ("L", "RGB"):
        return {"compression": "jpeg", "quality": _QUALITY}
    return {"compression": "tiff_lzw"}


def _measure(picture: Image.Image, name: str) -> None:
    if picture.width * picture.height > PIXELS_AT_MOST:
        raise Unreadable(say("“{name}”的像素太多（{width}×{height}）。请缩小后再上传",
                             name=name, width=picture.width, height=picture.height))  # fmt: skip


def _bare(picture: Image.Image) -> Image.Image:
    """The pixels and nothing else, the right way up."""
    ImageOps.exif_transpose(picture, in_place=True)
    seen: Image.Image = picture
    if picture.mode in ("P", "PA"):
        seen = picture.convert("RGBA" if picture.mode == "PA" or "transparency" in picture.info else "RGB")
    bare = Image.new(seen.mode, seen.size)
    bare.paste(seen)
    return bare
