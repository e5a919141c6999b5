"""材料齐全: what a file must hold before it goes to the archive, for each way a matter can end, as lists.

A requirement is met by what was recorded, never by a tick. Some may be missing for a reason that somebody in charge
writes down (`excuse_missing`); the others have to be there. No regulation lists the papers of a petition file: what an
article asks for stands beside its row, the rest follows from the order of a file (domain.md §5A-21, §1.4 row 35).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import CompoundSelect, and_, exists, literal, not_, or_, select, union_all
from sqlalchemy import case as when

from petitions import db
from petitions.access.models import User
from petitions.cases import history
from petitions.cases.fields import Choice
from petitions.cases.kinds import Act, Guard
from petitions.cases.models import Case, Document, Event, Service
from petitions.matters.aftercare import aftercare, shown
from petitions.matters.follow_up import FollowUpTask
from petitions.matters.lists import RECEIPT_NOTICES, SERVED_PAPERS, is_served_on_paper, must_be_served
from petitions.matters.models import Matter, Petition, Petitioner, ReturnVisit
from petitions.matters.paper_values import people_of
from petitions.matters.performance import DONE, Promise, favourable_outcomes
from petitions.matters.workflow import FLOW
from petitions.words import Sentence, say

_LEDGER = "ledger"

_SUPPLIES: Mapping[str, tuple[str, ...]] = {row.name: tuple(row.supplies) for row in FLOW.actions if row.supplies}
_EXCUSES = frozenset(row.name for row in FLOW.actions if "lacking" in row.fields)
"""Acts that give a file something, and that say why something is missing: the table names them."""


@dataclass
class Held:
    """What is known of one file."""

    matter: Matter
    ended: str
    """The state in which it ended: of an archived matter the one before."""
    papers: list[tuple[str, str, bool]] = field(default_factory=list)
    """Kind, title, and whether its receipt is recorded."""
    void: list[tuple[str, str]] = field(default_factory=list)
    """Kind and title of those that were taken back."""
    done: set[str] = field(default_factory=set)
    visits: list[str] = field(default_factory=list)
    """What the petitioner said of the performance on each visit."""
    promises: list[str] = field(default_factory=list)
    has_task: bool = False
    named: bool = False
    reachable: bool = False
    excused: set[str] = field(default_factory=set)

    def given(self, what: str) -> bool:
        """Whether an act was done that supplies it."""
        return any(what in _SUPPLIES.get(name, ()) for name in self.done)

    def has(self, *kinds: str) -> bool:
        """Whether one of these papers was issued."""
        return any(kind in kinds for kind, _, _ in self.papers)


@dataclass(frozen=True)
class Requirement:
    """One thing a file must hold."""

    code: str
    label: Sentence
    lacks: Callable[[Held], Sentence | None]
    """What is missing, in words, or None."""
    excusable: bool = False
    """Whether the file may be closed without it for a recorded reason."""
    article: str = ""


def _without(code: str, label: Sentence, *kinds: str, excusable: bool = False, article: str = "") -> Requirement:
    return Requirement(
        code, label, lambda held: None if held.has(*kinds) else say("缺{what}", what=label), excusable, article
    )


def _registration(held: Held) -> Sentence | None:
    there = held.has("registration_form", "recorded_answer") or held.given("registration")
    return None if there else say("缺登记表")


def _acceptance(held: Held) -> Sentence | None:
    told = held.has("acceptance_notice", "simple_notice") or held.given("acceptance")
    return None if told else say("缺受理告知书")


def _receipts(held: Held) -> Sentence | None:
    # 第23条第二款 spares the notice of receipt or of where it went, and no other paper.
    owed = SERVED_PAPERS - (RECEIPT_NOTICES if held.given("acceptance") else frozenset())
    missing = [title for kind, title in held.void if kind in owed and not held.has(kind)]
    if missing:
        return say("有的文书作废后没有重新出具：{papers}", papers="、".join(missing))
    open_ones = [title for kind, title, served in held.papers if kind in owed and not served]
    if open_ones and held.named:
        return say("还有文书没有送达记录：{papers}", papers="、".join(open_ones))
    return None


def _inquiry(held: Held) -> Sentence | None:
    """第31条第六项: hear and investigate. Other routes and suggestions have procedures of their own."""
    owed = held.matter.nature != "suggestion" and any(claim.route == "R6" for claim in held.matter.claims)
    if not owed or held.has("simple_notice") or held.given("inquiry"):
        return None
    return say("缺调查材料")


def _visit(held: Held) -> Sentence | None:
    return say("还没有回访记录。回访后归档") if held.reachable and not held.visits else None


def _performance(held: Held) -> Sentence | None:
    """By what was promised; where nobody wrote that down, as the petitioner said."""
    if held.promises:
        return None if set(held.promises) == {DONE} else say("应落实事项还没有全部落实")
    told = bool(held.visits) and held.visits[-1] in ("done", "nothing")
    if held.matter.outcome not in favourable_outcomes() or told:
        return None
    return say("支持请求的意见没有落实记录")


def _task(held: Held) -> Sentence | None:
    return say("还有跟进任务没有完成") if held.has_task else None


REQUIREMENTS: Mapping[str, Requirement] = {
    row.code: row
    for row in (
        Requirement("registration", say("登记表"), _registration, article="第22条、第23条"),
        Requirement("acceptance", say("受理告知书"), _acceptance, excusable=True, article="第23条"),
        Requirement("receipts", say("送达记录"), _receipts, article="第23条、第35条"),
        Requirement("inquiry", say("调查材料"), _inquiry, excusable=True, article="第31条第六项"),
        _without("opinion", say("处理意见书"), "opinion", article="第32条"),
        _without("conclusion", say("办结登记"), "conclusion"),
        _without("refusal", say("不予受理告知书"), "refusal_notice", article="第23条"),
        _without("no_longer", say("不再受理告知书"), "no_longer_notice", article="第36条第三款"),
        _without("diversion", say("分类处理告知书或者转送函"), "diversion_notice", "sealed_letter", article="第22条第二款、第31条"),
        _without("withdrawal", say("撤回（终止）告知书"), "withdrawal"),
        Requirement("visit", say("回访情况"), _visit),
        Requirement("follow_up", say("跟进任务"), _task),
        Requirement("performance", say("落实情况"), _performance, excusable=True, article="第32条第二款"),
    )
}  # fmt: skip

_AFTER = "visit follow_up performance"
ENDINGS: Mapping[str, tuple[Sentence, tuple[str, ...]]] = {
    # What ended it -> what it is called, and what the file holds
    _LEDGER: (say("台账补录"), ("registration",)),
    "discontinue": (say("终止办理"), tuple(f"registration acceptance receipts conclusion {_AFTER}".split())),
    "conclude": (say("办结"), tuple(f"registration acceptance inquiry opinion receipts conclusion {_AFTER}".split())),
    "end": (say("终结"), tuple(f"registration acceptance inquiry opinion receipts {_AFTER}".split())),
    "refuse": (say("不予受理"), ("registration", "refusal", "receipts")),
    "refuse_no_longer": (say("不再受理"), ("registration", "no_longer", "receipts")),
    "divert": (say("导入其他程序"), ("registration", "diversion", "receipts")),
    "file": (say("存档备查"), ("registration", "receipts")),
    "withdraw": (say("撤回"), ("registration", "withdrawal", "receipts")),
}  # fmt: skip


_ASKED = sorted({*_SUPPLIES, *_EXCUSES, *(name for name in ENDINGS if name in FLOW.action)})
"""The acts of which it matters whether they were done."""


def ending_of(held: Held) -> str:
    """How the matter ended: a key of ENDINGS. Where several acts lead to its state, by the one that was done."""
    if held.given(_LEDGER):
        return _LEDGER
    leading = [name for name in ENDINGS if name in FLOW.action and held.ended in FLOW.after(name)]
    return next((name for name in leading if name in held.done), leading[-1] if leading else "file")


@dataclass(frozen=True)
class Point:
    """One requirement of a file: met, excused, or what is missing."""

    requirement: Requirement
    missing: Sentence | None
    excused: bool

    @property
    def stops(self) -> bool:
        """Whether the file cannot be closed over it."""
        return self.missing is not None and not self.excused


def points(held: Held) -> list[Point]:
    """Every requirement of the file, in the order of its list."""
    found = []
    for code in ENDINGS[ending_of(held)][1]:
        row = REQUIREMENTS[code]
        missing = row.lacks(held)
        found.append(Point(row, missing, missing is not None and row.excusable and code in held.excused))
    return found


def missing_in(held: Held) -> list[Sentence]:
    """What stops the archive, in words."""
    return [point.missing for point in points(held) if point.stops and point.missing is not None]


def known(matters: Sequence[Matter]) -> dict[int, Held]:
    """What is held of these matters, with four queries however many they are (five where something was excused)."""
    ids, session = [matter.id for matter in matters], db.session()
    found = {matter.id: Held(matter, matter.state) for matter in matters}
    served = exists().where(Service.document_id == Document.id)
    void = Document.void_event_id.is_not(None)
    spared = and_(Document.kind.in_(SERVED_PAPERS), not_(is_served_on_paper()))
    listed = select(Document.case_id, Document.kind, Document.title, or_(served, spared), void).where(
        Document.case_id.in_(ids)
    )
    for case_id, kind, title, received, gone in session.execute(listed.order_by(Document.id)):
        if gone:
            found[case_id].void.append((kind, title))
        else:
            found[case_id].papers.append((kind, title, bool(received)))
    for case_id, sort, word in session.execute(_facts(ids)):
        _note(found[case_id], sort, word)
    # Of a matter that was joined to another its people lie there: its petition remembers where it came from.
    theirs = select(Petitioner, Petition.opened_matter_id).join(Petition, Petition.id == Petitioner.petition_id)
    for person, opened in session.execute(
        theirs.where(or_(Petitioner.matter_id.in_(ids), Petition.opened_matter_id.in_(ids)))
    ):
        for held in filter(None, (found.get(person.matter_id), found.get(opened or 0))):
            held.named = held.named or person.named
            held.reachable = held.reachable or person.reachable
    excused = [case_id for case_id, held in found.items() if _EXCUSES & held.done]
    for case_id, codes in (_excused(excused) if excused else {}).items():
        found[case_id].excused = codes
    return found


def _facts(ids: Sequence[int]) -> CompoundSelect[Any]:
    """What was done, said, promised and left to do, as rows of (matter, sort, word): one query for four tables."""
    said = when((ReturnVisit.reached, ReturnVisit.performed), else_="not_reached")
    return union_all(
        select(Event.case_id.label("id"), literal("act"), Event.action).where(
            Event.case_id.in_(ids), Event.action.in_(_ASKED)
        ),
        select(Event.case_id, literal("ended"), Event.from_state).where(
            Event.case_id.in_(ids), Event.action == "archive"
        ),
        select(ReturnVisit.matter_id, literal("visit"), said).where(ReturnVisit.matter_id.in_(ids)),
        select(Promise.matter_id, literal("promise"), Promise.result).where(Promise.matter_id.in_(ids)),
        select(FollowUpTask.matter_id, literal("task"), FollowUpTask.ground).where(
            FollowUpTask.matter_id.in_(ids), FollowUpTask.closed_event_id.is_(None)
        ),
    )


def _note(held: Held, sort: str, word: str) -> None:
    if sort == "act":
        held.done.add(word)
    elif sort == "ended":
        held.ended = word
    elif sort == "visit":
        held.visits.append(word)
    elif sort == "promise":
        held.promises.append(word)
    else:
        held.has_task = True


def of(case: Case, *, page: bool = False) -> Held:
    """What is held of one matter: of what its page has loaded; `page`: asked again and again while nobody acts."""
    assert isinstance(case, Matter)
    latest, after = history.latest_of_each(case.id), (shown if page else aftercare)(case)
    archived = latest.get("archive")
    people = case.petitioners or people_of(case)
    return Held(
        case,
        archived.from_state if archived is not None and case.state in FLOW.after("archive") else case.state,
        [(paper.kind, paper.title, bool(paper.services) or not must_be_served(paper)) for paper in case.papers],
        [(paper.kind, paper.title) for paper in case.documents if paper.is_void],
        set(latest).intersection(_ASKED),
        [visit.performed if visit.reached else "not_reached" for visit in after.visits],
        [row.result for row in after.promises],
        after.open_task is not None,
        any(person.named for person in people),
        any(person.reachable for person in people),
        _excused([case.id]).get(case.id, set()) if _EXCUSES & set(latest) else set(),
    )


def _excused(ids: Sequence[int]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    for event in db.session().scalars(select(Event).where(Event.case_id.in_(ids), Event.action.in_(sorted(_EXCUSES)))):
        found.setdefault(event.case_id, set()).update(event.data.get("lacking", ()))
    return found


def lackings(case: Case | None, actor: User, *, page: bool = False) -> list[Choice]:  # noqa: ARG001 - a list of choices
    """What is missing and may be missing for a reason."""
    if not isinstance(case, Matter):
        return []
    return [
        Choice(point.requirement.code, point.requirement.label)
        for point in points(of(case, page=page))
        if point.stops and point.requirement.excusable
    ]


# --- guards ----------------------------------------------------------------------------------------------------------


def file_is_complete(act: Act) -> Sentence | None:
    """The archive takes whole files: what is missing is named."""
    missing = missing_in(of(act.case, page=act.asking))
    told: Sentence | None = None
    for one in missing:
        told = one if told is None else say("{first}；{then}", first=told, then=one)
    return told


def something_is_excusable(act: Act) -> Sentence | None:
    """Only what may be missing can be missing for a reason."""
    return None if lackings(act.case, act.actor, page=act.asking) else say("没有可以说明原因的缺件")


COMPLETENESS_GUARDS: Sequence[Guard] = (file_is_complete, something_is_excusable)
