"""The list of cases: counted, sorted and paged so that it is quick for an office of 100,000 cases and for a small unit.

Every list is first gathered, at most one more than CAP. What fits is known whole: its exact number, its order, the
place of a case in it. What does not fit is walked along an index from a position (keyset, no OFFSET) and its number
is shown as “1000+”. Both give the same order.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, exists, func, select, tuple_
from sqlalchemy.orm import aliased

from petitions import db
from petitions.access.models import User
from petitions.cases import checks, facets, readers
from petitions.cases.facets import Chosen
from petitions.cases.models import Case, CaseUnit, Deadline, Event
from petitions.cases.queries import sees_sealed, visible_to
from petitions.words import Sentence, say

CAP = 1000
"""So many cases are counted one by one; nobody reads further, and a page must not wait for the rest."""

PAGE = 50
"""Rows of a page."""

SORTS: Mapping[str, Sentence] = {
    "": say("来件日期，新的在前"),
    "received": say("来件日期，早的在前"),
    "due": say("期限，急的在前"),
    "changed": say("最近变动"),
}

Key = date | int | None


@dataclass(frozen=True)
class Position:
    """Where a case stands in a list: what it is sorted by, and its id for those alike."""

    key: Key
    case_id: int

    def __str__(self) -> str:
        key = self.key.isoformat() if isinstance(self.key, date) else "" if self.key is None else str(self.key)
        return f"{key}~{self.case_id}"


def position_from(text: str, sort: str) -> Position | None:
    """A position as an address carries it, or None when it is not one of this order."""
    key, _, case_id = text.partition("~")
    if not (case_id.isascii() and case_id.isdigit() and len(case_id) <= 9 and len(key) < 16):
        return None
    try:
        place = Position(key_from(key or None, sort), int(case_id))
    except ValueError:
        return None
    return place if place.key is not None or sort == "due" else None


def key_from(text: str | None, sort: str) -> Key:
    """A sort key that travelled as text. Raises ValueError."""
    if text is None:
        return None
    return int(text) if sort == "changed" else date.fromisoformat(text)


def _rank(sort: str, place: Position) -> tuple[Any, ...]:
    """A number to sort by, ascending: the one definition of every order."""
    if sort == "due":
        # Whoever owes nothing comes last, the newest first.
        return (0, place.key, place.case_id) if place.key is not None else (1, -place.case_id)
    key = place.key.toordinal() if isinstance(place.key, date) else int(place.key or 0)
    return (key, place.case_id) if sort == "received" else (-key, -place.case_id)


@dataclass(frozen=True)
class Gathered:
    """A list, counted."""

    places: Sequence[Position]
    """In order; when `wide`, only the first ones are here, in no order."""
    wide: bool

    @property
    def total(self) -> int:
        """How many there are; CAP when there are more."""
        return CAP if self.wide else len(self.places)

    @property
    def total_words(self) -> str:
        """The number as it is shown: 128, or 1000+."""
        return f"{CAP}+" if self.wide else str(len(self.places))


def among(query: Select[Any], user: User) -> Select[Any]:
    """Like `visible_to`, as a join: for lists that begin with the unit's own cases instead of with all of them."""
    if readers.is_of_discipline(user):
        return visible_to(user, query)
    mine = and_(CaseUnit.case_id == Case.id, CaseUnit.unit_id == user.unit_id, CaseUnit.left_on.is_(None))
    return query.join(CaseUnit, mine).where(sees_sealed(user))


def reach(query: Select[Any], user: User) -> Select[Any]:
    """What this person may see, in the form that is quicker for the size of their unit."""
    return visible_to(user, query) if is_large(user) else among(query, user)


def gathering(user: User, chosen: Chosen) -> Select[Any]:
    """The query behind `gather`: id and sort key of at most CAP + 1 cases. Raises FieldErrors.

    It begins with the cases of the unit. For a large unit that asks about clocks it begins with the clocks that run,
    in the index by unit and day: they are few beside all its cases, and the databases cannot know that by themselves.
    """
    if chosen.asks_clocks and is_large(user):
        return _clocked(user, chosen).limit(CAP + 1)
    return facets.narrow(among(select(Case.id, _key(chosen, user)), user), chosen, user).limit(CAP + 1)


def _clocked(user: User, chosen: Chosen) -> Select[Any]:
    row = aliased(Deadline)
    key = row.target_on.label("sort_key") if chosen.sort == "due" else _key(chosen, user)
    query: Any = select(Case.id, key).select_from(row).join(Case, Case.id == row.case_id)
    return _on_clocks(query, row, chosen, user)


