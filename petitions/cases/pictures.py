"""Pictures are written anew before they are kept: what a telephone hides in them, the place above all, is gone.

So is everything else that is not the picture: thumbnails of what was cut away, comments, a page appended to it.
A process of its own does it (picture_writer.py).
"""

import json
import subprocess
import sys
import threading
from pathlib import Path

from petitions.cases import picture_writer
from petitions.cases.checks import Unreadable
from petitions.words import say

_FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/tiff": "TIFF"}
"""What telephones, browsers and scanners make. Moving pictures stay as they are; HEIC is not taken (filekinds.py)."""

_ONE_AT_A_TIME = threading.Lock()
"""Eight of the largest pictures at once would take the machine's memory although each keeps within its own bound."""


def write_anew(path: Path, media_type: str, name: str) -> None:
    """Replace the picture at `path` (called `name`) by the same one without anything hidden; others are left alone.

    It is turned as its telephone meant it. Raises Unreadable with a sentence for one that is broken or too large.
    """
    kind = _FORMATS.get(media_type)
    if kind is None:
        return
    command = [sys.executable, "-P", picture_writer.__file__, str(path), kind]
    with _ONE_AT_A_TIME:
        child = subprocess.run(  # noqa: S603 - our own program, no shell
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False
        )
    said = json.loads(child.stdout or '{"error": "killed"}')
    if "done" in said:
        return
    if "width" in said:
        raise Unreadable(say("“{name}”的像素太多（{width}×{height}）。请缩小后再上传", name=name, **said))
    if "pages" in said:
        raise Unreadable(say("“{name}”的页数太多。请分成几个文件后再上传", name=name))
    raise Unreadable(say("“{name}”已损坏，打不开。请从原处重新保存后再上传", name=name))
