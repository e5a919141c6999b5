"""What intake keeps beside petitions: drafts that survive a killed server, and ledgers brought in."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from petitions.access import vault
from petitions.access.models import Unit, User
from petitions.db import Base
from petitions.matters.models import Petition


class Draft(vault.Keyed, Base):
    """待登记: a registration being typed, saved every few seconds; gone once it is registered."""

    __tablename__ = "drafts"
    __table_args__ = (UniqueConstraint("submission"), Index("ix_drafts_user_id", "user_id", "saved_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    submission: Mapped[str]
    """The form's id: the petition that comes of it carries the same."""
    told: Mapped[bytes]
    """What is typed, locked (access/vault.py): it names somebody as soon as it says anything. See drafts.py."""
    saved_at: Mapped[datetime]

    def relock(self) -> None:
        """Lock it with the key that writes now."""
        self.key_id, self.told = vault.lock(vault.unlock(self.key_id, self.told, self.place), self.place)

    @property
    def place(self) -> str:
        """What the cell is bound to."""
        return place_of(self.submission)


def place_of(submission: str) -> str:
    """What the cell of a form's draft is bound to."""
    return f"drafts {submission}"


class ImportBatch(Base):
    """One ledger brought in: resumable, and undoable as long as nobody worked on its rows."""

    __tablename__ = "import_batches"
    __table_args__ = (
        CheckConstraint("state IN ('draft','checking','checked','running','done','undone')", name="state"),
        Index("ix_import_batches_office_id", "office_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    file_name: Mapped[str]
    sha256: Mapped[str]
    """Where the file lies in the data folder, and how the same file is known again."""
    sheet: Mapped[str] = mapped_column(default="")
    header_row: Mapped[int] = mapped_column(default=0)
    mapping: Mapped[dict[str, Any]] = mapped_column(default=dict)
    options: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[str] = mapped_column(default="draft")
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    """Whoever runs it renews this; once it has passed another process may go on."""
    next_row: Mapped[int] = mapped_column(default=0)
    """Rows before this one are dealt with: where a killed import goes on."""
    total: Mapped[int] = mapped_column(default=0)
    imported: Mapped[int] = mapped_column(default=0)
    joined: Mapped[int] = mapped_column(default=0)
    known: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    found: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What the dry run found, by the same words as the counts above and a few more (ledger/run.py)."""
    stopped: Mapped[str] = mapped_column(default="")
    """Why it did not go on, in a sentence; it can be taken up again."""
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    by: Mapped[User] = relationship(foreign_keys=[by_id])
    undone_by: Mapped[User | None] = relationship(foreign_keys=[undone_by_id])
    office: Mapped[Unit] = relationship()


class ImportRow(Base):
    """What became of one row of a ledger."""

    __tablename__ = "import_rows"
    __table_args__ = (
        CheckConstraint("result IN ('imported','joined','known','refused')", name="result"),
        Index("ix_import_rows_batch", "batch_id", "row"),
        Index("ix_import_rows_petition_id", "petition_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("import_batches.id"))
    row: Mapped[int]
    """As the spreadsheet counts, from 1."""
    result: Mapped[str]
    petition_id: Mapped[int | None] = mapped_column(ForeignKey("petitions.id"))
    column: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")

    petition: Mapped[Petition | None] = relationship()


class ImportMapping(Base):
    """How columns were mapped last time, by the headers they stood under."""

    __tablename__ = "import_mappings"
    __table_args__ = (UniqueConstraint("office_id", "signature"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    signature: Mapped[str]
    mapping: Mapped[dict[str, Any]]
