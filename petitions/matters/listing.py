"""What matters add to the case list and the workbench: columns, conditions, and the cards of each role.

A card is a filter of the list, so its number and the list's are the same number. The kernel reads all this without
knowing what a petition is; app.py hands it over.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, not_, or_, select
from sqlalchemy.orm import aliased

from petitions import clock, db
from petitions.access import delegation
from petitions.access.models import User
from petitions.access.roles import Role
from petitions.cases import checks, codes, requests
from petitions.cases.duties import Lens
from petitions.cases.facets import Chosen, Facet, offered
from petitions.cases.fields import Choice
from petitions.cases.models import Case, Deadline, Document, Event, Service, ServiceAttempt
from petitions.cases.rows import Column, Decoration
from petitions.cases.workbench import Card
from petitions.matters.follow_up import FollowUpTask
from petitions.matters.masks import masked_name
from petitions.matters.models import Matter, Petition, Petitioner, ReturnVisit
from petitions.matters.performance import DONE, Promise, favourable_outcomes
from petitions.matters.workflow import FLOW
from petitions.words import say

_MATTERS = Matter.__table__

COLUMNS = (
    Column("petitioner", say("信访人")),
    Column("place", say("属地"), "short"),
    Column("content_class", say("类别"), "short"),
)


def _cells(case_ids: Sequence[int], user: User) -> Mapping[int, Mapping[str, str]]:  # noqa: ARG001
    facts = (
        select(_MATTERS.c.id, _MATTERS.c.place, _MATTERS.c.class_code, Case.sealed)
        .join(Case, Case.id == _MATTERS.c.id)
        .where(_MATTERS.c.id.in_(case_ids))
    )
    cells, sealed = dict[int, dict[str, str]](), set[int]()
    for matter_id, place, code, is_sealed in db.session().execute(facts):
        cells[matter_id] = {"place": place, "content_class": codes.label("content_class", code) if code else ""}
        if is_sealed:
            sealed.add(matter_id)
            cells[matter_id]["petitioner"] = say("已保密")
    people = select(Petitioner.matter_id, Petitioner.name).where(
        Petitioner.matter_id.in_(case_ids), Petitioner.part == "petitioner"
    )
    named: dict[int, dict[str, None]] = {}
    for matter_id, name in db.session().execute(people.order_by(Petitioner.id)):
        named.setdefault(matter_id, {})[name] = None
    for matter_id in named.keys() - sealed:
        cells[matter_id]["petitioner"] = _short(list(named[matter_id]))
    return cells


def _short(names: Sequence[str]) -> str:
    """The first petitioner, and how many more; 未署名 when nobody signed."""
    signed = [masked_name(name) for name in names if name]
    if not signed:
        return say("未署名")
    return signed[0] if len(signed) == 1 else say("{name}等{count}人", name=signed[0], count=len(signed))


DECORATION = Decoration(COLUMNS, _cells)


# --- conditions ------------------------------------------------------------------------------------------------------

QUEUED = FLOW.before("snooze")
"""States in which the office decides what becomes of a matter; what comes back to it among them."""

RETURNED = FLOW.after("recall", "uphold_objection")

ACCUSATIONS = QUEUED | FLOW.before("divert_discipline")
"""States in which an accusation waits for the restricted desk; a unit that was addressed directly has it at once."""

_IN_HAND = FLOW.before("appoint") - FLOW.before("approve_opinion")
"""States in which the handler has the next step. Under review it is the head's turn."""

_UNANSWERED = FLOW.before("accept", "submit_opinion")
"""States in which somebody must take the matter in hand or write its answer: it needs a handler."""


def lies_in(states: frozenset[str]) -> ColumnElement[bool]:
    """A case in one of the states; in order, so that the same condition is the same text."""
    return Case.state.in_(sorted(states))


def before(*actions: str) -> ColumnElement[bool]:
    """A case that lies where one of the acts of the table may be done."""
    return lies_in(FLOW.before(*actions))


def awake() -> ColumnElement[bool]:
    """A matter that is not laid aside (稍后处理) now."""
    laid_aside = exists().where(_MATTERS.c.id == Case.id, _MATTERS.c.snoozed_until > clock.now())
    return not_(laid_aside)


def _is_sorted_by(user: User) -> ColumnElement[bool]:
    """An ordinary matter of this office: an accusation waits under a heading of its own."""
    return and_(Case.unit_id == user.unit_id, not_(Case.sealed))


def _notice_due(user: User) -> ColumnElement[bool]:
    row = aliased(Deadline)
    runs = exists().where(Lens(user.unit_id, only=True, codes=("T3", "T4")).counts_in(row, Case.id))
    return and_(before("accept"), runs)


