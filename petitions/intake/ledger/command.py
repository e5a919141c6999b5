"""Bringing a ledger in from the command line: one call, one result."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import exists, select

from petitions import db
from petitions.access.models import Unit, User, UserRole
from petitions.access.policy import may
from petitions.access.roles import Role
from petitions.cases.spreadsheets.sheets import open_book
from petitions.db import Database
from petitions.intake.ledger import batches, choices, files, headers, run
from petitions.intake.ledger.history import Unanswered
from petitions.intake.ledger.run import Progress
from petitions.intake.models import ImportBatch
from petitions.settings import Settings
from petitions.words import FieldErrors, NotPermitted, Refused, say


@dataclass
class Result:
    """What became of a file's rows, or in a dry run what would become of them."""

    read: int = 0
    imported: int = 0
    """Registered as new matters."""
    joined: int = 0
    """Registered as repeats of earlier ones."""
    known: int = 0
    """Registered before, by an earlier import of the same rows."""
    refused: list[dict[str, Any]] = field(default_factory=list)
    """One for each problem: row, column, reason. A row may have several."""
    batch: int = 0
    """Number of the batch, for the page and for undoing it."""
    accusing: Sequence[int] = ()
    """After a dry run: rows that may be accusations and would not be sealed, the first ones."""


def bring_in(
    database: Database,
    path: Path,
    user: User | str = "",
    office: str = "",
    *,
    sheet: str | None = None,
    header: int | None = None,
    mapping: Mapping[str, str] | None = None,
    options: Mapping[str, Any] | None = None,
    dry_run: bool = False,
    progress: Progress | None = None,
    folder: Path | None = None,
) -> Result:
    """Import the ledger at `path` as `user` (a person or a username), or as an officer of `office` (a unit's name).

    `sheet` and `header` (row number) default to the first visible sheet and the header that is found; `mapping`
    (heading -> column) to the one remembered for such a header, or the guessed one; `options` are those of the page:
    channel, received_on, class_code, place, unanswered. An import of the same file that was interrupted is gone on
    with. `folder` is where ledgers are kept (in the data folder by default).

    Raises Refused, FieldErrors or NotPermitted with a sentence.
    """
    folder = folder or files.folder_of(Settings().data_dir)
    with open_book(path) as book, path.open("rb") as file:
        chosen = book.sheet(sheet).name if len(book.sheets) > 1 else ""
        head = book.head(chosen or None)
        found = headers.at(head, header) if header else headers.find(head)
        kept = files.keep(folder, file)
    with database.work():
        person = _person(user, office)
        batch = batches.add(person, path.name, kept)
        batches.choose_sheet(batch, chosen, found, [row for row in head if row.number > found.last])
        batches.choose_columns(batch, found, mapping or batch.mapping, _checked(options or {}, person))
        begun = None if dry_run else _begun(batch)
        if begun is not None:
            batches.discard(batch)
            batch = begun
    if dry_run:
        run.check(database, batch.id, folder, progress)
    else:
        run.run(database, batch.id, folder, progress)
    return _result(database, batch.id)


def _person(user: User | str, office: str) -> User:
    """Who imports. A name is looked up; without one it is somebody of the office who may."""
    query = select(User).where(User.active)
    if isinstance(user, User):
        query = query.where(User.id == user.id)
    elif user:
        query = query.where(User.username == user)
    else:
        officers = exists().where(
            UserRole.user_id == User.id, UserRole.role.in_((Role.PETITION_OFFICER.value, Role.PETITION_HEAD.value))
        )
        query = query.join(Unit, Unit.id == User.unit_id).where(officers, Unit.kind == "office")
        query = query.where(Unit.name == office) if office else query
    found = list(db.session().scalars(query.order_by(User.id)))
    if not user and len({person.unit_id for person in found}) > 1:
        raise Refused(say("有几个信访部门，请写明由哪个单位或哪个用户导入"))
    if not found:
        raise Refused(say("没有找到可以导入台账的用户。请先添加信访部门经办"))
    if not may(found[0], "ledger:import"):
        raise NotPermitted(say("用户“{user}”没有导入台账的权限", user=found[0].username))
    return found[0]


def _checked(options: Mapping[str, Any], person: User) -> dict[str, Any]:
    """The options as they are kept; raises FieldErrors."""
    strange = sorted(set(options) - set(choices.OPTIONS) - {"unanswered"})
    if strange:
        raise FieldErrors({name: say("没有“{name}”这个选项", name=name) for name in strange})
    unanswered = options.get("unanswered") or Unanswered.OPEN
    if unanswered not in list(Unanswered):
        raise FieldErrors({"unanswered": say("没有答复的行只能是open（待办）或者filed（存档）")})
    return {**choices.cleaned(options, person), "unanswered": str(unanswered)}


def _begun(batch: ImportBatch) -> ImportBatch | None:
    """A batch of the very same file, sheet, columns and options that was only checked, or whose run was broken off."""
    same = select(ImportBatch).where(
        ImportBatch.office_id == batch.office_id, ImportBatch.sha256 == batch.sha256, ImportBatch.sheet == batch.sheet,
        ImportBatch.header_row == batch.header_row, ImportBatch.state.in_(("checked", "running")),
    )  # fmt: skip
    found = db.session().scalars(same.order_by(ImportBatch.id.desc()))
    return next((one for one in found if one.mapping == batch.mapping and _chosen(one) == _chosen(batch)), None)


def _chosen(batch: ImportBatch) -> dict[str, Any]:
    chosen = {name: value for name, value in batch.options.items() if name != "remembered" and value}
    return {"unanswered": str(Unanswered.OPEN), **chosen}


def _result(database: Database, batch_id: int) -> Result:
    with database.work(write=False) as session:
        batch = session.get_one(ImportBatch, batch_id)
        counts = batch.found if batch.state == "checked" else vars(batch)
        refused = [
            {"row": row, "column": column, "reason": reason}
            for row, problems in batches.problem_rows(batch).items()
            for column, reason in problems
        ]
        return Result(
            batch.total,
            counts["imported"],
            counts["joined"],
            counts["known"],
            refused,
            batch.id,
            batch.found.get("accusing_rows", ()),
        )
