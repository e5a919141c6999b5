"""A region's own numbers: dated rows an administrator keeps, each with its source, and which one a clock was started under.

A row holds for everything a unit looks after; the nearest one wins. A deadline keeps the version it was started under
(`Deadline.rule`), so a later row changes no clock that runs, and `of()` gives a clock its own limit for ever.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Protocol

from sqlalchemy import CheckConstraint, ForeignKey, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from petitions import db
from petitions.access import units
from petitions.access.models import Unit, User
from petitions.cases import clocks
from petitions.cases.limit import Limit
from petitions.cases.limits import LIMITS, VERSION

_CACHE = "petitions.limit_versions"
_LOCAL = "local-"


class LimitVersion(db.Base):
    """Another length of one limit, in one region, for some time."""

    __tablename__ = "limit_versions"
    __table_args__ = (
        CheckConstraint("unit IN ('days','workdays','months','years')", name="unit"),
        CheckConstraint("length >= 0 AND extension >= 0", name="not_negative"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="in_order"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str]
    """A row of limits.py."""
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    """It holds for the region of this unit."""
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    """Last day on which a clock may start under it."""
    length: Mapped[int]
    unit: Mapped[str]
    extension: Mapped[int] = mapped_column(default=0)
    source: Mapped[str]
    """The text the number stands in, with its article."""
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    entered_at: Mapped[datetime]

    region: Mapped[Unit] = relationship()
    entered_by: Mapped[User] = relationship()

    @property
    def rule(self) -> str:
        """What a deadline keeps of it."""
        return f"{_LOCAL}{self.id}"

    @property
    def limit(self) -> Limit:
        """The national row with this one's numbers."""
        national = LIMITS[self.code]
        return replace(
            national, length=self.length, unit=clocks.Unit(self.unit), extension=self.extension,
            article=f"{self.source}（{national.article}）", source=self.source,
        )  # fmt: skip


class Started(Protocol):
    """A clock, or the columns of one that a list reads."""

    @property
    def code(self) -> str: ...
    @property
    def rule(self) -> str: ...


def of(clock: Started) -> Limit:
    """The limit a clock was started under."""
    if not clock.rule.startswith(_LOCAL):
        return LIMITS[clock.code]
    found = next((row for row in every() if row.rule == clock.rule), None)
    return LIMITS[clock.code] if found is None else found.limit


def in_force(code: str, unit_id: int | None, on: date) -> tuple[Limit, str]:
    """The limit a clock of this unit starts under on a day, and the version a deadline keeps."""
    rows = [row for row in every() if row.code == code and row.valid_from <= on <= (row.valid_to or date.max)]
    for place in units.upwards(unit_id) if rows and unit_id is not None else ():
        for row in rows:
            if units.region_of(row.unit_id) == place:
                return row.limit, row.rule
    return LIMITS[code], VERSION


def table(unit_id: int | None, on: date) -> Mapping[str, Limit]:
    """Every limit as it holds for a unit on a day."""
    own = {row.code for row in every()}
    return {code: in_force(code, unit_id, on)[0] if code in own else limit for code, limit in LIMITS.items()}


def every() -> list[LimitVersion]:
    """Every row there ever was, by code and day; read once per unit of work, for they are few."""
    opened = db.session()
    if _CACHE not in opened.info:
        in_order = (LimitVersion.code, LimitVersion.valid_from, LimitVersion.id)
        opened.info[_CACHE] = list(
            opened.scalars(select(LimitVersion).options(joinedload(LimitVersion.region)).order_by(*in_order))
        )
    rows: list[LimitVersion] = opened.info[_CACHE]
    return rows


def forget() -> None:
    """Read the rows anew from now on: one of them has just been changed."""
    db.session().info.pop(_CACHE, None)
