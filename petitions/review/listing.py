"""What reviews add to the case list and the workbench: their cells, a condition, and a card for whoever reviews."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select

from petitions import db
from petitions.access import delegation
from petitions.access.models import User
from petitions.access.roles import Role
from petitions.cases import checks
from petitions.cases.facets import Chosen, Facet, offered
from petitions.cases.models import Case
from petitions.cases.rows import Decoration
from petitions.cases.workbench import Card
from petitions.matters.listing import COLUMNS
from petitions.matters.listing import DECORATION as OF_MATTERS
from petitions.review.models import Review
from petitions.review.queries import before
from petitions.words import say


def _cells(case_ids: Sequence[int], user: User) -> Mapping[int, Mapping[str, str]]:
    """Those of the matter it is about: whoever sees the review reads that file."""
    about: dict[int, int] = dict(
        db.session().execute(select(Review.id, Case.about_id).where(Review.id.in_(case_ids))).all()  # type: ignore[arg-type]
    )
    cells = OF_MATTERS.cells(sorted(set(about.values())), user) if about else {}
    return {case_id: cells.get(matter_id, {}) for case_id, matter_id in about.items()}


DECORATION = Decoration(COLUMNS, _cells)

WAITS = {
    "accept": say("复查复核待受理"),
    "handling": say("待我复查复核"),
    "approval": say("复查复核待审核"),
    "service": say("复查复核待送达"),
    "any": say("全部复查复核件"),
}
"""What a review can wait for, seen from the reader's place."""


def _condition(name: str, user: User) -> ColumnElement[bool]:
    ours = Case.unit_id == user.unit_id
    mine = Case.handler_id.in_(delegation.hands(user))
    return {
        "accept": and_(ours, before("accept")),
        "handling": and_(mine, or_(before("submit_opinion"), before("accept"))),
        "approval": and_(ours, before("approve_opinion")),
        "service": and_(ours, before("serve")),
        "any": Case.kind == "review",
    }[name]


def _by_wait(query: Select[Any], chosen: Chosen, user: User) -> Select[Any]:
    asked = []
    for value in chosen.parts("review"):
        if value not in WAITS:
            raise checks.Unreadable(say("没有“{value}”这个选项，重新选择", value=checks.shown(value)))
        asked.append(_condition(value, user))
    return query.where(or_(*asked))


FACETS = (Facet("review", say("复查复核"), _by_wait, offered(WAITS)),)

_DESK = (Role.RECEIVING_CLERK, Role.UNIT_HEAD)


def _card(name: str, *roles: Role, clocks: bool = False) -> Card:
    return Card(f"review_{name}", WAITS[name], {"review": name, "sort": "due"}, frozenset(roles), clocks=clocks)


CARDS = (
    _card("handling", Role.HANDLER, Role.REVIEWER, clocks=True),
    _card("accept", *_DESK, clocks=True),
    _card("service", *_DESK),
)
