"""Papers taken away: as Word, as PDF, several at once. The file says what the screen says, and every time is on record."""

import io
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from html5lib import parse
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from petitions.access.audit import AuditEntry
from petitions.cases.kinds import kind_of
from petitions.cases.models import Document
from petitions.cases.perform import perform
from petitions.documents import pdf
from petitions.documents.models import Counter
from petitions.matters.papers import PAPERS
from petitions.settings import Settings
from petitions.web.responses import Application
from petitions.words import Refused
from tests.documents.sheets import read
from tests.factories import World, matter_in
from tests.matters.issuing import ISSUED, paper, sealed
from tests.pages import Browse

HTML = "{http://www.w3.org/1999/xhtml}"
HOSTILE = '张<三>&"四"·𠮷{{ 7*7 }}'


def shown(page: str) -> list[str]:
    """What the page of print says, paragraph by paragraph."""
    return [
        "".join(line.itertext())
        for article in parse(page).iter(f"{HTML}article")
        for line in article.iter()
        if line.tag in (f"{HTML}p", f"{HTML}h3")
        or line.get("class") in ("paper-title", "paper-number")
    ]  # fmt: skip


@pytest.mark.parametrize("kind", PAPERS)
def test_the_word_file_says_what_the_screen_says(world: World, browser_of: Browse, kind: str) -> None:
    changes: dict[str, Any] = {} if kind == "sealed_letter" else {"name": HOSTILE, "text": "𠮷田<b>&amp;\n第二段"}
    found = paper(ISSUED[kind](world, **changes), kind)
    person = (
        world.restricted
        if kind == "sealed_letter"
        else (world.officer if found.unit_id == world.office.id else world.head)
    )
    browser = browser_of(person)
    word = browser.get(f"/documents/{found.id}/word")
    assert word.status_code == 200
    told = read(word.data)
    page = shown(browser.get(f"/documents/{found.id}").get_data(as_text=True))
    assert told == page
    assert "{{ 标题" not in "".join(told)
    assert browser.get(f"/documents/{found.id}/word").data == word.data, "the same paper is the same file"


def test_what_is_said_of_a_matter_later_changes_no_paper(world: World, browser_of: Browse, session: Session) -> None:
    matter = matter_in(world, "accepted")
    found = paper(matter, "acceptance_notice")
    before = browser_of(world.head).get(f"/documents/{found.id}/word").data
    perform(matter, "correct", {"name": "田小和", "title": "另一个概况", "reason": "有误"}, world.officer)
    world.bureau.name = "青禾县自然资源和规划局"
    assert browser_of(world.head).get(f"/documents/{found.id}/word").data == before


def test_several_papers_of_one_act_come_together(world: World, browser_of: Browse) -> None:
    matter = matter_in(world, "notice_due")
    event = perform(matter, "forward_direct", {"subordinate": world.section.id, "opinion": "请核实"}, world.receiver)
    browser = browser_of(world.receiver)
    page = browser.get(f"/cases/{matter.id}/documents?event={event.id}").get_data(as_text=True)
    assert page.count("<article") == 2
    packed = browser.get(f"/cases/{matter.id}/documents/word?event={event.id}")
    assert packed.headers["Content-Disposition"].startswith("attachment")
    with zipfile.ZipFile(io.BytesIO(packed.data)) as archive:
        names = archive.namelist()
        assert [name[:11] for name in names] == ["01 信访事项转送函_", "02 信访事项转送去向"]
        assert [title for name in names for title in read(archive.read(name))[:1]] == [
            "信访事项转送函", "信访事项转送去向告知书",
        ]  # fmt: skip


def test_every_print_and_download_is_on_record(world: World, browser_of: Browse, session: Session) -> None:
    matter = matter_in(world, "accepted")
    found, browser = paper(matter, "acceptance_notice"), browser_of(world.head)
    for path in (f"/documents/{found.id}", f"/documents/{found.id}/word", f"/cases/{matter.id}/documents",
                 f"/cases/{matter.id}/documents/word"):  # fmt: skip
        assert browser.get(path).status_code == 200
    rows = session.execute(
        select(AuditEntry.act, AuditEntry.subject, AuditEntry.case_id).where(AuditEntry.act.like("paper:%"))
        .order_by(AuditEntry.id)
    ).all()  # fmt: skip
    one, whole = f"documents {found.id}", f"cases {matter.id}"
    assert [tuple(row) for row in rows] == [
        ("paper:print", one, matter.id), ("paper:word", one, matter.id), ("paper:print", whole, matter.id),
        ("paper:word", whole, matter.id),
    ]  # fmt: skip


