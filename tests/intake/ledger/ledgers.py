"""Ledgers for the tests of the running half: written, taken in, checked and run."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from sqlalchemy import select

from petitions import db
from petitions.access.models import User
from petitions.cases.spreadsheets import sheets
from petitions.db import Database
from petitions.intake.ledger import batches, files, headers, run
from petitions.intake.models import ImportBatch, ImportRow
from petitions.matters.models import Petition

HEAD = ("编号", "姓名", "电话", "来件日期", "信访形式", "标题", "诉求内容", "答复意见", "答复时间")

ROWS: Sequence[Sequence[str]] = (
    ("JH-1", "田小禾", "19900001001", "2024-03-05", "来信", "承包地被占", "承包地被邻村占用，请求退还并补偿。",
     "经核实，占用属实，已退还。", "2024-04-02"),
    ("JH-2", "河小湾", "19900001002", "2024-03-06", "来访", "路灯不亮", "村口路灯坏了三个月，请求修好。", "", ""),
    ("JH-3", "禾大田", "19900001003", "2024-03-07", "来电", "拖欠工资", "工地拖欠工资两个月，请求支付。",
     "已督促支付。", "2024-06-20"),
)  # fmt: skip


def csv_of(rows: Sequence[Sequence[str]], head: Sequence[str] = HEAD) -> bytes:
    """A text table."""
    return "".join(",".join(f'"{cell}"' for cell in row) + "\r\n" for row in (head, *rows)).encode()


@dataclass
class Desk:
    """Somebody who imports, with the folder ledgers are kept in."""

    database: Database
    folder: Path
    person: User

    def take_in(self, content: bytes, name: str = "台账.csv", **options: Any) -> int:
        """Upload a file and choose everything as it is guessed; the batch's id."""
        sha256 = files.keep(self.folder, BytesIO(content))
        with sheets.open_book(files.path_of(self.folder, sha256)) as book:
            head = book.head()
        header = headers.find(head)
        with self.database.work() as session:
            batch = batches.add(session.get_one(User, self.person.id), name, sha256)
            batches.choose_sheet(batch, "", header, [row for row in head if row.number > header.last])
            batches.choose_columns(batch, header, batch.mapping, options)
            return batch.id

    def check(self, batch_id: int) -> ImportBatch:
        """Check a batch."""
        run.check(self.database, batch_id, self.folder)
        return self.batch(batch_id)

    def run(self, batch_id: int) -> ImportBatch:
        """Run a batch."""
        run.run(self.database, batch_id, self.folder)
        return self.batch(batch_id)

    def bring_in(self, content: bytes, name: str = "台账.csv", **options: Any) -> ImportBatch:
        """Upload and run."""
        return self.run(self.take_in(content, name, **options))

    def batch(self, batch_id: int) -> ImportBatch:
        """The batch as it stands in the database."""
        with self.database.work(write=False) as session:
            return session.get_one(ImportBatch, batch_id)

    def reasons(self, batch_id: int) -> list[str]:
        """The sentences of the rows that were refused."""
        with self.database.work(write=False) as session:
            wanted = select(ImportRow.reason).where(ImportRow.batch_id == batch_id, ImportRow.reason != "")
            return list(session.scalars(wanted.order_by(ImportRow.id)))


def counts(batch: ImportBatch) -> tuple[int, int, int, int]:
    """imported, joined, known, refused."""
    return batch.imported, batch.joined, batch.known, batch.refused


def foreseen(batch: ImportBatch) -> tuple[int, int, int, int]:
    """The same as the dry run foresaw it."""
    found = batch.found
    return found["imported"], found["joined"], found["known"], found["refused"]


def petition(original_number: str) -> Petition:
    """The petition with that number of the old system."""
    return db.session().scalars(select(Petition).where(Petition.original_number == original_number)).one()
