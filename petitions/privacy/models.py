"""The register of what people ask about their own data."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from petitions.access.models import Unit, User
from petitions.db import Base


class PersonRequest(Base):
    """查阅、复制、更正、删除: one request of a person about their own data (个人信息保护法第45至47条)."""

    __tablename__ = "person_requests"
    __table_args__ = (
        CheckConstraint("kind IN ('see','copy','correct','delete')", name="kind"),
        CheckConstraint("decision IN ('','granted','partly','refused')", name="decision"),
        CheckConstraint("decision NOT IN ('refused','partly') OR ground <> ''", name="refused_with_ground"),
        Index("ix_person_requests_office_id", "office_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    kind: Mapped[str]
    asker: Mapped[str]
    """Who asks, as they signed; taken out some time after the answer."""
    checked: Mapped[str]
    """How it was made sure that it is them (or whom they sent)."""
    wish: Mapped[str] = mapped_column(default="")
    """What is to be corrected or deleted; taken out with the name."""
    petitioner_ids: Mapped[list[Any]] = mapped_column(default=list)
    """The rows of theirs that were found by their telephone or identity number, which are not kept here."""
    received_on: Mapped[date]
    taken_at: Mapped[datetime]
    taken_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    decision: Mapped[str] = mapped_column(default="")
    ground: Mapped[str] = mapped_column(default="")
    """Why not, or not all: a key of GROUNDS."""
    reason: Mapped[str] = mapped_column(default="")
    answered_on: Mapped[date | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    taken_by: Mapped[User] = relationship(foreign_keys=[taken_by_id])
    answered_by: Mapped[User | None] = relationship(foreign_keys=[answered_by_id])
    office: Mapped[Unit] = relationship()
