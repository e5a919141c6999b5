"""归档: which files are ready, what the others lack, which lie in the archive; and one file in its order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, exists, func, not_, select
from sqlalchemy.orm import selectinload

from petitions.access.models import User
from petitions.cases import queries
from petitions.cases.disposal import Term, due_from
from petitions.cases.dossier import Item, total_pages
from petitions.cases.duties import Lens
from petitions.cases.models import Case, Event
from petitions.cases.queries import visible_to
from petitions.matters import panels
from petitions.matters.completeness import ENDINGS, Held, Point, ending_of, known, missing_in, of, points
from petitions.matters.dossier import items_of
from petitions.matters.listing import before, closed_in_a_ledger, lies_in
from petitions.matters.models import Matter
from petitions.matters.retention import held_now, is_archived, term_of
from petitions.matters.workflow import FLOW
from petitions.matters.worklist import Line, counts, lines
from petitions.words import Sentence, say

LOOKED_AT = 300
"""Closed files whose papers are looked through for one page, the oldest first: half a year of a county's."""

SHOWN = 100

TABS: Mapping[str, tuple[Sentence, Sentence, Sentence]] = {
    "ready": (say("可归档"), say("材料齐全，可以归档的件"), say("没有材料齐全、等待归档的件。")),
    "missing": (say("材料不齐"), say("已经结束、还缺材料的件；写明缺什么"), say("没有材料不齐的件。")),
    "archived": (say("已归档"), say("已经归档的件，最近归档的在前"), say("还没有已归档的件。")),
}
"""Label, hint, what an empty one says."""


@dataclass(frozen=True)
class Filed:
    """One file of a tab."""

    line: Line
    ending: Sentence
    missing: Sequence[Sentence]
    term: Term
    due_from: date | None


@dataclass(frozen=True)
class Shelf:
    """One tab with its files, and how many each tab has."""

    name: str
    counts: Mapping[str, int]
    rows: Sequence[Filed]
    more: bool
    """There are more closed files than were looked through."""


def _waiting(user: User) -> Select[Matter]:
    mine = and_(Case.office_id == user.unit_id, before("archive"), not_(closed_in_a_ledger()))
    query = visible_to(user, select(Matter)).where(mine)
    return query.order_by(func.coalesce(Case.closed_on, Case.received_on), Case.id)


def _archived(user: User) -> Select[Matter]:
    query = visible_to(user, select(Matter)).where(Case.office_id == user.unit_id, lies_in(FLOW.after("archive")))
    return query.where(_was_archived()).order_by(Case.closed_on.desc(), Case.id.desc())


def _was_archived() -> ColumnElement[bool]:
    return exists().where(Event.case_id == Case.id, Event.action == "archive")


def shelf(user: User, name: str, changed: Mapping[str, int]) -> Shelf:
    """The tab asked for, or the first one; `changed`: the terms of keeping a unit has set."""
    chosen = name if name in TABS else next(iter(TABS))
    waiting, archived = counts([_waiting(user), _archived(user)])
    looked = lines(_waiting(user), Lens(user.unit_id), LOOKED_AT, selectinload(Matter.claims))
    kept = (
        lines(_archived(user), Lens(user.unit_id), SHOWN, selectinload(Matter.claims)) if chosen == "archived" else []
    )
    held = known([one.matter for one in (*looked, *kept)])
    lacking = {one.matter.id: missing_in(held[one.matter.id]) for one in looked}
    ready = [one for one in looked if not lacking[one.matter.id]]
    missing = [one for one in looked if lacking[one.matter.id]]
    found = {"ready": len(ready), "missing": len(missing), "archived": archived}
    shown = {"ready": ready, "missing": missing, "archived": kept}[chosen]
    rows = [_filed(one, held[one.matter.id], lacking.get(one.matter.id, ()), changed) for one in shown[:SHOWN]]
    return Shelf(chosen, found, rows, waiting > len(looked))


def _filed(line: Line, held: Held, missing: Sequence[Sentence], changed: Mapping[str, int]) -> Filed:
    matter = line.matter
    term = term_of(matter.nature, matter.outcome, changed)
    since = due_from(matter.closed_on, term) if matter.closed_on else None
    return Filed(line, ENDINGS[ending_of(held)][0], missing, term, since)


@dataclass(frozen=True)
class Dossier:
    """One file in its order, with what it still lacks and how long it is kept."""

    matter: Matter
    state: Sentence
    ending: Sentence
    points: Sequence[Point]
    items: Sequence[Item]
    pages: int
    term: Term
    due_from: date | None
    is_held: bool
    is_archived: bool
    may_archive: bool


def dossier(case_id: int, user: User, changed: Mapping[str, int]) -> Dossier | None:
    """The file of a matter this person may see; None otherwise, and while the matter is worked on."""
    matter = queries.for_page(case_id, user)
    if not isinstance(matter, Matter) or matter.state not in FLOW.closed_states() - FLOW.after("dispose"):
        return None
    panels.load(matter)
    held, items = of(matter), items_of(matter)
    term = term_of(matter.nature, matter.outcome, changed)
    archived = is_archived(matter)
    return Dossier(
        matter, say(FLOW.state[matter.state].label), ENDINGS[ending_of(held)][0], points(held), items, total_pages(items),
        term, due_from(matter.closed_on, term) if matter.closed_on else None, held_now(matter.id), archived,
        not archived and not missing_in(held),
    )  # fmt: skip