def closed_in_a_ledger() -> ColumnElement[bool]:
    """It was over before it came here: nobody owes a visit or a file for it (docs/import.md)."""
    return exists().where(Event.case_id == Case.id, Event.action.in_(("record_answer", "bring_in_closed")))


def not_visited() -> ColumnElement[bool]:
    """It was answered here and nobody has asked the petitioner since."""
    visited = exists().where(ReturnVisit.matter_id == Case.id, ReturnVisit.reached)
    return and_(before("visit"), ~visited, ~closed_in_a_ledger())


def attempt_is_due() -> ColumnElement[bool]:
    """A paper did not reach its receiver, and the day on which it is tried again has come."""
    later = aliased(ServiceAttempt)
    return exists().where(
        Document.case_id == Case.id, ServiceAttempt.document_id == Document.id, ServiceAttempt.next_on <= clock.today(),
        Document.void_event_id.is_(None),
        ~exists().where(later.document_id == Document.id, later.id > ServiceAttempt.id),
        ~exists().where(Service.document_id == Document.id),
    )  # fmt: skip


def followed_up() -> ColumnElement[bool]:
    """A return visit has left something to do, and nobody has said yet what was done."""
    return exists().where(FollowUpTask.matter_id == Case.id, FollowUpTask.closed_event_id.is_(None))


def unperformed() -> ColumnElement[bool]:
    """第32条第二款: something was granted or agreed and is not known to be done; also where nobody has written down what."""
    owed = exists().where(Promise.matter_id == Case.id, Promise.result != DONE)
    written = exists().where(Promise.matter_id == Case.id)
    told = exists().where(ReturnVisit.matter_id == Case.id, ReturnVisit.performed.in_(("done", "nothing")))
    own = _MATTERS.alias()
    granted = exists().where(own.c.id == Case.id, own.c.outcome.in_(favourable_outcomes()))
    unwritten = and_(before("visit"), granted, ~written, ~told, ~closed_in_a_ledger())
    return and_(before("perform_opinion"), or_(owed, unwritten))


Wait = Callable[[User], ColumnElement[bool]]

WAITS: Mapping[str, tuple[str, Wait]] = {
    "handling": (
        say("待我办理"),
        lambda user: and_(Case.handler_id.in_(delegation.hands(user)), lies_in(_IN_HAND)),
    ),
    "sign": (say("待签收"), lambda user: and_(Case.unit_id == user.unit_id, before("sign"))),
    "accusation": (
        say("待办检举控告"),
        lambda user: and_(Case.sealed, Case.unit_id == user.unit_id, lies_in(ACCUSATIONS), awake()),
    ),
    "returned": (say("被退回"), lambda user: and_(_is_sorted_by(user), lies_in(RETURNED), awake())),
    "objection": (say("待核异议"), lambda user: and_(Case.sender_id == user.unit_id, before("reject_objection"))),
    "approval": (
        say("待审批"),
        # Of every kind of case: whoever decides has one list
        lambda user: and_(Case.unit_id == user.unit_id, requests.waits()),
    ),
    "sorting": (
        say("待分办"),
        lambda user: and_(_is_sorted_by(user), lies_in(QUEUED - RETURNED), awake()),
    ),
    "handler": (
        say("待指定承办人"),
        lambda user: and_(
            Case.unit_id == user.unit_id,
            Case.handler_id.is_(None),
            lies_in(_UNANSWERED),
        ),
    ),
    "notice": (say("待告知"), lambda user: and_(Case.unit_id == user.unit_id, _notice_due(user))),
    "service": (say("待送达"), lambda user: and_(Case.unit_id == user.unit_id, before("serve"))),
    "attempt": (
        say("该再次送达"),
        lambda user: and_(or_(Case.unit_id == user.unit_id, Case.office_id == user.unit_id), attempt_is_due()),
    ),
    "visit": (say("待回访"), lambda user: and_(Case.office_id == user.unit_id, not_visited())),
    "follow_up": (
        say("跟进任务"),
        lambda user: and_(or_(Case.office_id == user.unit_id, Case.unit_id == user.unit_id), followed_up()),
    ),
    "performance": (
        say("待落实"),
        lambda user: and_(or_(Case.office_id == user.unit_id, Case.unit_id == user.unit_id), unperformed()),
    ),
    "snoozed": (
        say("稍后处理"),
        lambda user: and_(Case.unit_id == user.unit_id, before("snooze"), not_(awake())),
    ),
}
"""What a case can wait for, seen from the reader's place."""


