"""The files of a case: what is taken, what is refused, where it lies, and how it is given back."""

import hashlib
import io
import zipfile
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from itsdangerous import URLSafeTimedSerializer
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from petitions import clock, jobs
from petitions.cases.files import Store, safe_name
from petitions.cases.uploads import Uploads
from petitions.notices.models import Notice
from petitions.settings import Settings
from petitions.words import FieldErrors
from tests.conftest import Isolated
from tests.factories import World, matter_in
from tests.pages import Browse, Browser
from tests.pictures import picture

JPG = picture()
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 512
LARGEST = 1024 * 1024


def zipped(*names: str) -> bytes:
    """An archive with empty entries of these names."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name in names:
            archive.writestr(name, b"")
    return held.getvalue()


@dataclass
class Sent:
    """A file as a form brings it."""

    content: bytes
    filename: str

    @property
    def stream(self) -> io.BytesIO:
        return io.BytesIO(self.content)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "files")


@pytest.mark.parametrize(
    ("content", "name", "media_type"),
    [
        (PDF, "判决书.PDF", "application/pdf"),
        (OLE, "旧文件.doc", "application/msword"),
        (OLE, "表格.et", "application/vnd.ms-works"),
        (zipped("[Content_Types].xml", "word/document.xml"), "申请.docx", None),
        (zipped("docProps/app.xml", "xl/workbook.xml", "[Content_Types].xml"), "台账.xlsx", None),
        (zipped("OFD.xml", "Doc_0/Document.xml"), "公文.ofd", "application/ofd"),
        ("请求退还承包地".encode("gb18030"), "诉求.txt", "text/plain"),
        ("请求退还承包地".encode(), "诉求.txt", "text/plain"),
    ],
)
def test_what_scanners_phones_and_office_programs_make_is_taken(
    store: Store, content: bytes, name: str, media_type: str | None
) -> None:
    (kept,) = store.keep([Sent(content, name)], LARGEST)
    assert kept["name"] == name
    assert kept["sha256"] == hashlib.sha256(content).hexdigest()
    assert kept["size"] == len(content)
    assert media_type is None or kept["media_type"] == media_type
    assert store.path(str(kept["sha256"])).read_bytes() == content


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"<!doctype html><script>alert(1)</script>", "照片.jpg", "不是可以上传的文件"),
        (b"<html><body>", "说明.txt", "不是可以上传的文件"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "图.svg", "不是可以上传的文件"),
        (b"MZ\x90\x00" + b"\x00" * 100, "照片.exe", "不是可以上传的文件"),
        (b"\x00\x01\x02", "说明.txt", "不是可以上传的文件"),
        (OLE, "未知", "不是可以上传的文件"),
        (b"", "空.pdf", "空文件"),
        (zipped("照片.jpg"), "材料.zip", "压缩包"),
        (zipped("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), "申请.docx", "带有宏"),
        (b"PK\x03\x04" + b"\x00" * 40, "申请.docx", "已损坏"),
        (JPG + b"\x00" * LARGEST, "大图.jpg", "超过1MB"),
        (JPG[:80], "断了.jpg", "已损坏"),
        (
            b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\x00\x00\xc3\x50" * 2 + b"\x08\x02\x00\x00\x00" + bytes(9),
            "巨图.png",
            "已损坏",
        ),
    ],
)
def test_anything_else_is_refused_with_a_sentence_and_leaves_nothing(
    store: Store, content: bytes, name: str, said: str
) -> None:
    with pytest.raises(FieldErrors) as refusal:
        store.keep([Sent(content, name)], LARGEST)
    assert said in refusal.value.errors["files"]
    assert [path for path in store.root.rglob("*") if path.is_file()] == []


def test_one_bad_file_refuses_all_and_every_bad_one_is_named(store: Store) -> None:
    with pytest.raises(FieldErrors) as refusal:
        store.keep([Sent(JPG, "好.jpg"), Sent(b"", "空.pdf"), Sent(b"MZ\x90", "坏.exe")], LARGEST)
    sentence = refusal.value.errors["files"]
    assert "空.pdf" in sentence
    assert "坏.exe" in sentence


def test_the_same_content_is_kept_once(store: Store) -> None:
    one, other = store.keep([Sent(JPG, "一.jpg"), Sent(JPG, "二.jpg")], LARGEST)
    assert one["sha256"] == other["sha256"]
    assert len([path for path in store.root.rglob("*") if path.is_file()]) == 1


def test_too_many_files_at_once_are_refused(store: Store) -> None:
    with pytest.raises(FieldErrors, match="一次最多上传50个文件，现在是51个"):
        store.keep([Sent(JPG, f"{n}.jpg") for n in range(51)], LARGEST)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\用户\\桌面\\来信.jpg", "来信.jpg"),
        ("照\u202e片\x00.jpg", "照片.jpg"),
        ('a<b>:"c"|?*.pdf', "a_b___c____.pdf"),
        ("...", "未命名文件"),
        ("", "未命名文件"),
    ],
)
def test_names_are_cleaned_of_folders_and_tricks(given: str, kept: str) -> None:
    assert safe_name(given) == kept


def test_a_long_name_keeps_its_ending() -> None:
    name = safe_name("长" * 300 + ".docx")
    assert len(name) == 200
    assert name.endswith(".docx")


def test_a_name_that_lies_about_its_content_gets_the_right_ending(store: Store) -> None:
    (kept,) = store.keep([Sent(JPG, "工资表.exe")], LARGEST)
    assert kept["name"] == "工资表.exe.jpg"


def test_a_path_is_never_made_from_anything_but_a_digest(store: Store) -> None:
    with pytest.raises(ValueError, match="not a digest"):
        store.path("../secret")


def _attach(browser: Browser, matter_id: int, *files: tuple[bytes, str], **more: str) -> TestResponse:
    data = {"files": [(io.BytesIO(content), name) for content, name in files], **more}
    return browser.post(f"/cases/{matter_id}/attach", data, content_type="multipart/form-data")


def test_files_are_added_through_the_door_and_stand_in_the_history(
    world: World, session: Session, browser_of: Browse
) -> None:
    matter = matter_in(world, "accepted")
    answer = _attach(browser_of(world.handler), matter.id, (JPG, "现场一.jpg"), (PDF, "鉴定.pdf"))
    assert answer.status_code == 302
    session.expire_all()
    assert [(file.name, file.added_by_id) for file in matter.attachments] == [
        ("现场一.jpg", world.handler.id), ("鉴定.pdf", world.handler.id),
    ]  # fmt: skip
    assert matter.events[-1].action == "attach"
    page = browser_of(world.officer).get(f"/cases/{matter.id}").get_data(as_text=True)
    assert page.count("现场一.jpg") == 2, "in the list and in the course"


def test_the_handler_hears_of_a_file_that_somebody_else_adds(
    world: World, session: Session, browser_of: Browse
) -> None:
    matter = matter_in(world, "accepted")
    _attach(browser_of(world.officer), matter.id, (JPG, "补充.jpg"))
    told = session.scalars(select(Notice).where(Notice.case_id == matter.id, Notice.kind == "attach")).all()
    assert [notice.recipient_id for notice in told] == [world.handler.id]


def test_a_double_click_adds_files_once(world: World, session: Session, browser_of: Browse) -> None:
    matter = matter_in(world, "accepted")
    browser = browser_of(world.handler)
    for _ in range(2):
        assert _attach(browser, matter.id, (JPG, "现场.jpg"), submission="a" * 32).status_code == 302
    session.expire_all()
    assert len(matter.attachments) == 1


def test_a_refused_upload_says_why_beside_the_field(world: World, session: Session, browser_of: Browse) -> None:
    matter = matter_in(world, "accepted")
    browser = browser_of(world.handler)
    answer = _attach(browser, matter.id, (b"<html>", "网页.html"))
    assert answer.status_code == 422
    assert "网页.html" in answer.get_data(as_text=True)
    empty = browser.post(f"/cases/{matter.id}/attach", {})
    assert empty.status_code == 422
    assert "选择附件" in empty.get_data(as_text=True)
    session.expire_all()
    assert matter.attachments == []


def test_words_in_place_of_files_are_no_files(world: World, session: Session, browser_of: Browse) -> None:
    matter = matter_in(world, "accepted")
    answer = browser_of(world.handler).post(f"/cases/{matter.id}/attach", {"files": "[{'name': 'x'}]"})
    assert answer.status_code == 422


def test_whoever_may_not_write_in_the_case_adds_no_file(
    world: World, session: Session, browser_of: Browse, settings: Settings
) -> None:
    matter = matter_in(world, "accepted")
    answer = _attach(browser_of(world.inspector), matter.id, (JPG, "现场.jpg"))
    assert answer.status_code == 403
    assert not settings.files_dir.exists(), "nothing is stored for an act that is not open"
    assert _attach(browser_of(world.other_officer), matter.id, (JPG, "现场.jpg")).status_code == 404


def test_a_file_is_given_back_to_be_saved_and_runs_nothing(world: World, session: Session, browser_of: Browse) -> None:
    matter = matter_in(world, "accepted")
    _attach(browser_of(world.handler), matter.id, (JPG, "现场.jpg"), (PDF, "鉴定.pdf"))
    session.expire_all()
    photo, paper = matter.attachments
    browser = browser_of(world.officer)
    answer = browser.get(f"/cases/{matter.id}/files/{photo.id}", buffered=True)
    assert hashlib.sha256(answer.data).hexdigest() == photo.sha256
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "filename*=UTF-8''%E7%8E%B0%E5%9C%BA.jpg" in answer.headers["Content-Disposition"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    framed = browser.get(f"/cases/{matter.id}/files/{paper.id}?view=1", buffered=True)
    assert framed.headers["Content-Disposition"].startswith("inline")
    assert "frame-ancestors 'self'" in framed.headers["Content-Security-Policy"]
    saved = browser.get(f"/cases/{matter.id}/files/{photo.id}?view=1", buffered=True)
    assert saved.headers["Content-Disposition"].startswith("attachment"), "only a PDF is shown in a frame"


def test_a_file_of_a_foreign_case_is_not_found(world: World, session: Session, browser_of: Browse) -> None:
    matter, other = matter_in(world, "accepted"), matter_in(world, "accepted")
    _attach(browser_of(world.handler), matter.id, (JPG, "现场.jpg"))
    session.expire_all()
    file_id = matter.attachments[0].id
    assert browser_of(world.other_officer).get(f"/cases/{matter.id}/files/{file_id}").status_code == 404
    assert browser_of(world.handler).get(f"/cases/{other.id}/files/{file_id}").status_code == 404
    assert browser_of(world.handler).get(f"/cases/{matter.id}/files/999999").status_code == 404


def test_files_no_row_names_are_swept_once_they_are_old(
    store: Store, world: World, session: Session, browser_of: Browse, settings: Settings
) -> None:
    matter = matter_in(world, "accepted")
    _attach(browser_of(world.handler), matter.id, (JPG, "现场.jpg"))
    kept = Store(settings.files_dir)
    orphan = kept.path(str(kept.keep([Sent(PDF, "鉴定.pdf")], LARGEST)[0]["sha256"]))
    assert kept.sweep(older_than=3600) == 0, "it may be an upload that is being committed"
    assert kept.sweep(older_than=0) == 1
    assert not orphan.exists()
    session.expire_all()
    assert kept.path(matter.attachments[0].sha256).exists()


def test_the_tick_sweeps_once_an_hour(database: Isolated, settings: Settings, world: World) -> None:
    store, start = Store(settings.files_dir), clock.now()
    orphan = store.path(str(store.keep([Sent(PDF, "鉴定.pdf")], LARGEST)[0]["sha256"]))
    for minutes, swept in ((0, 0), (59, 0), (61, 1), (62, 0)):
        with time_machine.travel(start + timedelta(minutes=minutes), tick=False):
            assert jobs.tick(database, settings).files == swept, minutes
    assert not orphan.exists()


# --- pictures ---------------------------------------------------------------------------------------------------------


def _exif(**tags: object) -> Image.Exif:
    exif = Image.Exif()
    exif[0x9286] = "拍摄人的备注"
    exif[0x0112] = tags.get("turned", 1)
    exif.get_ifd(0x8825)[2] = (36.0, 5.0, 59.5)
    return exif


@pytest.mark.parametrize(("kind", "name"), [("JPEG", "信.jpg"), ("PNG", "信.png"), ("WEBP", "信.webp")])
def test_a_picture_is_kept_without_where_and_by_whom_it_was_taken(store: Store, kind: str, name: str) -> None:
    content = picture(kind, exif=_exif()) + b"<script>hidden behind the picture</script>"
    (kept,) = store.keep([Sent(content, name)], LARGEST)
    stored = store.path(str(kept["sha256"]))
    assert hashlib.sha256(stored.read_bytes()).hexdigest() == kept["sha256"]
    assert stored.stat().st_size == kept["size"]
    assert b"script" not in stored.read_bytes()
    with Image.open(stored) as seen:
        assert dict(seen.getexif()) == {}
        assert seen.size == (4, 3)
        red, _, blue = seen.convert("RGB").getpixel((0, 0))
        assert red > blue


def test_a_picture_is_turned_as_the_telephone_meant_it(store: Store) -> None:
    content = picture("JPEG", (40, 20), exif=_exif(turned=6))
    (kept,) = store.keep([Sent(content, "竖拍.jpg")], LARGEST)
    with Image.open(store.path(str(kept["sha256"]))) as seen:
        assert seen.size == (20, 40)
        red, _, blue = seen.convert("RGB").getpixel((10, 2))
        assert red > blue, "the left side has come to the top"


def test_a_picture_with_a_palette_keeps_its_colours(store: Store) -> None:
    held = io.BytesIO()
    Image.open(io.BytesIO(picture("PNG", (8, 8)))).convert("P").save(held, "PNG")
    (kept,) = store.keep([Sent(held.getvalue(), "图.png")], LARGEST)
    with Image.open(store.path(str(kept["sha256"]))) as seen:
        assert seen.convert("RGB").getpixel((0, 0)) == (255, 0, 0)
        assert seen.convert("RGB").getpixel((7, 7)) == (0, 0, 255)


def test_a_picture_that_claims_more_than_any_telephone_takes_is_refused_before_it_is_unpacked(store: Store) -> None:
    held = io.BytesIO()
    Image.new("1", (20_000, 10_000)).save(held, "PNG")
    assert len(held.getvalue()) < 100_000
    with pytest.raises(FieldErrors, match="像素太多"):
        store.keep([Sent(held.getvalue(), "巨图.png")], LARGEST)


def _scanner(folder: Path, body: str) -> tuple[str, ...]:
    """A scanner as an installation names one: a program that gets the path."""
    program = folder / "scanner"
    program.write_text(f"#!/bin/sh\n{body}\n")
    program.chmod(0o700)
    return (str(program), "--quiet")


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ('grep -q endobj "$2" && exit 1; exit 0', "被病毒扫描拦下，没有保存"),
        ("exit 2", "病毒扫描暂时不能用"),
        ("kill -9 $$", "病毒扫描暂时不能用"),
    ],
)
def test_what_the_scanner_does_not_pass_is_not_kept(tmp_path: Path, body: str, sentence: str) -> None:
    store = Store(tmp_path / "files", _scanner(tmp_path, body))
    with pytest.raises(FieldErrors) as refused:
        store.keep([Sent(PDF, "信.pdf")], LARGEST)
    assert sentence in refused.value.errors["files"]
    assert [path for path in (tmp_path / "files").rglob("*") if path.is_file()] == []


def test_what_the_scanner_passes_is_kept_and_one_that_is_missing_passes_nothing(tmp_path: Path) -> None:
    passing = Store(tmp_path / "files", _scanner(tmp_path, 'test -f "$2"'))
    (kept,) = passing.keep([Sent(PDF, "信.pdf")], LARGEST)
    assert passing.path(str(kept["sha256"])).is_file()
    with pytest.raises(FieldErrors):
        Store(tmp_path / "files", (str(tmp_path / "absent"),)).keep([Sent(PDF, "信.pdf")], LARGEST)


def test_the_note_of_a_file_is_signed_with_sha_256_and_for_one_person(world: World, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, secret_key="of this test only")
    own, other = (Uploads(settings, person) for person in (world.clerk, world.officer))
    kept, errors = own.keep([Sent(PDF, "证明.pdf")], [])
    assert errors == {}
    ((_, note),) = own.noted(kept)
    assert own.keep([], [note]) == (kept, {})
    assert other.keep([], [note])[1] != {}
    older = URLSafeTimedSerializer(settings.key(), salt=f"files.{world.clerk.id}")  # HMAC-SHA-1
    assert own.keep([], [older.dumps(kept[0])])[1] != {}
