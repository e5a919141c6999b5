"""A review: the case of a petitioner who does not accept an answer."""

from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from petitions.cases.models import Case, Document
from petitions.matters.models import Matter


class Review(Case):
    """复查 or 复核 of the answer to a matter (`about`). What is asked and decided is the history's; here is what it hangs on."""

    __tablename__ = "reviews"
    __allow_unmapped__ = True
    __table_args__ = (
        CheckConstraint("level IN ('review','rereview')", name="level"),
        CheckConstraint("result IN ('','uphold','annul','change')", name="result"),
        CheckConstraint("publication IN ('','proposed','public')", name="publication"),
        CheckConstraint("(level = 'rereview') = (previous_id IS NOT NULL)", name="previous"),
        Index("ix_reviews_against_id", "against_id"),
        Index("ix_reviews_previous_id", "previous_id"),
    )

    reviews_it = True

    id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    level: Mapped[str]
    """review: 复查 (第35条); rereview: 复核 (第36条)."""
    against_id: Mapped[int] = mapped_column(ForeignKey("documents.id"))
    """The opinion paper it is about."""
    previous_id: Mapped[int | None] = mapped_column(ForeignKey("reviews.id"))
    """Of a 复核 the 复查 it is about."""
    posted_on: Mapped[date | None]
    """邮戳日期: what was posted in time is in time."""
    window_on: Mapped[date]
    """The last day of the petitioner's window, as it stood when it was asked for."""
    late: Mapped[bool] = mapped_column(default=False)
    late_ground: Mapped[str] = mapped_column(default="")
    claims: Mapped[list[Any]] = mapped_column(default=list)
    """Ids of the matter's claims it is about."""
    result: Mapped[str] = mapped_column(default="")
    """uphold 维持, annul 撤销, change 变更."""
    outcomes: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """变更: what each claim is decided now, by its id."""
    redo_until: Mapped[date | None]
    """撤销: by when the unit answers anew."""
    publication: Mapped[str] = mapped_column(default="")
    public_text: Mapped[str] = mapped_column(default="")
    """What may be made public (第36条第二款): it names nobody."""
    public_on: Mapped[date | None]

    against: Mapped[Document] = relationship(foreign_keys=[against_id])
    previous: Mapped["Review | None"] = relationship(foreign_keys=[previous_id], remote_side=[id])

    __mapper_args__ = {  # noqa: RUF012 - SQLAlchemy reads it as a class attribute
        "polymorphic_identity": "review",
        "inherit_condition": id == Case.id,
    }

    involved: set[int] | None = None
    """Who had a hand in what is reviewed, where a page has read it once for all its guards; no column."""

    @property
    def matter(self) -> Matter:
        """What it is about."""
        assert isinstance(self.about, Matter)
        return self.about

    @property
    def is_final(self) -> bool:
        """Whether it is the 复核, after which the procedure is over (第36条第三款)."""
        return self.level == "rereview"
