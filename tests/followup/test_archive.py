"""归档: what a file must hold for each ending, its order and pages, and the download an archive can take."""

import hashlib
import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from petitions.access.audit import AuditEntry
from petitions.cases import dossier, packing
from petitions.cases.files import Store
from petitions.cases.perform import perform, why_not
from petitions.followup import package
from petitions.followup.archive import shelf
from petitions.matters import openings
from petitions.matters.completeness import ENDINGS, REQUIREMENTS, missing_in, of
from petitions.matters.dossier import items_of
from petitions.matters.lists import SERVED_PAPERS
from petitions.matters.models import Matter
from petitions.matters.performance import promises_of
from petitions.matters.retention import term_of
from petitions.matters.workflow import FLOW
from petitions.settings import Settings
from petitions.words import FieldErrors, Refused
from tests.documents import sheets
from tests.factories import World, matter_in, steps_to, take
from tests.matters.issuing import paper, sealed, soon

INQUIRY = {"inquiry_kind": "site", "held_on": soon(0), "people": "甲、乙", "record": "现场丈量"}


def ids(world: World, tab: str, person: str = "officer") -> list[int]:
    return [row.line.matter.id for row in shelf(world.people[person], tab, {}).rows]


def receipts(world: World, matter: Matter) -> None:
    """Record the receipt of every paper that waits for one."""
    for one in list(matter.documents):
        if one.kind in SERVED_PAPERS and one.kind != "opinion" and not one.services:
            slip = {"paper": one.id, "method": "direct", "receiver": "田小禾", "served_on": soon(0)}
            perform(matter, "serve_notice", slip, world.officer)


def visited(world: World, matter: Matter, **changes: Any) -> None:
    told = {"held_on": soon(0), "way": "phone", "performed": "done", **changes}
    perform(matter, "visit", told, world.officer)


def answered(world: World, **changes: Any) -> Matter:
    """A matter that went its whole way, with an inquiry, and only waits for the archive."""
    matter = matter_in(world, "accepted", **changes)
    perform(matter, "inquire", INQUIRY, world.handler)
    known = {"submit_opinion", "approve_opinion", "serve", "conclude"}
    take(world, matter, [step for step in steps_to(world, matter)["concluded"] if step[0] in known])
    receipts(world, matter)
    visited(world, matter)
    return matter


# --- completeness ----------------------------------------------------------------------------------------------------


def test_every_ending_asks_for_what_is_known() -> None:
    assert {code for _, codes in ENDINGS.values() for code in codes} == set(REQUIREMENTS)


def test_what_the_table_supplies_is_something_a_file_asks_for() -> None:
    supplied = {word for row in FLOW.actions for word in row.supplies}
    assert supplied <= {*REQUIREMENTS, *ENDINGS}
    assert {row.name for row in FLOW.actions if "inquiry" in row.supplies} == {"inquire", "close_hearing", "settle"}


def test_what_is_missing_is_named_one_by_one(world: World, browser_of: Any) -> None:
    matter = matter_in(world, "concluded")
    assert ids(world, "missing") == [matter.id]
    assert ids(world, "ready") == []
    told = [str(one) for one in missing_in(of(matter))]
    assert told == [
        "缺调查材料",
        "还有文书没有送达记录：信访事项受理告知书",
        "还没有回访记录。回访后归档",
        "支持请求的意见没有落实记录",
    ]
    page = browser_of(world.officer).get("/archive?tab=missing").get_data(as_text=True)
    assert all(one in page for one in told)
    with pytest.raises(Refused, match="缺调查材料；还有文书没有送达记录"):
        perform(matter, "archive", {}, world.officer)
    assert matter.state == "concluded"


