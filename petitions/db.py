"""The database: engine, column types, and one session per unit of work (a request, a job, a command).

SQLite needs three things said to it (libraries.md §2.1, reliability.md E6 and E10): transactions that
write start with BEGIN IMMEDIATE, or concurrent writers lose updates; WAL with synchronous=FULL, so that a
commit survives a power cut; secure_delete, so that what was erased is gone from the file.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from copy import copy
from datetime import UTC, datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, Self

from sqlalchemy import (
    JSON,
    Boolean,
    Connection,
    DateTime,
    Dialect,
    Engine,
    MetaData,
    String,
    cast,
    create_engine,
    event,
    func,
    inspect,
    literal,
    make_url,
    select,
    type_coerce,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

from petitions.clock import ZONE
from petitions.settings import Settings

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Moment(TypeDecorator[datetime]):
    """An aware moment: stored in UTC, given back in Asia/Shanghai. A naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Refuse a moment without a zone: guessing one is how reminders were lost (reliability.md E2b)."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """SQLite forgets the zone, PostgreSQL answers in the server's: both become Asia/Shanghai."""
        if value is None:
            return None
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(ZONE)


class Base(DeclarativeBase):
    """Every table; constraints are named so that a migration can change them."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it as a class attribute
        datetime: Moment,
        str: String(),
        bool: Boolean(create_constraint=False),
        dict[str, Any]: JSON,
        list[Any]: JSON,
    }

    def __repr__(self) -> str:
        """Class and key only: a representation may land in a log, and a log holds no personal data."""
        return f"<{type(self).__name__} {inspect(self).identity}>"


@lru_cache
def _defaults(table: type[Base]) -> tuple[tuple[str, Callable[[], Any]], ...]:
    found = []
    for attribute in inspect(table).column_attrs:
        default: Any = attribute.columns[0].default
        if default is not None:
            found.append(
                (attribute.key, partial(default.arg, None) if default.is_callable else partial(copy, default.arg))
            )
    return tuple(found)


@event.listens_for(Base, "init", propagate=True)
def _with_defaults(row: Base, args: tuple[Any, ...], given: dict[str, Any]) -> None:  # noqa: ARG001
    """A new row has its defaults at once: what is said of it can be read before it is written."""
    for name, default in _defaults(type(row)):
        if name not in given:
            given[name] = default()


_current: ContextVar[Session | None] = ContextVar("petitions_session", default=None)


def insert(table: Any) -> Any:
    """An INSERT of the current session's dialect, the one that knows ON CONFLICT (both databases do)."""
    dialect = sqlite if session().get_bind().dialect.name == "sqlite" else postgresql
    return dialect.insert(table)


def listed(rows: Sequence[Sequence[Any]], columns: Mapping[str, Any]) -> Any:
    """A list as a table of one query, its columns by name with their types. It is one parameter, however long it is:
    to bind every value of ten thousand rows takes longer than to write them."""
    given = json.dumps(rows, ensure_ascii=False)
    if session().get_bind().dialect.name == "sqlite":
        each = func.json_each(given).table_valued("value")
        values = (func.json_extract(each.c.value, f"$[{place}]").label(name) for place, name in enumerate(columns))
        return select(*(type_coerce(one, columns[one.name]).label(one.name) for one in values)).subquery()
    each = func.json_array_elements(cast(literal(given, String), JSON)).table_valued("value")
    return select(
        *(
            (
                each.c.value.op("->")(place) if isinstance(kind, JSON) else cast(each.c.value.op("->>")(place), kind)
            ).label(name)
            for place, (name, kind) in enumerate(columns.items())
        )
    ).subquery()


def gathered(column: Any) -> Any:
    """An aggregate: the values of a column as one list."""
    name = "json_group_array" if session().get_bind().dialect.name == "sqlite" else "json_agg"
    return getattr(func, name)(column, type_=JSON())


def elements(listing: Any) -> Any:
    """A list as a table of one column, `value`, an element a row; a list that is a column is taken apart beside each of its rows."""
    if session().get_bind().dialect.name == "sqlite":
        return func.json_each(listing).table_valued("value")
    return func.json_array_elements_text(cast(listing, JSON)).table_valued("value")


def json_around(before: Any, value: Any, after: Any) -> Any:
    """JSON the database puts together: two pieces of it, and between them a text of a column as JSON writes one."""
    if session().get_bind().dialect.name == "sqlite":
        return type_coerce(before + func.json_quote(value, type_=String()) + after, JSON())
    return cast(before + cast(func.to_json(value), String) + after, JSON)


def among(column: Any, values: Iterable[Any]) -> Any:
    """`column` is one of these: `in_` with one parameter for many values."""
    given = list(values)
    if session().get_bind().dialect.name == "sqlite":
        each = elements(literal(json.dumps(given, ensure_ascii=False), String))
        return column.in_(select(type_coerce(each.c.value, column.type)))
    # No table to be joined: beside a table that was small a moment ago PostgreSQL would look through all of them for each row.
    return column == func.any(literal(given, postgresql.ARRAY(column.type)))


def session() -> Session:
    """The session of the unit of work that is going on; raises RuntimeError outside of one."""
    current = _current.get()
    if current is None:
        raise RuntimeError("no unit of work: wrap this in Database.work()")
    return current


_DATABASE, _WRITES, _AFTERWARDS = "database", "writes", "afterwards"


def afterwards(note: Callable[[], None]) -> None:
    """Let `note` write in a unit of work of its own when this one has ended, however it ends.

    What was refused is undone; that it was tried is not.
    """
    session().info.setdefault(_AFTERWARDS, []).append(note)