def _on_clocks(query: Select[Any], row: Any, chosen: Chosen, user: User) -> Select[Any]:
    """The conditions of a list on a query that reads clocks; each case comes with the one clock it shows."""
    try:
        shown = facets.shows(row, chosen, user)
    except checks.Unreadable:
        # Said in the order of the form, with what else cannot be read.
        facets.narrow(query, chosen, user)
        raise
    return facets.narrow(visible_to(user, query.where(shown)), chosen, user, clocks=False)


def is_large(user: User) -> bool:
    """Whether the unit has more cases than are counted one by one; asked once per unit of work."""
    cache = db.session().info
    if "listing.large" not in cache:
        cases = select(CaseUnit.case_id).where(CaseUnit.unit_id == user.unit_id, CaseUnit.left_on.is_(None))
        count = db.session().scalar(select(func.count()).select_from(cases.limit(CAP + 1).subquery())) or 0
        cache["listing.large"] = count > CAP
    large: bool = cache["listing.large"]
    return large


def _key(chosen: Chosen, user: User) -> Any:
    if chosen.sort == "due":
        return chosen.lens(user).due_on().label("sort_key")
    if chosen.sort == "changed":
        latest = select(func.max(Event.id)).where(Event.case_id == Case.id)
        return latest.scalar_subquery().label("sort_key")
    return Case.received_on.label("sort_key")


def settle(rows: Sequence[tuple[int, Key]], sort: str) -> Gathered:
    """What a gathering brought, in order."""
    places = [Position(key, case_id) for case_id, key in rows]
    if len(places) > CAP:
        return Gathered(places, wide=True)
    return Gathered(sorted(places, key=lambda place: _rank(sort, place)), wide=False)


def gather(user: User, chosen: Chosen) -> Gathered:
    """The cases of a list, as far as they are counted. One query. Raises FieldErrors."""
    rows = db.session().execute(gathering(user, chosen)).all()
    return settle([(case_id, key) for case_id, key in rows], chosen.sort)


# --- pages -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Page:
    """One page of a list."""

    gathered: Gathered
    places: Sequence[Position]
    newer: Position | None
    """The page before ends before this row; None on the first page."""
    older: Position | None
    """The page after begins after this row; None on the last page."""
    first: int | None
    """The number of the first row in the list, from 1; None when it is not known."""


def page(
    user: User, chosen: Chosen, *, after: Position | None = None, before: Position | None = None, at: int | None = None,
    size: int = PAGE,
) -> Page:  # fmt: skip
    """The page that begins after a position, ends before one, or holds the case `at`; else the first. At most three
    queries. Raises FieldErrors."""
    gathered = gather(user, chosen)
    if gathered.wide:
        return _walked_page(user, chosen, gathered, after, before, at, size)
    start = _start(gathered.places, chosen.sort, after, before, at, size)
    shown = gathered.places[start : start + size]
    return Page(
        gathered, shown, shown[0] if start else None,
        shown[-1] if start + size < len(gathered.places) else None, start + 1 if shown else None,
    )  # fmt: skip


def _start(
    places: Sequence[Position], sort: str, after: Position | None, before: Position | None, at: int | None, size: int
) -> int:
    if at is not None:
        index = next((n for n, place in enumerate(places) if place.case_id == at), 0)
        return index - index % size
    if after is not None:
        return sum(_rank(sort, place) <= _rank(sort, after) for place in places)
    if before is not None:
        return max(0, sum(_rank(sort, place) < _rank(sort, before) for place in places) - size)
    return 0


def _walked_page(
    user: User, chosen: Chosen, gathered: Gathered, after: Position | None, before: Position | None, at: int | None,
    size: int,
) -> Page:  # fmt: skip
    own = _place_of(user, chosen, at) if at is not None else None
    if own is not None:
        shown = [own, *walk(user, chosen, own, size)]
        return Page(gathered, shown[:size], own, shown[size - 1] if len(shown) > size else None, None)
    if before is not None:
        back = walk(user, chosen, before, size + 1, forward=False)
        shown = back[-size:]
        if len(back) == size:
            # Exactly the first page is left: it is shown as the first page is.
            return _walked_page(user, chosen, gathered, None, None, None, size)
        if len(back) > size:
            return Page(gathered, shown, shown[0], shown[-1], None)
    onward = walk(user, chosen, after, size + 1)
    shown = onward[:size]
    more = shown[-1] if len(onward) > size else None
    return Page(gathered, shown, shown[0] if after and shown else None, more, None if after else 1)


