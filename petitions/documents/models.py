"""The counters that number petitions and papers without gaps."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from petitions.db import Base


class Counter(Base):
    """The last number given in a series of a unit in a year."""

    __tablename__ = "counters"

    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), primary_key=True)
    series: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]
