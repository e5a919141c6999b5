"""The shipped layouts of papers: Word templates made here, after GB/T 9704-2012.

A4; 37 mm above and 28 mm left of a text area of 156 × 225 mm; 22 lines of 28 characters of 三号 (16 pt) 仿宋; the title in
二号 (22 pt) 小标宋; page numbers — 1 — in 四号 宋体, at the outer edge. An office takes such a file, changes it in Word and
puts its own in its place (`templates.py`). A layout is never changed: papers that were issued with it keep it. What is to
look otherwise is a new version beside it.
"""

import io
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor, Twips

BODY, TITLE, HEAD, SECOND, DIGITS = "仿宋_GB2312", "方正小标宋简体", "黑体", "楷体_GB2312", "宋体"
"""The official faces; they lie on the officials' own machines, not on ours."""

LINE = 579
"""Twips (1/20 pt) of a line: 225 mm are 12 756, and 22 lines must fit into them."""

CLOSER = -5
"""Twips by which a character of 16 pt gives way for 28 of them to stand in 156 mm. A grid of characters would say the same to
Word, but other programs then set half as many."""

CELL = 22
"""Points of a line in a form, whose letters are smaller (四号)."""

DEFAULT = "letter"


@cache
def shipped(layout: str) -> bytes:
    """The Word template of a layout, named as papers keep it: letter-1. Raises KeyError for one that was never shipped."""
    document = Document()
    _LAYOUTS[layout](_Sheet(document))
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def newest(layout: str) -> str:
    """The version of a layout that a paper issued now is set in; of one nobody knows, that of a letter."""
    known = [name for name in _LAYOUTS if name.rpartition("-")[0] == layout]
    return max(known, key=lambda name: int(name.rpartition("-")[2]), default=f"{DEFAULT}-1")


