"""卷宗: the order of a file (domain.md §5A-21), and on which page each thing in it begins.

登记表 → 原件 → 转送 → 告知书 → 调查材料 → 意见书 → 送达回证 → 回访评价 → 办结, as lists: what stands in which part. The cover and
the contents are not counted, as the archive rules have it; what has no pages (recordings, tables) is listed without a number.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from petitions import db
from petitions.cases.models import Attachment, Case, Document, Event
from petitions.cases.paper_files import void_note
from petitions.matters.models import Matter
from petitions.words import Sentence, say

UNCOUNTED = ("file_cover", "file_contents")
"""They say what is in the file."""


@dataclass(frozen=True)
class Section:
    """One part of a file."""

    code: str
    label: Sentence
    papers: tuple[str, ...] = ()
    """Kinds of paper that stand in it."""
    acts: tuple[str, ...] = ()
    """The acts whose files stand in it."""


SECTIONS: Sequence[Section] = (
    Section("registration", say("登记表"), ("registration_form", "recorded_answer")),
    Section("originals", say("原件"), ("power_of_attorney",),
            ("authorise", "register", "register_at_unit", "bring_in", "bring_in_closed", "supplement", "attach")),
    Section("handing_over", say("转送交办"), ("transfer_letter", "assignment_letter", "submission", "objection", "objection_decision",
            "sealed_letter", "supervision_letter", "lead_decision", "urgent_report", "suggestion_letter", "mediation_referral"),
            ("answer_supervision", "report_urgent", "suggest", "answer_suggestion")),
    Section("notices", say("告知书"), ("acceptance_notice", "simple_notice", "conversion_notice", "progress_notice",
            "refusal_notice", "no_longer_notice", "diversion_notice", "whereabouts_notice", "supplement_notice",
            "extension_notice", "procedural_notice")),
    Section("inquiry", say("调查材料"), ("hearing_notice", "hearing_refusal", "hearing_cancellation", "hearing_minutes",
            "hearing_conclusion", "settlement"),
            ("inquire", "ask_hearing", "close_hearing", "conclude_hearing", "negotiate", "dispute_lead", "settle")),
    Section("opinion", say("处理意见书"), ("opinion",)),
    Section("service", say("送达证明"), ("service_slip",), ("serve", "serve_notice", "attempt_service")),
    Section("review", say("复查复核"), ("review_request", "review_acceptance", "review_refusal", "review_withdrawal",
            "review_opinion")),
    Section("afterwards", say("回访评价"), ("visit_record",), ("visit", "perform_opinion", "counsel", "close_follow_up")),
    Section("ending", say("办结"), ("completion_report", "conclusion", "withdrawal"),
            ("report_back", "conclude", "discontinue", "withdraw", "note_loss", "take_succession")),
    Section("other", say("其他材料")),
)  # fmt: skip
"""In the order of the file. What stands in none of the lists is put last and lost nowhere."""

_LAST = SECTIONS[-1]


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


def items_of(matter: Matter) -> list[Item]:
    """Everything in the file in its order, with its pages; three queries beside what the case has loaded."""
    found: list[Item] = []
    for paper in (*matter.documents, *_of_reviews(matter.id)):
        if paper.kind not in UNCOUNTED:
            section = next((one for one in SECTIONS if paper.kind in one.papers), _LAST)
            found.append(
                Item(section, paper.title, paper.number, paper.issued_on, pages_of_text(paper.text), None, paper)
            )
    brought = _brought_by(matter.id)
    for file in matter.attachments:
        act = brought.get(file.sha256, "attach")
        section = next((one for one in SECTIONS if act in one.acts), _LAST)
        found.append(Item(section, file.name, "", file.added_at.date(), pages_of_file(file), None, None, file))
    order = {section.code: place for place, section in enumerate(SECTIONS)}
    found.sort(key=lambda item: (order[item.section.code], item.on, item.paper is None))
    return list(_numbered(found))


def _of_reviews(matter_id: int) -> Sequence[Document]:
    """What was asked of the reviewing bodies and what they told the petitioner; how they came to it stays in their own file."""
    told = next(one.papers for one in SECTIONS if one.code == "review")
    wanted = select(Document).join(Case, Case.id == Document.case_id).order_by(Document.id)
    wanted = wanted.where(Case.about_id == matter_id, Document.kind.in_(told))
    return db.session().scalars(wanted.options(selectinload(Document.services))).all()


def _numbered(found: Iterable[Item]) -> Iterable[Item]:
    page = 1
    for item in found:
        if item.pages is None:
            yield item
            continue
        yield Item(item.section, item.title, item.number, item.on, item.pages, page, item.paper, item.file)
        page += item.pages


def total_pages(items: Iterable[Item]) -> int:
    """How many pages are numbered."""
    return sum(item.pages or 0 for item in items)


def _brought_by(case_id: int) -> Mapping[str, str]:
    """By digest the act that brought a file first."""
    rows = db.session().execute(select(Event.action, Event.data).where(Event.case_id == case_id).order_by(Event.id))
    found: dict[str, str] = {}
    for action, data in rows:
        for file in data.get("files", ()):
            found.setdefault(str(file.get("sha256", "")), action)
    return found


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
