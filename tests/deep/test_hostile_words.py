"""S7 in small: whatever is typed, pasted, sent or imported is refused in words or stored clean, and stays text on every page."""

import re
import time
from collections import Counter
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import pytest
import xlsxwriter
from sqlalchemy import select, text
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from petitions.cases import checks
from petitions.cases.fields import Kind
from petitions.intake.form import ASKED
from petitions.matters.models import Petition, Petitioner
from tests.deep.conftest import Installation, present
from tests.deep.desktop import Desktop, sat_down
from tests.deep.hostile import CORPUS, MARK, SURROGATES, WORDS, dealt, is_clean
from tests.factories import new_petition, typed

pytestmark = pytest.mark.deep

EVERY = {"sqlite": 1, "postgresql": 5}
"""On SQLite every word goes everywhere; on PostgreSQL, whose text is stricter and whose steps are longer, each fifth turn."""

BODIES = [*WORDS, *SURROGATES]
"""What a form can carry: a careless client sends halves of characters too."""


@pytest.fixture
def desktop(installation: Installation) -> Desktop:
    """The application as it runs: a fault becomes a page, and so is counted."""
    return sat_down(installation)


def _turns(place: Installation, words: Sequence[str]) -> range:
    return range(0, len(words), EVERY[place.kind])


TEXTS = {
    name: row for name, row in ASKED.items()
    if row.kind in (Kind.TEXT, Kind.LONG) and name not in ("representatives", "agents", "received_time", "claims")
}  # fmt: skip
"""What anybody may write freely."""


def _rule(name: str, word: str) -> str:
    """What is stored of a word (petitions/cases/checks.py): tidied, and on one line where the field has one."""
    return (checks.tidy_line if TEXTS[name].kind is Kind.TEXT else checks.tidy)(word)


def _fitting(turn: int) -> dict[str, str]:
    """A word for each free field that its length allows."""
    found = {}
    for place, (name, row) in enumerate(TEXTS.items()):
        words = (WORDS[(turn + 37 * place + n) % len(WORDS)] for n in range(len(WORDS)))
        found[name] = next(word for word in words if 0 < len(_rule(name, word)) <= row.max_length)
    return found


def test_what_the_counter_takes_is_stored_clean_and_stays_text_wherever_it_is_read(desktop: Desktop) -> None:
    began, stored = time.monotonic(), 0
    channels = ("LX", "LF", "SZ", "LP", "XF")  # between them they ask every particular that is text
    for turn in range(0, len(WORDS), 5 * EVERY[desktop.place.kind]):
        words = _fitting(turn)
        words["original_number"] = f"{words['original_number'][:80]}{turn}"
        form = typed(**words, channel=channels[turn % len(channels)], submission=f"{turn:032x}")
        answer = desktop.post("clerk", "/register", form)
        assert answer.status_code == 302, (
            turn,
            answer.get_data(as_text=True)[:20_000].split("error-summary")[-1][:600],
        )
        with desktop.place.database.work(write=False) as session:
            petition = session.scalars(select(Petition).where(Petition.submission == f"{turn:032x}")).one()
            person = session.scalars(select(Petitioner).where(Petitioner.petition_id == petition.id)).one()
            locked = person.identity.unlocked() if person.identity else {}
            told = {**vars(person), **locked, **petition.particulars, **vars(petition.matter), **vars(petition)}
            told["respondent"] = petition.matter.respondents[0].name
            for name, word in words.items():
                if name in told:
                    assert told[name] == _rule(name, word), name
                    assert is_clean(told[name]), (name, told[name])
                    stored += 1
            case_id, number = petition.matter_id, petition.id
        if turn % 4 == 0:
            for path in (f"/petitions/{number}", f"/petitions/{number}/receipt", f"/cases/{case_id}", f"/cases/{case_id}/documents",
                         "/cases", "/triage", f"/triage/{case_id}", "/register"):  # fmt: skip
                desktop.get("officer", path)
    print(desktop.figures(f"{stored} words stored and shown", began))
    assert desktop.alarms == {}


def test_the_search_box_looks_for_hostile_words_literally(desktop: Desktop) -> None:
    began = time.monotonic()
    with desktop.place.database.work() as session:
        world = present(desktop.place.world, session)
        whole, other = (
            new_petition(world, title="降价100%的事", text="一"),
            new_petition(world, title="降价1000元的事", text="二"),
        )
        numbers = whole.number, other.number
    for turn in _turns(desktop.place, BODIES):
        desktop.get("officer", "/search", {"q": BODIES[turn]})
    for asked, found in (
        ("100%", (True, False)),
        ("100_", (False, False)),
        ("降价", (True, True)),
        ("1_0", (False, False)),
    ):
        page = desktop.get("officer", "/search", {"q": asked}).get_data(as_text=True)
        assert tuple(f">{number}<" in page or f"{number}" in page for number in numbers) == found, asked
    print(desktop.figures("the search box", began))
    assert desktop.alarms == {}


