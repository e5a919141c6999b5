"""A6: an office's own Word template: checked, tried, put in force, withdrawn; what was issued keeps what it was set in."""

import io
import re
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from petitions.access.audit import AuditEntry
from petitions.access.models import UnitKind
from petitions.cases.models import Document
from petitions.documents import templates
from petitions.documents.layouts import shipped
from petitions.documents.models import PaperTemplate
from petitions.settings import Settings
from petitions.words import FieldErrors, Refused
from tests.documents.sheets import GOOD, read, template
from tests.factories import World, make_unit, matter_in
from tests.matters.issuing import paper
from tests.pages import Browse, Browser

KIND = "acceptance_notice"
HEAD = "青禾县自然资源局文件"


def sent(browser: Browser, content: bytes, unit: int, kind: str = KIND, name: str = "受理告知书.docx") -> Any:
    return browser.post(f"/admin/papers/{kind}", {"unit": str(unit), "template": (io.BytesIO(content), name)})


def begun(world: World, *lines: str, unit: Any = None) -> PaperTemplate:
    row = templates.keep(KIND, unit or world.bureau, "模板.docx", template(*(lines or GOOD)), world.administrator)
    templates.begin(row, world.administrator)
    return row


def issued(world: World) -> Document:
    return paper(matter_in(world, "accepted"), KIND)


def told(browser: Browser, one: Document) -> list[str]:
    return read(browser.get(f"/documents/{one.id}/word").data)


def test_from_the_upload_to_the_paper(world: World, browser_of: Browse, session: Session) -> None:
    admin = browser_of(world.administrator)
    assert sent(admin, template(*GOOD), world.bureau.id).status_code == 302
    row = session.scalars(select(PaperTemplate)).one()
    assert (row.version, row.in_force, row.words) == (1, False, [HEAD, "签发人："])
    assert HEAD not in told(browser_of(world.head), issued(world)), "not in force yet"
    trial = read(admin.get(f"/admin/papers/versions/{row.id}/test").data)
    assert trial[:2] == ["（测试）", HEAD]
    assert '测试人·阿依<甲>&"乙"𠮷：' in trial
    assert admin.post(f"/admin/papers/versions/{row.id}/begin").status_code == 302
    session.info.pop("documents.templates", None)  # what was done by another request is read by the next one
    one = issued(world)
    assert told(browser_of(world.head), one)[0] == HEAD
    assert f"签发人：{world.handler.name}" in told(browser_of(world.head), one)
    page = browser_of(world.head).get(f"/documents/{one.id}").get_data(as_text=True)
    assert f"模板上另有：{HEAD}；签发人：" in page
    assert admin.post(f"/admin/papers/versions/{row.id}/end").status_code == 302
    session.info.pop("documents.templates", None)
    assert issued(world).template_id is None
    assert told(browser_of(world.head), one)[0] == HEAD, "what was issued keeps what it was set in"
    acts = session.scalars(
        select(AuditEntry.act).where(AuditEntry.act.like("template:%")).order_by(AuditEntry.id)
    ).all()
    assert acts == ["template:upload", "template:begin", "template:end"]


def test_the_text_is_the_frozen_one_whatever_the_template(world: World, browser_of: Browse) -> None:
    begun(world)
    one = issued(world)
    said = told(browser_of(world.head), one)
    assert [line for line in one.text.split("\n") if line not in said] == []


def test_what_is_wrong_with_a_file_is_named_and_nothing_is_kept(
    world: World, browser_of: Browse, session: Session
) -> None:
    admin = browser_of(world.administrator)
    wrong = [line for line in GOOD if "文号" not in line] + ["{{ 承办人员 }}", "{% for x in 正文 %}{{ x }}{% endfor %}"]
    page = sent(admin, template(*wrong), world.bureau.id)
    assert page.status_code == 422
    text = page.get_data(as_text=True)
    for words in ("缺少字段“文号”", "没有“承办人员”这个字段", "模板里不能写循环"):
        assert words in text or "只能写字段名" in text, words
    for content, words in ((b"MZ no document", "不是Word文件"), (b"", "不是Word文件")):
        assert words in sent(admin, content, world.bureau.id).get_data(as_text=True)
    assert "选择要上传的Word文件" in admin.post(f"/admin/papers/{KIND}", {"unit": str(world.bureau.id)}).get_data(
        as_text=True
    )
    assert "选择适用单位" in sent(admin, template(*GOOD), 0).get_data(as_text=True)
    assert session.scalars(select(PaperTemplate)).all() == []


