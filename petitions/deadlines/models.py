"""The calendar feed of a person."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from petitions.access.models import User
from petitions.db import Base


class Feed(Base):
    """A secret link under which a calendar program reads its owner's deadlines. Whoever makes a new one ends the old one."""

    __tablename__ = "feeds"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    """SHA-256 of the token in the link: a stolen database opens no calendar."""
    made_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    """When a program last read it: its owner sees whether somebody does."""

    user: Mapped[User] = relationship(lazy="joined")
