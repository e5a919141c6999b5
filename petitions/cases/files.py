"""The files of a case: content-addressed in the data folder, written before the row that names them.

Temp file, fsync, rename, fsync of the folder, then the row (reliability.md §4, rule 8): after a power cut there is
a file too many at worst, never a row without its file. The same content is kept once, however often it is added.
"""

import hashlib
import os
import re
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path, PurePath, PureWindowsPath
from typing import IO, Protocol

from sqlalchemy import select

from petitions import clock, db
from petitions.cases.checks import Unreadable, tidy_line
from petitions.cases.filekinds import recognise
from petitions.cases.films import strip_place
from petitions.cases.models import Attachment
from petitions.cases.pictures import write_anew
from petitions.cases.scanning import scan
from petitions.words import FieldErrors, say

NAME_AT_MOST = 200
"""Characters of a file name, its ending included."""

FILES_AT_MOST = 50
"""Files of one upload: a long letter photographed page by page."""

_CHUNK = 1024 * 1024
GRACE = 3600
"""Seconds a file may lie without a row: an upload that is still being committed is younger."""

_UNSAFE = re.compile(r'[\\/:*?"<>|]')
"""What Windows, where files are saved again, does not take in a name."""


class Upload(Protocol):
    """A file as a form brings it."""

    @property
    def filename(self) -> str | None:
        """The name the sender's computer gave it."""
        ...

    @property
    def stream(self) -> IO[bytes]:
        """Its bytes."""
        ...


@dataclass(frozen=True)
class Kept:
    """A file that lies in the store: what an act says about it."""

    name: str
    sha256: str
    size: int
    """Bytes."""
    media_type: str


class Store:
    """The folder of files of an installation."""

    def __init__(self, root: Path, scanner: Sequence[str] = ()) -> None:
        self.root, self.scanner = root, scanner

    def path(self, sha256: str) -> Path:
        """Where the content with this digest lies."""
        if not re.fullmatch(r"[0-9a-f]{64}", sha256):
            raise ValueError("not a digest")
        return self.root / sha256[:2] / sha256

    def keep(self, uploads: Iterable[Upload], largest: int, field: str = "files") -> list[dict[str, str | int]]:
        """Store the uploads (each at most `largest` bytes) and say what they are; those without a name are passed over.

        All or none is accepted: raises FieldErrors for `field`, naming every file that cannot be taken.
        """
        kept, refused = [], []
        chosen = [upload for upload in uploads if upload.filename]
        if len(chosen) > FILES_AT_MOST:
            raise FieldErrors(
                {field: say("一次最多上传{most}个文件，现在是{now}个", most=FILES_AT_MOST, now=len(chosen))}
            )
        for upload in chosen:
            try:
                kept.append(asdict(self._keep(upload, largest)))
            except Unreadable as refusal:
                refused.append(refusal.sentence)
        if refused:
            raise FieldErrors({field: refused[0] if len(refused) == 1 else _all_of(refused)})
        return kept

    def _keep(self, upload: Upload, largest: int) -> Kept:
        name = safe_name(upload.filename or "")
        self.root.mkdir(parents=True, exist_ok=True)
        handle, written = tempfile.mkstemp(dir=self.root, prefix="new-")
        temporary = Path(written)
        try:
            with os.fdopen(handle, "wb") as opened:
                _copy(upload.stream, opened, largest, name)
            scan(temporary, name, self.scanner)
            kind = recognise(temporary, name)
            write_anew(temporary, kind.media_type, name)
            strip_place(temporary, kind.media_type, name)
            sha256, size = _secured(temporary)
            self._settle(temporary, sha256)
        finally:
            temporary.unlink(missing_ok=True)
        if PurePath(name).suffix.lower() not in kind.endings:
            name = shortened(name, kind.endings[0])
        return Kept(name, sha256, size, kind.media_type)

    def _settle(self, temporary: Path, sha256: str) -> None:
        """Give the written file its lasting name; of a file already there only the age is renewed."""
        target = self.path(sha256)
        if target.exists():
            os.utime(target)
            return
        target.parent.mkdir(exist_ok=True)
        temporary.replace(target)
        for folder in (target.parent, self.root):
            _sync_folder(folder)

    def sweep(self, older_than: int = GRACE) -> int:
        """Remove files older than so many seconds that no row names; how many.

        They come from an upload that was refused later and from a crash before the commit.
        """
        known = set(db.session().scalars(select(Attachment.sha256).distinct()))
        before, gone = clock.now().timestamp() - older_than, 0
        for file in [*self.root.glob("??/*"), *self.root.glob("new-*")]:
            if file.name not in known and file.stat().st_mtime < before:
                file.unlink(missing_ok=True)
                gone += 1
        return gone


def safe_name(given: str) -> str:
    """`given` without folders, invisible and direction-changing characters, at most 200 characters; never empty."""
    name = _UNSAFE.sub("_", tidy_line(PureWindowsPath(PurePath(given).name).name)).strip(". ")
    return shortened(name or "未命名文件", "")


def shortened(name: str, ending: str) -> str:
    """`name` with `ending` added, cut in its middle part to 200 characters."""
    own = PurePath(name + ending).suffix
    stem = (name + ending).removesuffix(own)
    return stem[: NAME_AT_MOST - len(own)] + own if len(own) < NAME_AT_MOST else name[:NAME_AT_MOST]


def _all_of(refused: Sequence[str]) -> str:
    return say("有{count}个文件不能上传：{reasons}", count=len(refused), reasons="；".join(refused))


def _copy(source: IO[bytes], target: IO[bytes], largest: int, name: str) -> None:
    """Copy to disk. Raises Unreadable when it is too large."""
    size = 0
    while chunk := source.read(_CHUNK):
        size += len(chunk)
        if size > largest:
            raise Unreadable(say("“{name}”超过{most}MB。请压缩后再上传", name=name, most=largest // _CHUNK))
        target.write(chunk)


def _secured(path: Path) -> tuple[str, int]:
    """Bring the file to the disk, all the way; its digest and its size in bytes."""
    with path.open("rb+") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
        os.fsync(opened.fileno())
        return digest, opened.tell()


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