class _Sheet:
    """A document in the geometry of the standard, and the paragraphs papers are made of."""

    def __init__(self, document: Any) -> None:
        self.document = document
        _set_page(document)
        _set_normal(document)
        _number_pages(document)
        document.core_properties.author = document.core_properties.comments = ""
        document.core_properties.title = ""

    def say(self, text: str, size: float = 16, face: str = BODY) -> Any:
        """One paragraph."""
        paragraph = self.document.add_paragraph()
        run = paragraph.add_run(text)
        run.font.size = Pt(size)
        _face(run._element.get_or_add_rPr(), face)
        return paragraph

    def only_if(self, field: str, text: str, dress: Callable[[Any], None] | None = None, **how: Any) -> None:
        """A paragraph that is there where the field says something."""
        self.say(f"{{%p if {field} %}}")
        paragraph = self.say(text, **how)
        if dress:
            dress(paragraph)
        self.say("{%p endif %}")

    def level(self) -> None:
        """密级, at the upper left."""
        self.only_if("密级", "{{ 密级 }}", _at_the_top, face=HEAD)

    def title(self, size: float = 22) -> None:
        """The title and 文号 under it, both in the middle."""
        paragraph = self.say("{{ 标题 }}", size, TITLE)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _at_the_top(paragraph)
        paragraph.paragraph_format.keep_with_next, paragraph.paragraph_format.space_after = True, Pt(7)
        paragraph = self.say("{{ 文号 }}")
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.keep_with_next = True
        paragraph.paragraph_format.space_after = Twips(LINE // 2)

    def recipient(self) -> None:
        """主送."""
        self.only_if("主送", "{{ 主送 }}：")

    def body(self) -> None:
        """The text: each paragraph begins two characters in."""
        paragraph = self.say("{{ 正文 }}")
        _indent(paragraph, firstLineChars="200", firstLine="640")
        paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY

    def table(self) -> None:
        """The text as a form of two columns."""
        paragraph = self.say("{{ 表格 }}", 14)
        paragraph.paragraph_format.line_spacing = Pt(CELL)

    def signature(self, *, seal: bool = True) -> None:
        """Who and when, at the lower right, under room for the seal."""
        for place, text in enumerate(("{{ 发文单位 }}", "{{ 成文日期 }}")):
            paragraph = self.say(text)
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            _indent(paragraph, rightChars="400", right="1280")
            paragraph.paragraph_format.keep_with_next = not place
            if not place:
                paragraph.paragraph_format.space_before = Twips(2 * LINE if seal else LINE)


def _letter(sheet: _Sheet) -> None:
    sheet.level()
    sheet.title()
    sheet.recipient()
    sheet.body()
    sheet.signature()


def _notice(sheet: _Sheet) -> None:
    """告知书: set as a letter is, and a layout of its own, so that the one can change without the other."""
    _letter(sheet)


def _form(sheet: _Sheet) -> None:
    sheet.level()
    sheet.title()
    sheet.recipient()
    sheet.table()
    sheet.signature(seal=False)


def _minutes(sheet: _Sheet) -> None:
    """笔录: no seal; whoever was there signs on every sheet."""
    sheet.level()
    sheet.title()
    sheet.recipient()
    sheet.body()
    sheet.signature(seal=False)
    for footer in _footers(sheet.document):
        paragraph = footer.add_paragraph()
        _face(paragraph.add_run("核对无误后签名：＿＿＿＿＿＿＿＿＿＿＿＿")._element.get_or_add_rPr(), BODY)
        paragraph.runs[0].font.size = Pt(14)


def _cover(sheet: _Sheet) -> None:
    """卷宗封面: large, in the middle of the sheet, the particulars as a form below."""
    sheet.level()
    sheet.title(36)
    sheet.recipient()
    sheet.table()
    sheet.signature(seal=False)


_LAYOUTS: Mapping[str, Callable[[_Sheet], None]] = {
    "letter-1": _letter, "notice-1": _notice, "form-1": _form, "minutes-1": _minutes, "cover-1": _cover,
}  # fmt: skip


def _set_page(document: Any) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    # 版心下边缘之下7 mm: the line of the page number is 5 mm high.
    section.header_distance, section.footer_distance = Mm(15), Mm(23)
    for grid in section._sectPr.findall(qn("w:docGrid")):
        section._sectPr.remove(grid)
    grid = OxmlElement("w:docGrid")
    for name, value in (("type", "lines"), ("linePitch", LINE)):
        grid.set(qn(f"w:{name}"), str(value))
    section._sectPr.append(grid)


def _set_normal(document: Any) -> None:
    normal = document.styles["Normal"]
    normal.font.size = Pt(16)
    properties = normal.element.get_or_add_rPr()
    _face(properties, BODY)
    closer = OxmlElement("w:spacing")
    closer.set(qn("w:val"), str(CLOSER))
    properties.insert_element_before(closer, "w:w", "w:kern", "w:position", "w:sz", "w:szCs", "w:lang")
    form = normal.paragraph_format
    form.space_before = form.space_after = Pt(0)
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Twips(LINE)


def _number_pages(document: Any) -> None:
    """— 1 —: at the right on odd pages, at the left on even ones, one character from the edge (7.5)."""
    document.settings.odd_and_even_pages_header_footer = True
    for footer, edge in zip(_footers(document), ("right", "left"), strict=True):
        paragraph = footer.paragraphs[0]
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT if edge == "right" else WD_ALIGN_PARAGRAPH.LEFT
        _indent(paragraph, **{f"{edge}Chars": "100", edge: "280"})
        for part in ("— ", None, " —"):
            run = paragraph.add_run(part or "")
            run.font.size, run.font.color.rgb = Pt(14), RGBColor(0, 0, 0)
            _face(run._element.get_or_add_rPr(), DIGITS)
            if part is None:
                field = OxmlElement("w:fldSimple")
                field.set(qn("w:instr"), "PAGE")
                paragraph._p.append(field)
                field.append(run._element)
                run.text = "1"


def _footers(document: Any) -> tuple[Any, Any]:
    section = document.sections[0]
    for footer in (section.footer, section.even_page_footer):
        footer.is_linked_to_previous = False
    return section.footer, section.even_page_footer


def _face(properties: Any, name: str) -> None:
    fonts = properties.find(qn("w:rFonts"))
    if fonts is None:
        fonts = OxmlElement("w:rFonts")
        properties.insert(0, fonts)
    for which in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{which}"), name)


def _indent(paragraph: Any, **sides: str) -> None:
    properties = paragraph._p.get_or_add_pPr()
    indent = properties.get_or_add_ind()
    for name, value in sides.items():
        indent.set(qn(f"w:{name}"), value)


def _at_the_top(paragraph: Any) -> None:
    """As high as its letters: what stands first on the sheet stands 37 mm from its edge."""
    paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
    properties = paragraph._p.get_or_add_pPr()
    snap = OxmlElement("w:snapToGrid")
    snap.set(qn("w:val"), "0")
    properties.insert_element_before(snap, "w:spacing", "w:ind", "w:contextualSpacing", "w:jc", "w:rPr")
