"""A paper in Word: the geometry of GB/T 9704, and every letter of it."""

import io
from dataclasses import replace

import pytest
from docx import Document
from docx.enum.text import WD_LINE_SPACING
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, Twips

from petitions.cases import checks
from petitions.documents.face import VOID, Face, rank
from petitions.documents.layouts import CLOSER, newest, shipped
from petitions.documents.word import fill
from tests.deep.hostile import CORPUS
from tests.documents.sheets import FACE, GOOD, part_of, read, template

LAYOUTS = ("letter-1", "notice-1", "form-1", "minutes-1", "cover-1")
NAMES = (
    '张<三>&"四"',
    "𠮷野",
    "买买提·艾力",
    "{{ 7*7 }}",
    "{_{ a }_}",
    "{%p if 主送 %}",
    "\ue0b00\ue0b1",
    "a\tb",
    "</w:t>",
    "　空格 ",
)


def _mm(length: int | None) -> float:
    assert length is not None
    return round(length / Mm(1), 1)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_sheet_has_the_measures_of_the_standard(layout: str) -> None:
    document = Document(io.BytesIO(fill(shipped(layout), FACE)))
    section = document.sections[0]
    assert (_mm(section.page_width), _mm(section.page_height)) == (210, 297)
    assert (_mm(section.top_margin), _mm(section.left_margin)) == (37, 28)
    assert section.page_width is not None
    assert section.page_height is not None
    width = section.page_width - (section.left_margin or 0) - (section.right_margin or 0)
    height = section.page_height - (section.top_margin or 0) - (section.bottom_margin or 0)
    assert (_mm(width), _mm(height)) == (156, 225)
    normal = document.styles["Normal"]
    line = normal.paragraph_format.line_spacing
    assert normal.paragraph_format.line_spacing_rule == WD_LINE_SPACING.EXACTLY
    assert isinstance(line, Twips.__bases__[0])
    assert height // line == 22, "22 lines"
    assert width // (Pt(16) + Twips(CLOSER)) == 28, "28 characters"
    fonts = normal.element.rPr.find(qn("w:rFonts"))
    assert (normal.font.size, fonts.get(qn("w:eastAsia"))) == (Pt(16), "仿宋_GB2312")


def test_title_headings_and_page_numbers_have_their_faces() -> None:
    lines = ("正文一段。", "一、一级标题", "（一）二级标题", "（一）退还承包地。处理结果为予以支持。")
    document = Document(io.BytesIO(fill(shipped("letter-1"), replace(FACE, lines=lines, level="保密"))))
    faces = {
        one.text: (one.runs[0].font.size, one.runs[0]._element.rPr.find(qn("w:rFonts")).get(qn("w:eastAsia")))
        for one in document.paragraphs
    }
    assert faces[FACE.title] == (Pt(22), "方正小标宋简体")
    assert faces["一、一级标题"] == faces["保密"] == (Pt(16), "黑体")
    assert faces["（一）二级标题"] == (Pt(16), "楷体_GB2312")
    assert faces["正文一段。"] == faces[lines[3]] == (Pt(16), "仿宋_GB2312")
    body = next(one for one in document.paragraphs if one.text == "正文一段。")
    assert body._p.pPr.ind.get(qn("w:firstLineChars")) == "200"
    signature = next(one for one in document.paragraphs if one.text == FACE.unit)
    assert signature.paragraph_format.space_before is not None
    assert signature.paragraph_format.space_before >= Pt(56), "room for the seal: two lines"
    for footer in (document.sections[0].footer, document.sections[0].even_page_footer):
        xml = footer._element.xml
        assert 'w:instr="PAGE"' in xml
        assert [one.text for one in footer.paragraphs[0].runs] == ["— ", " —"]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("word", NAMES)
def test_every_letter_stands_in_the_file_as_it_was_written(layout: str, word: str) -> None:
    face = Face(f"题{word}", f"号{word}", f"人{word}", (f"{word}一段", f"标签：{word}", "一、标题", word), f"位{word}", f"日{word}",
                level=f"密{word}")  # fmt: skip
    told = read(fill(shipped(layout), face))
    expected = [face.level, face.title, face.number, f"{face.recipient}：", *face.lines, face.unit, face.day]
    assert told == expected


def test_control_characters_are_left_out_and_nothing_beside_them() -> None:
    told = read(
        fill(shipped("letter-1"), replace(FACE, lines=("甲\x00\x01\x0b乙\ufffe丙\ud800丁",), recipient="田\x1f小"))
    )
    assert "甲乙丙丁" in told
    assert "田小：" in told


@pytest.mark.parametrize("layout", LAYOUTS)
def test_three_hundred_hostile_words_come_out_whole(layout: str) -> None:
    words = [word for kind in CORPUS for word in CORPUS[kind] if len(word) < 300]
    lines = [line for word in words for line in checks.tidy(word).split("\n") if line][:900]
    assert len(lines) >= 300
    told = read(fill(shipped(layout), replace(FACE, lines=tuple(lines))))
    lost = [line for line in lines if line not in told]
    # A form splits 标签：值 into two cells; read back it is the same line.
    assert lost == []


def test_what_says_nothing_leaves_no_empty_line() -> None:
    told = read(fill(shipped("letter-1"), replace(FACE, recipient="", level="")))
    assert told == [FACE.title, FACE.number, *FACE.lines, FACE.unit, FACE.day]


def test_a_mark_stands_over_everything_whatever_the_template() -> None:
    for content in (shipped("form-1"), template(*GOOD)):
        assert read(fill(content, FACE.marked(VOID)))[0] == "（作废）"


def test_the_same_paper_is_the_same_file() -> None:
    assert fill(shipped("form-1"), FACE) == fill(shipped("form-1"), FACE)


def test_an_offices_own_template_lends_its_looks_to_the_text() -> None:
    def bold(document: object) -> None:
        document.paragraphs[5].runs[0].font.bold = True  # type: ignore[attr-defined]

    content = fill(template(*GOOD, change=bold), FACE)
    document = Document(io.BytesIO(content))
    assert [one.text for one in document.paragraphs if one.text in FACE.lines and one.runs[0].font.bold] == list(
        FACE.lines
    )
    assert read(content)[0] == "青禾县自然资源局文件"
    assert b"{{" not in part_of(content, "word/document.xml")


def test_what_looks_like_a_heading() -> None:
    assert [
        rank(line) for line in ("一、标题", "十、标题", "（二）标题", "（二）整句。", "一、" + "长" * 40, "标题", "")
    ] == [1, 1, 2, 0, 0, 0, 0]


def test_a_layout_that_nobody_knows_is_that_of_a_letter() -> None:
    assert newest("letter") == newest("of tomorrow") == "letter-1"
    assert newest("form") == "form-1"


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_last_line_of_a_paper_stays_with_whoever_signs_it(layout: str) -> None:
    document = Document(io.BytesIO(fill(shipped(layout), FACE)))
    body = document.element.body
    texts = [one for one in body.iter(qn("w:p")) if "".join(part.text or "" for part in one.iter(qn("w:t")))]
    place = next(
        n for n, one in enumerate(texts) if FACE.unit == "".join(part.text or "" for part in one.iter(qn("w:t")))
    )
    for paragraph in texts[place - 1 : place + 1]:
        assert paragraph.find(qn("w:pPr")).find(qn("w:keepNext")) is not None
