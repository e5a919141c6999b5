"""Finding a case while the person waits: number, text, papers, and what a kind of case adds (people, codes).

Each finder answers with ids of cases; who may see them is asked once, at the end. `%` and `_` are letters like any
other, and a part of an identity number never finds anybody.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from markupsafe import Markup, escape
from sqlalchemy import ColumnElement, Select, or_, select, union

from petitions import db
from petitions.access.models import Unit, User
from petitions.cases import checks, facets, listing, search
from petitions.cases.facets import Chosen, Facet
from petitions.cases.models import Case, Document
from petitions.cases.queries import visible_to
from petitions.cases.search import CaseSearch, cases_with, fold
from petitions.documents.face import VOID
from petitions.words import Sentence, say

SHOWN = 10
"""Hits of a group on the search page; the rest is one click away in the list."""

_AROUND = 18
"""Characters of a text shown before the word that was found."""

_EXCERPT = 90
"""Characters of a text shown in all."""

_NUMBER = re.compile(r"(?:(\S{0,60}?[A-Z]{1,4})?\s*((?:19|20)[0-9]{2})\s*-\s*)?([0-9]{1,6})")


@dataclass(frozen=True)
class Asked:
    """What was typed into the search box, as each finder wants it."""

    typed: str

    @cached_property
    def line(self) -> str:
        """On one line, nothing invisible."""
        return checks.tidy_line(self.typed)[: search.LONGEST]

    @cached_property
    def plain(self) -> str:
        """Narrow and in capitals: for numbers and codes."""
        return checks.narrow(self.line).upper()

    @cached_property
    def digits(self) -> str:
        """The digits, when there is nothing else but blanks and hyphens."""
        only = re.sub(r"[\s\-]", "", self.plain)
        return only if only.isascii() and only.isdigit() else ""


@dataclass(frozen=True)
class Hit:
    """One line of a group of results."""

    case_id: int
    words: str | Markup
    """What was found: an excerpt, a masked name, the number of a paper."""
    paper_id: int | None = None


@dataclass(frozen=True)
class Finder:
    """One way to find cases."""

    name: str
    cases: Callable[[Asked], Sequence[Select[Any]]]
    """Queries for the ids of the cases it finds, whoever may see them."""
    label: Sentence | None = None
    """The heading of its group on the search page; None: it finds cases as such."""
    hits: Callable[[Asked, User, int], Sequence[Hit]] | None = None
    """The first so many lines of its group, visible ones only."""


FINDERS: dict[str, Finder] = {}


def add(*finders: Finder) -> None:
    """Make finders known; groups stand in the order they were added."""
    FINDERS.update({finder.name: finder for finder in finders})


@dataclass(frozen=True)
class Group:
    """One group of results."""

    name: str
    label: Sentence
    hits: Sequence[Hit]
    more: bool
    """There are more than are shown."""


CASES = say("案件")


def found(typed: str, user: User) -> list[Group]:
    """What the search box finds for this reader: cases first, then each finder's own group."""
    asked = Asked(typed)
    if not asked.line:
        return []
    cases = _case_hits(asked, user, SHOWN + 1)
    groups = [Group("cases", CASES, cases[:SHOWN], len(cases) > SHOWN)]
    for finder in FINDERS.values():
        if finder.label is not None and finder.hits is not None:
            hits = finder.hits(asked, user, SHOWN + 1)
            groups.append(Group(finder.name, finder.label, hits[:SHOWN], len(hits) > SHOWN))
    return groups


def _is_found(asked: Asked, user: User, finders: Iterable[Finder]) -> ColumnElement[bool]:
    """The condition that one of the finders finds a case."""
    by_index = not asked.line or (listing.is_large(user) and not search.is_frequent(asked.line))
    queries = [query for finder in finders for query in finder.cases(asked) if by_index or finder is not TEXT]
    named: ColumnElement[bool] = Case.id.in_(_any_of(queries))
    return named if by_index else or_(named, search.held_by_case(asked.line))


def _any_of(queries: Sequence[Select[Any]]) -> Select[Any]:
    if not queries:
        return select(Case.id).where(Case.id.is_(None))
    return select(union(*queries).subquery().c[0]) if len(queries) > 1 else queries[0]


def _case_hits(asked: Asked, user: User, count: int) -> list[Hit]:
    whole = [] if asked.digits else numbered(Case.id, Case.numbered_by_id, Case.number, asked)
    meant = listing.reach(select(Case.id).where(Case.id.in_(_any_of(whole))), user)
    ids = list(db.session().scalars(meant.order_by(Case.id.desc()).limit(count))) if whole else []
    if not ids:
        here = _is_found(asked, user, [finder for finder in FINDERS.values() if finder.label is None])
        wanted = listing.reach(select(Case.id).where(here), user)
        ids = list(db.session().scalars(wanted.order_by(Case.id.desc()).limit(count)))
    texts = _texts(asked, ids)
    return [Hit(case_id, excerpt(texts[case_id], asked.line) if case_id in texts else "") for case_id in ids]


