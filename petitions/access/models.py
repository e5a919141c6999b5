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
    COMMITTEE = "committee"
    """人民调解委员会: no organ of the state, it lies under the village, township or enterprise that set it up (人民调解法第8条)."""
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
    UnitKind.COMMITTEE: say("人民调解委员会"),
    UnitKind.SECTION: say("内设或下属机构"),
}


class Unit(Base):
    """A body that takes part in cases; units form a tree."""

    __tablename__ = "units"
    __table_args__ = (
        CheckConstraint("kind IN ('office','bureau','township','discipline','committee','section')", name="kind"),
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


class SuccessionKind(StrEnum):
    """What happened to a unit on a day."""

    MERGE = "merge"
    SPLIT = "split"
    RENAME = "rename"
    MOVE = "move"

    @property
    def label(self) -> Sentence:
        """Chinese name."""
        return SUCCESSION_KINDS[self]


SUCCESSION_KINDS = {
    SuccessionKind.MERGE: say("并入"),
    SuccessionKind.SPLIT: say("拆分"),
    SuccessionKind.RENAME: say("更名"),
    SuccessionKind.MOVE: say("改变隶属"),
}


class UnitSuccession(Base):
    """One change of a unit: who came after it, or what it was called and where it stood until then. Never changed."""

    __tablename__ = "unit_successions"
    __table_args__ = (
        CheckConstraint("kind IN ('merge','split','rename','move')", name="kind"),
        Index("ix_unit_successions_old_id", "old_id", "id"),
        Index("ix_unit_successions_new_id", "new_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    old_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    new_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    """Its successor; the unit itself when it was renamed or moved."""
    day: Mapped[date]
    """From this day on it is as it was changed to."""
    basis: Mapped[str] = mapped_column(default="")
    """依据: the document that ordered it."""
    name: Mapped[str]
    """Its name until then."""
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    """The unit it stood under until then."""
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    """Nobody when it was done at the machine itself."""
    recorded_at: Mapped[datetime]

    old: Mapped[Unit] = relationship(foreign_keys=[old_id])
    new: Mapped[Unit] = relationship(foreign_keys=[new_id])
    parent: Mapped[Unit | None] = relationship(foreign_keys=[parent_id])


class User(Base):
    """A person who logs in. Accounts are never deleted: what they did keeps their name."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    phone: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    """Where the digest of the day goes; shown to nobody but its owner and who keeps the accounts."""
    digest_on: Mapped[bool] = mapped_column(default=True)
    """They want it, as far as there is an address."""
    digest_at: Mapped[str] = mapped_column(default="")
    """The time they chose, `08:30`; empty: that of the house."""
    password_hash: Mapped[str] = mapped_column(default="")
    password_set_at: Mapped[datetime] = mapped_column(default=clock.now)
    password_given: Mapped[bool] = mapped_column(default=False)
    """Somebody else knows it too, who gave it to them: it is to be changed at once."""
    subject: Mapped[str | None] = mapped_column(unique=True)
    """What the region's identity provider calls them (access/provider.py); None: they log in with a password only."""
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
    by_provider: Mapped[bool] = mapped_column(default=False)
    """The identity provider said who it is: no password of ours was shown, and none has to be changed first."""
    address: Mapped[str] = mapped_column(default="")
    browser: Mapped[str] = mapped_column(default="")
    """By what its owner knows it again: Chrome · Windows."""

    user: Mapped[User] = relationship(lazy="joined")