def test_nobody_takes_away_what_they_do_not_see(world: World, browser_of: Browse) -> None:
    matter, secret = matter_in(world, "accepted"), sealed(world)
    for person, case in ((world.other_officer, matter), (world.administrator, matter), (world.officer, secret)):
        browser = browser_of(person)
        number = case.documents[0].id
        for path in (f"/documents/{number}/word", f"/documents/{number}/pdf", f"/cases/{case.id}/documents/word"):
            assert browser.get(path).status_code == 404, path


def test_a_paper_of_an_accusation_bears_its_mark_and_no_name(world: World, browser_of: Browse) -> None:
    matter = sealed(world, name="璩静姝", text="我是璩静姝，电话19900001234，检举某人。", title="璩静姝的检举")
    browser = browser_of(world.restricted)
    for one in matter.documents:
        told = read(browser.get(f"/documents/{one.id}/word").data)
        assert told[0] == "保密"
        assert "璩静姝" not in "".join(told)
        assert "19900001234" not in "".join(told)


def test_a_void_paper_says_so_wherever_it_is_read(world: World, browser_of: Browse) -> None:
    matter = matter_in(world, "accepted")
    found = paper(matter, "acceptance_notice")
    perform(matter, "void_paper", {"issued_paper": found.id, "reason": "内容有误"}, world.head)
    browser = browser_of(world.head)
    assert read(browser.get(f"/documents/{found.id}/word").data)[0] == "（作废）"
    assert shown(browser.get(f"/documents/{found.id}").get_data(as_text=True))[0] == "（作废）"
    page = browser.get(f"/cases/{matter.id}").get_data(as_text=True)
    assert "已作废" in page
    assert f"/cases/{matter.id}/reissue_paper?void_paper={found.id}" in page


def test_the_preview_shows_every_paper_marked_and_writes_nothing(
    world: World, browser_of: Browse, session: Session
) -> None:
    matter = matter_in(world, "notice_due")

    def counted() -> tuple[int, ...]:
        return tuple(
            session.scalar(select(func.count()).select_from(one)) or 0 for one in (Document, Counter, AuditEntry)
        )

    browser = browser_of(world.receiver)
    browser.get(f"/cases/{matter.id}/forward_direct")
    before, numbers = counted(), session.execute(text("SELECT sum(last) FROM counters")).scalar()
    answer = browser.post(
        f"/cases/{matter.id}/forward_direct/preview", {"subordinate": str(world.section.id), "opinion": "请核实"}
    )
    page = answer.get_data(as_text=True)
    assert page.count("（预览）") == 2
    assert page.index("信访事项转送函") < page.index("信访事项转送去向告知书")
    assert counted() == before
    assert session.execute(text("SELECT sum(last) FROM counters")).scalar() == numbers
    event = perform(matter, "forward_direct", {"subordinate": world.section.id, "opinion": "请核实"}, world.receiver)
    issued = [one for one in matter.documents if one.event is event]
    assert all(line in page for one in issued for line in one.text.split("\n"))


def test_the_paper_that_is_issued_anew_can_be_seen_before(world: World, browser_of: Browse) -> None:
    matter = matter_in(world, "accepted")
    found = paper(matter, "acceptance_notice")
    perform(matter, "void_paper", {"issued_paper": found.id, "reason": "内容有误"}, world.head)
    browser = browser_of(world.head)
    page = browser.post(f"/cases/{matter.id}/reissue_paper/preview", {"void_paper": str(found.id)}).get_data(
        as_text=True
    )
    assert "（预览）" in page
    assert found.text.split("\n")[0] in page


# --- PDF -------------------------------------------------------------------------------------------------------------


