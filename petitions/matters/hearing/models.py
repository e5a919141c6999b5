"""A hearing of a case, from the request to its conclusion. It is no state of the case: its clocks say whether it rests."""

from collections.abc import Callable
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, backref, mapped_column, relationship

from petitions.cases.models import Case
from petitions.db import Base


class Stage(StrEnum):
    """How far a hearing has come."""

    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"
    CALLED = "called"
    OPENED = "opened"
    CLOSED = "closed"
    CONCLUDED = "concluded"
    CANCELLED = "cancelled"


OVER = frozenset((Stage.REFUSED, Stage.CONCLUDED, Stage.CANCELLED))
"""Nothing more happens in this hearing; another one may be asked for."""

_TEXTS = ("subject", "reason", "place", "at_time", "chair", "clerk", "finding", "members", "recusals")
"""What somebody could type freely."""


class Hearing(Base):
    """One hearing. The minutes stand in the history and on their paper; here is what the next act must know."""

    __tablename__ = "hearings"
    __table_args__ = (
        CheckConstraint(f"stage IN ({', '.join(repr(str(one)) for one in Stage)})", name="stage"),
        Index("ix_hearings_case_id", "case_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    stage: Mapped[str] = mapped_column(default=Stage.ASKED.value)
    asked_by: Mapped[str]
    """petitioner or unit."""
    asked_on: Mapped[date]
    reason: Mapped[str] = mapped_column(default="")
    """Why it is asked for."""
    subject: Mapped[str] = mapped_column(default="")
    openness: Mapped[str] = mapped_column(default="")
    """public, or on what ground it is not."""
    set_on: Mapped[date | None]
    """The day it was called for; after an adjournment the day it goes on."""
    at_time: Mapped[str] = mapped_column(default="")
    place: Mapped[str] = mapped_column(default="")
    chair: Mapped[str] = mapped_column(default="")
    members: Mapped[list[Any]] = mapped_column(default=list)
    """Names of the others on the panel."""
    clerk: Mapped[str] = mapped_column(default="")
    opened_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    finding: Mapped[str] = mapped_column(default="")
    recusals: Mapped[list[Any]] = mapped_column(default=list)
    """Who was asked to stay away, by whom, why, who decided how, and who took the place."""

    case: Mapped[Case] = relationship(backref=backref("hearings", order_by="Hearing.id"))

    @property
    def panel(self) -> list[str]:
        """Everybody who decides, the chair first."""
        return [self.chair, *self.members] if self.chair else []

    def rewrite(self, change: Callable[[Any], Any]) -> None:
        """Let what was typed name nobody, or name them again (第30条)."""
        for name in _TEXTS:
            if (value := change(getattr(self, name))) != getattr(self, name):
                setattr(self, name, value)

    def forget(self) -> None:
        """Take out whatever was typed; days, stages and codes stay for the figures."""
        for name in _TEXTS:
            setattr(self, name, [] if isinstance(getattr(self, name), list) else "")


def hearings_of(case: Case) -> list[Hearing]:
    """The hearings of a case, the newest last; read once a page."""
    rows: list[Hearing] = case.hearings  # type: ignore[attr-defined]
    return rows


def current(case: Case) -> Hearing | None:
    """The hearing that goes on, or the last one that did."""
    rows = hearings_of(case)
    return rows[-1] if rows else None


def going_on(case: Case) -> Hearing | None:
    """The hearing that waits for its next act."""
    one = current(case)
    return one if one is not None and one.stage not in OVER else None