@contextmanager
def now() -> Iterator[Session]:
    """The current unit of work if it writes; beside a reading one a small unit of its own, committed at once."""
    current = session()
    if current.info.get(_WRITES, True):
        yield current
    else:
        with current.info[_DATABASE].work() as own:
            yield own


def keys() -> str:
    """The keys of the identity vault that came with the database of the current unit of work, as they are written."""
    return str(session().info[_DATABASE].keys())


def reviewers() -> Mapping[str, str]:
    """Who reviews the answers of which unit, where the tree of units does not say (settings.py, `review_bodies`)."""
    return session().info[_DATABASE].reviewers  # type: ignore[no-any-return]


def hearing_notice_days() -> int:
    """How many 日 before its day a hearing is told (settings.py)."""
    return session().info[_DATABASE].hearing_notice_days  # type: ignore[no-any-return]


def mediation_term() -> str:
    """Which of the terms of mediating runs here (settings.py)."""
    return session().info[_DATABASE].mediation_term  # type: ignore[no-any-return]


def files_dir() -> Path | None:
    """Where the files of the cases lie, as far as this process knows: to count the pages of what goes into an archive."""
    return session().info[_DATABASE].files_dir  # type: ignore[no-any-return]


def retention_years() -> Mapping[str, int]:
    """The terms of keeping a unit has set for itself (settings.py, `retention_years`)."""
    return session().info[_DATABASE].retention_years  # type: ignore[no-any-return]


def mediation_retention_years() -> Mapping[str, int]:
    """The same of mediation dossiers, by class (settings.py)."""
    return session().info[_DATABASE].mediation_retention_years  # type: ignore[no-any-return]


_WAITED = ("40P01", "55P03", "57014")
"""PostgreSQL: a deadlock that was broken, a lock that could not be had, a statement that took too long."""


def is_busy(error: OperationalError) -> bool:
    """Whether the database was kept by others for longer than we wait; the same may succeed a moment later."""
    return "database is locked" in str(error.orig) or getattr(error.orig, "sqlstate", None) in _WAITED


class Database:
    """One database: its engine and its units of work.

    It brings the keys along that open what is locked in it (access/vault.py): every caller has a database, and only
    some have an application or settings. They are asked for when they are needed, for a rotation changes them.
    """

    reviewers: Mapping[str, str] = {}
    """Comes along the same way: papers are issued by whoever acts, with an application or without."""
    hearing_notice_days = 7
    mediation_term: str = "M1"
    """The same."""

    retention_years: Mapping[str, int] = {}
    mediation_retention_years: Mapping[str, int] = {}
    files_dir: Path | None = None
    """What the cover and the contents of a file say; without an application pages of PDFs stay uncounted."""

    def __init__(self, url: str, *, keys: Callable[[], str] = str, pool_size: int = 10) -> None:
        self.keys = keys
        parsed = make_url(url)
        if parsed.drivername == "postgres":
            parsed = parsed.set(drivername="postgresql")
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        if self.is_sqlite:
            if parsed.database and parsed.database != ":memory:":
                Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
            self.engine = create_engine(parsed, connect_args={"timeout": 30}, hide_parameters=True)
            prepare_sqlite(self.engine)
        else:
            self.engine = create_engine(
                parsed, pool_size=pool_size, max_overflow=10, pool_pre_ping=True, hide_parameters=True
            )
        self._writing = self.engine.execution_options(begin="IMMEDIATE")

    def follow(self, settings: Settings) -> Self:
        """What its acts go by that an office has set for itself, the same in the application, a command and a job."""
        self.reviewers, self.files_dir = settings.review_bodies, settings.files_dir
        self.hearing_notice_days, self.mediation_term = settings.hearing_notice_days, settings.mediation_term
        self.retention_years = settings.retention_years
        self.mediation_retention_years = settings.mediation_retention_years
        return self

    @contextmanager
    def work(self, *, write: bool = True) -> Iterator[Session]:
        """One unit of work: its session is `db.session()`; committed once at the end, rolled back on any error.

        `write=False` lets SQLite readers run beside a writer; such a unit is always rolled back.
        A unit inside another one is a transaction of its own (the outer session is put back afterwards).
        """
        opened = self.open(write=write)
        try:
            with opened:
                token = _current.set(opened)
                try:
                    yield opened
                    if write:
                        opened.commit()
                finally:
                    _current.reset(token)
        finally:
            self.follow_up(opened)

    def open(self, *, write: bool) -> Session:
        """The session of a unit of work."""
        about = {_DATABASE: self, _WRITES: write}
        return Session(self._writing if write else self.engine, expire_on_commit=False, info=about)

    def follow_up(self, ended: Session) -> None:
        """Write what a unit of work has left for afterwards."""
        left = ended.info.pop(_AFTERWARDS, None)
        if left:
            with self.work():
                for note in left:
                    note()

    def dispose(self) -> None:
        """Close every connection."""
        self.engine.dispose()


@contextmanager
def joined(opened: Session) -> Iterator[Session]:
    """Make `opened` the current session for a while, without owning it (tests, shells)."""
    token = _current.set(opened)
    try:
        yield opened
    finally:
        _current.reset(token)


def prepare_sqlite(engine: Engine) -> None:
    """Say the pragmas on every new connection and start transactions ourselves."""

    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, record: Any) -> None:  # noqa: ARG001
        # The driver's own transaction handling loses updates; None hands BEGIN over to the hook below.
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        kind = connection.get_execution_options().get("begin", "")
        connection.exec_driver_sql(f"BEGIN {kind}".strip())