@dataclass(frozen=True)
class Neighbours:
    """The cases before and after one in a list, and its place there."""

    previous_id: int | None
    next_id: int | None
    place: int | None
    """From 1; None when the list is too long to count or does not hold the case (any more)."""
    total_words: str


def neighbours(user: User, chosen: Chosen, case_id: int) -> Neighbours | None:
    """上一件 and 下一件 of a case in a list; None when the list does not hold it. Raises FieldErrors."""
    gathered = gather(user, chosen)
    if gathered.wide:
        own = _place_of(user, chosen, case_id)
        if own is None:
            return None
        back, on = walk(user, chosen, own, 1, forward=False), walk(user, chosen, own, 1)
        return Neighbours(back[0].case_id if back else None, on[0].case_id if on else None, None, gathered.total_words)
    ids = [place.case_id for place in gathered.places]
    if case_id not in ids:
        return None
    here = ids.index(case_id)
    following = ids[here + 1] if here + 1 < len(ids) else None
    return Neighbours(ids[here - 1] if here else None, following, here + 1, gathered.total_words)


def _place_of(user: User, chosen: Chosen, case_id: int) -> Position | None:
    found = facets.narrow(visible_to(user, select(Case.id, _key(chosen, user))), chosen, user)
    row = db.session().execute(found.where(Case.id == case_id)).one_or_none()
    return Position(row[1], row[0]) if row else None


# --- walking ---------------------------------------------------------------------------------------------------------


def walk(user: User, chosen: Chosen, start: Position | None, count: int, *, forward: bool = True) -> list[Position]:
    """The next `count` places of a long list, after (or before) `start`, in the order of the list."""
    if chosen.sort == "due":
        found = _walk_duties(user, chosen, start, count, forward)
    else:
        found = _stepped(_driven(user, chosen), start, count, forward, descending=chosen.sort != "received")
    return found if forward else found[::-1]


def _driven(user: User, chosen: Chosen) -> tuple[Select[Any], Any, Any]:
    """The query that reads an index in order, with its key and id columns."""
    if chosen.sort == "changed":
        row, later = aliased(Event), aliased(Event)
        latest = ~exists().where(later.case_id == row.case_id, later.id > row.id)
        query: Any = select(row.case_id, row.id).join(Case, Case.id == row.case_id).where(latest)
        return _within(query, chosen, user), row.id, row.case_id
    query = select(Case.id, Case.received_on)
    return _within(query, chosen, user), Case.received_on, Case.id


def _within(query: Select[Any], chosen: Chosen, user: User) -> Select[Any]:
    return facets.narrow(visible_to(user, query), chosen, user)


def _stepped(
    driven: tuple[Select[Any], Any, Any], start: Position | None, count: int, forward: bool, *, descending: bool
) -> list[Position]:
    query, key, case_id = driven
    if start is not None:
        here, there = tuple_(key, case_id), tuple_(start.key, start.case_id)
        query = query.where(here < there if descending == forward else here > there)
    order = (key.desc(), case_id.desc()) if descending == forward else (key.asc(), case_id.asc())
    rows = db.session().execute(query.order_by(*order).limit(count))
    return [Position(found, number) for number, found in rows]


def _walk_duties(user: User, chosen: Chosen, start: Position | None, count: int, forward: bool) -> list[Position]:
    """Along the open duties by their day, then through the cases that owe nothing; backwards the other way round."""
    owing = start is None or start.key is not None
    found: list[Position] = []
    if owing or not forward:
        if not owing:
            found = _idle(user, chosen, start, count, forward)
        if len(found) < count:
            found += _owing(user, chosen, start if owing else None, count - len(found), forward)
        if not (forward and len(found) < count):
            return found
    return found + _idle(user, chosen, None if owing else start, count - len(found), forward)


def _owing(user: User, chosen: Chosen, start: Position | None, count: int, forward: bool) -> list[Position]:
    row = aliased(Deadline)
    query: Any = select(row.case_id, row.target_on).join(Case, Case.id == row.case_id)
    driven = _on_clocks(query, row, chosen, user), row.target_on, row.case_id
    return _stepped(driven, start, count, forward, descending=False)


def _idle(user: User, chosen: Chosen, start: Position | None, count: int, forward: bool) -> list[Position]:
    if chosen.asks_clocks:
        return []
    row = aliased(Deadline)
    owes = exists().where(chosen.lens(user).counts_in(row, Case.id))
    query = _within(select(Case.id), chosen, user).where(~owes)
    if start is not None:
        query = query.where(Case.id < start.case_id if forward else Case.id > start.case_id)
    order = Case.id.desc() if forward else Case.id.asc()
    return [Position(None, number) for number in db.session().scalars(query.order_by(order).limit(count))]
