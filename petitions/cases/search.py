"""The text index: pairs of characters, so that Chinese is found without a word list, and nothing is missed.

A text is folded (width, case, blanks), cut into overlapping pairs (`grams`) and kept in one plain row of
`case_search`, in the same transaction as what it describes. SQLite mirrors the pairs into FTS5 by triggers,
PostgreSQL keeps them as a tsvector. A query must have all its pairs in a text; whether they stand side by side
is then asked of the folded text itself, so the answer is exactly what a slow substring search would give
(libraries.md §2.9). Digits and Latin letters are cut the same way: “2号楼” is found inside “12号楼”.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    Select,
    Text,
    UniqueConstraint,
    and_,
    bindparam,
    cast,
    column,
    delete,
    event,
    func,
    inspect,
    literal,
    literal_column,
    or_,
    select,
    table,
    text,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from petitions import db
from petitions.cases import checks
from petitions.cases.models import Case, Document
from petitions.db import Base, Database

LONGEST = 100
"""Characters of a query that are read: nobody types more, and a pasted letter would ask for thousands of pairs."""

FREQUENT = 10_000
"""Texts with a word from which on it is frequent: up to here the index answers within a tenth of a second."""

_BATCH = 200
"""Cases that a rebuild writes in one transaction: short enough that a clerk's click waits unnoticed."""

_WAITING = "petitions.to_index"

_IDENTITY = re.compile("(?<![0-9])[1-9][0-9]{16}[0-9x](?![0-9])")

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_BLANK = re.compile(f"(?<=[{_HAN}]) | (?=[{_HAN}])")


class CaseSearch(Base):
    """One text of a case, folded, with its pairs of characters."""

    __tablename__ = "case_search"
    __table_args__ = (UniqueConstraint("part", "row_id"), Index("ix_case_search_case_id", "case_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"))
    part: Mapped[str]
    """Where the text stands: `case` (its summary), `paper`, or what a kind of case adds."""
    row_id: Mapped[int]
    """The row of that table."""
    words: Mapped[str]
    """The folded text, for the last look and for the excerpt on the page."""
    grams: Mapped[str] = mapped_column(Text().with_variant(postgresql.TSVECTOR(), "postgresql"))


@dataclass(frozen=True)
class Piece:
    """A text to be found by."""

    case_id: int
    row_id: int
    text: str


@dataclass(frozen=True)
class Source:
    """One kind of text."""

    part: str
    pieces: Callable[[Sequence[int]], Iterable[Piece]]
    """All its texts of the cases with these ids."""


def _summaries(case_ids: Sequence[int]) -> Iterable[Piece]:
    rows = db.session().execute(select(Case.id, Case.title).where(Case.id.in_(case_ids)))
    return [Piece(case_id, case_id, title) for case_id, title in rows]


def _papers(case_ids: Sequence[int]) -> Iterable[Piece]:
    wanted = select(Document.case_id, Document.id, Document.number, Document.title)
    rows = db.session().execute(wanted.where(Document.case_id.in_(case_ids)))
    return [Piece(case_id, row_id, paper_words(number, title)) for case_id, row_id, number, title in rows]


HUSHES: list[Callable[[Sequence[int]], Mapping[int, Callable[[str], str]]]] = []
"""What takes words out of the texts of some cases before they are indexed: nobody may find these by them (第30条)."""

SOURCES: dict[str, Source] = {"case": Source("case", _summaries), "paper": Source("paper", _papers)}
"""Every kind of text that is indexed; a kind of case adds its own."""


def add(source: Source) -> Source:
    """Make a kind of text known, so that `index` and `rebuild` read it."""
    SOURCES[source.part] = source
    return source


# --- folding and cutting: pure ---------------------------------------------------------------------------------------


