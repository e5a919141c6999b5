"""What belongs to every kind of case: the case, its units, history, clocks, papers and files."""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from petitions import clock
from petitions.access.models import Unit, User
from petitions.db import Base
from petitions.documents import models as _templates  # noqa: F401 - the table a paper may name must be known
from petitions.words import say


def named(actor: User, behalf: User | None) -> str:
    """A person as a history and a paper name them: alone, or with whom they stood in for."""
    return say("{name}（代{other}）", name=actor.name, other=behalf.name) if behalf is not None else actor.name


class Case(Base):
    """Something with a number, a state, an owner, clocks, a history and a file. Only the door writes it."""

    __tablename__ = "cases"
    __table_args__: tuple[Any, ...] = (
        UniqueConstraint("numbered_by_id", "number"),
        Index("ix_cases_office_state", "office_id", "state", "id"),
        Index("ix_cases_unit_state", "unit_id", "state", "id"),
        Index("ix_cases_handler_state", "handler_id", "state", "id"),
        Index("ix_cases_sender_state", "sender_id", "state", "id"),
        Index("ix_cases_received", "received_on", "id"),
        Index(
            "ix_cases_about_id",
            "about_id",
            sqlite_where=text("about_id IS NOT NULL"),
            postgresql_where=text("about_id IS NOT NULL"),
        ),
        CheckConstraint("(closed_on IS NULL) OR (closed_on >= received_on)", name="closed_after_received"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    number: Mapped[str]
    numbered_by_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    """The unit in whose register it has its number. When units merge two of one number may lie with one office."""
    state: Mapped[str]
    title: Mapped[str]
    """概况, at most 200 characters: what a list shows."""
    office_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    """The unit that registered it, or its successor: it answers for its course."""
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    """The unit that must act now."""
    sender_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    """The unit that handed it to the present one, and hears its objections."""
    handler_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    """承办人."""
    received_on: Mapped[date]
    opened_at: Mapped[datetime]
    closed_on: Mapped[date | None]
    """The day from which nobody owed an act any more."""
    about_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    """The case this one is about: of a review the matter. What keeps that one from people keeps this one from them too."""
    sealed: Mapped[bool] = mapped_column(default=False)
    """检举控告: seen by the people of its need-to-know list only (第30条)."""
    urgency: Mapped[str] = mapped_column(default="ordinary")
    taken_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    """Who took it from the queue; see cases/queue.py."""
    taken_until: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    """Two people at once: the second is shown both texts."""

    office: Mapped[Unit] = relationship(foreign_keys=[office_id])
    numbered_by: Mapped[Unit] = relationship(foreign_keys=[numbered_by_id])
    unit: Mapped[Unit] = relationship(foreign_keys=[unit_id])
    sender: Mapped[Unit | None] = relationship(foreign_keys=[sender_id])
    handler: Mapped[User | None] = relationship(foreign_keys=[handler_id])
    about: Mapped["Case | None"] = relationship(foreign_keys=[about_id], remote_side=[id], back_populates="followers")
    followers: Mapped[list["Case"]] = relationship(foreign_keys=[about_id], back_populates="about", order_by="Case.id")
    """The cases about this one."""
    events: Mapped[list["Event"]] = relationship(back_populates="case", order_by="Event.id")
    deadlines: Mapped[list["Deadline"]] = relationship(back_populates="case", order_by="Deadline.id")
    documents: Mapped[list["Document"]] = relationship(back_populates="case", order_by="Document.id")
    attachments: Mapped[list["Attachment"]] = relationship(back_populates="case", order_by="Attachment.id")
    parts: Mapped[list["CaseUnit"]] = relationship(back_populates="case", order_by="CaseUnit.id")
    readers: Mapped[list["CaseReader"]] = relationship(back_populates="case", order_by="CaseReader.id")

    __mapper_args__ = {  # noqa: RUF012 - SQLAlchemy reads it as a class attribute
        "polymorphic_on": "kind",
        "polymorphic_identity": "case",
        "version_id_col": version,
    }

    reviews_it: ClassVar[bool] = False
    """Of a kind of case that reviews what was answered in the one it is about: its unit reads that file, and it goes with it."""

    @property
    def papers(self) -> list["Document"]:
        """The papers that stand: those that were taken back are left out."""
        return [paper for paper in self.documents if not paper.is_void]

    @property
    def unit_ids(self) -> frozenset[int]:
        """The units that take part in it now. Whoever only reads its file for a review does nothing on it."""
        return frozenset(row.unit_id for row in self.parts if row.left_on is None and row.part != "review")

    @property
    def reviewer_ids(self) -> frozenset[int]:
        """The units that review it now."""
        return frozenset(case.unit_id for case in self.followers if case.reviews_it and case.closed_on is None)


class CaseUnit(Base):
    """A unit takes part in a case, and so its people may see it, until it leaves."""

    __tablename__ = "case_units"
    __table_args__ = (
        CheckConstraint("part IN ('office','holder','assist','relay','review')", name="part"),
        Index("ix_case_units_unit", "unit_id", "case_id", unique=True, sqlite_where=text("left_on IS NULL"),
              postgresql_where=text("left_on IS NULL")),
        Index("ix_case_units_case_id", "case_id"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    part: Mapped[str]
    """office: registered it; holder: must act (主办); assist: helps (协办); relay: passed it down;
    review: reads its file, because it reviews what was answered."""
    joined_on: Mapped[date]
    left_on: Mapped[date | None]

    case: Mapped[Case] = relationship(back_populates="parts")
    unit: Mapped[Unit] = relationship(lazy="joined")


class CaseReader(Base):
    """知情人员: somebody who may see a sealed case, by name, until they are taken off the list (cases/readers.py)."""

    __tablename__ = "case_readers"
    __table_args__ = (
        Index("ix_case_readers_user", "user_id", "case_id", unique=True, sqlite_where=text("dismissed_at IS NULL"),
              postgresql_where=text("dismissed_at IS NULL")),
        Index("ix_case_readers_case_id", "case_id"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    admitted_at: Mapped[datetime]
    dismissed_at: Mapped[datetime | None]

    case: Mapped[Case] = relationship(back_populates="readers")
    user: Mapped[User] = relationship()


class Event(Base):
    """One act, for good: who, when, from where to where, with what.

    Rows are never changed, but for the words that say who accuses (documents/concealed.py).
    """

    __tablename__ = "events"
    __table_args__ = (Index("ix_events_case_id", "case_id", "id"), UniqueConstraint("submission"))

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    action: Mapped[str]
    from_state: Mapped[str]
    to_state: Mapped[str]
    actor_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    behalf_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    """Whose right it was, when the actor stood in for somebody."""
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    """The actor's unit at that time."""
    at: Mapped[datetime]
    """When it happened; an imported history carries its true dates."""
    recorded_at: Mapped[datetime]
    data: Mapped[dict[str, Any]]
    """The fields of the act as they were filled."""
    submission: Mapped[str | None]
    """The form's own id: a double click is one act."""

    case: Mapped[Case] = relationship(back_populates="events")
    actor: Mapped[User] = relationship(foreign_keys=[actor_id], lazy="joined")
    behalf: Mapped[User | None] = relationship(foreign_keys=[behalf_id])
    unit: Mapped[Unit] = relationship(lazy="joined")

    @property
    def who(self) -> str:
        """Who did it, and in whose name."""
        return named(self.actor, self.behalf)

    def is_in_hands_of(self, *people: User | None) -> bool:
        """Whether one of these did it, or it was done in the name of one: who asks never approves, by no other hand."""
        return any(one is not None and one.id in (self.actor_id, self.behalf_id) for one in people)


class Deadline(Base):
    """A running or ended clock. Whether it is overdue is asked, never stored."""

    __tablename__ = "deadlines"
    __table_args__ = (
        Index("ix_deadlines_case_id", "case_id"),
        Index("ix_deadlines_unit_open", "unit_id", "due_on", sqlite_where=text("ended_on IS NULL"),
              postgresql_where=text("ended_on IS NULL")),
        Index("ix_deadlines_open", "due_on", sqlite_where=text("ended_on IS NULL"),
              postgresql_where=text("ended_on IS NULL")),
        Index("ix_deadlines_unit_target", "unit_id", "target_on", sqlite_where=text("ended_on IS NULL"),
              postgresql_where=text("ended_on IS NULL")),
        Index("ix_deadlines_target", "target_on", sqlite_where=text("ended_on IS NULL"),
              postgresql_where=text("ended_on IS NULL")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    code: Mapped[str]
    """T1 … T12, a row of limits.py."""
    rule: Mapped[str]
    """The version of the rule it was started under."""
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    """Who answers for it; none when it is the petitioner's own right."""
    window: Mapped[bool] = mapped_column(default=False)
    """A right that lapses, not a duty: never overdue."""
    start_on: Mapped[date]
    length: Mapped[int | None]
    """Days or working days; none when the sender set the date."""
    extension: Mapped[int] = mapped_column(default=0)
    """日 added, counted from `start_on`."""
    extended_by_id: Mapped[int | None] = mapped_column(ForeignKey("events.id"), index=True)
    """The act by which they were granted last."""
    nominal_on: Mapped[date]
    due_on: Mapped[date]
    """The last day, rolled past days off where the rule rolls."""
    target_on: Mapped[date]
    """The earlier of the two: what staff work towards."""
    pauses: Mapped[list[Any]] = mapped_column(default=list)
    """Intervals that are not counted, see rest.py."""
    rests_since: Mapped[date | None]
    """The first day of a pause that still lasts."""
    provisional: Mapped[bool] = mapped_column(default=False)
    """It crosses a year whose days off are not announced yet."""
    started_by_id: Mapped[int] = mapped_column(ForeignKey("events.id"), index=True)
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("events.id"), index=True)
    ended_on: Mapped[date | None]

    case: Mapped[Case] = relationship(back_populates="deadlines")
    unit: Mapped[Unit | None] = relationship()
    started_by: Mapped[Event] = relationship(foreign_keys=[started_by_id])
    ended_by: Mapped[Event | None] = relationship(foreign_keys=[ended_by_id])
    extended_by: Mapped[Event | None] = relationship(foreign_keys=[extended_by_id])


class Document(Base):
    """文书: its text is frozen when it is issued; of an accusation it names the accuser only when it is printed."""

    __tablename__ = "documents"
    __table_args__ = (Index("ix_documents_case_id", "case_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), index=True)
    kind: Mapped[str]
    number: Mapped[str]
    title: Mapped[str]
    recipient: Mapped[str]
    text: Mapped[str]
    issued_on: Mapped[date]
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    layout: Mapped[str] = mapped_column(default="letter-1")
    """The shipped layout of its Word file, with its version."""
    template_id: Mapped[int | None] = mapped_column(ForeignKey("paper_templates.id"), index=True)
    """The version of the office's own template it is set in instead."""
    signer_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    """签发人: whoever did the act, and so the approver where it is an approval."""
    filled: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What the file says beside the columns, as it was said then: unit, day, signed_by, case. Nothing about a petitioner."""
    void_event_id: Mapped[int | None] = mapped_column(ForeignKey("events.id"), index=True)
    """作废: the act that took it back, with its reason. The paper and its number stay."""
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("documents.id"), index=True)
    """The void paper it was issued for."""

    case: Mapped[Case] = relationship(back_populates="documents")
    event: Mapped[Event] = relationship(foreign_keys=[event_id])
    void_event: Mapped[Event | None] = relationship(foreign_keys=[void_event_id])
    unit: Mapped[Unit] = relationship(lazy="joined")
    services: Mapped[list["Service"]] = relationship(back_populates="document", order_by="Service.id")
    attempts: Mapped[list["ServiceAttempt"]] = relationship(back_populates="document", order_by="ServiceAttempt.id")

    @property
    def is_void(self) -> bool:
        """Whether it was taken back."""
        return self.void_event_id is not None or self.void_event is not None

    @property
    def void_on(self) -> date | None:
        """The day it was taken back."""
        return clock.day_of(self.void_event.at) if self.void_event is not None else None

    @property
    def void_reason(self) -> str:
        """Why it was taken back, as it was written down (documents/concealed.py makes it readable); empty where it stands."""
        return str(self.void_event.data.get("reason", "")) if self.void_event is not None else ""


class Service(Base):
    """送达: how and when a paper reached its recipient."""

    __tablename__ = "services"
    __table_args__ = (Index("ix_services_document_id", "document_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("documents.id"))
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), index=True)
    method: Mapped[str]
    receiver: Mapped[str]
    """Who signed; empty where nobody does (left, electronic, public notice)."""
    relation: Mapped[str] = mapped_column(default="")
    """Why they may sign for the addressee."""
    served_on: Mapped[date]
    proof: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What this method is proved by: witness, tracking number, consent, where it was put up."""
    note: Mapped[str] = mapped_column(default="")

    document: Mapped[Document] = relationship(back_populates="services")
    event: Mapped[Event] = relationship()


class ServiceAttempt(Base):
    """未送达: somebody tried, and when it is tried again. A paper that was served since is served."""

    __tablename__ = "service_attempts"
    __table_args__ = (Index("ix_service_attempts_document_id", "document_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("documents.id"))
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), index=True)
    method: Mapped[str]
    tried_on: Mapped[date]
    failure: Mapped[str]
    """A code of the fixed list `service_failures`."""
    next_method: Mapped[str]
    next_on: Mapped[date]
    note: Mapped[str] = mapped_column(default="")

    document: Mapped[Document] = relationship(back_populates="attempts")
    event: Mapped[Event] = relationship()


class Attachment(Base):
    """A file of the case; the bytes lie content-addressed in the data folder, see cases/files.py."""

    __tablename__ = "attachments"
    __table_args__ = (Index("ix_attachments_case_id", "case_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    name: Mapped[str]
    sha256: Mapped[str]
    size: Mapped[int]
    media_type: Mapped[str]
    added_at: Mapped[datetime]
    added_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))

    case: Mapped[Case] = relationship(back_populates="attachments")
    added_by: Mapped[User] = relationship(lazy="joined")


class Code(Base):
    """One entry of a code list; an administrator may relabel, add and retire entries, never reuse a code."""

    __tablename__ = "codes"
    __table_args__ = (UniqueConstraint("list", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    list: Mapped[str]
    code: Mapped[str]
    label: Mapped[str]
    parent: Mapped[str] = mapped_column(default="")
    position: Mapped[int] = mapped_column(default=0)
    note: Mapped[str] = mapped_column(default="")
    article: Mapped[str] = mapped_column(default="")
    scheme: Mapped[str]
    """The version of the seed it came with, or `local`."""
    active: Mapped[bool] = mapped_column(default=True)
    extra: Mapped[dict[str, Any]] = mapped_column(default=dict)


class ActDraft(Base):
    """What somebody is typing into the form of an act, saved every few seconds; gone once the act is done."""

    __tablename__ = "act_drafts"
    __table_args__ = (UniqueConstraint("case_id", "user_id", "action"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    action: Mapped[str]
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """The fields as typed, unchecked."""
    saved_at: Mapped[datetime]
