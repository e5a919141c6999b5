"""A visit finds it unsolved, somebody sees to it, the file is closed and taken out: as one officer does it in a Chromium."""

import hashlib
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from petitions import clock
from petitions.cases.perform import perform
from tests.deep.conftest import present
from tests.factories import matter_in
from tests.live import Live
from tests.matters.issuing import soon

pytestmark = pytest.mark.browser


def _ground(live: Live) -> int:
    """A concluded matter whose notices are received: only the visit and the inquiry are missing."""
    with live.database.work() as session:
        world = present(live.world, session)
        matter = matter_in(world, "concluded")
        perform(matter, "excuse_missing", {"lacking": ["inquiry"], "reason": "事实清楚"}, world.officer)
        (notice,) = [one for one in matter.documents if one.kind == "acceptance_notice"]
        slip = {"paper": notice.id, "method": "direct", "receiver": "田小禾", "served_on": soon(0)}
        perform(matter, "serve_notice", slip, world.officer)
        return int(matter.id)


def _choose(page: Page, name: str, value: str) -> None:
    field = page.locator(f'[name="{name}"]')
    if field.first.evaluate("one => one.tagName") == "SELECT":
        field.first.select_option(value)
    else:
        field.and_(page.locator(f'[value="{value}"]')).check(force=True)


def _send(page: Page) -> None:
    page.locator("form[data-guard] button.btn-primary, form[data-guard] button.btn-danger").first.click()


def test_what_a_visit_finds_unsolved_is_seen_to_before_the_file_is_taken_out(
    live: Live, page: Any, tmp_path: Path
) -> None:
    case, today = _ground(live), clock.today().isoformat()
    live.log_in(page, live.world.people["officer"])
    page.goto(f"{live.url}/followup")
    page.get_by_role("link", name="记录回访").first.click()
    page.locator('[name="held_on"]').fill(today)
    for name, value in (
        ("way", "phone"),
        ("performed", "not_done"),
        ("office_rating", "satisfied"),
        ("unit_rating", "dissatisfied"),
    ):
        _choose(page, name, value)
    _send(page)
    expect(page.get_by_text("信访人对责任单位不满意，写明原因").first).to_be_visible()
    page.locator('[name="unit_reason"]').fill("土地没有退还")
    _send(page)
    page.goto(f"{live.url}/followup?stage=tasks")
    page.get_by_role("link", name="领取").first.click()
    _send(page)
    page.goto(f"{live.url}/followup?stage=tasks")
    page.get_by_role("link", name="填写办理情况").first.click()
    page.locator('[name="done"]').fill("现场丈量，土地已经交还")
    _send(page)
    page.goto(f"{live.url}/cases/{case}/visit")
    page.locator('[name="held_on"]').fill(today)
    for name, value in (("way", "reception"), ("performed", "done"), ("unit_rating", "satisfied")):
        _choose(page, name, value)
    _send(page)
    page.goto(f"{live.url}/archive")
    page.get_by_role("link", name="看案卷").first.click()
    page.get_by_role("link", name="归档", exact=True).last.click()
    _send(page)
    page.goto(f"{live.url}/archive/{case}")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="下载案卷").click()
    saved = tmp_path / "dossier.zip"
    waiting.value.save_as(saved)
    with zipfile.ZipFile(saved) as package:
        manifest = json.loads(package.read("manifest.json"))
        assert len(manifest["files"]) >= 8
        for row in manifest["files"]:
            assert hashlib.sha256(package.read(row["name"])).hexdigest() == row["sha256"]
        kinds = [row["kind"] for row in manifest["files"]]
    assert kinds[:3] == ["file_cover", "file_contents", "registration_form"]
    assert kinds.count("visit_record") == 2