def _texts(asked: Asked, ids: Sequence[int]) -> dict[int, str]:
    """The text that holds the words, for each case that has one beside its summary."""
    if not asked.line:
        return {}
    rows = select(CaseSearch.case_id, CaseSearch.words).where(
        CaseSearch.case_id.in_(ids), CaseSearch.part.notin_(("case", "paper")), search.match(asked.line)
    )
    return dict(db.session().execute(rows.order_by(CaseSearch.id.desc())).all())


def excerpt(folded: str, query: str) -> Markup:
    """The piece of a text around the first word that was found, with every word marked."""
    words = search.words_of(query)
    first = min((at for at in (folded.find(word) for word in words) if at >= 0), default=0)
    start = max(0, first - _AROUND)
    piece = folded[start : start + _EXCERPT]
    marked = highlight(piece, query)
    before, behind = "…" if start else "", "…" if start + _EXCERPT < len(folded) else ""
    return Markup("{}{}{}").format(before, marked, behind)


def highlight(text: str, query: str) -> Markup:
    """`text`, escaped, with the words of the query in <mark>; unmarked where folding changes its length."""
    folded, words = fold(text), search.words_of(query)
    if len(folded) != len(text) or not words:
        return escape(text)
    found_words = re.compile("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)))
    parts, last = [], 0
    for hit in found_words.finditer(folded):
        parts += [escape(text[last : hit.start()]), Markup("<mark>{}</mark>").format(text[hit.start() : hit.end()])]
        last = hit.end()
    return Markup("").join([*parts, escape(text[last:])])


# --- the kernel's own ------------------------------------------------------------------------------------------------


def numbered(key: Any, office: Any, number: Any, asked: Asked) -> list[Select[Any]]:
    """The rows whose number (XF2026-000123) is meant: whole, without its zeros, or by its last digits.

    `key`, `office` and `number` are columns of one table with an index on the latter two. A whole number is looked up
    there; an ending is sought through that index alone, never through the rows. Nobody says the sign of their own
    unit, so a number without one is also sought behind every sign.
    """
    parts = _NUMBER.fullmatch(asked.plain)
    if parts is None:
        whole = asked.plain if re.search("[0-9]", asked.plain) else ""
        return [_named(key, office, number, whole)] if whole else []
    series, year, order = parts.groups()
    if series and year:
        whole = f"{series}{year}-{int(order):06d}"
        return [_named(key, office, number, whole), *([_signed(key, number, whole)] if series.isascii() else [])]
    if year:
        return [select(key).where(number.like(f"%{year}-{int(order):06d}"))]
    if len(order) < 3:
        # One or two digits are a number of their own; as an ending they would find every hundredth case.
        return [select(key).where(number.like(f"%-{int(order):06d}"))]
    return [select(key).where(number.like(f"%-%{order}"))]


def _named(key: Any, office: Any, number: Any, whole: str) -> Select[Any]:
    return select(key).where(office.in_(select(Unit.id)), number == whole)


def _signed(key: Any, number: Any, whole: str) -> Select[Any]:
    return select(key).where(number.like(f"_%{whole}"))


def _by_number(asked: Asked) -> list[Select[Any]]:
    return numbered(Case.id, Case.numbered_by_id, Case.number, asked)


def _by_text(asked: Asked) -> list[Select[Any]]:
    return [cases_with(asked.line)] if asked.line else []


def _paper_hits(asked: Asked, user: User, count: int) -> list[Hit]:
    if not asked.line or search.is_frequent(asked.line):
        # A word that thousands of texts have names no paper, and would be sought in all of them.
        return []
    named = select(CaseSearch.row_id).where(CaseSearch.part == "paper", search.match(asked.line))
    papers: Any = select(Document.case_id, Document.id, Document.number, Document.title, Document.void_event_id).where(
        Document.id.in_(named)
    )
    wanted = visible_to(user, papers.join(Case, Case.id == Document.case_id)).order_by(Document.id.desc()).limit(count)
    return [
        Hit(
            case_id,
            Markup("{} {}{}").format(
                highlight(number, asked.line), highlight(title, asked.line), f"（{VOID}）" if void else ""
            ),
            paper_id,
        )
        for case_id, paper_id, number, title, void in db.session().execute(wanted)
    ]


TEXT = Finder("text", _by_text)

add(
    Finder("number", _by_number),
    TEXT,
    Finder("papers", lambda asked: [], say("文书"), _paper_hits),  # noqa: ARG005 - its texts are found with the others
)


def _by_query(query: Select[Any], chosen: Chosen, user: User) -> Select[Any]:
    return query.where(_is_found(Asked(chosen.values[facets.WORDS]), user, FINDERS.values()))


facets.add(
    Facet(facets.WORDS, say("关键词"), _by_query, kind="text", first=True, hint=say("编号、姓名、诉求文字")), ahead=True
)