def fold(text: str) -> str:
    """`text` as it is compared: one width, one case, nothing invisible, no blanks or line ends beside Chinese."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", checks.tidy(text)).casefold())
    return _BLANK.sub("", " ".join(folded.split()))


def told(text: str) -> str:
    """What the index holds of a text: folded, without identity numbers.

    They find their person, whole (the owner of a kind of case sees to that); in a text they would be found by parts.
    """
    return _IDENTITY.sub(" ", fold(text))


def grams(folded: str) -> list[str]:
    """The pairs of neighbouring letters, digits and characters of a folded text, and the last one of each run alone.

    Each is given once. Every single character begins one of them, so that one character can be asked for as well.
    """
    found: dict[str, None] = {}
    for run in _runs(folded):
        found.update(dict.fromkeys(a + b for a, b in pairwise(run)))
        found[run[-1]] = None
    return list(found)


def words_of(query: str) -> list[str]:
    """The words of a query, folded; each must be found. At most LONGEST characters are read."""
    typed = query[:LONGEST].split()
    return list(dict.fromkeys(word for each in typed for word in fold(each).split()))


def _runs(folded: str) -> list[str]:
    return "".join(character if character.isalnum() else " " for character in folded).split()


def _asked(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """What a text must contain: whole pairs, and single characters that may begin a pair."""
    pairs, singles = dict[str, None](), dict[str, None]()
    for run in (run for word in words for run in _runs(word)):
        if len(run) == 1:
            singles[run] = None
        else:
            pairs.update(dict.fromkeys(a + b for a, b in pairwise(run)))
    return list(pairs), list(singles)


def _is_exact(word: str) -> bool:
    """One pair or one character is found by the index alone; anything longer is looked at again."""
    return len(word) <= 2 and word.isalnum()


# --- asking ----------------------------------------------------------------------------------------------------------


def match(query: str) -> ColumnElement[bool]:
    """The condition that a row of `case_search` holds every word of `query`, literally; false for no word at all."""
    _write_waiting(db.session())
    words = words_of(query)
    if not words:
        return literal(False)
    literally = [_holds(word) for word in words if not _is_exact(word)]
    pairs, singles = _asked(words)
    return and_(*([_in_index(pairs, singles)] if pairs or singles else []), *literally)


def cases_with(query: str, parts: Sequence[str] = ()) -> Select[Any]:
    """The ids of the cases one of whose texts (of `parts`, or any) holds every word of `query`."""
    found = select(CaseSearch.case_id).where(match(query))
    return found.where(CaseSearch.part.in_(parts)) if parts else found


def held_by_case(query: str) -> ColumnElement[bool]:
    """The same condition on the texts of each case that is looked at, without the index.

    For lists that look at few cases anyway: a small unit's, or the newest ones with a word that nearly all have.
    """
    _write_waiting(db.session())
    words = words_of(query)
    if not words:
        return literal(False)
    # A scalar: PostgreSQL would read every text once to answer an EXISTS beside an OR.
    found = select(CaseSearch.id).where(CaseSearch.case_id == Case.id, *(_holds(word) for word in words)).limit(1)
    return found.scalar_subquery().is_not(None)


def is_frequent(query: str) -> bool:
    """Whether so many texts have these words that reading the newest cases is quicker than the index."""
    cache = db.session().info.setdefault("search.frequent", {})
    if query not in cache:
        pairs, singles = _asked(words_of(query))
        found = select(CaseSearch.id).where(_in_index(pairs, singles)).limit(FREQUENT + 1) if pairs or singles else None
        count = db.session().scalar(select(func.count()).select_from(found.subquery())) if found is not None else 0
        cache[query] = (count or 0) > FREQUENT
    frequent: bool = cache[query]
    return frequent


def _is_sqlite() -> bool:
    return db.session().get_bind().dialect.name == "sqlite"


def _holds(word: str) -> ColumnElement[bool]:
    """A plain search in the text: no sign is a wildcard here."""
    position = func.instr if _is_sqlite() else func.strpos
    return position(CaseSearch.words, word) > 0


def _in_index(pairs: list[str], singles: list[str]) -> ColumnElement[bool]:
    """The index's own condition. The terms are letters and digits only (`_runs`), so the quoting cannot be left."""
    if _is_sqlite():
        asked = " AND ".join([*(f'"{pair}"' for pair in pairs), *(f'"{single}"*' for single in singles)])
        index = table("case_search_fts", column("rowid"))
        named: ColumnElement[Any] = literal_column("case_search_fts")
        return CaseSearch.id.in_(select(index.c.rowid).where(named.op("MATCH")(asked)))
    asked = " & ".join([*(f"'{pair}'" for pair in pairs), *(f"'{single}':*" for single in singles)])
    return CaseSearch.grams.op("@@")(cast(asked, postgresql.TSQUERY))


# --- writing ---------------------------------------------------------------------------------------------------------


def put(part: str, case_id: int, row_id: int, text: str) -> None:
    """Index one text, or index it anew. To be called in the transaction that writes the text."""
    _write_waiting(db.session())
    _put(db.session(), _entries([(part, case_id, row_id, text)], [case_id]))


def later(part: str, case: Case, row: Case | Document | Any, text: str) -> None:
    """Index a text whose row may not be written yet: with all others before the commit, or before the next search."""
    db.session().info.setdefault(_WAITING, []).append((part, case, row, text))


@event.listens_for(Session, "before_commit")
def _write_waiting(session: Session) -> None:
    """Index what waits, in one go."""
    waiting = session.info.pop(_WAITING, ())
    if waiting:
        session.flush()
        # What a savepoint has taken back meanwhile is not there any more.
        there = [(part, case.id, row.id, text) for part, case, row, text in waiting if inspect(row).persistent]
        _put(session, _entries(there, {case.id for _, case, _, _ in waiting if case.sealed}))


def _entries(texts: Iterable[tuple[str, int, int, str]], sealed: Iterable[int]) -> list[dict[str, Any]]:
    """The rows of these texts; `sealed` are the cases about whose words somebody has to be asked."""
    hushed = _hushed(sorted(set(sealed)))
    return [_entry(part, case_id, row_id, hushed(case_id, text)) for part, case_id, row_id, text in texts]


