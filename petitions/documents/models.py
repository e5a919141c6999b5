"""The counters that number petitions and papers without gaps, and the Word templates of an office."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from petitions.access.models import Unit, User
from petitions.db import Base


class Counter(Base):
    """The last number given in a series of a unit in a year."""

    __tablename__ = "counters"
    __table_args__ = (UniqueConstraint("series", "year", "sign"),)

    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), primary_key=True)
    series: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    sign: Mapped[str | None]
    """What stands before the series in the numbers of a register, so that no two units give the same one; None where
    numbers carry the unit anyway, as those of papers do."""
    last: Mapped[int]


class PaperTemplate(Base):
    """One version of an office's own Word template for a kind of paper. It is never changed and never goes away.

    It holds for the papers of its unit and of every unit below, from when it is begun until it is ended.
    """

    __tablename__ = "paper_templates"
    __table_args__ = (
        UniqueConstraint("unit_id", "kind", "version"),
        Index("uq_paper_templates_in_force", "unit_id", "kind", unique=True,
              sqlite_where=text("begun_at IS NOT NULL AND ended_at IS NULL"),
              postgresql_where=text("begun_at IS NOT NULL AND ended_at IS NULL")),
        CheckConstraint("(begun_at IS NULL) = (begun_by_id IS NULL)", name="begun_by_somebody"),
        CheckConstraint("(ended_at IS NULL) = (ended_by_id IS NULL)", name="ended_by_somebody"),
        CheckConstraint("ended_at IS NULL OR begun_at IS NOT NULL", name="begun_before_ended"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    kind: Mapped[str] = mapped_column(index=True)
    version: Mapped[int]
    """1, 2 … of this unit and kind."""
    name: Mapped[str]
    """What the file was called."""
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    words: Mapped[list[Any]]
    """What it says itself beside the fields: shown with the paper, so that the screen says what the file says."""
    uploaded_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    uploaded_at: Mapped[datetime]
    begun_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    begun_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    ended_at: Mapped[datetime | None]

    unit: Mapped[Unit] = relationship()
    uploaded_by: Mapped[User] = relationship(foreign_keys=[uploaded_by_id])
    begun_by: Mapped[User | None] = relationship(foreign_keys=[begun_by_id])
    ended_by: Mapped[User | None] = relationship(foreign_keys=[ended_by_id])

    @property
    def in_force(self) -> bool:
        """Whether papers are set in it now."""
        return self.begun_at is not None and self.ended_at is None
