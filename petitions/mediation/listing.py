"""What mediations add to the case list and the workbench: their cells, a condition, and the cards of a committee."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select

from petitions import db
from petitions.access.models import User
from petitions.access.roles import Role
from petitions.cases import checks, codes
from petitions.cases.facets import Chosen, Facet, offered
from petitions.cases.models import Case
from petitions.cases.rows import Decoration
from petitions.cases.workbench import Card
from petitions.matters.listing import COLUMNS
from petitions.matters.masks import masked_name
from petitions.mediation.models import Mediation, Party
from petitions.mediation.queries import STAGES, condition, window_ends_soon
from petitions.words import say

_MEDIATIONS = Mediation.__table__


def _cells(case_ids: Sequence[int], user: User) -> Mapping[int, Mapping[str, str]]:  # noqa: ARG001
    facts = select(_MEDIATIONS.c.id, _MEDIATIONS.c.place, _MEDIATIONS.c.dispute_type, Case.sealed).join(
        Case, Case.id == _MEDIATIONS.c.id
    )
    cells, sealed = dict[int, dict[str, str]](), set[int]()
    for case_id, place, kind, is_sealed in db.session().execute(facts.where(_MEDIATIONS.c.id.in_(case_ids))):
        cells[case_id] = {"place": place, "content_class": codes.label("dispute_type", kind)}
        if is_sealed:
            sealed.add(case_id)
            cells[case_id]["petitioner"] = say("已保密")
    people = select(Party.mediation_id, Party.name).where(
        Party.mediation_id.in_(case_ids), Party.part == "party", Party.left_on.is_(None)
    )
    named: dict[int, list[str]] = {}
    for case_id, name in db.session().execute(people.order_by(Party.id)):
        named.setdefault(case_id, []).append(masked_name(name))
    for case_id in named.keys() - sealed:
        cells[case_id]["petitioner"] = "、".join(named[case_id])
    return cells


DECORATION = Decoration(COLUMNS, _cells)

WAITS = {
    **{name: say("调解：{stage}", stage=stage.label) for name, stage in STAGES.items()},
    "window": say("调解：司法确认期限将满"),
    "any": say("全部人民调解件"),
}
"""Where a mediation can stand; what ends soon; and all of them."""


def _condition(name: str) -> ColumnElement[bool]:
    if name == "any":
        return Case.kind == "mediation"
    return and_(Case.kind == "mediation", window_ends_soon()) if name == "window" else condition(name)


def _by_stage(query: Select[Any], chosen: Chosen, user: User) -> Select[Any]:  # noqa: ARG001
    asked = []
    for value in chosen.parts("mediation"):
        if value not in WAITS:
            raise checks.Unreadable(say("没有“{value}”这个选项，重新选择", value=checks.shown(value)))
        asked.append(_condition(value))
    return query.where(or_(*asked))


FACETS = (Facet("mediation", say("人民调解"), _by_stage, offered(WAITS)),)

_COMMITTEE = frozenset({Role.MEDIATOR, Role.COMMITTEE_CHAIR})


def _card(name: str, *, clocks: bool = False, urgent: bool = False) -> Card:
    label = WAITS[name]
    return Card(
        f"mediation_{name}", label, {"mediation": name, "sort": "due"}, _COMMITTEE, clocks=clocks, urgent=urgent
    )


CARDS = (
    _card("overdue", urgent=True),
    _card("window", urgent=True),
    _card("requested", clocks=True),
    _card("appointing"),
    _card("mediating", clocks=True),
    _card("signing"),
    _card("performing"),
    _card("filing"),
)
"""The workbench of a committee, what presses first."""
