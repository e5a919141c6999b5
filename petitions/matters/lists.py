"""What the fields of a matter offer to choose from: code lists, units, people, claims, other matters."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import lazyload

from petitions import db
from petitions.access import past
from petitions.access import units as tree
from petitions.access.models import Unit, UnitKind, User, UserRole
from petitions.access.roles import Role
from petitions.cases import codes, readers, voiding
from petitions.cases.fields import Choice
from petitions.cases.limits import FOREIGN
from petitions.cases.models import Case, Document, Event
from petitions.cases.queries import sees, visible_to
from petitions.documents.numbering import signs_of
from petitions.matters import to_mediation
from petitions.matters.above import bodies_above
from petitions.matters.conflicts import why_away
from petitions.matters.hearing import lists as hearing
from petitions.matters.instruments.fields import LISTS as INSTRUMENTS
from petitions.matters.models import Matter, Petition
from petitions.matters.performance import open_promises
from petitions.matters.reviewing import answered_review, issuer_of, opinion_of
from petitions.matters.service import lists as service
from petitions.matters.service.guards import MAIN_PAPERS
from petitions.matters.simple import FITS, TOLD_BY
from petitions.matters.wall import accused_units, is_walled_off
from petitions.web.inputs import initials
from petitions.words import say

FOREIGN_ROUTES = ("R1", "R2", "R3", "R4", "R5")
"""第31条第一至五项: procedures other than ours."""


def _fixed(*pairs: tuple[str, str]) -> tuple[Choice, ...]:
    return tuple(Choice(value, label) for value, label in pairs)


FIXED: Mapping[str, tuple[Choice, ...]] = {
    "terminals": _fixed(("web", say("网站")), ("app", say("手机应用")), ("wechat", say("微信")), ("other", say("其他"))),
    "recusal_askers": _fixed(
        ("self", say("本人")), ("interested", say("利害关系人")), ("unit", say("本单位决定"))
    ),
    "waivers": _fixed(("no_name", say("姓名（名称）不清")), ("no_address", say("住址不清"))),
    "inquiry_kinds": _fixed(
        ("hearing_of_petitioner", say("听取信访人陈述")), ("talk", say("谈话询问")), ("site", say("实地查看")),
        ("papers", say("调阅材料")), ("expert", say("鉴定评估")),
    ),
    "consents": _fixed(("both", say("双方自愿"))),
    "performances": _fixed(
        ("done", say("已落实")), ("partly", say("部分落实")), ("not_done", say("未落实")),
        ("nothing", say("无需落实")), ("not_reached", say("未联系上")),
    ),
    "late_grounds": _fixed(
        ("force_majeure", say("不可抗力")), ("obstacle", say("其他不能归责于本人的障碍")),
        ("service", say("对收到书面答复的日期有争议")), ("none", say("没有说明")),
    ),
    "simple_fits": FITS,
    "simple_tellings": TOLD_BY,
    "lead_deciders": _fixed(("superior", say("共同的上一级")), ("joint_conference", say("共同的信访工作联席会议"))),
    "losses": _fixed(("died", say("信访人死亡")), ("dissolved", say("信访单位终止"))),
    "settlements": _fixed(("mediation", say("调解")), ("reconciliation", say("自愿和解"))),
    "performance_results": _fixed(
        ("done", say("已落实")), ("partly", say("部分落实")), ("not_done", say("未落实")),
    ),
    "discontinue_reasons": _fixed(
        ("agreement_performed", say("调解、和解协议已履行")), ("died", say("信访人死亡，没有承受人")),
        ("dissolved", say("信访单位终止，没有承受人")),
    ),
    **INSTRUMENTS,
    **to_mediation.FIXED,
    **hearing.FIXED,
    **service.FIXED,
}  # fmt: skip
"""Short lists that belong to a field and are nobody's to edit."""


def _as_choices(units: Iterable[Unit], barred: Mapping[int, str] | None = None) -> list[Choice]:
    names, barred = {unit.id: unit.name for unit in tree.in_force()}, barred or {}
    return [
        Choice(str(u.id), u.name, names.get(u.parent_id or 0, ""), initials(u.name), why_not=barred.get(u.id, ""))
        for u in units
    ]


def _region(case: Case | None, actor: User) -> int:
    """The root of the tree whose units an office may send to: its own parent, or itself at the top."""
    by_id = {unit.id: unit for unit in tree.in_force()}
    office = by_id.get(case.office_id if case else actor.unit_id, actor.unit)
    return office.parent_id or office.id


def units(case: Case | None, actor: User) -> list[Choice]:
    """Every unit of the region."""
    return _as_choices(tree.below(_region(case, actor)))