def test_some_of_it_may_be_missing_for_a_reason_that_is_written_down(world: World) -> None:
    matter = matter_in(world, "concluded")
    receipts(world, matter)
    with pytest.raises(FieldErrors):
        perform(matter, "excuse_missing", {"lacking": ["visit"], "reason": "联系不上"}, world.officer)
    visited(world, matter)
    with pytest.raises(FieldErrors):
        perform(matter, "excuse_missing", {"lacking": ["inquiry"], "reason": ""}, world.officer)
    with pytest.raises(Refused, match="缺调查材料"):
        perform(matter, "archive", {}, world.officer)
    perform(matter, "excuse_missing", {"lacking": ["inquiry"], "reason": "事实清楚，未另行调查"}, world.officer)
    assert why_not(world.officer, FLOW.action["excuse_missing"], matter) == "没有可以说明原因的缺件"
    assert ids(world, "ready") == [matter.id]
    perform(matter, "archive", {}, world.officer)
    assert "事实清楚，未另行调查" in paper(matter, "file_contents").text


def test_a_file_is_not_closed_over_an_open_task_or_an_open_promise(world: World) -> None:
    matter = matter_in(world, "concluded")
    perform(
        matter,
        "plan_performance",
        {"promised": "退还土地", "performer": "自然资源局", "perform_by": soon(9)},
        world.head,
    )
    receipts(world, matter)
    visited(world, matter, performed="not_done")
    told = "；".join(map(str, missing_in(of(matter))))
    assert "还有跟进任务没有完成" in told
    assert "应落实事项还没有全部落实" in told
    perform(matter, "take_follow_up", {}, world.officer)
    perform(matter, "close_follow_up", {"done": "已督促"}, world.officer)
    (promise,) = promises_of(matter)
    done = {"held_on": soon(0), "promise": str(promise.id), "performance": "done", "record": "验收单"}
    perform(matter, "perform_opinion", done, world.handler)
    assert [str(one) for one in missing_in(of(matter))] == ["缺调查材料"]


@pytest.mark.parametrize(
    ("state", "ending"),
    [("filed", "存档备查"), ("withdrawn", "撤回"), ("not_accepted", "不予受理"), ("diverted", "导入其他程序"),
     ("no_longer_accepted", "不再受理"), ("concluded", "办结")],
)  # fmt: skip
def test_every_ending_has_a_list_of_its_own(world: World, state: str, ending: str) -> None:
    matter = matter_in(world, state)
    (row,) = [*shelf(world.officer, "ready", {}).rows, *shelf(world.officer, "missing", {}).rows]
    assert str(row.ending) == ending
    if state != "concluded":
        receipts(world, matter)
        assert ids(world, "ready") == [matter.id]
        perform(matter, "archive", {}, world.officer)
        assert ids(world, "archived") == [matter.id]


def test_another_offices_files_are_not_listed(world: World) -> None:
    matter_in(world, "filed")
    assert ids(world, "ready", "other_officer") == []


def test_archiving_many_says_first_what_it_will_do(world: World, browser_of: Any, session: Session) -> None:
    whole, lacking = matter_in(world, "filed"), matter_in(world, "concluded")
    browser = browser_of(world.officer)
    assert 'action="/cases/batch"' in browser.get("/archive").get_data(as_text=True)
    data = {"action": "archive", "next": "/archive", "case": [str(whole.id), str(lacking.id)]}
    page = browser.post("/cases/batch", data).get_data(as_text=True)
    assert "选了2件：1件可以办理，1件不能办理" in page
    form = page[page.index('action="/cases/batch/run"') :]
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
    assert "1件全部办好" in browser.post("/cases/batch/run", fields).get_data(as_text=True)
    session.expire_all()
    assert (whole.state, lacking.state) == ("archived", "concluded")


# --- the file --------------------------------------------------------------------------------------------------------


def test_a_file_has_its_order_and_its_pages(world: World, settings: Settings) -> None:
    matter = matter_in(world, "triage")
    kept = Store(settings.files_dir).keep([FileStorage(io.BytesIO(b"a letter"), "来信.txt")], 1 << 20)
    perform(matter, "attach", {"files": kept}, world.clerk)
    perform(matter, "withdraw", {"reason": "不再反映", "free_will": True}, world.officer)
    found = items_of(matter)
    assert [(item.section.code, item.title) for item in found] == [
        ("registration", "信访事项登记表"), ("originals", "来信.txt"), ("ending", "信访事项撤回（终止）告知书"),
    ]  # fmt: skip
    assert [item.span for item in found] == ["1-2", "", "3-4"]


