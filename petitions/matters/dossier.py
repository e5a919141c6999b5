"""卷宗: the order of a file (domain.md §5A-21), and on which page each thing in it begins.

登记表 → 原件 → 转送 → 告知书 → 调查材料 → 意见书 → 送达回证 → 回访评价 → 办结, as lists: what stands in which part. The cover and
the contents are not counted, as the archive rules have it; what has no pages (recordings, tables) is listed without a number.
"""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from petitions import db
from petitions.cases.dossier import Item, Section, listed
from petitions.cases.models import Case, Document, Event
from petitions.matters.models import Matter
from petitions.words import say

UNCOUNTED = ("file_cover", "file_contents")
"""They say what is in the file."""


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


def items_of(matter: Matter) -> list[Item]:
    """Everything in the file in its order, with its pages; three queries beside what the case has loaded."""
    papers = [paper for paper in (*matter.documents, *_of_reviews(matter.id)) if paper.kind not in UNCOUNTED]
    brought = _brought_by(matter.id)
    files = [(file, _section(brought.get(file.sha256, "attach"))) for file in matter.attachments]
    return listed(SECTIONS, _LAST, papers, files)


def _of_reviews(matter_id: int) -> Sequence[Document]:
    """What was asked of the reviewing bodies and what they told the petitioner; how they came to it stays in their own file."""
    told = next(one.papers for one in SECTIONS if one.code == "review")
    wanted = select(Document).join(Case, Case.id == Document.case_id).order_by(Document.id)
    wanted = wanted.where(Case.about_id == matter_id, Document.kind.in_(told))
    return db.session().scalars(wanted.options(selectinload(Document.services))).all()


def _section(act: str) -> Section:
    return next((one for one in SECTIONS if act in one.acts), _LAST)


def _brought_by(case_id: int) -> Mapping[str, str]:
    """By digest the act that brought a file first."""
    rows = db.session().execute(select(Event.action, Event.data).where(Event.case_id == case_id).order_by(Event.id))
    found: dict[str, str] = {}
    for action, data in rows:
        for file in data.get("files", ()):
            found.setdefault(str(file.get("sha256", "")), action)
    return found