def townships(actor: User) -> list[Choice]:
    """乡镇街道 of the region: where most things happen."""
    return _as_choices(unit for unit in tree.below(_region(None, actor)) if unit.kind == UnitKind.TOWNSHIP)


def receiving_units(case: Case | None, actor: User) -> list[Choice]:
    """Units that can be given a matter: those of the region that are no office and not the discipline body."""
    closed = (UnitKind.OFFICE, UnitKind.DISCIPLINE, UnitKind.COMMITTEE)
    return _as_choices(
        (unit for unit in tree.below(_region(case, actor)) if unit.kind not in closed), accused_units(case)
    )


def subordinate_units(case: Case | None, actor: User) -> list[Choice]:
    """Units under the one that holds the case."""
    return _as_choices(tree.below(case.unit_id if case else actor.unit_id), accused_units(case))


def other_units(case: Case | None, actor: User) -> list[Choice]:
    """Units an objecting unit may propose instead of itself."""
    mine = case.unit_id if case else actor.unit_id
    return [choice for choice in receiving_units(case, actor) if choice.value != str(mine)]


def discipline_units(case: Case | None, actor: User) -> list[Choice]:
    """纪检监察机关 of the region."""
    bodies = (unit for unit in tree.below(_region(case, actor)) if unit.kind == UnitKind.DISCIPLINE)
    return _as_choices(bodies, accused_units(case))


def handlers(case: Case | None, actor: User) -> list[Choice]:
    """The people of the holding unit who may work on a case; whoever must recuse is greyed with the reason."""
    unit_id = case.unit_id if case else actor.unit_id
    wanted = select(User).where(
        User.unit_id == unit_id, User.active,
        exists().where(UserRole.user_id == User.id, UserRole.role == Role.HANDLER.value),
    ).order_by(User.id)  # fmt: skip
    matter = case if isinstance(case, Matter) else None
    return [
        Choice(str(person.id), person.name, keys=initials(person.name),
               why_not=(why_away(person, matter) if matter is not None else None) or "")
        for person in db.session().scalars(wanted)
    ]  # fmt: skip


def colleagues(case: Case | None, actor: User) -> list[Choice]:
    """The people of one's own unit, the person in charge included: 第28条第三款 is about everybody who works there."""
    away = {row.user_id for row in case.recusals} if isinstance(case, Matter) else set()
    wanted = select(User).where(User.unit_id == actor.unit_id, User.active).order_by(User.id)
    return [
        Choice(str(person.id), person.name, keys=initials(person.name),
               why_not=say("{name}已经回避", name=person.name) if person.id in away else "")
        for person in db.session().scalars(wanted)
    ]  # fmt: skip


def people_to_accuse(case: Case | None, actor: User) -> list[Choice]:  # noqa: ARG001
    """Everybody with an account, wherever they work."""
    everybody = select(User).where(User.active).options(lazyload(User.held)).order_by(User.unit_id, User.id)
    return [Choice(str(one.id), one.name, one.unit.name, initials(one.name)) for one in db.session().scalars(everybody)]


def readers_to_admit(case: Case | None, actor: User) -> list[Choice]:
    """The restricted desk and the discipline bodies of the region; whoever is on the list or accused is greyed."""
    if not isinstance(case, Matter):
        return []
    bodies = [unit.id for unit in tree.below(_region(case, actor)) if unit.kind == UnitKind.DISCIPLINE]
    there = {row.user_id for row in readers.listed(case)}

    def why_not(person: User) -> str:
        if is_walled_off(person, case):
            return say("此件检举的是{name}或者其所在单位（第30条）", name=person.name)
        return say("{name}已经在名单上", name=person.name) if person.id in there else ""

    return [
        Choice(str(one.id), one.name, one.unit.name, initials(one.name), why_not=why_not(one))
        for one in readers.eligible(case, bodies)
    ]


def listed_readers(case: Case | None, actor: User) -> list[Choice]:  # noqa: ARG001
    """Who is on the need-to-know list."""
    rows = readers.listed(case) if case is not None else []
    return [Choice(str(row.user_id), row.user.name, row.user.unit.name, initials(row.user.name)) for row in rows]


def claims(case: Case | None, actor: User) -> list[Choice]:  # noqa: ARG001
    """The claims of the matter, the parts that per-claim fields ask about."""
    return [Choice(str(claim.id), claim.text) for claim in case.claims] if isinstance(case, Matter) else []


def outcomes(case: Case | None, actor: User) -> list[Choice]:  # noqa: ARG001
    """The outcomes that fit the nature of the matter."""
    nature = case.nature if isinstance(case, Matter) else ""
    fitting = [c for c in codes.choices("outcome") if _fits(c.value, nature)]
    return fitting or codes.choices("outcome")


