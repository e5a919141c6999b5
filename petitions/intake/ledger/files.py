"""The uploaded ledgers: kept content-addressed in the data folder, so that an import can go on after a crash.

Temp file, fsync, rename, then the row that names it: there may be a file too many, never a row without its file.
"""

import hashlib
import os
import re
import tempfile
from collections.abc import Collection
from pathlib import Path
from typing import IO

from petitions import clock
from petitions.words import Refused, say

_CHUNK = 1 << 20

_GRACE = 3600
"""Seconds: an upload that is still being committed is younger."""


def folder_of(data_dir: Path) -> Path:
    """Where an installation keeps its ledgers."""
    return data_dir / "ledgers"


def keep(folder: Path, source: IO[bytes]) -> str:
    """Store what `source` holds and return its SHA-256; the same content is kept once."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(prefix="new-", dir=folder)
    written = Path(name)
    try:
        digest = hashlib.sha256()
        with os.fdopen(handle, "wb") as file:
            while piece := source.read(_CHUNK):
                digest.update(piece)
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        target = folder / digest.hexdigest()
        written.replace(target)
        _sync(folder)
    finally:
        written.unlink(missing_ok=True)
    return target.name


def path_of(folder: Path, sha256: str) -> Path:
    """The kept file; raises Refused when it is not there."""
    if sha256 and not re.fullmatch(r"[0-9a-f]{64}", sha256):
        raise ValueError("not a digest")
    path = folder / sha256
    # A batch whose rows were anonymised names no file any more.
    if not sha256 or not path.is_file():
        raise Refused(say("上传的表格已不在服务器上。请重新上传同一个文件"))
    return path


def sweep(folder: Path, known: Collection[str], older_than: int = _GRACE) -> int:
    """Remove the ledgers that no batch names (`known`: digests) and that have lain for so many seconds; how many."""
    before, gone = clock.now().timestamp() - older_than, 0
    for file in folder.glob("*"):
        if file.name not in known and file.stat().st_mtime < before:
            file.unlink(missing_ok=True)
            gone += 1
    return gone


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
