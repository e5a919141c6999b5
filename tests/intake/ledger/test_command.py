"""One call brings a ledger in from the command line, and says what became of every row."""

from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from petitions.access.roles import Role
from petitions.intake.ledger.command import bring_in
from petitions.intake.models import ImportBatch
from petitions.matters.models import Petition
from petitions.words import FieldErrors, NotPermitted, Refused
from tests.conftest import Isolated
from tests.factories import World, make_user
from tests.intake.ledger.ledgers import ROWS, csv_of
from tests.intake.ledger.test_run import WRONG


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "台账.csv"
    path.write_bytes(csv_of([*ROWS, *WRONG]))
    return path


@pytest.fixture
def office(world: World, session: Session) -> World:
    session.commit()
    return world


def test_what_became_of_the_rows_is_told(database: Isolated, office: World, file: Path, tmp_path: Path) -> None:
    result = bring_in(database, file, office.officer, folder=tmp_path / "ledgers")
    assert (result.read, result.imported, result.joined, result.known) == (7, 3, 0, 0)
    assert [(one["row"], one["column"]) for one in result.refused] == [
        (5, "电话"), (6, "来件日期"), (7, "信访形式"), (8, "答复时间"),
    ]  # fmt: skip
    assert all(one["reason"].startswith(f"第{one['row']}行“{one['column']}”：") for one in result.refused)


def test_a_dry_run_tells_the_same_and_registers_nothing(
    database: Isolated, office: World, session: Session, file: Path, tmp_path: Path
) -> None:
    told: list[tuple[int, int]] = []
    result = bring_in(database, file, office.officer.username, folder=tmp_path / "ledgers", dry_run=True,
                      progress=lambda done, total: told.append((done, total)))  # fmt: skip
    assert (result.read, result.imported, result.known, len(result.refused)) == (7, 3, 0, 4)
    assert told == [(7, 7)]
    assert session.scalar(select(func.count()).select_from(Petition)) == 0
    assert session.get_one(ImportBatch, result.batch).state == "checked"


def test_what_was_tried_is_the_batch_that_is_then_imported(
    database: Isolated, office: World, session: Session, file: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "ledgers"
    tried = bring_in(database, file, office.officer, folder=folder, dry_run=True)
    done = bring_in(database, file, office.officer, folder=folder)
    assert (done.batch, done.imported) == (tried.batch, 3)
    other = bring_in(database, file, office.officer, folder=folder, options={"unanswered": "filed"})
    assert (other.batch != tried.batch, other.known) == (True, 3)
    assert session.scalar(select(func.count()).select_from(ImportBatch)) == 2


@pytest.mark.parametrize(
    ("option", "value", "sentence"),
    [
        ("received_on", "2024年13月", "2024年13月"),
        ("class_code", "no", "没有这个选项"),
        ("channel", "TM", "没有这个选项"),
    ],
)
def test_an_option_that_cannot_be_read_is_told_before_a_row_is(
    database: Isolated,
    office: World,
    session: Session,
    file: Path,
    tmp_path: Path,
    option: str,
    value: str,
    sentence: str,
) -> None:
    with pytest.raises(FieldErrors, match=sentence):
        bring_in(database, file, office.officer, folder=tmp_path / "ledgers", options={option: value})
    assert session.scalar(select(func.count()).select_from(ImportBatch)) == 0


def test_sheet_header_mapping_and_options_can_be_named(
    database: Isolated, office: World, session: Session, tmp_path: Path
) -> None:
    path = tmp_path / "表.csv"
    path.write_text("某年台账\n甲,乙,丙\n田小禾,请求修路。,J-1\n", encoding="utf-8")
    result = bring_in(database, path, office.officer, header=2, folder=tmp_path / "ledgers",
                      mapping={"甲": "name", "乙": "text", "丙": "original_number"},
                      options={"channel": "LX", "received_on": "2024-03-05", "unanswered": "filed"})  # fmt: skip
    assert (result.read, result.imported, result.refused) == (1, 1, [])
    assert session.scalars(select(Petition)).one().matter.state == "filed"


def test_somebody_of_the_office_imports_where_nobody_is_named(
    database: Isolated, office: World, session: Session, file: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "ledgers"
    with pytest.raises(Refused, match="有几个信访部门"):
        bring_in(database, file, folder=folder)
    batch = bring_in(database, file, office=office.office.name, folder=folder).batch
    assert session.get_one(ImportBatch, batch).by == office.officer


def test_whoever_may_not_import_is_refused(
    database: Isolated, office: World, session: Session, file: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "ledgers"
    with pytest.raises(NotPermitted, match="没有导入台账的权限"):
        bring_in(database, file, office.clerk, folder=folder)
    with pytest.raises(Refused, match="没有找到可以导入台账的用户"):
        bring_in(database, file, "nobody", folder=folder)
    gone = make_user(session, office.office, Role.PETITION_OFFICER)
    gone.active = False
    session.commit()
    with pytest.raises(Refused, match="没有找到"):
        bring_in(database, file, gone, folder=folder)
    assert session.scalar(select(func.count()).select_from(Petition)) == 0


@pytest.mark.parametrize(
    ("options", "sentence"),
    [({"chanel": "LX"}, "没有“chanel”这个选项"), ({"unanswered": "later"}, "没有答复的行只能是"),
     ({"mapping": {"编号": "name", "姓名": "name"}}, "都对应了“姓名”")],
)  # fmt: skip
def test_a_strange_option_is_refused_with_a_sentence(
    database: Isolated, office: World, file: Path, tmp_path: Path, options: dict[str, object], sentence: str
) -> None:
    mapping, rest = options.get("mapping"), {name: value for name, value in options.items() if name != "mapping"}
    with pytest.raises((FieldErrors, Refused), match=sentence):
        bring_in(database, file, office.officer, folder=tmp_path / "ledgers", mapping=mapping, options=rest)  # type: ignore[arg-type]


def test_a_picture_is_no_ledger(database: Isolated, office: World, tmp_path: Path) -> None:
    path = tmp_path / "台账.xlsx"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8)
    with pytest.raises(Refused, match="这是一张图片"):
        bring_in(database, path, office.officer, folder=tmp_path / "ledgers")