def _fits(outcome: str, nature: str) -> bool:
    row = codes.entry("outcome", outcome)
    return row is None or not nature or nature in row.extra.get("natures", [nature])


def open_papers(case: Case | None, actor: User) -> list[Choice]:  # noqa: ARG001
    """The papers of the case that nobody has recorded as received."""
    papers = case.papers if case is not None else ()
    return [Choice(str(one.id), f"{one.title} {one.number}") for one in papers if _is_owed(one)]


def unserved_papers(case: Case | None, actor: User) -> list[Choice]:
    """The same without the answer itself, whose service is an act of its own."""
    answers = {str(paper.id) for paper in (case.papers if case else ()) if paper.kind in MAIN_PAPERS}
    return [choice for choice in open_papers(case, actor) if choice.value not in answers]


def _is_owed(paper: Document) -> bool:
    return must_be_served(paper) and not paper.services


SERVED_PAPERS = frozenset(
    ("acceptance_notice", "refusal_notice", "no_longer_notice", "diversion_notice", "extension_notice",
     "progress_notice", "supplement_notice", "opinion", "withdrawal", "whereabouts_notice",
     "review_acceptance", "review_refusal", "review_withdrawal", "review_opinion",
     "hearing_notice", "hearing_refusal", "hearing_cancellation", "simple_notice", "conversion_notice")
)  # fmt: skip
"""Papers that must reach the petitioner, of a review too."""

_SIMPLE, _ON_PAPER = "simple_notice", "paper"


def must_be_served(paper: Document) -> bool:
    """Whether a receipt is owed: of 简易办理 only where the petitioner wanted it on paper; else the act says how they were told."""
    if paper.kind == _SIMPLE:
        return paper.event.data.get("told_by") == _ON_PAPER
    return paper.kind in SERVED_PAPERS


def is_served_on_paper() -> ColumnElement[bool]:
    """The same of the papers of a query."""
    wanted = exists().where(Event.id == Document.event_id, Event.data["told_by"].as_string() == _ON_PAPER)
    return and_(Document.kind.in_(sorted(SERVED_PAPERS)), or_(Document.kind != _SIMPLE, wanted))


RECEIPT_NOTICES = frozenset(("acceptance_notice", "whereabouts_notice"))
"""What 第23条 asks to be told at the beginning: that it was received and how it goes on, or where it went."""


def own_letters(case: Case | None, actor: User) -> list[Choice]:  # noqa: ARG001
    """The petitions of the matter; of one that was joined to another those it was opened with."""
    if not isinstance(case, Matter):
        return []
    moved = select(Petition).where(Petition.opened_matter_id == case.id).order_by(Petition.id)
    return [Choice(str(one.id), f"{one.number} {one.title}") for one in case.petitions or db.session().scalars(moved)]


def opinions_to_review(case: Case | None, actor: User) -> list[Choice]:  # noqa: ARG001
    """The opinion a review is asked about: the newest that has reached the petitioner."""
    paper = opinion_of(case) if case is not None else None
    return [Choice(str(paper.id), f"{paper.title} {paper.number}")] if paper else []


def reviews_to_review(case: Case | None, actor: User) -> list[Choice]:  # noqa: ARG001
    """The review opinion 复核 is asked about."""
    review = answered_review(case) if case is not None else None
    paper = opinion_of(review, "review_opinion") if review is not None else None
    return [Choice(str(paper.id), f"{paper.title} {paper.number}")] if paper else []


def review_bodies(case: Case | None, actor: User) -> list[Choice]:  # noqa: ARG001
    """第35条: one level above whoever gave the opinion; nobody else can be chosen."""
    issuer = issuer_of(case) if case is not None else None
    return _as_choices(bodies_above(issuer.id)) if issuer is not None else []


def rereview_bodies(case: Case | None, actor: User) -> list[Choice]:  # noqa: ARG001
    """第36条第一款: one level above whoever reviewed."""
    review = answered_review(case) if case is not None else None
    return _as_choices(bodies_above(review.unit_id)) if review is not None else []


def foreign_limits(case: Case | None, actor: User) -> list[Choice]:  # noqa: ARG001
    """X1–X5, the limits of other procedures."""
    return [Choice(row.code, f"{row.name}：{row.text}") for row in FOREIGN.values()]


def _coded(name: str, only: Callable[[Choice], bool] | None = None) -> Callable[..., list[Choice]]:
    def offered(case: Case | None, actor: User) -> list[Choice]:  # noqa: ARG001
        return [choice for choice in codes.choices(name) if only is None or only(choice)]

    return offered


