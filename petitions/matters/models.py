"""Petition, Matter and what belongs to them (design.md §2)."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, event, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from petitions.access.models import Unit, User
from petitions.cases.models import Case, Event
from petitions.db import Base
from petitions.documents.concealed import token
from petitions.matters.identities import Identity


class Matter(Case):
    """信访事项: same people and same thing. What is sorted, handed over and answered."""

    __tablename__ = "matters"
    __table_args__ = (
        Index("ix_matters_class_code", "class_code"),
        Index("ix_matters_joined_to_id", "joined_to_id", sqlite_where=text("joined_to_id IS NOT NULL"),
              postgresql_where=text("joined_to_id IS NOT NULL")),
        Index("ix_matters_related_to_id", "related_to_id", sqlite_where=text("related_to_id IS NOT NULL"),
              postgresql_where=text("related_to_id IS NOT NULL")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    nature: Mapped[str] = mapped_column(default="")
    """建议意见 · 检举控告 · 申诉求决 · 涉法涉诉; decides which chapter of the regulation applies."""
    purpose: Mapped[str] = mapped_column(default="")
    class_code: Mapped[str] = mapped_column(default="")
    place: Mapped[str] = mapped_column(default="")
    """问题属地."""
    outcome: Mapped[str] = mapped_column(default="")
    """How it ended: of §4.8a the outcome of the weightiest claim."""
    joined_to_id: Mapped[int | None] = mapped_column(ForeignKey("matters.id"))
    """The matter this one was found to repeat; its petitions are counted there."""
    related_to_id: Mapped[int | None] = mapped_column(ForeignKey("matters.id"))
    """相关信访事项: linked, not the same."""
    snoozed_until: Mapped[datetime | None]
    """Laid aside in the triage queue until then."""
    procedure: Mapped[str] = mapped_column(default="")
    """简易办理: proposed, simple, or converted back; empty is the ordinary procedure (simple.py)."""
    visit_on: Mapped[date | None]
    """The day agreed for the return visit, where it is another than the installation's usual one."""

    petitions: Mapped[list["Petition"]] = relationship(
        back_populates="matter", foreign_keys="Petition.matter_id", order_by="Petition.id"
    )
    petitioners: Mapped[list["Petitioner"]] = relationship(back_populates="matter", order_by="Petitioner.id")
    claims: Mapped[list["Claim"]] = relationship(back_populates="matter", order_by="Claim.position")
    respondents: Mapped[list["Respondent"]] = relationship(back_populates="matter", order_by="Respondent.id")
    dispatches: Mapped[list["Dispatch"]] = relationship(back_populates="matter", order_by="Dispatch.id")
    visits: Mapped[list["ReturnVisit"]] = relationship(back_populates="matter", order_by="ReturnVisit.id")
    recusals: Mapped[list["Recusal"]] = relationship(order_by="Recusal.id")
    joined_to: Mapped["Matter | None"] = relationship(foreign_keys=[joined_to_id], remote_side=[id])
    related_to: Mapped["Matter | None"] = relationship(foreign_keys=[related_to_id], remote_side=[id])

    __mapper_args__ = {  # noqa: RUF012 - SQLAlchemy reads it as a class attribute
        "polymorphic_identity": "matter",
        "inherit_condition": id == Case.id,
    }

    @property
    def first(self) -> "Petition":
        """The petition that opened the matter."""
        return self.petitions[0]


@event.listens_for(Matter.state, "set", active_history=True)
def _wake(matter: Matter, state: str, before: object, initiator: object) -> None:  # noqa: ARG001
    """What was laid aside is taken up with the act that moves it: should it come back, it is seen."""
    if state != before:
        matter.snoozed_until = None


