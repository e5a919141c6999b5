"""What people are told inside the system."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from petitions.db import Base


class Notice(Base):
    """One message to one person; `key` says what it is about, so that it is sent once."""

    __tablename__ = "notices"
    __table_args__ = (
        Index("ix_notices_recipient", "recipient_id", "id"),
        Index("ix_notices_unread", "recipient_id", sqlite_where=text("read_at IS NULL"),
              postgresql_where=text("read_at IS NULL")),
        Index("ix_notices_deadline_unread", "deadline_id", sqlite_where=text("read_at IS NULL"),
              postgresql_where=text("read_at IS NULL")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    recipient_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)
    event_id: Mapped[int | None] = mapped_column(ForeignKey("events.id"), index=True)
    deadline_id: Mapped[int | None] = mapped_column(ForeignKey("deadlines.id"))
    """The clock it reminds of; none when it tells of an act."""
    kind: Mapped[str]
    """The act or the rung of the ladder it tells of."""
    text: Mapped[str]
    """Number and act only; no personal data leaves the case."""
    said: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """The same as pattern and values (wording.py), for a reader of another language."""
    key: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]


class Heartbeat(Base):
    """When a repeated job last ran: a dead scheduler must be seen."""

    __tablename__ = "heartbeats"

    job: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    note: Mapped[str] = mapped_column(default="")
