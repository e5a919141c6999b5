"""Units, people and their logins."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from petitions import clock
from petitions.access.roles import Role
from petitions.db import Base
from petitions.words import Sentence, say


class UnitKind(StrEnum):
    """What a unit is to the procedure."""

    OFFICE = "office"
    """信访部门: registers for the region, transfers and assigns (第22条)."""
    BUREAU = "bureau"
    """A body with power to answer (第23条)."""
    TOWNSHIP = "township"
    DISCIPLINE = "discipline"
    """纪检监察机关: the only addressee of accusations (第22条第二项)."""
    SECTION = "section"
    """An inner section or a body under a bureau or township."""

    @property
    def label(self) -> Sentence:
        """Chinese name."""
        return UNIT_KINDS[self]


UNIT_KINDS = {
    UnitKind.OFFICE: say("信访部门"),
    UnitKind.BUREAU: say("职能部门"),
    UnitKind.TOWNSHIP: say("乡镇街道"),
    UnitKind.DISCIPLINE: say("纪检监察机关"),
    UnitKind.SECTION: say("内设或下属机构"),
}


class Unit(Base):
    """A body that takes part in cases; units form a tree."""

    __tablename__ = "units"
    __table_args__ = (
        CheckConstraint("kind IN ('office','bureau','township','discipline','section')", name="kind"),
        UniqueConstraint("parent_id", "name"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)
    name: Mapped[str]
    kind: Mapped[str] = mapped_column(default=UnitKind.BUREAU.value)
    sign: Mapped[str] = mapped_column(default="")
    """机关代字, the letters of its document numbers: 青信."""
    phone: Mapped[str] = mapped_column(default="")
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]

    parent: Mapped["Unit | None"] = relationship(remote_side="Unit.id")

    @property
    def is_office(self) -> bool:
        """Whether petitions registered here start the clock of 第22条 rather than that of 第23条."""
        return self.kind == UnitKind.OFFICE


class UnitOrigin(Base):
    """What a unit was once part of, or whose work it took over. Rows are never taken back (access/units.py)."""

    __tablename__ = "unit_origins"
    __table_args__ = (UniqueConstraint("unit_id", "origin_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    origin_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    since: Mapped[date]
    """The day it was moved away, or took over."""


class User(Base):
    """A person who logs in. Accounts are never deleted: what they did keeps their name."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    phone: Mapped[str] = mapped_column(default="")
    password_hash: Mapped[str] = mapped_column(default="")
    password_set_at: Mapped[datetime] = mapped_column(default=clock.now)
    password_given: Mapped[bool] = mapped_column(default=False)
    """Somebody else knows it too, who gave it to them: it is to be changed at once."""
    active: Mapped[bool] = mapped_column(default=True)
    language: Mapped[str] = mapped_column(default="")
    density: Mapped[str] = mapped_column(default="compact")
    text_size: Mapped[str] = mapped_column(default="normal")
    keys_on: Mapped[bool] = mapped_column(default=True)
    """Single-key shortcuts can be switched off (WCAG 2.1.4)."""

    unit: Mapped[Unit] = relationship(lazy="joined")
    held: Mapped[list["UserRole"]] = relationship(
        back_populates="user", lazy="selectin", cascade="all, delete-orphan", order_by="UserRole.role"
    )

    @property
    def roles(self) -> frozenset[Role]:
        """The roles held."""
        return frozenset(Role(row.role) for row in self.held)

    @roles.setter
    def roles(self, roles: frozenset[Role]) -> None:
        kept = {row.role: row for row in self.held}
        self.held = [kept.get(role.value) or UserRole(role=role.value) for role in sorted(roles)]


class UserRole(Base):
    """One role of one person."""

    __tablename__ = "user_roles"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)

    user: Mapped[User] = relationship(back_populates="held")


class Login(Base):
    """One login that has not ended. Deleting the row ends it at once, whatever cookie is replayed (reliability E3)."""

    __tablename__ = "logins"
    __table_args__ = (Index("ix_logins_user_id", "user_id"),)

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    """SHA-256 of the token in the cookie: a stolen database opens no session."""
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    second: Mapped[bool] = mapped_column(default=False)
    """A code of the second step was shown as well."""
    address: Mapped[str] = mapped_column(default="")
    browser: Mapped[str] = mapped_column(default="")
    """By what its owner knows it again: Chrome · Windows."""

    user: Mapped[User] = relationship(lazy="joined")