class Petition(Base):
    """信访件: one letter, visit, call or web post as it came in; what the register counts.

    Never changes but by a recorded correction (correcting.py), and its text, number, code and day not at all.
    """

    __tablename__ = "petitions"
    __table_args__ = (
        UniqueConstraint("office_id", "number"),
        UniqueConstraint("submission"),
        UniqueConstraint("query_code"),
        Index("ix_petitions_matter_id", "matter_id"),
        Index("ix_petitions_received", "office_id", "received_on"),
        Index("ix_petitions_original", "office_id", "original_number", unique=True,
              sqlite_where=text("original_number <> ''"), postgresql_where=text("original_number <> ''")),
        Index("ix_petitions_fingerprint", "office_id", "fingerprint"),
        CheckConstraint("headcount >= 1", name="headcount"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str]
    """XF2026-000123, contiguous per unit and year; 河XF2026-000001 of a unit that is not the first office."""
    query_code: Mapped[str]
    """Given to the petitioner to ask where it stands; random, says nothing."""
    matter_id: Mapped[int] = mapped_column(ForeignKey("matters.id"))
    opened_matter_id: Mapped[int | None] = mapped_column(ForeignKey("matters.id"), index=True)
    """The matter it was first registered under, if a repeat was found later: joining never loses that."""
    office_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    channel: Mapped[str]
    received_on: Mapped[date]
    registered_at: Mapped[datetime]
    registered_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    title: Mapped[str]
    text: Mapped[str]
    """诉求原文, as it came."""
    headcount: Mapped[int] = mapped_column(default=1)
    signed: Mapped[str] = mapped_column(default="real")
    """实名, 匿名 or 化名."""
    original_number: Mapped[str] = mapped_column(default="")
    """Its number in the ledger or system it came from."""
    fingerprint: Mapped[str] = mapped_column(default="")
    """Hash of an imported row's content: the same row is one petition."""
    submission: Mapped[str | None]
    particulars: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What only this channel knows: postmark, window, calling number, superior's document number."""
    flags: Mapped[list[Any]] = mapped_column(default=list)

    matter: Mapped[Matter] = relationship(back_populates="petitions", foreign_keys=[matter_id])
    office: Mapped[Unit] = relationship()
    registered_by: Mapped[User] = relationship()


class Petitioner(Base):
    """信访人, and the people who speak for them: what of them may be shown. Who they are lies in `Identity`."""

    __tablename__ = "petitioners"
    __table_args__ = (
        CheckConstraint("part IN ('petitioner','representative','agent','companion')", name="part"),
        Index("ix_petitioners_matter_id", "matter_id"),
        Index("ix_petitioners_petition_id", "petition_id"),
        Index("ix_petitioners_name", "name"),
        Index("ix_petitioners_initials", "initials"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    matter_id: Mapped[int] = mapped_column(ForeignKey("matters.id"))
    petition_id: Mapped[int] = mapped_column(ForeignKey("petitions.id"))
    part: Mapped[str] = mapped_column(default="petitioner")
    """petitioner, representative (at most five, 第20条第三款), agent or companion."""
    name: Mapped[str] = mapped_column(default="")
    """Empty when the letter is not signed, and of an accusation always: there it lies in the vault."""
    initials: Mapped[str] = mapped_column(default="")
    """Pinyin initials of that name, for the search box."""
    region: Mapped[str] = mapped_column(default="")
    """住址 down to the township; of an accusation it lies in the vault."""
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)

    matter: Mapped[Matter] = relationship(back_populates="petitioners")
    petition: Mapped[Petition] = relationship()
    identity: Mapped[Identity | None] = relationship(lazy="joined")
    """None where there is nothing to lock away."""

    @property
    def named(self) -> bool:
        """Whether the person gave a name, wherever it is kept."""
        return bool(self.name or (self.identity and self.identity.name_mark))

    @property
    def called(self) -> str:
        """The name as a paper says it; of an accuser what stands for it."""
        return self.name or (token(self.id, "name") if self.named else "")

    @property
    def homed(self) -> bool:
        """Whether it is known where the person lives."""
        return bool(self.region or (self.identity and {"region", "address"} & self.identity.shown().keys()))

    @property
    def reachable(self) -> bool:
        """Whether the person gave a telephone number."""
        return bool(self.identity and self.identity.phone_mark)


class Opening(Base):
    """开启: somebody asks to see who an accuser is, and somebody else decides (ux.md §9)."""

    __tablename__ = "identity_openings"
    __table_args__ = (
        Index("ix_identity_openings_matter_id", "matter_id", "asked_by_id"),
        Index("ix_identity_openings_waiting", "asked_at", sqlite_where=text("decided_at IS NULL"),
              postgresql_where=text("decided_at IS NULL")),
        CheckConstraint("decided_by_id <> asked_by_id", name="two_people"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    matter_id: Mapped[int] = mapped_column(ForeignKey("matters.id"))
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    asked_at: Mapped[datetime]
    reason: Mapped[str]
    """A code of the list `reveal_reason`."""
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    decided_at: Mapped[datetime | None]
    until: Mapped[datetime | None]
    """Granted until then; none when it was refused."""

    matter: Mapped[Matter] = relationship()
    asked_by: Mapped[User] = relationship(foreign_keys=[asked_by_id])


class Claim(Base):
    """诉求: each with its own way under 第31条 and its own outcome under 第32条."""

    __tablename__ = "claims"
    __table_args__ = (Index("ix_claims_matter_id", "matter_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    matter_id: Mapped[int] = mapped_column(ForeignKey("matters.id"))
    position: Mapped[int]
    text: Mapped[str]
    route: Mapped[str] = mapped_column(default="")
    """R1–R6."""
    foreign_limit: Mapped[str] = mapped_column(default="")
    """X1–X5: the limit of the procedure it was led to."""
    outcome: Mapped[str] = mapped_column(default="")

    matter: Mapped[Matter] = relationship(back_populates="claims")


class Respondent(Base):
    """被反映的单位或个人."""

    __tablename__ = "respondents"
    __table_args__ = (Index("ix_respondents_matter_id", "matter_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    matter_id: Mapped[int] = mapped_column(ForeignKey("matters.id"))
    name: Mapped[str]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    """The account of the person, where they have one: an accusation is kept from them wherever they work."""

    matter: Mapped[Matter] = relationship(back_populates="respondents")
    unit: Mapped[Unit | None] = relationship()


class Dispatch(Base):
    """转送 or 交办 to a unit, lead or assist; those of one matter form a tree through the tiers."""

    __tablename__ = "dispatches"
    __table_args__ = (
        CheckConstraint("part IN ('lead','assist')", name="part"),
        CheckConstraint("way IN ('transfer','assign','forward')", name="way"),
        Index("ix_dispatches_matter_id", "matter_id"),
        Index("ix_dispatches_unit_id", "unit_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    matter_id: Mapped[int] = mapped_column(ForeignKey("matters.id"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("dispatches.id"))
    """The dispatch this one passes on, or under which this unit helps."""
    sender_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    part: Mapped[str] = mapped_column(default="lead")
    way: Mapped[str] = mapped_column(default="transfer")
    due_on: Mapped[date | None]
    """交办: when the result must come back (第22条第三项)."""
    sent_at: Mapped[datetime]
    signed_at: Mapped[datetime | None]
    signed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    objected_at: Mapped[datetime | None]
    objection: Mapped[str] = mapped_column(default="")
    proposed_unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    ended_at: Mapped[datetime | None]
    end: Mapped[str] = mapped_column(default="")
    """returned, recalled, or succeeded: another row goes on with it for the successor of a unit."""
    succeeds_id: Mapped[int | None] = mapped_column(ForeignKey("dispatches.id"))
    """The row this one goes on with. What was sent is counted where this is empty, under the units of that day."""

    matter: Mapped[Matter] = relationship(back_populates="dispatches")
    unit: Mapped[Unit] = relationship(foreign_keys=[unit_id], lazy="joined")
    sender: Mapped[Unit] = relationship(foreign_keys=[sender_id])


class Recusal(Base):
    """回避: this person does not work on this matter (第28条第三款)."""

    __tablename__ = "recusals"
    __table_args__ = (UniqueConstraint("matter_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    matter_id: Mapped[int] = mapped_column(ForeignKey("matters.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), index=True)

    event: Mapped[Event] = relationship()


class ReturnVisit(Base):
    """回访: what the petitioner said after the answer; two bodies are rated apart (domain.md §1.8)."""

    __tablename__ = "return_visits"
    __table_args__ = (Index("ix_return_visits_matter_id", "matter_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    matter_id: Mapped[int] = mapped_column(ForeignKey("matters.id"))
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), index=True)
    visited_on: Mapped[date]
    way: Mapped[str]
    reached: Mapped[bool] = mapped_column(default=True)
    performed: Mapped[str] = mapped_column(default="")
    office_rating: Mapped[str] = mapped_column(default="")
    unit_rating: Mapped[str] = mapped_column(default="")
    office_reason: Mapped[str] = mapped_column(default="")
    """Why not satisfied with the petition office; the other one is about the responsible unit."""
    unit_reason: Mapped[str] = mapped_column(default="")
    said: Mapped[str] = mapped_column(default="")
    new_claim: Mapped[str] = mapped_column(default="")
    """A new situation or demand: a petition of its own, once it is registered."""

    matter: Mapped[Matter] = relationship(back_populates="visits")
    event: Mapped[Event] = relationship()