def _hushed(case_ids: Sequence[int]) -> Callable[[int, str], str]:
    """A text of a case without the words by which nobody may find it."""
    hushes = [made for hush in HUSHES for made in [hush(case_ids)] if made] if case_ids else []

    def silenced(case_id: int, text: str) -> str:
        for hush in hushes:
            text = hush[case_id](text) if case_id in hush else text
        return text

    return silenced


def _entry(part: str, case_id: int, row_id: int, text: str) -> dict[str, Any]:
    words = told(text)
    return {"part": part, "case_id": case_id, "row_id": row_id, "words": words, "pairs": _stored(grams(words))}


def _put(session: Session, entries: Sequence[dict[str, Any]]) -> None:
    if entries:
        session.connection().execute(_UPSERT[session.get_bind().dialect.name], entries)


def _upsert(dialect: Any, pairs: Any) -> Any:
    """The upsert, run on the connection: what waits in the session is not written for it."""
    row = dialect.insert(CaseSearch.__table__)
    row = row.values(
        part=bindparam("part"), case_id=bindparam("case_id"), row_id=bindparam("row_id"), words=bindparam("words"),
        grams=pairs,
    )  # fmt: skip
    changed = or_(
        CaseSearch.__table__.c.words != row.excluded.words, CaseSearch.__table__.c.case_id != row.excluded.case_id
    )
    values = {name: row.excluded[name] for name in ("case_id", "words", "grams")}
    return row.on_conflict_do_update(index_elements=["part", "row_id"], set_=values, where=changed)


_UPSERT = {
    "sqlite": _upsert(sqlite, bindparam("pairs", type_=Text())),
    "postgresql": _upsert(
        postgresql,
        func.array_to_tsvector(cast(bindparam("pairs"), postgresql.ARRAY(Text)), type_=postgresql.TSVECTOR()),
    ),
}


def move(part: str, row_id: int, case_id: int) -> None:
    """The text belongs to another case from now on."""
    _write_waiting(db.session())
    moved = update(CaseSearch).where(CaseSearch.part == part, CaseSearch.row_id == row_id)
    db.session().execute(moved.values(case_id=case_id), execution_options={"synchronize_session": False})


def forget(part: str, row_id: int) -> None:
    """The text is gone. (With its case it goes by itself.)"""
    _write_waiting(db.session())
    db.session().execute(delete(CaseSearch).where(CaseSearch.part == part, CaseSearch.row_id == row_id))


def index(*case_ids: int) -> None:
    """Index every text of these cases anew, and forget the texts they no longer have."""
    _write_waiting(db.session())
    known = select(CaseSearch.part, CaseSearch.row_id, CaseSearch.case_id, CaseSearch.words)
    rows = db.session().execute(known.where(CaseSearch.case_id.in_(case_ids)))
    there = {(part, row_id): (case_id, words) for part, row_id, case_id, words in rows}
    hushed = _hushed(case_ids)
    for source in SOURCES.values():
        for piece in source.pieces(case_ids):
            text = hushed(piece.case_id, piece.text)
            if there.pop((source.part, piece.row_id), None) != (piece.case_id, told(text)):
                _put(db.session(), [_entry(source.part, piece.case_id, piece.row_id, text)])
    for part, row_id in there:
        forget(part, row_id)


def index_missing() -> None:
    """Index the cases whose summary is not in the index: a migration that changes what may be found takes it out."""
    summaries = select(CaseSearch.row_id).where(CaseSearch.part == "case")
    ids = db.session().scalars(select(Case.id).where(Case.id.not_in(summaries)).order_by(Case.id)).all()
    for start in range(0, len(ids), _BATCH):
        index(*ids[start : start + _BATCH])


def paper_words(number: str, title: str) -> str:
    """What a paper is found by: its 文号 and its title. Its text repeats the petition's and the templates'."""
    return f"{number} {title}"


def _stored(pairs: list[str]) -> str | list[str]:
    return " ".join(pairs) if _is_sqlite() else pairs


def rebuild(database: Database, progress: Callable[[int, int], None] | None = None) -> int:
    """Index every case anew, a few at a time in transactions of their own; returns how many cases there are.

    `progress(done, total)` is called after each. The office may go on working meanwhile. On SQLite the index is
    then written anew as a whole, which also takes what was deleted out of the file.
    """
    with database.work(write=False) as reading:
        ids = list(reading.scalars(select(Case.id).order_by(Case.id)))
    for start in range(0, len(ids), _BATCH):
        with database.work():
            index(*ids[start : start + _BATCH])
        if progress:
            progress(min(start + _BATCH, len(ids)), len(ids))
    with database.work() as writing:
        writing.execute(delete(CaseSearch).where(~CaseSearch.case_id.in_(select(Case.id))))
        if database.is_sqlite:
            writing.execute(_ON_INDEX, {"step": "rebuild"})
    settle(database)
    return len(ids)


_ON_INDEX = text("INSERT INTO case_search_fts(case_search_fts) VALUES (:step)")


def settle(database: Database) -> None:
    """Leave nothing in SQLite's index of what was taken out of the texts: until then it is only marked as gone."""
    if database.is_sqlite:
        with database.work() as writing:
            writing.execute(_ON_INDEX, {"step": "optimize"})
