"""PR1 and PR4: the sheet measured where LibreOffice sets it and poppler measures it."""

import re
import shutil
import subprocess
from dataclasses import dataclass
from dataclasses import replace as changed
from pathlib import Path

import pytest

from petitions.documents import pdf
from petitions.documents.layouts import shipped
from petitions.documents.word import fill
from tests.documents.sheets import FACE

TOOLS = ("soffice", "pdftotext")

pytestmark = pytest.mark.skipif(
    any(shutil.which(tool) is None for tool in TOOLS),
    reason="soffice or pdftotext is not installed: apt-get install libreoffice-writer-nogui poppler-utils",
)

MM = 25.4 / 72


@dataclass(frozen=True)
class Line:
    """A line of a page, in mm from its upper left corner."""

    top: float
    left: float
    right: float
    text: str


def _pages(content: bytes, folder: Path) -> list[list[Line]]:
    path = folder / "paper.pdf"
    path.write_bytes(pdf.pdf_of(content, ("soffice",)))
    told = subprocess.run(["pdftotext", "-bbox-layout", path, "-"], capture_output=True, check=True).stdout.decode()
    box = r'<line xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="[\d.]+">(.*?)</line>'
    pages = []
    for page in told.split("<page ")[1:]:
        lines = [
            Line(float(top) * MM, float(left) * MM, float(right) * MM, "".join(re.findall(r">([^<]+)</word>", words)))
            for left, top, right, words in re.findall(box, page, re.DOTALL)
        ]
        pages.append(sorted(lines, key=lambda line: (line.top, line.left)))
    return pages


def test_the_sheet_has_the_measures_of_the_standard(tmp_path: Path) -> None:
    lines = tuple("信访事项办理情况说明" * 200 for _ in range(3))  # 2,000 characters each: three pages and more
    pages = _pages(fill(shipped("letter-1"), changed(FACE, lines=lines)), tmp_path)
    assert len(pages) >= 4
    first = pages[0][0]
    assert first.text == FACE.title
    assert first.top == pytest.approx(37, abs=1)
    assert min(line.left for line in pages[0]) == pytest.approx(28, abs=1)
    full = [line for line in pages[1] if not line.text.startswith("—")]
    assert len(full) == 22, "22 lines on a full page"
    whole = [line for line in full if line.right > 180]
    assert {len(line.text) for line in whole} <= {26, 28}
    assert [len(line.text) for line in whole].count(28) > 15, "28 characters in a full line"
    assert max(line.right for line in full) <= 184.5
    assert full[0].top == pytest.approx(37, abs=2.5)
    assert full[-1].top < 37 + 225


def test_pages_are_numbered_at_their_outer_edges(tmp_path: Path) -> None:
    pages = _pages(fill(shipped("notice-1"), changed(FACE, lines=("信访事项办理情况说明" * 200,))), tmp_path)
    numbers = [page[-1] for page in pages]
    assert [re.sub(r"\s", "", line.text) for line in numbers] == [f"—{n}—" for n in range(1, len(pages) + 1)]
    assert numbers[0].right == pytest.approx(184 - 5, abs=1.5)
    assert numbers[1].left == pytest.approx(28 + 5, abs=1.5)
    assert all(line.top > 37 + 225 for line in numbers)


def test_every_character_of_a_strange_name_stands_in_the_pdf(tmp_path: Path) -> None:
    word = '张<三>&"四"买买提·艾力'
    told = "".join(line.text for page in _pages(fill(shipped("form-1"), changed(FACE, lines=(f"信访人：{word}",))), tmp_path)
                   for line in page)  # fmt: skip
    assert "张<三>&amp;" in told.replace("&lt;", "<").replace("&gt;", ">")
    assert "买买提·艾力" in told
    assert "{{" not in told


@pytest.mark.parametrize("lines", range(15, 20))
def test_who_and_when_never_stand_on_a_sheet_without_a_line_of_the_text(tmp_path: Path, lines: int) -> None:
    """GB/T 9704, 7.3.5: whatever the length of a paper, its last sheet says something of it."""
    said = [f"第{number}段的内容。" for number in range(lines)]
    pages = _pages(fill(shipped("letter-1"), changed(FACE, lines=said)), tmp_path)
    assert any(line.text == said[-1] for line in pages[-1])