def _by_wait(query: Select[Any], chosen: Chosen, user: User) -> Select[Any]:
    asked = []
    for value in chosen.parts("waiting"):
        if value not in WAITS:
            raise checks.Unreadable(say("没有“{value}”这个选项，重新选择", value=checks.shown(value)))
        asked.append(WAITS[value][1](user))
    return query.where(or_(*asked))


def _classes(user: User) -> list[Choice]:  # noqa: ARG001
    return [
        Choice(c.code, say("　{name}", name=say(c.label)) if c.parent else c.label)
        for c in codes.every("content_class")
    ]


def _by_class(query: Select[Any], chosen: Chosen, user: User) -> Select[Any]:  # noqa: ARG001
    """A first-level class holds its second level."""
    wanted = set(chosen.parts("class"))
    within = wanted | {row.code for row in codes.every("content_class") if row.parent in wanted}
    return query.where(Case.id.in_(select(_MATTERS.c.id).where(_MATTERS.c.class_code.in_(sorted(within)))))


def _by_place(query: Select[Any], chosen: Chosen, user: User) -> Select[Any]:  # noqa: ARG001
    there = _MATTERS.c.place.contains(chosen.values["place"], autoescape=True)
    return query.where(exists().where(_MATTERS.c.id == Case.id, there))


def _channels(user: User) -> list[Choice]:  # noqa: ARG001
    return codes.choices("channel")


def _by_channel(query: Select[Any], chosen: Chosen, user: User) -> Select[Any]:  # noqa: ARG001
    came = exists().where(Petition.matter_id == Case.id, Petition.channel.in_(chosen.parts("channel")))
    return query.where(came)


def _by_registrar(query: Select[Any], chosen: Chosen, user: User) -> Select[Any]:  # noqa: ARG001
    mine = exists().where(Petition.matter_id == Case.id, Petition.registered_by_id == user.id)
    return query.where(mine)


FACETS = (
    Facet("waiting", say("待办"), _by_wait, offered({name: label for name, (label, _) in WAITS.items()})),
    Facet("class", say("类别"), _by_class, _classes),
    Facet("place", say("属地"), _by_place, kind="text"),
    Facet("channel", say("信访形式"), _by_channel, _channels),
    Facet("registered", say("登记人"), _by_registrar, offered({"me": say("我")})),
)


# --- the workbench ---------------------------------------------------------------------------------------------------

_OFFICE = (Role.PETITION_OFFICER, Role.PETITION_HEAD)
SORTERS = (Role.INTAKE_CLERK, *_OFFICE)
"""Who sorts what is no accusation."""
_DESK = (Role.RECEIVING_CLERK, Role.UNIT_HEAD)


def _waiting(
    name: str, *roles: Role, urgent: bool = False, clocks: bool = False, seconds: bool = False, sort: str = "due"
) -> Card:
    query = {"waiting": name, "sort": sort}
    return Card(name, WAITS[name][0], query, frozenset(roles), urgent=urgent, clocks=clocks, seconds=seconds)


CARDS = (
    _waiting("handling", Role.HANDLER, clocks=True),
    _waiting("sign", *_DESK, Role.HANDLER),
    _waiting("handler", *_DESK),
    _waiting("accusation", Role.RESTRICTED_CLERK, clocks=True),
    _waiting("returned", *SORTERS, urgent=True),
    _waiting("objection", *_OFFICE, *_DESK),
    _waiting("approval", Role.UNIT_HEAD, Role.PETITION_HEAD, seconds=True),
    _waiting("sorting", *SORTERS, clocks=True),
    _waiting("notice", *_DESK, Role.HANDLER),
    _waiting("service", *_DESK),
    _waiting("attempt", *_DESK, Role.HANDLER, *_OFFICE, urgent=True),
    _waiting("visit", *_OFFICE, sort="received"),
    _waiting("follow_up", *_OFFICE, Role.HANDLER, sort="received"),
    _waiting("performance", *_OFFICE, Role.HANDLER, Role.UNIT_HEAD, sort="received"),
    Card(
        "unit", say("本单位已超期"), {"state": "open", "clock": "overdue", "duty": "own", "sort": "due"},
        frozenset((Role.UNIT_HEAD, Role.RECEIVING_CLERK, *_OFFICE)), urgent=True,
    ),
    Card(
        "mine", say("我登记的动态"), {"registered": "me", "state": "open", "sort": "changed"},
        frozenset((Role.INTAKE_CLERK,)), stages=True,
    ),
)  # fmt: skip
"""In the order of duty (ux.md S2): what is on one's own desk first, what only concerns one last."""

BATCH = ("appoint", "conclude", "archive", "note", "admit", "urge")
"""Acts of the table that may be done on many cases at once: each asks the same of every case, and none decides one.
办结 ends what nobody asked to have reviewed in time; its guard says of which."""
