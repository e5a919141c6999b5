"""Mediation and what belongs to it (design.md §2): parties, mediators, sessions, agreements, what is performed, confirmation."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from petitions.access.models import Unit, User
from petitions.cases.models import Case, Event
from petitions.db import Base
from petitions.mediation.identities import PartyIdentity


class Mediation(Case):
    """A dispute before a people's mediation committee, with or without a petition behind it (`about`)."""

    __tablename__ = "mediations"
    __allow_unmapped__ = True
    __table_args__ = (
        CheckConstraint("result IN ('','agreed','failed','refused')", name="result"),
        CheckConstraint("form IN ('','written','oral')", name="form"),
        Index("ix_mediations_dispute_type", "dispute_type"),
        Index("ix_mediations_effective_on", "effective_on"),
    )

    id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    source: Mapped[str]
    """How it came (domain.md §4.7): applied for, taken up, or handed over by whom; lists.py has the entries."""
    sent_by: Mapped[str] = mapped_column(default="")
    """The body that handed it over, as it is called."""
    letter_number: Mapped[str] = mapped_column(default="")
    """The number of its letter or of its case."""
    dispute_type: Mapped[str]
    """An entry of the code list `dispute_type` (domain.md §4.10)."""
    facts: Mapped[str]
    """纠纷简要情况."""
    requests: Mapped[str] = mapped_column(default="")
    """申请事项."""
    place: Mapped[str] = mapped_column(default="")
    """纠纷发生地."""
    amount: Mapped[int | None] = mapped_column(BigInteger)
    """涉及金额, 分."""
    headcount: Mapped[int] = mapped_column(default=2)
    """涉及当事人数."""
    difficult: Mapped[bool] = mapped_column(default=False)
    """疑难复杂纠纷."""
    accepted_on: Mapped[date | None]
    begun_on: Mapped[date | None]
    """The day the parties were told their rights and duties: before it nobody mediates (人民调解工作若干规定第30条)."""
    result: Mapped[str] = mapped_column(default="")
    result_on: Mapped[date | None]
    """The day an agreement took effect, it was ended, or it was refused: figures count by it."""
    form: Mapped[str] = mapped_column(default="")
    effective_on: Mapped[date | None]
    retention: Mapped[str] = mapped_column(default="")
    """保管期限 of the dossier, settled with the archive."""
    next_on: Mapped[date | None]
    """下次调解, as it was agreed on: none once it was held, or the mediation has come to its end."""
    next_at: Mapped[str] = mapped_column(default="")
    """14:30."""
    next_place: Mapped[str] = mapped_column(default="")
    import_id: Mapped[int | None] = mapped_column(ForeignKey("dispute_imports.id"), index=True)
    """The ledger it was brought in with (imports.py)."""

    committee: Mapped["Committee | None"] = relationship(
        primaryjoin="foreign(Mediation.unit_id) == Committee.unit_id", viewonly=True
    )
    """Whose case it is; none once it lies behind the wall of its matter."""
    parties: Mapped[list["Party"]] = relationship(back_populates="mediation", order_by="Party.id")
    seats: Mapped[list["Seat"]] = relationship(back_populates="mediation", order_by="Seat.id")
    sessions: Mapped[list["MediationSession"]] = relationship(
        back_populates="mediation", order_by="MediationSession.held_on, MediationSession.id"
    )
    agreements: Mapped[list["Agreement"]] = relationship(back_populates="mediation", order_by="Agreement.id")
    confirmations: Mapped[list["Confirmation"]] = relationship(back_populates="mediation", order_by="Confirmation.id")

    __mapper_args__ = {  # noqa: RUF012 - SQLAlchemy reads it as a class attribute
        "polymorphic_identity": "mediation",
        "inherit_condition": id == Case.id,
    }

    @property
    def sides(self) -> dict[str, list["Party"]]:
        """The parties themselves by side, without who speaks for them."""
        found: dict[str, list[Party]] = {"applicant": [], "respondent": []}
        for one in self.principals:
            found[one.side].append(one)
        return found

    @property
    def principals(self) -> list["Party"]:
        """The parties themselves who are still in it."""
        return [one for one in self.parties if one.part == "party" and one.left_on is None]

    @property
    def mediator_ids(self) -> list[int]:
        """Who mediates now, the one who presides first."""
        return [one.user_id for one in sorted(self.seats, key=lambda seat: not seat.presides) if one.left_on is None]

    @property
    def agreement(self) -> "Agreement | None":
        """The agreement that counts: the newest."""
        return self.agreements[-1] if self.agreements else None

    @property
    def confirmation(self) -> "Confirmation | None":
        """The newest request to a court."""
        return self.confirmations[-1] if self.confirmations else None


