"""What the file of any kind of case is made of: parts in their order, what stands in each, on which page it begins.

The cover and the contents are not counted, as the archive rules have it; what has no pages (recordings, tables) is listed
without a number.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from petitions import db
from petitions.cases.models import Attachment, Document
from petitions.cases.paper_files import void_note
from petitions.words import Sentence


@dataclass(frozen=True)
class Section:
    """One part of a file."""

    code: str
    label: Sentence
    papers: tuple[str, ...] = ()
    """Kinds of paper that stand in it."""
    acts: tuple[str, ...] = ()
    """The acts whose files stand in it."""


@dataclass(frozen=True)
class Item:
    """One thing in the file."""

    section: Section
    title: str
    number: str
    on: date
    pages: int | None
    """None for what has no pages, or of which nobody can tell them."""
    begins: int | None
    """The page it begins on."""
    paper: Document | None = None
    file: Attachment | None = None

    @property
    def void(self) -> str:
        """Of a paper that was taken back since when and why. It keeps its place, so that the file is whole."""
        return void_note(self.paper) if self.paper is not None else ""

    @property
    def span(self) -> str:
        """3, or 3-5; empty for what has no pages."""
        if self.begins is None or self.pages is None:
            return ""
        return str(self.begins) if self.pages == 1 else f"{self.begins}-{self.begins + self.pages - 1}"


def listed(
    sections: Sequence[Section], rest: Section, papers: Iterable[Document], files: Iterable[tuple[Attachment, Section]]
) -> list[Item]:
    """The papers by their kind and the files as they were sorted, in the order of the sections, with their pages.

    A paper that stands in none of the lists is put under `rest` and lost nowhere.
    """
    of_kind = {kind: section for section in sections for kind in section.papers}
    found = [
        Item(
            of_kind.get(paper.kind, rest), paper.title, paper.number, paper.issued_on, pages_of_text(paper.text), None, paper
        )
        for paper in papers
    ]  # fmt: skip
    found += [
        Item(section, file.name, "", file.added_at.date(), pages_of_file(file), None, None, file)
        for file, section in files
    ]
    order = {section.code: place for place, section in enumerate(sections)}
    found.sort(key=lambda item: (order[item.section.code], item.on, item.paper is None))
    return list(_numbered(found))


def _numbered(found: Iterable[Item]) -> Iterable[Item]:
    page = 1
    for item in found:
        yield item if item.pages is None else replace(item, begins=page)
        page += item.pages or 0


def total_pages(items: Iterable[Item]) -> int:
    """How many pages are numbered."""
    return sum(item.pages or 0 for item in items)


LINE, PAGE, FRAME = 28, 22, 8
"""GB/T 9704: 28 characters a line and 22 lines a page; title, number, addressee, name and date take about eight lines."""


def pages_of_text(text: str) -> int:
    """How many pages a paper takes when it is printed as official papers are."""
    lines = FRAME + sum(max(1, -(-len(line) // LINE)) for line in text.splitlines())
    return -(-lines // PAGE)


_SHEET = re.compile(rb"/Type\s*/Page(?![a-zA-Z])")
_CHUNK = 1 << 20
_OVERLAP = 32


def pages_of_file(file: Attachment) -> int | None:
    """A picture is a page; a PDF has what it says, where it can be read without unpacking it; anything else has none."""
    if file.media_type.startswith("image/"):
        return 1
    folder = db.files_dir()
    if file.media_type != "application/pdf" or folder is None:
        return None
    path = Path(folder) / file.sha256[:2] / file.sha256
    return _sheets(path) or None if path.is_file() else None


def _sheets(path: Path) -> int:
    """Page objects of a PDF, read a piece at a time; 0 where they are packed away."""
    count, rest = 0, b""
    with path.open("rb") as opened:
        while chunk := opened.read(_CHUNK):
            window = rest + chunk
            # What ends with the piece may go on in the next one (/Page, /Pages): it is counted there.
            count += sum(len(rest) <= found.end() < len(window) for found in _SHEET.finditer(window))
            rest = window[-_OVERLAP:]
    return count + sum(found.end() == len(rest) for found in _SHEET.finditer(rest))
