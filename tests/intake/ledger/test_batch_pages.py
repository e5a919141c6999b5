"""The pages of a batch: its problems corrected, the import in a thread of its own, interrupted, given up, undone."""

import threading
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import python_calamine
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from petitions import clock, migrating
from petitions.app import create_app
from petitions.cases.perform import perform
from petitions.db import Database
from petitions.intake.ledger import worker
from petitions.intake.models import ImportBatch
from petitions.matters import who
from petitions.matters.models import Matter, Petition
from petitions.settings import Settings
from petitions.web.responses import Application
from tests.factories import World, build_world
from tests.intake.ledger.conftest import checked
from tests.intake.ledger.ledgers import HEAD, ROWS, csv_of, petition
from tests.intake.ledger.test_run import WRONG
from tests.keys import ring
from tests.pages import Browser


def test_the_table_of_problems_can_be_corrected_and_imported(officer: Browser, session: Session) -> None:
    strange = ("=1+1", "田小禾", "1990000100", "2024-03-05", "来信", "@SUM(A1)", '=HYPERLINK("http://x")', "", "")
    batch = checked(
        officer, csv_of([*ROWS, strange]).replace(b'"=HYPERLINK("http://x")"', b'"=HYPERLINK(""http://x"")"')
    )
    response = officer.get(f"/ledger/{batch}/problems.xlsx")
    assert "attachment" in response.headers["Content-Disposition"]
    with ZipFile(BytesIO(response.data)) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
        assert "<f>" not in sheet
        assert "手机号应为11位" in parts.read("xl/comments1.xml").decode()
    [head, row] = python_calamine.load_workbook(BytesIO(response.data)).get_sheet_by_index(0).to_python()
    assert head == ["原行号", "问题", *HEAD]
    assert row[:3] == ["5", "第5行“电话”：手机号应为11位数字；座机请带区号，如0371-1234567", "=1+1"]
    assert row[8] == '=HYPERLINK("http://x")'
    table = officer.get(f"/ledger/{batch}/problems.csv").data.decode("utf-8-sig")
    assert "'=1+1" in table
    assert "'@SUM(A1)" in table
    corrected = checked(officer, table.replace("1990000100", "19900001009").encode())
    officer.post(f"/ledger/{corrected}/import")
    came = petition(
        "1+1"
    )  # as it would read had it been right the first time: of a code the sign before it goes (values.plain)
    assert who._known(came.matter.petitioners[0])["phone"] == "19900001009"
    assert "ledger_notes" not in came.particulars


def test_a_batch_is_undone_from_its_page_as_long_as_nobody_worked_on_it(
    officer: Browser, session: Session, world: World
) -> None:
    batch = checked(officer, csv_of(ROWS))
    officer.post(f"/ledger/{batch}/import")
    assert "3件信访件会全部移除" in officer.get(f"/ledger/{batch}/undo").get_data(as_text=True)
    perform(petition("JH-2").matter, "note", {"note": "联系过"}, world.officer)
    session.commit()
    assert "不能撤销" in officer.get(f"/ledger/{batch}/undo").get_data(as_text=True)
    response = officer.post(f"/ledger/{batch}/undo")
    assert response.status_code == 409
    assert "已有1件开始办理" in response.get_data(as_text=True)
    other = checked(officer, csv_of([("B-1", "禾大田", "", "2024-04-01", "来信", "", "请求修桥。", "", "")]))
    officer.post(f"/ledger/{other}/import")
    assert officer.post(f"/ledger/{other}/undo").status_code == 302
    page = officer.get(f"/ledger/{other}").get_data(as_text=True)
    assert "已撤销" in page
    assert world.officer.name in page
    assert session.scalar(select(func.count()).select_from(Matter)) == 3


def test_a_batch_can_be_given_up_before_anything_is_imported(officer: Browser, session: Session) -> None:
    batch = checked(officer, csv_of([*ROWS, *WRONG]))
    assert officer.post(f"/ledger/{batch}/discard").status_code == 302
    assert officer.get(f"/ledger/{batch}").status_code == 404
    done = checked(officer, csv_of(ROWS))
    officer.post(f"/ledger/{done}/import")
    assert officer.post(f"/ledger/{done}/discard").status_code == 409
    assert officer.post(f"/ledger/{done}/columns", {}).status_code in (409, 422)
    assert session.scalar(select(func.count()).select_from(Petition)) == 3


def test_an_interrupted_import_offers_to_go_on(officer: Browser, session: Session, app: Application) -> None:
    batch = checked(officer, csv_of(ROWS))
    app.config[worker.STARTER] = lambda _: None  # the process ended before it began
    officer.post(f"/ledger/{batch}/import")
    page = officer.get(f"/ledger/{batch}").get_data(as_text=True)
    assert "正在导入：已处理0行，共3行" in page
    assert f'data-progress-url="/ledger/{batch}/progress"' in page
    assert "HX-Refresh" not in officer.get(f"/ledger/{batch}/progress").headers
    session.get_one(ImportBatch, batch, populate_existing=True).lease_until = clock.noon_of(clock.today()).replace(
        year=2020
    )
    session.commit()
    assert officer.get(f"/ledger/{batch}/progress").headers["HX-Refresh"] == "true"
    page = officer.get(f"/ledger/{batch}").get_data(as_text=True)
    assert "继续导入" in page
    app.config[worker.STARTER] = worker.at_once
    officer.post(f"/ledger/{batch}/import")
    assert session.scalar(select(func.count()).select_from(Petition)) == 3


def test_the_import_goes_on_beside_the_request_in_a_thread_of_its_own(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data", secret_key="of this test only")
    database = Database(settings.url(), keys=ring)
    migrating.upgrade(database)
    migrating.fill(database)
    with database.work() as session:
        person = build_world(session).officer
    app = create_app(settings, database)
    app.config.update(TESTING=True, PROPAGATE=True, WTF_CSRF_ENABLED=False)
    officer = Browser(app, person)
    batch = checked(officer, csv_of(ROWS))
    _wait()
    assert "导入3行" in officer.get(f"/ledger/{batch}").get_data(as_text=True)
    assert officer.post(f"/ledger/{batch}/import").status_code == 302
    _wait()
    assert officer.get(f"/ledger/{batch}/progress").headers["HX-Refresh"] == "true"
    with database.work(write=False) as session:
        assert session.get_one(ImportBatch, batch).imported == 3
    database.dispose()


def _wait() -> None:
    for thread in threading.enumerate():
        if thread.name == "ledger":
            thread.join(timeout=60)