def _program(folder: Path, body: str) -> tuple[str, ...]:
    """An office program of the test: it gets the arguments of the real one."""
    path = folder / "office.py"
    path.write_text(f"import sys, os, time, pathlib\nfolder = sys.argv[sys.argv.index('--outdir') + 1]\n{body}\n")
    return (sys.executable, str(path))


def test_where_there_is_no_office_program_there_is_no_button(
    world: World, browser_of: Browse, app: Application, settings: Settings
) -> None:
    found = paper(matter_in(world, "accepted"), "acceptance_notice")
    for command, there in (((), False), (("no-such-program",), False), ((sys.executable,), True)):
        settings.pdf_command = command
        page = browser_of(world.head).get(f"/documents/{found.id}").get_data(as_text=True)
        assert ("下载PDF" in page) is there
        if not there:
            assert browser_of(world.head).get(f"/documents/{found.id}/pdf").status_code == 404


def test_the_program_gets_the_paper_and_nothing_of_our_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PETITIONS_SECRET_KEY", "of this house")
    body = "pathlib.Path(folder, 'paper-000.pdf').write_text(repr(dict(os.environ)) + pathlib.Path(sys.argv[-1]).read_text())"
    made = pdf.pdf_of(b"the paper", _program(tmp_path, body)).decode()
    assert made.endswith("the paper")
    assert "of this house" not in made


@pytest.mark.parametrize(
    "body", ["sys.exit(3)", "x = bytearray(8 << 30)", "pathlib.Path(folder, 'a').write_bytes(bytes(65 << 20))"]
)
def test_a_program_that_fails_or_swells_is_a_sentence(tmp_path: Path, body: str) -> None:
    done = f"{body}\npathlib.Path(folder, 'paper-000.pdf').write_text('x')"
    with pytest.raises(Refused, match="PDF没有生成成功"):
        pdf.pdf_of(b"the paper", _program(tmp_path, done))


def test_a_program_that_hangs_is_ended_with_what_it_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "PATIENCE", 2)
    told = tmp_path / "child"
    body = (
        "import subprocess\nchild = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        f"pathlib.Path({str(told)!r}).write_text(str(child.pid))\ntime.sleep(600)"
    )
    with pytest.raises(Refused):
        pdf.pdf_of(b"the paper", _program(tmp_path, body))
    state = subprocess.run(["ps", "-o", "stat=", "-p", told.read_text()], capture_output=True, text=True, check=False)
    assert state.stdout.strip()[:1] in ("", "Z"), "the program's own child is gone too"


def test_an_act_that_issues_is_known_by_its_row(world: World) -> None:
    rows = kind_of(matter_in(world, "triage")).flow.action
    assert rows["reissue_paper"].document == ""
    assert rows["transfer"].document


@pytest.mark.skipif(
    any(shutil.which(one) is None for one in ("soffice", pdf.JOINER, "pdftotext")),
    reason="soffice, pdfunite or pdftotext is not installed: apt-get install libreoffice-writer-nogui poppler-utils",
)
def test_the_papers_of_a_case_are_one_pdf_in_their_order(
    world: World, browser_of: Browse, app: Application, settings: Settings, tmp_path: Path
) -> None:
    settings.pdf_command = ("soffice",)
    matter = matter_in(world, "signed")
    browser = browser_of(world.officer)
    assert f"/cases/{matter.id}/documents/pdf" in browser.get(f"/cases/{matter.id}/documents").get_data(as_text=True)
    path = tmp_path / "whole.pdf"
    path.write_bytes(browser.get(f"/cases/{matter.id}/documents/pdf").get_data())
    told = subprocess.run(["pdftotext", path, "-"], capture_output=True, check=True).stdout.decode()
    places = [told.replace(" ", "").index(one.number) for one in matter.documents]
    assert len(places) > 1
    assert places == sorted(places)
    settings.pdf_command = ()
    assert browser.get(f"/cases/{matter.id}/documents/pdf").status_code == 404
    assert f"/cases/{matter.id}/documents/word" in browser.get(f"/cases/{matter.id}/documents").get_data(as_text=True)