def test_the_cover_and_the_contents_say_pages_and_term(world: World) -> None:
    matter = answered(world)
    perform(matter, "archive", {"note": "一卷"}, world.officer)
    cover, contents = paper(matter, "file_cover").text, paper(matter, "file_contents").text
    pages = dossier.total_pages(items_of(matter))
    assert f"编页{pages}页" in cover
    assert "保管期限：30年（有处理结论" in cover
    assert "1．〔登记表〕信访事项登记表" in contents
    assert (
        contents.index("〔告知书〕")
        < contents.index("〔处理意见书〕")
        < contents.index("〔送达证明〕")
        < contents.index("〔回访评价〕")
    )
    assert "第1-2页" in contents


def test_pages_of_a_pdf_are_counted_a_piece_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    body = b"%PDF-1.4 /Type /Pages " + b"x" * 40 + b"<< /Type /Page /Parent >>" * 7 + b"/Type/Pages" + b"/Type/Page"
    path = tmp_path / "one.pdf"
    path.write_bytes(body)
    for size in (33, 40, 41, 64, 1 << 20):
        monkeypatch.setattr(dossier, "_CHUNK", size)
        assert dossier._sheets(path) == 8, size


def test_the_page_of_a_file_names_what_it_lacks(world: World, browser_of: Any) -> None:
    matter = matter_in(world, "concluded")
    page = browser_of(world.officer).get(f"/archive/{matter.id}").get_data(as_text=True)
    assert "缺调查材料" in page
    assert "卷内目录" in page
    assert "dossier.zip" not in page
    assert browser_of(world.officer).get(f"/archive/{matter_in(world, 'accepted').id}").status_code == 404
    assert browser_of(world.other_officer).get(f"/archive/{matter.id}").status_code == 404


# --- the download ----------------------------------------------------------------------------------------------------


def opened(content: bytes) -> tuple[zipfile.ZipFile, dict[str, Any]]:
    """The package, and its manifest, every digest of which is checked."""
    found = zipfile.ZipFile(io.BytesIO(content))
    assert found.testzip() is None
    manifest = json.loads(found.read("manifest.json"))
    for row in manifest["files"]:
        assert hashlib.sha256(found.read(row["name"])).hexdigest() == row["sha256"]
        assert found.getinfo(row["name"]).file_size == row["size"]
    sums = dict(reversed(line.split("  ", 1)) for line in found.read("SHA256SUMS").decode().splitlines())
    assert sums["manifest.json"] == hashlib.sha256(found.read("manifest.json")).hexdigest()
    assert {row["name"] for row in manifest["files"]} | {"manifest.json", "SHA256SUMS"} == set(found.namelist())
    return found, manifest


def test_the_download_holds_everything_with_its_digest(
    world: World, browser_of: Any, settings: Settings, session: Session
) -> None:
    matter = matter_in(world, "triage")
    letter = b"letter " * 100_000
    kept = Store(settings.files_dir).keep([FileStorage(io.BytesIO(letter), "来信.txt")], 1 << 24)
    perform(matter, "attach", {"files": kept}, world.clerk)
    perform(matter, "withdraw", {"reason": "不再反映", "free_will": True}, world.officer)
    receipts(world, matter)
    url = f"/archive/{matter.id}/dossier.zip"
    assert browser_of(world.officer).get(url).status_code == 409, "not archived yet"
    perform(matter, "archive", {}, world.officer)
    answer = browser_of(world.officer).get(url)
    found, manifest = opened(answer.get_data())
    assert answer.headers["Cache-Control"] == "no-store"
    assert (manifest["number"], manifest["retention_years"]) == (matter.number, 10)
    by_title = {row["title"]: row for row in manifest["files"]}
    assert found.read(by_title["来信.txt"]["name"]) == letter
    assert matter.number in "\n".join(sheets.read(found.read(by_title["案卷封面"]["name"])))
    assert by_title["信访事项撤回（终止）告知书"]["received"]
    seen = session.query(AuditEntry).filter_by(act="file:take_out", case_id=matter.id).all()
    assert [row.actor_id for row in seen] == [world.officer.id]


