"""What a 信访事项 shows on the case page: claims, the petitions' own words, people, hand-overs, related matters."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload, with_polymorphic
from sqlalchemy.orm.attributes import set_committed_value

from petitions import db
from petitions.access.models import User
from petitions.cases import codes
from petitions.cases.foreign_limits import Foreign
from petitions.cases.limits import FOREIGN
from petitions.cases.models import Case, Document
from petitions.cases.panels import Panel, Place
from petitions.cases.queries import visible_to
from petitions.matters import who
from petitions.matters.hearing.models import Hearing
from petitions.matters.lists import must_be_served
from petitions.matters.models import Claim, Dispatch, Matter, Petition, Petitioner, Recusal, Respondent
from petitions.matters.paper_values import people_of, petition_of
from petitions.matters.registration import FIELDS as REGISTRATION
from petitions.matters.registration import OF_THE_PERSON
from petitions.matters.seed import LISTS as CODE_LISTS
from petitions.matters.simple import PROCEDURES
from petitions.matters.states import STATES
from petitions.matters.wording import in_words
from petitions.words import Sentence, say

WAYS = {"transfer": say("转送"), "assign": say("交办"), "forward": say("转派")}

_LABELS = {state.name: state.label for state in STATES}


def load(case: Case) -> None:
    """Read what panels, guards and the course ask of a matter, with few queries: its file, and the reviews of it."""
    assert isinstance(case, Matter)
    load_file(case)
    _load_followers(case)


def load_file(case: Matter) -> None:
    """Its own rows, and every code list: what a review of it asks, too."""
    session = db.session()
    codes.read(*CODE_LISTS)
    brought = session.execute(
        select(Petition, Petitioner)
        .outerjoin(Petitioner, Petitioner.petition_id == Petition.id)
        .where(Petition.matter_id == case.id)
        .order_by(Petition.id, Petitioner.id)
    ).all()
    # One query for what is few of each: a row for every claim with every respondent, recusal and dispatch.
    this = Matter.__table__
    asked = session.execute(
        select(Claim, Respondent, Recusal, Dispatch, Hearing)
        .select_from(this)
        .outerjoin(Claim, Claim.matter_id == this.c.id)
        .outerjoin(Respondent, Respondent.matter_id == this.c.id)
        .outerjoin(Recusal, Recusal.matter_id == this.c.id)
        .outerjoin(Dispatch, Dispatch.matter_id == this.c.id)
        .outerjoin(Hearing, Hearing.case_id == this.c.id)
        .where(this.c.id == case.id)
        .order_by(Claim.position, Claim.id, Respondent.id, Recusal.id, Dispatch.id, Hearing.id)
        .options(joinedload(Dispatch.sender))
    ).all()
    for name, rows in (
        ("petitions", [row[0] for row in brought]),
        ("petitioners", [row[1] for row in brought]),
        ("claims", [row[0] for row in asked]),
        ("respondents", [row[1] for row in asked]),
        ("recusals", [row[2] for row in asked]),
        ("dispatches", [row[3] for row in asked]),
        ("hearings", [row[4] for row in asked]),
    ):
        set_committed_value(case, name, [row for row in dict.fromkeys(rows) if row is not None])
    # Asked of most matters by the guards, and none for most: told without a query.
    for name, other in (("joined_to", case.joined_to_id), ("related_to", case.related_to_id)):
        if other is None:
            set_committed_value(case, name, None)


_REVIEWING = ("review", "relay")
"""What a unit that reviews is to the matter: a reader of its file, or the superior that passed it down."""


def _load_followers(case: Matter) -> None:
    """The reviews and mediations of a matter with all that its page tells of them, at once; for most without a query.

    No review before an answer could be contested, nor where no unit has come to read the file (or had a part before);
    no mediation that no letter handed over.
    """
    found: Sequence[Case] = []
    reviewed = any(row.code == "T8" for row in case.deadlines) and any(row.part in _REVIEWING for row in case.parts)
    if reviewed or any(paper.kind == "mediation_referral" for paper in case.documents):
        whole = with_polymorphic(Case, "*")
        query = select(whole).where(whole.about_id == case.id).order_by(whole.id).options(
            joinedload(whole.unit), joinedload(whole.parts), joinedload(whole.deadlines),
            joinedload(whole.documents).load_only(Document.kind, Document.title, Document.number),
        )  # fmt: skip
        found = db.session().scalars(query).unique().all()
    set_committed_value(case, "followers", list(found))


def unserved(case: Case) -> Sequence[Document]:
    """The papers owed to the petitioner of which nobody has recorded the receipt."""
    return [paper for paper in case.papers if must_be_served(paper) and not paper.services]


@dataclass(frozen=True)
class ClaimRow:
    """One claim with its way and its end."""

    text: str
    route: str
    article: str
    outcome: str
    limits: Sequence[Foreign]
    """Of the other procedure it was led to."""


def claims(case: Case, user: User) -> Panel | None:  # noqa: ARG001
    """诉求: what is asked for, and what the lists know of it."""
    if not isinstance(case, Matter):
        return None
    flags = [codes.label("flag", flag) for petition in case.petitions for flag in petition.flags]
    facts = [
        (say("诉求性质"), codes.label("nature", case.nature)),
        (say("信访目的"), codes.label("purpose", case.purpose)),
        (say("内容分类"), codes.label("content_class", case.class_code)),
        (say("问题属地"), case.place),
        (say("办理程序"), PROCEDURES.get(case.procedure, "")),
        (say("紧急程度"), codes.label("urgency", case.urgency)),
        (say("被反映的"), "、".join(dict.fromkeys(row.name for row in case.respondents if row.name))),
        (say("标记"), "、".join(dict.fromkeys(flags))),
        (say("办理结果"), codes.label("outcome", case.outcome) if case.outcome else ""),
    ]
    rows = [_claim(claim) for claim in case.claims]
    return Panel(
        say("诉求"), "matters/_claims.html", Place.TOP, "claims",
        {"rows": rows, "facts": [(label, value) for label, value in facts if value]},
    )  # fmt: skip


def _claim(claim: Claim) -> ClaimRow:
    route = codes.entry("route", claim.route) if claim.route else None
    led = [claim.foreign_limit] if claim.foreign_limit else route.extra.get("limits", []) if route else []
    return ClaimRow(
        text=claim.text,
        route=route.label if route else "",
        article=route.article if route else "",
        outcome=codes.label("outcome", claim.outcome) if claim.outcome else "",
        limits=[FOREIGN[code] for code in led if code in FOREIGN],
    )


@dataclass(frozen=True)
class Letter:
    """One petition as it came in."""

    petition: Petition
    channel: str
    facts: Sequence[tuple[str, str]]
    moved: bool
    """It is counted and handled with another matter now."""


def letters(case: Case, user: User) -> Panel | None:  # noqa: ARG001
    """诉求原文: every petition of the matter in its own words, the first one open."""
    if not isinstance(case, Matter):
        return None
    own = case.petitions or [petition_of(case)]
    return Panel(
        say("诉求原文"), "matters/_letters.html", Place.READING, "letters",
        {"letters": [_letter(petition, case) for petition in own]},
    )  # fmt: skip


def _letter(petition: Petition, matter: Matter) -> Letter:
    told = in_words(petition.particulars)
    people = [person for person in people_of(matter) if person.petition_id == petition.id]
    masks = {name: value for person in people for name, value in who.masked(person).items()}
    facts = [
        (say("人数"), say("{count}人", count=petition.headcount)),
        (say("署名"), codes.label("signature", petition.signed)),
        (say("原编号"), petition.original_number),
        *((REGISTRATION[name].label, str(value)) for name, value in told.items() if name in REGISTRATION),
        *((REGISTRATION[name].label, masks[name]) for name in OF_THE_PERSON if name in masks),
    ]
    return Letter(
        petition, codes.label("channel", petition.channel), [(label, value) for label, value in facts if value],
        petition.matter_id != matter.id,
    )  # fmt: skip


@dataclass
class DispatchRow:
    """One hand-over in the tree through the tiers."""

    dispatch: Dispatch
    way: Sentence
    lead: bool
    standing: Sentence
    open: bool
    below: list["DispatchRow"] = field(default_factory=list)


def dispatches(case: Case, user: User) -> Panel | None:  # noqa: ARG001
    """转办情况: who gave it to whom, and what came of it."""
    if not isinstance(case, Matter) or not case.dispatches:
        return None
    rows = {row.id: _dispatch(row) for row in case.dispatches}
    roots: list[DispatchRow] = []
    for row in rows.values():
        above = rows.get(row.dispatch.parent_id or 0)
        (above.below if above else roots).append(row)
    return Panel(say("转送交办"), "matters/_dispatches.html", Place.SIDE, "dispatches", {"rows": roots})


def _dispatch(row: Dispatch) -> DispatchRow:
    return DispatchRow(
        row,
        WAYS[row.way] if row.part == "lead" else say("协办"),
        row.part == "lead",
        _standing(row),
        row.ended_at is None,
    )


ENDS = {"recalled": say("已撤回"), "returned": say("已退回"), "succeeded": say("由承接单位接办")}


def _standing(row: Dispatch) -> Sentence:
    if row.ended_at is not None:
        return say("{ended}（{day}）", ended=ENDS.get(row.end, say("已办复")), day=row.ended_at.date().isoformat())
    if row.objected_at is not None:
        return say("提出过异议（{day}）", day=row.objected_at.date().isoformat())
    if row.signed_at is not None:
        return say("已签收（{day}）", day=row.signed_at.date().isoformat())
    return say("待签收") if row.part == "lead" else say("参加办理")


@dataclass(frozen=True)
class RelatedRow:
    """Another matter that has to do with this one."""

    id: int
    number: str
    title: str
    state: str
    why: Sentence


def related(case: Case, user: User) -> Panel | None:
    """关联件: what this matter was joined to or linked with, and what was joined to it. Only what the reader may see."""
    if not isinstance(case, Matter):
        return None
    pointed = [number for number in (case.joined_to_id, case.related_to_id) if number]
    query = select(Matter.id, Matter.number, Matter.title, Matter.state, Matter.joined_to_id).where(
        or_(Matter.id.in_(pointed), Matter.joined_to_id == case.id, Matter.related_to_id == case.id)
    )
    rows = [
        RelatedRow(row_id, number, title, _LABELS[state], _why(case, row_id, joined))
        for row_id, number, title, state, joined in db.session().execute(visible_to(user, query).order_by(Matter.id))
    ]
    return Panel(say("关联件"), "matters/_related.html", Place.SIDE, "related", {"rows": rows}) if rows else None


def _why(case: Matter, other: int, joined_to: int | None) -> Sentence:
    if other == case.joined_to_id:
        return say("已并入")
    return say("并入此件") if joined_to == case.id else say("相关")