def _constant(listed: tuple[Choice, ...]) -> Callable[[Case | None, User], Sequence[Choice]]:
    def offered(case: Case | None, actor: User) -> Sequence[Choice]:  # noqa: ARG001
        return listed

    return offered


def find_matter(case: Case | None, actor: User, given: str) -> Choice | None:
    """The matter of the same office somebody named by its number, or that of one of its petitions, in capitals or not.

    The sign of the office's own register may be left out: nobody says it at their own counter.

    One that was joined to another stands for that other one: there its petitions are. Whoever may not see that one
    finds nothing, for the answer would tell of an accusation.
    """
    office_id = case.office_id if case else actor.unit_id
    number, _, register = given.upper().partition(" ")
    registers = _registers(office_id, register.strip())
    written = [f"{sign}{number}" for sign in {"", *(sign for one in registers for sign in signs_of(one))}]
    holding = select(Petition.matter_id).where(Petition.office_id.in_(registers), Petition.number.in_(written))
    named = or_(and_(Matter.numbered_by_id.in_(registers), Matter.number.in_(written)), Matter.id.in_(holding))
    query = visible_to(actor, select(Matter)).where(Matter.office_id == office_id, named)
    order = (Matter.numbered_by_id != office_id, Matter.number != number, Matter.id)
    rows = list(db.session().scalars(query.order_by(*order).limit(2)))
    if len(rows) > 1 and all(row.numbered_by_id != office_id for row in rows):
        return Choice(
            "", number, why_not=say("接收来的登记簿里有几件都是{number}，在编号后空一格写登记单位", number=number)
        )
    found = rows[0] if rows else None
    while found is not None and found.joined_to is not None:
        found = found.joined_to
    if found is None or not sees(found.id, actor):
        return None
    why_not = ""
    if case is not None and found.id == case.id:
        why_not = say("这就是此件自己。填写另一件的编号")
    elif case is not None and found.sealed != case.sealed:
        why_not = say("保密件和普通件不能合并（第30条）")
    return Choice(str(found.id), f"{found.number} {found.title}", why_not=why_not)


def _registers(office_id: int, name: str) -> list[int]:
    """The registers this office keeps: its own and those it has taken over, or the one of the unit named."""
    kept = past.forebears(office_id)
    named = select(Unit.id).where(Unit.id.in_(kept), Unit.name == name)
    return list(db.session().scalars(named)) if name else kept


def every_unit(case: Case | None, actor: User) -> list[Choice]:  # noqa: ARG001
    """Every unit there is or was."""
    return [Choice(str(unit.id), unit.name) for unit in db.session().scalars(select(Unit).order_by(Unit.id))]


CHOICES: Mapping[str, Callable[[Case | None, User], Sequence[Choice]]] = {
    "own_letters": own_letters,
    "natures": _coded("nature"),
    "purposes": _coded("purpose"),
    # Both levels may be chosen: a clerk who cannot tell the second one must not be forced to guess it.
    "classes": _coded("content_class"),
    "urgencies": _coded("urgency"),
    "flags": _coded("flag"),
    "channels": _coded("channel"),
    "source_levels": _coded("source_level"),
    "routes": _coded("route"),
    "foreign_routes": _coded("route", lambda choice: choice.value in FOREIGN_ROUTES),
    "refusal_reasons": _coded("refusal", lambda choice: choice.value != "NL1"),
    "file_reasons": _coded("file_reason"),
    "service_methods": _coded("service_method"),
    "visit_ways": _coded("return_visit_way"),
    "ratings": _coded("satisfaction"),
    "outcomes": outcomes,
    "units": units,
    "every_unit": every_unit,
    "receiving_units": receiving_units,
    "subordinate_units": subordinate_units,
    "other_units": other_units,
    "discipline_units": discipline_units,
    "handlers": handlers,
    "people_to_accuse": people_to_accuse,
    "readers_to_admit": readers_to_admit,
    "listed_readers": listed_readers,
    "colleagues": colleagues,
    "claims": claims,
    "unserved_papers": unserved_papers,
    "open_papers": open_papers,
    **voiding.CHOICES,
    "open_promises": open_promises,
    "foreign_limits": foreign_limits,
    **hearing.CHOICES,
    **service.CHOICES,
    "opinions_to_review": opinions_to_review,
    "reviews_to_review": reviews_to_review,
    "committees": to_mediation.committees,
    "dispute_types": _coded("dispute_type"),
    "review_bodies": review_bodies,
    "rereview_bodies": rereview_bodies,
    **{name: _constant(listed) for name, listed in FIXED.items()},
}
