"""A paper of a case as its reader gets it: its face from what was frozen, its Word file, several of them as one."""

import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence

from petitions.access.models import User
from petitions.access.past import name_on
from petitions.cases import panels
from petitions.cases.kinds import is_withheld
from petitions.cases.models import Case, Document
from petitions.documents import layouts, render, templates
from petitions.documents.concealed import CONCEALED, holds_any, readable
from petitions.documents.face import CONFIDENTIAL, VOID, Face
from petitions.documents.word import fill

_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|\s]')


def face_of(paper: Document, words: Mapping[str, str] | None = None) -> Face:
    """What the paper shows, from what was frozen when it was issued; `words` put back what was kept out of it."""
    filled = paper.filled
    told = CONCEALED if is_withheld(paper.case, paper.event.action) else str(readable(paper.text, words))
    return Face(
        title=paper.title,
        number=paper.number,
        recipient=str(readable(paper.recipient, words)),
        lines=tuple(told.split("\n")),
        unit=filled.get("unit") or name_on(paper.unit, paper.issued_on),
        day=filled.get("day") or render.long_date(paper.issued_on),
        level=CONFIDENTIAL if paper.case.sealed else "",
        signed_by=filled.get("signed_by", ""),
        case=paper.case.number,
        mark=VOID if paper.is_void else "",
        mark_note=void_note(paper, words),
    )


def void_note(paper: Document, words: Mapping[str, str] | None = None) -> str:
    """Since when it is void and why; empty for a paper that stands. It is on the file, so whoever finds it there is told."""
    day = paper.void_on
    return f"{render.long_date(day)}作废，原因：{readable(paper.void_reason, words)}" if day else ""


def words_for(papers: Sequence[Document], reader: User) -> Mapping[str, str]:
    """What stands in these papers only when they are printed by somebody who may have it: asked for, it is on record.

    Raises what `Furniture.words` raises for who may not.
    """
    found: dict[str, str] = {}
    for case in dict.fromkeys(
        paper.case for paper in papers if holds_any(paper.text + paper.recipient + paper.void_reason)
    ):
        found |= panels.furniture[case.kind].words(case, reader)
    return found


def word_of(paper: Document, words: Mapping[str, str]) -> bytes:
    """Its Word file, in the template it was issued with."""
    template = layouts.shipped(paper.layout) if paper.template_id is None else templates.content_of(paper.template_id)
    return fill(template, face_of(paper, words))


def zipped(papers: Iterable[Document], words: Mapping[str, str]) -> bytes:
    """The Word files of several papers in one archive, named so that they lie in the order they were issued."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as packed:
        for place, paper in enumerate(papers, 1):
            packed.writestr(zipfile.ZipInfo(f"{place:02d} {file_name(paper)}.docx"), word_of(paper, words))
    return out.getvalue()


def file_name(paper: Document) -> str:
    """信访事项受理告知书 青信受〔2026〕1号: no petitioner's name, and nothing a file system refuses."""
    return _NOT_IN_NAMES.sub("_", f"{paper.title}_{paper.number}{f'（{VOID}）' if paper.is_void else ''}")


def set_name(case: Case) -> str:
    """How the papers of a case are called together."""
    return _NOT_IN_NAMES.sub("_", f"文书_{case.number}")
