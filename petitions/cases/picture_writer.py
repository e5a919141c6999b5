"""The child process that writes a picture anew. Run by path, it imports nothing of this project.

Decoders of pictures are what attackers aim at, and a telephone's largest picture takes 0.8 GB while it is decoded. So
a process of its own does it, with an upper bound of memory and of time, and gives both back when it ends. What it
finds it says in one line of JSON; if it dies, one upload is refused and the office goes on working.
"""

import json
import sys
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps
from PIL.TiffImagePlugin import AppendingTiffWriter

PIXELS_AT_MOST = 120_000_000
"""The largest telephones take 108 million; decoded that is 432 MB for a moment. A small file can claim far more."""

PIXELS_OF_ALL_PAGES = 1_000_000_000
"""Of a scan of many pages: a hundred sheets of A4 at 300 dots per inch."""

MEMORY = 2 << 30
"""Bytes. The largest picture that is taken stands there twice, three times while it is turned: 1.4 GB."""

SECONDS = 120
"""Seconds of processor time. A hundred pages take about 40."""

QUALITY = 90
"""Of a JPEG that had to be turned: no eye tells it from the original, and print neither."""

Image.MAX_IMAGE_PIXELS = None
"""The library would only warn, and at another number; ours is asked before anything is decoded."""


class TooMuch(Exception):  # noqa: N818 - it is a refusal and no error
    """More than is taken; says of what."""


def main() -> None:
    """`picture_writer.py FILE FORMAT` replaces the file by the same picture without anything hidden."""
    try:
        limit_self()
        path, kind = Path(sys.argv[1]), sys.argv[2]
        (write_pages if kind == "TIFF" else write_picture)(path, kind)
        said: dict[str, Any] = {"done": True}
    except TooMuch as refusal:
        said = dict(refusal.args[0])
    except BaseException as error:  # whatever the library stumbles over in a file that somebody made
        said = {"error": type(error).__name__}
    sys.stdout.write(json.dumps(said))


def limit_self() -> None:
    """Bound memory and time; leave no core file, for it would hold what people sent."""
    if sys.platform != "win32":
        import resource  # noqa: PLC0415 - exists on these systems only

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def write_picture(path: Path, kind: str) -> None:
    """One picture; its colours keep their profile."""
    with Image.open(path, formats=[kind]) as picture:
        measure(picture)
        bare_of(picture).save(path, kind, quality=QUALITY, icc_profile=picture.info.get("icc_profile"))


def write_pages(path: Path, kind: str) -> None:
    """A scan keeps its pages, their resolution, and roughly its size: each page is packed as it was, or as fax is."""
    written = path.with_name(f"{path.name}-pages")
    try:
        with Image.open(path, formats=[kind]) as scan, AppendingTiffWriter(written) as pages:
            pixels = 0
            for number in range(getattr(scan, "n_frames", 1)):
                scan.seek(number)
                measure(scan)
                pixels += scan.width * scan.height
                if pixels > PIXELS_OF_ALL_PAGES:
                    raise TooMuch({"pages": True})
                packed = scan.info.get("compression")
                bare = bare_of(scan)
                bare.save(pages, kind, dpi=scan.info.get("dpi"), **packing(bare.mode, packed))
                pages.newFrame()
        written.replace(path)
    finally:
        written.unlink(missing_ok=True)


def packing(mode: str, before: str | None) -> dict[str, Any]:
    """How a page is packed."""
    if mode == "1":
        return {"compression": "group4"}
    if before == "jpeg" and mode in ("L", "RGB"):
        return {"compression": "jpeg", "quality": QUALITY}
    return {"compression": "tiff_lzw"}


def measure(picture: Image.Image) -> None:
    """Raises TooMuch for more pixels than are taken."""
    if picture.width * picture.height > PIXELS_AT_MOST:
        raise TooMuch({"width": picture.width, "height": picture.height})


def bare_of(picture: Image.Image) -> Image.Image:
    """The pixels and nothing else, the right way up."""
    ImageOps.exif_transpose(picture, in_place=True)
    seen: Image.Image = picture
    if picture.mode in ("P", "PA"):
        seen = picture.convert("RGBA" if picture.mode == "PA" or "transparency" in picture.info else "RGB")
    bare = Image.new(seen.mode, seen.size)
    bare.paste(seen)
    return bare


if __name__ == "__main__":
    main()
