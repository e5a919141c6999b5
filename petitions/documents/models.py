"""The counters that number petitions and papers without gaps."""

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

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
