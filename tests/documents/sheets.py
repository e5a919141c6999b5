"""Word files for tests: read as their reader reads them, and templates as an office would make them."""

import io
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

from docx import Document
from docx.oxml.ns import qn

from petitions.documents.face import Face

FACE = Face(
    title="信访事项受理告知书", number="青自然信受〔2026〕1号", recipient="田小禾", lines=("一、接收情况", "已经收到。", "编号：XF2026-000001"),
    unit="青禾县自然资源局", day="2026年3月5日", signed_by="辛桃", case="XF2026-000001",
)  # fmt: skip

GOOD = ("青禾县自然资源局文件", "{{ 密级 }}", "{{ 标题 }}", "{{ 文号 }}", "{% if 主送 %}{{ 主送 }}：{% endif %}", "{{ 正文 }}",
        "{{ 发文单位 }}", "{{ 成文日期 }}", "签发人：{{ 签发人 }}")  # fmt: skip
"""The paragraphs of a template that may be used."""


def read(content: bytes) -> list[str]:
    """The paragraphs of a Word file in order; a row of a form is its label and its value with a colon between."""
    found: list[str] = []
    for block in _blocks(Document(io.BytesIO(content)).element.body):
        found += block
    return found


def _blocks(body: Any) -> Iterator[list[str]]:
    for one in body:
        if one.tag == qn("w:p"):
            yield [_text(one)]
        elif one.tag == qn("w:tbl"):
            for row in one.iter(qn("w:tr")):
                cells = [[_text(line) for line in cell.iter(qn("w:p"))] for cell in row.iter(qn("w:tc"))]
                yield cells[0] if len(cells) == 1 else [f"{cells[0][0]}：{cells[1][0]}"]


def _text(paragraph: Any) -> str:
    said = {qn("w:tab"): "\t", qn("w:br"): "\n"}
    runs = (one for one in paragraph.iter() if one.tag in (qn("w:t"), *said) and one.getparent().tag == qn("w:r"))
    return "".join(said.get(one.tag, one.text or "") for one in runs)


def template(*lines: str, change: Callable[[Any], None] | None = None) -> bytes:
    """A Word file of these paragraphs."""
    document = Document()
    for line in lines:
        document.add_paragraph(line)
    if change:
        change(document)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def with_part(content: bytes, name: str, part: bytes) -> bytes:
    """The same file with one part more, or another one."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for one in old.infolist():
            if one.filename != name:
                new.writestr(one, old.read(one))
        new.writestr(name, part)
    return out.getvalue()


def part_of(content: bytes, name: str) -> bytes:
    """One part of a Word file."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return packed.read(name)