class Party(Base):
    """当事人, and who speaks for them: what of them may be shown. The rest lies in `PartyIdentity`."""

    __tablename__ = "parties"
    __table_args__ = (
        CheckConstraint("side IN ('applicant','respondent')", name="side"),
        CheckConstraint("kind IN ('natural','legal','other')", name="kind"),
        CheckConstraint("part IN ('party','representative','agent')", name="part"),
        CheckConstraint("consent IN ('','given','refused')", name="consent"),
        Index("ix_parties_mediation_id", "mediation_id"),
        Index("ix_parties_name", "name"),
        Index("ix_parties_initials", "initials"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    mediation_id: Mapped[int] = mapped_column(ForeignKey("mediations.id"))
    side: Mapped[str]
    """applicant 申请人 or respondent 被申请人; of what was taken up ex officio the first and the second side."""
    kind: Mapped[str] = mapped_column(default="natural")
    """natural 自然人, legal 法人, other 非法人组织."""
    part: Mapped[str] = mapped_column(default="party")
    """party; representative 推选的代表 (at most five a side); agent 委托代理人."""
    name: Mapped[str]
    initials: Mapped[str] = mapped_column(default="")
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """sex, ethnicity, age, occupation, workplace, legal representative: what the forms of the Ministry ask for."""
    consent: Mapped[str] = mapped_column(default="")
    """第17条: given, refused or not asked yet. Withdrawn is refused."""
    consent_on: Mapped[date | None]
    left_on: Mapped[date | None]

    mediation: Mapped[Mediation] = relationship(back_populates="parties")
    identity: Mapped[PartyIdentity | None] = relationship(lazy="joined")


class Seat(Base):
    """A mediator of a case: who, chosen by whom, until when."""

    __tablename__ = "mediation_seats"
    __table_args__ = (
        CheckConstraint("chosen_by IN ('committee','parties')", name="chosen_by"),
        Index("ix_mediation_seats_mediation_id", "mediation_id"),
        Index("ix_mediation_seats_user", "user_id", "mediation_id", unique=True,
              sqlite_where=text("left_on IS NULL"), postgresql_where=text("left_on IS NULL")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    mediation_id: Mapped[int] = mapped_column(ForeignKey("mediations.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    presides: Mapped[bool] = mapped_column(default=False)
    """主持人."""
    chosen_by: Mapped[str]
    joined_on: Mapped[date]
    left_on: Mapped[date | None]
    recused: Mapped[bool] = mapped_column(default=False)
    """回避: this person does nothing more on the case."""

    mediation: Mapped[Mediation] = relationship(back_populates="seats")
    user: Mapped[User] = relationship()


class MediationSession(Base):
    """One meeting: what is said in it is for the mediators and the committee's chair alone."""

    __tablename__ = "mediation_sessions"
    __table_args__ = (Index("ix_mediation_sessions_mediation_id", "mediation_id", "held_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    mediation_id: Mapped[int] = mapped_column(ForeignKey("mediations.id"))
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), index=True)
    held_on: Mapped[date]
    began_at: Mapped[str]
    """14:30."""
    ended_at: Mapped[str] = mapped_column(default="")
    place: Mapped[str]
    open: Mapped[bool] = mapped_column(default=True)
    """公开进行; a closed one stays closed."""
    present: Mapped[list[Any]] = mapped_column(default=list)
    """Ids of the parties who came."""
    others: Mapped[str] = mapped_column(default="")
    """参加人: whoever was invited (第20条)."""
    statements: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What each party said, by its id."""
    record: Mapped[str] = mapped_column(default="")
    """The course: what was explained, what was talked over."""
    proposal: Mapped[str] = mapped_column(default="")
    """纠纷解决方案 (第22条)."""
    outcome: Mapped[str]
    """agreed, again or broken: reached, to be gone on with, not reached."""
    signed: Mapped[list[Any]] = mapped_column(default=list)
    """Ids of the parties who signed the record."""

    mediation: Mapped[Mediation] = relationship(back_populates="sessions")
    event: Mapped[Event] = relationship()


class Agreement(Base):
    """调解协议, written (第29条) or oral (第28条). A later one takes the place of an earlier one."""

    __tablename__ = "agreements"
    __table_args__ = (
        CheckConstraint("form IN ('written','oral')", name="form"),
        Index("ix_agreements_mediation_id", "mediation_id", "effective_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    mediation_id: Mapped[int] = mapped_column(ForeignKey("mediations.id"))
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), index=True)
    form: Mapped[str]
    facts: Mapped[str]
    """纠纷的主要事实."""
    points: Mapped[str]
    """争议事项."""
    responsibility: Mapped[str]
    """各方当事人的责任."""
    content: Mapped[str]
    """达成调解协议的内容."""
    way: Mapped[str] = mapped_column(default="")
    """履行方式、地点."""
    signed_on: Mapped[date | None]
    effective_on: Mapped[date | None]
    """第29条、第30条: the day everybody has signed and the committee has sealed it; of an oral one the day it was reached."""

    mediation: Mapped[Mediation] = relationship(back_populates="agreements")
    performances: Mapped[list["Performance"]] = relationship(
        back_populates="agreement", order_by="Performance.due_on, Performance.id"
    )

    @property
    def owed(self) -> list["Performance"]:
        """What is still to be performed, the earliest first."""
        return [row for row in self.performances if row.done_on is None]


class Performance(Base):
    """One row of the plan: who does what by when, and what came of it."""

    __tablename__ = "performances"
    __table_args__ = (
        CheckConstraint("amount IS NULL OR amount > 0", name="amount"),
        CheckConstraint("paid >= 0", name="paid"),
        Index("ix_performances_agreement_id", "agreement_id", "due_on", "done_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreements.id"))
    debtor_id: Mapped[int] = mapped_column(ForeignKey("parties.id"), index=True)
    item: Mapped[str]
    amount: Mapped[int | None] = mapped_column(BigInteger)
    """分; none where something else than money is owed."""
    due_on: Mapped[date]
    paid: Mapped[int] = mapped_column(BigInteger, default=0)
    """分, what has been paid so far."""
    done_on: Mapped[date | None]
    proof: Mapped[str] = mapped_column(default="")
    """收条、汇款单 …, as it was recorded last."""

    agreement: Mapped[Agreement] = relationship(back_populates="performances")
    debtor: Mapped[Party] = relationship()

    @property
    def left(self) -> int:
        """分 still to be paid."""
        return max((self.amount or 0) - self.paid, 0)


class Confirmation(Base):
    """司法确认: both parties together ask the court within 30 日 (第33条)."""

    __tablename__ = "confirmations"
    __table_args__ = (
        CheckConstraint("result IN ('','valid','rejected','not_accepted','withdrawn')", name="result"),
        Index("ix_confirmations_mediation_id", "mediation_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    mediation_id: Mapped[int] = mapped_column(ForeignKey("mediations.id"))
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreements.id"), index=True)
    court: Mapped[str]
    court_rule: Mapped[str]
    """By which rule that court is competent (民事诉讼法第205条); lists.py has the entries."""
    asked_on: Mapped[date]
    accepted_on: Mapped[date | None]
    result: Mapped[str] = mapped_column(default="")
    result_on: Mapped[date | None]
    """The day of the ruling, or of what else ended it."""
    received_on: Mapped[date | None]
    ruling_number: Mapped[str] = mapped_column(default="")

    mediation: Mapped[Mediation] = relationship(back_populates="confirmations")


class Committee(Base):
    """调委会: what a unit of that kind is beside its place in the tree (人民调解法第8条、第9条)."""

    __tablename__ = "committees"
    __table_args__ = (
        CheckConstraint("kind IN ('village','township','enterprise','professional','other')", name="kind"),
        UniqueConstraint("word"),
    )

    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), primary_key=True)
    kind: Mapped[str]
    word: Mapped[str]
    """城 of (2026)城调字第12号."""
    area: Mapped[str] = mapped_column(default="")
    """What it looks after: villages, a trade, an enterprise."""
    court: Mapped[str] = mapped_column(default="")
    """The basic court of its place: it guides its work (第5条第二款) and is proposed for confirmation."""
    term_from: Mapped[date | None]
    term_to: Mapped[date | None]
    """三年 (第9条第二款)."""
    several_peoples: Mapped[bool] = mapped_column(default=False)
    """多民族居住的地区: a member of a minority belongs to it (第8条第三款)."""

    unit: Mapped[Unit] = relationship()
    members: Mapped[list["Member"]] = relationship(order_by="Member.id", back_populates="committee")


class Member(Base):
    """委员, or 聘任的调解员."""

    __tablename__ = "committee_members"
    __table_args__ = (
        CheckConstraint("post IN ('chair','vice','member','appointed')", name="post"),
        Index("ix_committee_members_unit_id", "unit_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("committees.unit_id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    """The account, where there is one."""
    name: Mapped[str]
    post: Mapped[str]
    woman: Mapped[bool] = mapped_column(default=False)
    minority: Mapped[bool] = mapped_column(default=False)
    since: Mapped[date | None]
    until: Mapped[date | None]
    added_at: Mapped[datetime]

    committee: Mapped[Committee] = relationship(back_populates="members")


def yuan(cents: int | None) -> str:
    """分 as 元 are written: 1200, 1200.50; empty for none."""
    return (
        ""
        if cents is None
        else str(Decimal(cents) / 100 if cents % 100 == 0 else (Decimal(cents) / 100).quantize(Decimal("0.01")))
    )


def cents(written: str | None) -> int | None:
    """元 as a field keeps them, in 分; None for none."""
    return int(Decimal(written) * 100) if written else None