def test_the_scanner_of_the_house_sees_it_first(
    world: World, browser_of: Browse, settings: Settings, session: Session
) -> None:
    settings.scanner = ("false",)  # answers 1: found
    page = sent(browser_of(world.administrator), template(*GOOD), world.bureau.id)
    assert "被病毒扫描拦下" in page.get_data(as_text=True)
    assert session.scalars(select(PaperTemplate)).all() == []


def test_the_nearest_unit_above_lends_its_template(world: World) -> None:
    whole = begun(world, "全县", *GOOD[1:], unit=world.county)
    assert issued(world).template_id == whole.id
    own = begun(world)
    one = issued(world)
    assert one.template_id == own.id
    other = begun(world, unit=world.other_bureau)
    assert issued(world).template_id == own.id != other.id


def test_a_new_version_ends_the_one_before_and_both_stay(world: World, browser_of: Browse) -> None:
    first = begun(world)
    one = issued(world)
    second = begun(world, "新的文头", *GOOD[1:])
    assert (first.version, second.version) == (1, 2)
    assert (first.in_force, second.in_force) == (False, True)
    assert first.ended_by_id == world.administrator.id
    assert told(browser_of(world.head), one)[0] == HEAD
    assert told(browser_of(world.head), issued(world))[0] == "新的文头"
    with pytest.raises(Refused, match="已经启用过"):
        templates.begin(first, world.administrator)
    with pytest.raises(Refused, match="没有启用"):
        templates.end(first, world.administrator)


def test_only_the_regions_own_administrator_keeps_its_templates(
    world: World, browser_of: Browse, session: Session
) -> None:
    row = begun(world)
    stranger = make_unit(session, "别县信访局", UnitKind.OFFICE, make_unit(session, "别县", UnitKind.SECTION))
    world.administrator.unit = stranger
    admin = browser_of(world.administrator)
    assert "第1版" not in admin.get(f"/admin/papers/{KIND}").get_data(as_text=True)
    for path in ("file", "test"):
        assert admin.get(f"/admin/papers/versions/{row.id}/{path}").status_code == 404
    for path in ("begin", "end"):
        assert admin.post(f"/admin/papers/versions/{row.id}/{path}").status_code == 404
    assert sent(admin, template(*GOOD), world.bureau.id).status_code == 422
    for person in (world.officer, world.head, world.auditor, world.security):
        assert browser_of(person).get(f"/admin/papers/{KIND}").status_code == 403


def test_the_shipped_layout_is_there_to_begin_with(world: World, browser_of: Browse) -> None:
    admin = browser_of(world.administrator)
    assert admin.get("/admin/papers").status_code == 200
    assert admin.get(f"/admin/papers/{KIND}/shipped").data == shipped("notice-1")
    assert sent(admin, shipped("notice-1"), world.bureau.id).status_code == 302
    assert admin.get("/admin/papers/no_such_kind").status_code == 404
    answer = sent(admin, template(*GOOD), world.bureau.id, name="C:\\桌面\\../受理 告知书.docx")
    assert answer.status_code == 302
    assert "受理 告知书.docx" in admin.get(f"/admin/papers/{KIND}").get_data(as_text=True)


def test_two_versions_are_never_in_force_at_once(world: World, session: Session) -> None:
    begun(world)
    second = templates.keep(KIND, world.bureau, "二.docx", template(*GOOD), world.administrator)
    in_force = {"begun_at": second.uploaded_at, "begun_by_id": world.administrator.id}
    with pytest.raises(DBAPIError), session.begin_nested():
        session.execute(update(PaperTemplate).where(PaperTemplate.id == second.id).values(in_force))


def test_nothing_that_is_refused_is_kept(world: World, session: Session) -> None:
    with pytest.raises(FieldErrors) as refused:
        templates.keep(KIND, world.bureau, "x.docx", template("{{ 标题 }}"), world.administrator)
    assert all(name.startswith("template") for name in refused.value.errors)
    assert session.scalars(select(PaperTemplate)).all() == []


def test_one_file_is_asked_for_and_no_picture(world: World, browser_of: Browse) -> None:
    page = browser_of(world.administrator).get(f"/admin/papers/{KIND}").get_data(as_text=True)
    assert "粘贴截图" not in page
    assert re.search(r'<input [^>]*type="file"[^>]*>', page) is not None
    assert " multiple" not in page
