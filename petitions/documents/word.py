"""A paper as a Word file: a template, and the face of the paper set into it.

docxtpl renders a template once, with a token for every field; what papers say is set in afterwards, letter by letter, by
an XML library. So nothing that somebody typed ever passes a template engine, `张<三>&"四"` stands in the file as it was
typed (reliability.md E4b), and a hundred papers of one template render it once. The same face gives the same bytes.
"""

import io
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from docxtpl import DocxTemplate
from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from lxml import etree

from petitions.documents.face import Face, rank
from petitions.documents.layouts import HEAD, SECOND

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

FIELDS: Mapping[str, str] = {
    "标题": "title", "文号": "number", "主送": "recipient", "发文单位": "unit", "成文日期": "day", "密级": "level",
    "签发人": "signed_by", "编号": "case",
}  # fmt: skip
"""The fields of a template and what of a face each of them says."""

TEXTS = ("正文", "表格")
"""The text of the paper: paragraph by paragraph, or as a form of two columns. One of the two, in a paragraph of its own."""

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_MAIN = "word/document.xml"
_EVERY = (*FIELDS, *TEXTS)
_TOKEN = re.compile("\ue0b0([0-9]+)\ue0b1")
"""From the private use area: no template has them in its words."""

_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters no XML may hold: control characters, which say nothing, and halves of characters."""

_LABELLED = re.compile(r"([^，。；：“”？！]{1,24})：(.+)", re.DOTALL)
"""编号：XF2026-000001, a row of a form."""

_LABEL_WIDTH, _VALUE_WIDTH = 2476, 6368
"""Twips of the two columns of a form: 156 mm, seven characters for the label."""

_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, remove_blank_text=False)


_Make = Callable[["_Pattern", Sequence[str]], Iterator[Any]]


class _Token(str):
    """What stands for a field while the template is rendered; a template may ask whether the field says something."""

    __slots__ = ("says",)
    says: bool

    def __bool__(self) -> bool:
        return self.says


def _standing_for(name: str, *, says: bool) -> _Token:
    made = _Token(token(name))
    made.says = says
    return made


class Sandbox(ImmutableSandboxedEnvironment):
    """A template knows its fields and nothing else: no attribute, no function, no filter, no file."""

    def __init__(self) -> None:
        super().__init__(undefined=StrictUndefined, autoescape=True)
        self.globals.clear()
        self.filters.clear()
        self.tests.clear()

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:  # noqa: ARG002
        """None is."""
        return False

    def is_safe_callable(self, obj: Any) -> bool:  # noqa: ARG002
        """None is."""
        return False


@dataclass(frozen=True)
class _Blank:
    """A rendered template with its tokens."""

    parts: tuple[tuple[str, bytes], ...]


@lru_cache(maxsize=32)
def _blank(template: bytes, said: frozenset[str]) -> _Blank:
    document = DocxTemplate(io.BytesIO(template))
    document.render(
        {name: _standing_for(name, says=name in said) for name in _EVERY}, jinja_env=Sandbox(), autoescape=True
    )
    out = io.BytesIO()
    document.save(out)
    with zipfile.ZipFile(out) as packed:
        return _Blank(tuple((one.filename, packed.read(one)) for one in packed.infolist()))


def rendered(template: bytes, said: frozenset[str]) -> Mapping[str, bytes]:
    """The parts of a template once it is rendered: a token for each field; `said` are those that say something.

    Raises jinja2.TemplateError, and what python-docx raises for what is no Word file.
    """
    return dict(_blank(template, said).parts)


def token(name: str) -> str:
    """What stands for a field in a rendered template."""
    return f"\ue0b0{_EVERY.index(name)}\ue0b1"


def fill(template: bytes, face: Face) -> bytes:
    """The Word file of a paper. Raises jinja2.TemplateError for a template that was never checked (checking.py)."""
    values = {name: _writable(getattr(face, of)) for name, of in FIELDS.items()}
    said = frozenset(name for name, value in values.items() if value) | frozenset(TEXTS)
    mark = "\ue0b0".encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as packed:
        for name, content in _blank(template, said).parts:
            written = content
            if name == _MAIN or mark in content:
                root = etree.fromstring(content, _PARSER)
                # Where the text goes is looked up before anything typed stands in the file, and filled in last.
                places = _text_places(root)
                _set_values(root, values)
                _set_text(places, [_writable(line) for line in face.lines])
                if name == _MAIN:
                    _set_mark(root, face.mark, _writable(face.mark_note))
                written = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
            # No moment of making: the same paper is the same file.
            packed.writestr(zipfile.ZipInfo(name), written, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _writable(text: str) -> str:
    return _UNWRITABLE.sub("", text)


def _tag(name: str) -> str:
    return f"{{{W}}}{name}"


def _set_values(root: Any, values: Mapping[str, str]) -> None:
    told = [values.get(name, "") for name in _EVERY]
    for text in list(root.iter(_tag("t"))):
        if text.text and "\ue0b0" in text.text:
            _write(text, _TOKEN.sub(lambda found: told[int(found[1])], text.text))


def _write(text: Any, words: str) -> None:
    """The words into a w:t; what is behind a tab stop or on a new line gets elements of its own."""
    run, parts = text.getparent(), re.split("([\t\n])", words.replace("\r\n", "\n").replace("\r", "\n"))
    place = run.index(text)
    for part in parts:
        if part in ("\t", "\n"):
            one = etree.Element(_tag("tab" if part == "\t" else "br"))
        else:
            one = etree.Element(_tag("t"))
            one.text = part
            one.set(_SPACE, "preserve")
        run.insert(place, one)
        place += 1
    run.remove(text)


def _text_places(root: Any) -> list[tuple[Any, _Make]]:
    """The paragraphs that stand for the text, each with how it is made there."""
    makers = dict(zip(map(token, TEXTS), (_paragraphs, _rows), strict=True))
    return [
        (paragraph, make)
        for paragraph in root.iter(_tag("p"))
        for standing, make in makers.items()
        if standing in "".join(one.text or "" for one in paragraph.iter(_tag("t")))
    ]


def _set_text(places: Sequence[tuple[Any, _Make]], lines: Sequence[str]) -> None:
    for paragraph, make in places:
        above, place = paragraph.getparent(), paragraph.getparent().index(paragraph)
        above.remove(paragraph)
        for one in make(_Pattern.of(paragraph), lines):
            above.insert(place, one)
            place += 1


@dataclass(frozen=True)
class _Pattern:
    """How the paragraph looks that stands for the text: what is set into its place looks the same."""

    paragraph: Any
    run: Any

    @classmethod
    def of(cls, paragraph: Any) -> "_Pattern":
        run = next((one.find(_tag("rPr")) for one in paragraph.iter(_tag("r"))), None)
        return cls(paragraph.find(_tag("pPr")), run)

    def line(self, words: str, *, plain: bool = False) -> Any:
        """One paragraph."""
        made = etree.Element(_tag("p"))
        if self.paragraph is not None:
            made.append(deepcopy(self.paragraph))
        form = made.find(_tag("pPr"))
        if form is None:
            form = etree.SubElement(made, _tag("pPr"))
        indent = form.find(_tag("ind"))
        if indent is not None and (plain or words.startswith("　")):
            form.remove(indent)
        if not words:
            return made
        run = etree.SubElement(made, _tag("r"))
        if self.run is not None:
            run.append(deepcopy(self.run))
        level = rank(words)
        if level:
            _dress(run, HEAD if level == 1 else SECOND)
            _keep_with_next(made)
        _write(etree.SubElement(run, _tag("t")), words)
        return made


def _keep_with_next(paragraph: Any) -> None:
    form = paragraph.find(_tag("pPr"))
    if form.find(_tag("keepNext")) is None:
        style = form.find(_tag("pStyle"))
        form.insert(0 if style is None else 1, etree.Element(_tag("keepNext")))


def _dress(run: Any, face: str) -> None:
    properties = run.find(_tag("rPr"))
    if properties is None:
        properties = etree.Element(_tag("rPr"))
        run.insert(0, properties)
    fonts = properties.find(_tag("rFonts"))
    if fonts is None:
        fonts = etree.Element(_tag("rFonts"))
        style = properties.find(_tag("rStyle"))
        properties.insert(0 if style is None else 1, fonts)
    for which in ("ascii", "hAnsi", "eastAsia"):
        fonts.set(_tag(which), face)


def _paragraphs(pattern: _Pattern, lines: Sequence[str]) -> Iterator[Any]:
    made = [pattern.line(line) for line in lines or [""]]
    # GB/T 9704, 7.3.5: who and when never stand on a sheet without a line of the text.
    _keep_with_next(made[-1])
    yield from made


def _rows(pattern: _Pattern, lines: Sequence[str]) -> Iterator[Any]:
    table = etree.Element(_tag("tbl"))
    form = etree.SubElement(table, _tag("tblPr"))
    _with(form, "tblW", w=_LABEL_WIDTH + _VALUE_WIDTH, type="dxa")
    borders = etree.SubElement(form, _tag("tblBorders"))
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        _with(borders, side, val="single", sz=6, space=0, color="000000")
    _with(form, "tblLayout", type="fixed")
    grid = etree.SubElement(table, _tag("tblGrid"))
    for width in (_LABEL_WIDTH, _VALUE_WIDTH):
        _with(grid, "gridCol", w=width)
    for label, words in _grouped(lines):
        row = etree.SubElement(table, _tag("tr"))
        if label:
            _cell(row, _LABEL_WIDTH, 1, [pattern.line(label, plain=True)])
            _cell(row, _VALUE_WIDTH, 1, [pattern.line(word, plain=True) for word in words])
        else:
            _cell(row, _LABEL_WIDTH + _VALUE_WIDTH, 2, [pattern.line(word, plain=True) for word in words])
    for paragraph in table.iterfind(f"{_tag('tr')}[last()]/{_tag('tc')}/{_tag('p')}"):
        _keep_with_next(paragraph)
    yield table


def _grouped(lines: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """The rows of a form: a label with its value, a heading, or paragraphs that belong together."""
    loose: list[str] = []
    for line in [*lines] or [""]:
        labelled = _LABELLED.fullmatch(line) if not rank(line) else None
        if loose and (labelled or rank(line) == 1):
            yield "", loose
            loose = []
        if labelled:
            yield labelled[1], [labelled[2]]
        elif rank(line) == 1:
            yield "", [line]
        else:
            loose.append(line)
    if loose:
        yield "", loose


def _cell(row: Any, width: int, span: int, paragraphs: Sequence[Any]) -> None:
    cell = etree.SubElement(row, _tag("tc"))
    form = etree.SubElement(cell, _tag("tcPr"))
    _with(form, "tcW", w=width, type="dxa")
    if span > 1:
        _with(form, "gridSpan", val=span)
    cell.extend(paragraphs)


def _with(above: Any, name: str, **values: Any) -> Any:
    one = etree.SubElement(above, _tag(name))
    for key, value in values.items():
        one.set(_tag(key), str(value))
    return one


def _set_mark(root: Any, mark: str, note: str) -> None:
    """（作废） above everything, whatever the template, with its day and reason: nobody takes it for a paper in force."""
    if not mark:
        return
    body = root.find(_tag("body"))
    for place, words in enumerate(filter(None, (f"（{mark}）", note))):
        body.insert(place, _mark_line(words))


def _mark_line(words: str) -> Any:
    paragraph = etree.Element(_tag("p"))
    _with(etree.SubElement(paragraph, _tag("pPr")), "jc", val="center")
    run = etree.SubElement(paragraph, _tag("r"))
    form = etree.SubElement(run, _tag("rPr"))
    _with(form, "color", val="C00000")
    _write(etree.SubElement(run, _tag("t")), words)
    _dress(run, HEAD)
    return paragraph
