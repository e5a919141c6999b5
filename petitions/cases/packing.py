"""The file of a case as one download: papers, attachments, and a manifest with the SHA-256 of each.

It is written while it is sent, a piece at a time, so that a file of a thousand scans takes no more memory than one of
three. Everything is looked at before the first byte leaves: a file that is damaged or gone is said, not sent.
"""

import hashlib
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from petitions import clock
from petitions.cases import paper_files
from petitions.cases.dossier import Item, total_pages
from petitions.cases.files import Store, safe_name
from petitions.cases.models import Case, Document
from petitions.words import Refused, say

CHUNK = 1 << 18
"""Bytes read and sent at a time."""

MANIFEST, SUMS = "manifest.json", "SHA256SUMS"
"""The second is what `sha256sum -c` reads."""


@dataclass(frozen=True)
class Part:
    """One entry of the package: bytes that are there, or a file of the store."""

    name: str
    sha256: str
    size: int
    about: Mapping[str, Any]
    content: bytes = b""
    path: Path | None = None


@dataclass(frozen=True)
class Kept:
    """How long a file is kept, as its manifest says it."""

    years: int
    """0 is for ever."""
    basis: str


def parts_of(
    case: Case, covers: Iterable[Document], items: Sequence[Item], words: Mapping[str, str], store: Store, kept: Kept
) -> list[Part]:
    """Everything the package of a case holds, checked; the manifest comes last.

    `covers`: the papers that are not counted. `words`: what was kept out of the papers, as far as it is open to the
    reader. Raises Refused where a file is damaged or gone.
    """
    found = [_paper(f"000-{place}", paper, None, words) for place, paper in enumerate(covers, 1)]
    for place, item in enumerate(items, 1):
        if item.paper is not None:
            found.append(_paper(f"{place:03d}", item.paper, item, words))
        else:
            found.append(_file(f"{place:03d}", item, store))
    manifest = _manifest(case, found, items, kept)
    found.append(_bytes(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1).encode(), {}))
    sums = "".join(f"{part.sha256}  {part.name}\n" for part in found)
    return [*found, _bytes(SUMS, sums.encode(), {})]


def _bytes(name: str, content: bytes, about: Mapping[str, Any]) -> Part:
    return Part(name, hashlib.sha256(content).hexdigest(), len(content), about, content)


def _paper(place: str, paper: Document, item: Item | None, words: Mapping[str, str]) -> Part:
    about = {"kind": paper.kind, "title": paper.title, "number": paper.number, "date": paper.issued_on.isoformat(),
             "section": str(item.section.label) if item else "", "pages": item.span if item else "",
             "void": paper_files.void_note(paper, words),
             "received": [slip.served_on.isoformat() for slip in paper.services]}  # fmt: skip
    return _bytes(safe_name(f"{place}-{_called(paper)}.docx"), paper_files.word_of(paper, words), about)


def _called(paper: Document) -> str:
    """A void paper is known as such before it is opened."""
    return f"{paper.title}{'（作废）' if paper.is_void else ''}-{paper.number}"


def _file(place: str, item: Item, store: Store) -> Part:
    file = item.file
    assert file is not None
    path = store.path(file.sha256)
    if not path.is_file() or _digest(path) != file.sha256:
        raise Refused(say("附件“{name}”在存储中缺失或者损坏，不能下载案卷。请与系统管理员联系", name=file.name))
    about = {"kind": "attachment", "title": file.name, "number": "", "date": item.on.isoformat(),
             "section": str(item.section.label), "pages": item.span, "media_type": file.media_type}  # fmt: skip
    return Part(safe_name(f"{place}-{file.name}"), file.sha256, path.stat().st_size, about, path=path)


def _digest(path: Path) -> str:
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _manifest(case: Case, found: Sequence[Part], items: Sequence[Item], kept: Kept) -> dict[str, Any]:
    """What an archive reads: the file as a whole, then every entry."""
    return {
        "format": "petitions-dossier/1",
        "number": case.number,
        "office": case.office.name,
        "unit": case.unit.name,
        "sealed": case.sealed,
        "received_on": case.received_on.isoformat(),
        "closed_on": case.closed_on.isoformat() if case.closed_on else None,
        "retention_years": kept.years or None,
        "retention_basis": kept.basis,
        "items": len(items),
        "pages": total_pages(items),
        "made_at": clock.now().isoformat(timespec="seconds"),
        "files": [{"name": part.name, "sha256": part.sha256, "size": part.size, **part.about} for part in found],
    }


class _Outlet:
    """Where the archive is written to: keeps a piece until it is sent. It cannot go back, and says so by having no `seek`."""

    def __init__(self) -> None:
        self.waiting = bytearray()

    def write(self, piece: bytes) -> int:
        """Take a piece."""
        self.waiting += piece
        return len(piece)

    def flush(self) -> None:
        """Nothing is held back."""

    def drain(self) -> bytes:
        """What waits, and forget it."""
        piece = bytes(self.waiting)
        self.waiting.clear()
        return piece


def stream(parts: Sequence[Part], on: date) -> Iterator[bytes]:
    """The package as zip, piece by piece; every entry bears the day `on`, so that the same file makes the same package."""
    outlet = _Outlet()
    with zipfile.ZipFile(outlet, "w") as package:  # type: ignore[call-overload]
        for part in parts:
            about = zipfile.ZipInfo(part.name, (on.year, on.month, on.day, 0, 0, 0))
            about.file_size, about.external_attr = part.size, 0o600 << 16
            # Scans and recordings are packed already.
            about.compress_type = zipfile.ZIP_STORED if part.path else zipfile.ZIP_DEFLATED
            with package.open(about, "w") as entry:
                for piece in _pieces(part):
                    entry.write(piece)
                    if len(outlet.waiting) >= CHUNK:
                        yield outlet.drain()
            yield outlet.drain()
    yield outlet.drain()


def _pieces(part: Part) -> Iterator[bytes]:
    if part.path is None:
        yield part.content
        return
    with part.path.open("rb") as opened:
        while piece := opened.read(CHUNK):
            yield piece