def test_only_the_registering_office_takes_a_file_out(world: World, browser_of: Any) -> None:
    matter = answered(world)
    perform(matter, "archive", {}, world.officer)
    assert browser_of(world.handler).get(f"/archive/{matter.id}/dossier.zip").status_code == 403
    assert browser_of(world.other_officer).get(f"/archive/{matter.id}/dossier.zip").status_code == 404


def test_a_damaged_file_is_said_and_not_sent(world: World, browser_of: Any, settings: Settings) -> None:
    matter = matter_in(world, "triage")
    store = Store(settings.files_dir)
    kept = store.keep([FileStorage(io.BytesIO(b"a letter"), "来信.txt")], 1 << 20)
    perform(matter, "attach", {"files": kept}, world.clerk)
    perform(matter, "withdraw", {"reason": "不再反映", "free_will": True}, world.officer)
    receipts(world, matter)
    perform(matter, "archive", {}, world.officer)
    store.path(str(kept[0]["sha256"])).write_bytes(b"another")
    answer = browser_of(world.officer).get(f"/archive/{matter.id}/dossier.zip")
    assert answer.status_code == 409
    assert "缺失或者损坏" in answer.get_data(as_text=True)


def test_papers_lie_in_the_package_as_word_files(world: World, settings: Settings) -> None:
    matter = answered(world)
    perform(matter, "archive", {}, world.officer)
    parts = package.parts_of(
        matter, world.officer, {}, Store(settings.files_dir), term_of(matter.nature, matter.outcome, {})
    )
    found, manifest = opened(b"".join(packing.stream(parts, matter.received_on)))
    opinion = next(row for row in manifest["files"] if row["kind"] == "opinion")
    assert opinion["name"].endswith(".docx")
    assert opinion["number"] in "\n".join(sheets.read(found.read(opinion["name"])))


def test_a_large_file_is_sent_a_piece_at_a_time(world: World, settings: Settings) -> None:
    matter = matter_in(world, "triage")
    big = b"0123456789abcdef" * (1 << 18)
    kept = Store(settings.files_dir).keep([FileStorage(io.BytesIO(big), "大.txt")], 1 << 24)
    perform(matter, "attach", {"files": kept}, world.clerk)
    perform(matter, "withdraw", {"reason": "不再反映", "free_will": True}, world.officer)
    receipts(world, matter)
    perform(matter, "archive", {}, world.officer)
    parts = package.parts_of(matter, world.officer, {}, Store(settings.files_dir), term_of("", "", {}))
    pieces = list(packing.stream(parts, matter.received_on))
    assert len(pieces) > 10
    assert max(map(len, pieces)) <= 2 * packing.CHUNK
    opened(b"".join(pieces))


def test_an_accusation_leaves_only_when_somebody_else_has_opened_it(
    world: World, browser_of: Any, session: Session
) -> None:
    matter = sealed(world, text="我是田小禾，检举某人。")
    receipts(world, matter)
    perform(matter, "archive", {}, world.restricted)
    url, desk = f"/archive/{matter.id}/dossier.zip", browser_of(world.restricted)
    assert browser_of(world.officer).get(url).status_code == 404
    answer = desk.get(url)
    assert answer.status_code == 409
    assert "经另一人批准" in answer.get_data(as_text=True)
    row = openings.ask(matter, world.restricted, "visit")
    second = world.people["office_head"]
    with pytest.raises(Refused):
        openings.decide(row.id, True, world.restricted)
    openings.decide(row.id, True, second)
    session.commit()
    found, manifest = opened(desk.get(url).get_data())
    assert manifest["sealed"] is True
    form = next(row for row in manifest["files"] if row["kind"] == "registration_form")
    assert "检举" in "\n".join(sheets.read(found.read(form["name"])))
