"""送达: the papers of a unit that nobody has received yet, with what was tried and when it is tried again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, exists, func, not_, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from petitions import clock, db
from petitions.access import delegation, past
from petitions.access.models import User
from petitions.access.roles import Role
from petitions.cases import codes
from petitions.cases.kinds import KINDS
from petitions.cases.models import Case, Document, Service, ServiceAttempt
from petitions.cases.queries import visible_to
from petitions.handling.queries import SHOWN
from petitions.matters.lists import is_served_on_paper
from petitions.matters.masks import masked_name
from petitions.matters.service.guards import MAIN_PAPERS
from petitions.matters.service.lists import FIXED
from petitions.words import Sentence, say

STAGES: Mapping[str, Sentence] = {"waiting": say("待送达"), "tried": say("送达未成")}
"""Nobody has tried yet; somebody tried in vain, and it is planned when it is tried again."""

UNNAMED = "信访人"
"""How a paper addresses whom nobody knows: nobody can hand it over (第23条第二款)."""

_WHOLE = frozenset(
    {Role.RECEIVING_CLERK, Role.UNIT_HEAD, Role.PETITION_OFFICER, Role.PETITION_HEAD, Role.INTAKE_CLERK,
     Role.RESTRICTED_CLERK}
)  # fmt: skip
"""They look after everything their unit has issued; a handler after their own."""


@dataclass(frozen=True)
class Row:
    """One paper that has to reach somebody."""

    paper: Document
    who: str
    """The addressee, masked; of an accusation only that it is sealed."""
    days: int
    """日 since it was issued."""
    tries: int
    last: str
    """How the last attempt ended."""
    next_method: str
    next_on: date | None
    late: bool
    """The day of the next attempt has come."""
    action: str
    """The act that records its service."""
    needs: Mapping[str, int]
    """What its form is told beside the case."""

    @property
    def case(self) -> Case:
        """The case it was issued in."""
        return self.paper.case


@dataclass(frozen=True)
class Services:
    """One tab with its rows."""

    stage: str
    counts: Mapping[str, int]
    rows: Sequence[Row]


def services(user: User, stage: str = "") -> Services:
    """The tab asked for; without one the attempts whose day has come before what nobody has tried."""
    numbers = {name: _count(_of(user, name)) for name in STAGES}
    chosen = stage if stage in STAGES else ("tried" if numbers["tried"] else "waiting")
    newest = select(func.max(ServiceAttempt.next_on)).where(ServiceAttempt.document_id == Document.id).scalar_subquery()
    query = _of(user, chosen).order_by(*((newest,) if chosen == "tried" else ()), Document.issued_on, Document.id)
    found = db.session().scalars(
        query.limit(SHOWN).options(
            contains_eager(Document.case).joinedload(Case.handler).lazyload(User.held),
            joinedload(Document.unit), selectinload(Document.attempts),
        )
    )  # fmt: skip
    return Services(chosen, numbers, [_row(paper) for paper in found])


def _of(user: User, stage: str) -> Select[Document]:
    tried = exists().where(ServiceAttempt.document_id == Document.id)
    query = visible_to(user, select(Document).join(Document.case)).where(
        Document.unit_id.in_(past.forebears(user.unit_id)),
        is_served_on_paper(),
        Document.void_event_id.is_(None),
        Document.recipient != UNNAMED,
        ~exists().where(Service.document_id == Document.id),
        _can_be_served(),
        tried if stage == "tried" else not_(tried),
    )
    if not _WHOLE & delegation.roles(user):
        query = query.where(Case.handler_id.in_(delegation.hands(user)))
    return query


def _can_be_served() -> ColumnElement[bool]:
    answer = Document.kind.in_(MAIN_PAPERS)
    return or_(and_(answer, _lies_before("serve")), and_(not_(answer), _lies_before("serve_notice")))


def _lies_before(action: str) -> ColumnElement[bool]:
    """A case of any kind that lies where the act may be done."""
    return Case.state.in_(
        sorted({state for kind in KINDS.values() if action in kind.flow.action for state in kind.flow.before(action)})
    )


def _count(query: Select[Document]) -> int:
    return db.session().scalar(select(func.count()).select_from(query.subquery())) or 0


def _row(paper: Document) -> Row:
    today, last = clock.today(), paper.attempts[-1] if paper.attempts else None
    answers = paper.kind in MAIN_PAPERS
    return Row(
        paper=paper,
        who=say("已保密")
        if paper.case.sealed
        else "、".join(masked_name(name) for name in paper.recipient.split("、")),
        days=(today - paper.issued_on).days,
        tries=len(paper.attempts),
        last=_failure(last.failure) if last else "",
        next_method=codes.label("service_method", last.next_method) if last else "",
        next_on=last.next_on if last else None,
        late=last is not None and last.next_on <= today,
        action="serve" if answers else "serve_notice",
        needs={} if answers else {"paper": paper.id},
    )


def _failure(code: str) -> str:
    return next((one.label for one in FIXED["service_failures"] if one.value == code), code)