LEDGER = (
    "编号",
    "姓名",
    "电话",
    "来件日期",
    "信访形式",
    "标题",
    "诉求内容",
    "住址",
    "问题属地",
    "答复意见",
    "答复时间",
    "经办人",
    "备注",
)


def _ledger(turn: int, free: Sequence[str]) -> list[str]:
    """A row with a word in some columns and sense in the others."""
    honest = dict(zip(LEDGER, (f"L-{turn}", "田小禾", "", "2026-03-05", "来信", "修路", f"第{turn}件：请求修路。", "", "河湾镇", "", "", "", ""),
                      strict=True))  # fmt: skip
    return list({**honest, **dealt(free, turn, WORDS)}.values())


FREE = {"texts": ("姓名", "标题", "诉求内容", "住址", "问题属地", "经办人", "备注"), "everything": LEDGER}


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_ledger_of_hostile_words_comes_in_row_by_row_or_says_why_not(
    desktop: Desktop, ending: str, tmp_path: Path
) -> None:
    began, place = time.monotonic(), desktop.place
    rows = [
        _ledger(turn, FREE["texts" if turn % 2 else "everything"]) for turn in range(0, len(WORDS), EVERY[place.kind])
    ]
    content = _csv([LEDGER, *rows]) if ending == "csv" else _xlsx([LEDGER, *rows], tmp_path)
    name = f"{MARK}<img src=x onerror={MARK}()>\u202e.{ending}"
    boundary, body = encode_multipart({"file": FileStorage(BytesIO(content), name)})
    kind = f'multipart/form-data; boundary="{boundary}"'
    sent = desktop.as_("officer").client.post("/ledger", data=body, content_type=kind)
    batch = desktop.seen(sent, "/ledger", ()).location.split("/")[2]
    for step, form in (
        ("sheet", {"header_row": "1", "lines": "1"}),
        ("columns", None),
        ("import", {"unanswered": "open"}),
    ):
        page = (
            desktop.get("officer", f"/ledger/{batch}/{step}")
            if step != "import"
            else desktop.get("officer", f"/ledger/{batch}")
        )
        chosen = form if form is not None else _chosen(page.get_data(as_text=True))
        assert desktop.post("officer", f"/ledger/{batch}/{step}", chosen).status_code == 302, step
    for path in ("", "?result=imported", "?result=refused", "/undo"):
        desktop.get("officer", f"/ledger/{batch}{path}")
    for table in ("csv", "xlsx"):
        assert desktop.get("officer", f"/ledger/{batch}/problems.{table}").status_code == 200
    with place.database.work(write=False) as session:
        kept = session.execute(
            text("SELECT row, result, reason FROM import_rows WHERE batch_id = :batch"), {"batch": batch}
        ).all()
        words = [
            word for row in session.execute(text("SELECT title, text, original_number FROM petitions")) for word in row
        ]
        words += [word for row in session.execute(text("SELECT name, region FROM petitioners")) for word in row]
    assert len({row for row, _, _ in kept}) == len(rows), "a row without an answer"
    assert all(reason.strip() for _, result, reason in kept if result == "refused")
    assert [word for word in words if not is_clean(word)] == []
    came = Counter(result for _, result, _ in kept)
    print(desktop.figures(f"{len(rows)} rows of {ending} ({dict(came)})", began))
    assert desktop.alarms == {}
    why_not = Counter(reason for _, result, reason in kept if result == "refused")
    assert came["imported"] + came["joined"] > len(rows) / 4, why_not.most_common(9)


def _csv(rows: Sequence[Sequence[str]]) -> bytes:
    return "".join(",".join('"' + cell.replace('"', '""') + '"' for cell in row) + "\r\n" for row in rows).encode()


def _xlsx(rows: Sequence[Sequence[str]], folder: Path) -> bytes:
    path = folder / "hostile.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("台账")
        for index, row in enumerate(rows):
            for column, cell in enumerate(row):
                sheet.write_string(index, column, cell[:32_767])  # more than that no cell of Excel holds
    return path.read_bytes()


def _chosen(page: str) -> dict[str, str]:
    """The columns as the page guesses them, but for one."""
    selects = [part.split("</select>")[0] for part in page.split("<select")[1:]]
    named = {re.findall(r'name="([^"]*)"', one)[0]: re.findall(r'value="([^"]*)" selected', one) for one in selects}
    guessed = {name: values[0] if values else "extra" for name, values in named.items() if name.startswith("column-")}
    # Of a column half of which holds no such words the page rightly doubts that it is the channel: a person says so.
    return guessed | {f"column-{LEDGER.index('信访形式')}": "channel"}


def test_the_words_are_many_and_different() -> None:
    assert len(WORDS) >= 1_500
    assert {kind: len(words) for kind, words in CORPUS.items() if len(words) < 25} == {}
