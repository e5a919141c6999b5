"""May this Word file be a template of ours? Asked before it is kept, and of nothing that was shipped.

What comes from an office is data of a stranger: a template could loop to the file system through a template engine
(reliability.md E4), fetch from other machines when the paper is opened or turned into a PDF, swell when it is unpacked,
or simply forget the text. All of it is looked for here, and each thing that is wrong gets its own sentence.
"""

import io
import itertools
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence

from docxtpl import DocxTemplate
from jinja2 import TemplateError, nodes
from lxml import etree

from petitions.documents.word import FIELDS, TEXTS, Sandbox, W, rendered, token
from petitions.words import Sentence, say

LARGEST = 1 << 20
"""Bytes: a letterhead with a picture of the seal's place has a tenth of it."""

_UNPACKED = 16 << 20
_PARTS = 300
_LARGEST_PART = 150_000
"""Bytes of a part with fields in it; a whole page of text has 20,000. The library looks through it with patterns that take
longer than in proportion: 17 s for 300,000 bytes made for it, 4 s for these (measured)."""

REQUIRED = ("标题", "文号", "主送", "发文单位", "成文日期", "密级")
_OPTIONAL = ("密级", "主送", "签发人", "编号")
"""Fields that may say nothing, so that a template can ask for them."""

_ASKED = (nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.If, nodes.And, nodes.Or, nodes.Not)
"""What a template may be made of: words, fields, and whether a field says something."""

_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_PLAIN = re.compile(r"\{\{-?\s*\w+\s*-?\}\}|\{%-?\s*(?:(?:el)?if(?:\s+(?:\w+|not|and|or))+|else|endif)\s*-?%\}")
_LEFT = re.compile(r"\{\{|\{%|%\}|\}\}")
_FIELD = re.compile(r"PAGE|NUMPAGES|SECTIONPAGES")
_BAD_PARTS = re.compile(r"vbaProject|vbaData|embeddings/|activeX/|afchunk|externalLink|\.bin$", re.IGNORECASE)
_RELATED = ("header", "footer", "footnotes")
_PROPERTIES = ("author", "comments", "identifier", "language", "subject", "title")
_BREAKS = (KeyError, ValueError, TypeError, IndexError, AttributeError, OSError, RecursionError, zipfile.BadZipFile,
           NotImplementedError, etree.LxmlError)  # fmt: skip
"""What the libraries raise for a broken file."""


def problems(content: bytes) -> Sequence[Sentence]:
    """Everything that is wrong with a template, in sentences; an empty list: it may be used."""
    unfit = _unfit(content)
    if unfit is not None:
        return [unfit]
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = {one.filename: packed.read(one) for one in packed.infolist()}
        found = [*_fetching(parts), *_unknown_words(content)]
        return found or list(_lost(content))
    except TemplateError:
        return [say("字段写法有误：大括号要成对，“如果”要有“结束”")]
    except _BREAKS:
        return [_NO_WORD]


_NO_WORD = say("这不是Word文件（.docx），或者文件已损坏。请用Word或WPS另存为docx后再上传")


def _unfit(content: bytes) -> Sentence | None:  # noqa: PLR0911 - one question a line
    if len(content) > LARGEST:
        return say("模板超过1 MB。请把里面的图片缩小后再上传")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            entries = packed.infolist()
    except _BREAKS:
        return _NO_WORD
    names = [one.filename for one in entries]
    if "word/document.xml" not in names or len(names) != len(set(names)) or any(one.flag_bits & 1 for one in entries):
        return _NO_WORD
    if len(entries) > _PARTS or sum(one.file_size for one in entries) > _UNPACKED:
        return say("模板解开后太大，没有保存")
    if any(_BAD_PARTS.search(name) for name in names):
        return say("模板里有宏或者嵌入的对象，没有保存。请去掉后再上传")
    if any(one.file_size > _LARGEST_PART and one.filename.startswith("word/") and "/media/" not in one.filename
           and one.filename.endswith(".xml") and "styles" not in one.filename for one in entries):  # fmt: skip
        return say("模板里的内容太多，没有保存。模板只放版式和字段")
    return None


def _fetching(parts: Mapping[str, bytes]) -> Iterator[Sentence]:
    """What would reach for something outside of the file, or change by itself after the paper was issued."""
    for name, content in parts.items():
        if not name.endswith((".xml", ".rels")):
            continue
        if b"<!DOCTYPE" in content or b"<!ENTITY" in content or content[:2] in (b"\xff\xfe", b"\xfe\xff"):
            yield say("模板里有不能使用的XML声明，没有保存。请用Word或WPS重新制作")
            return
        if name == "[Content_Types].xml" and b"macroEnabled" in content:
            yield say("模板里有宏或者嵌入的对象，没有保存。请去掉后再上传")
            return
        root = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))
        if name.endswith(".rels"):
            outside = [one for one in root if one.get("TargetMode") == "External"]
            if any(not str(one.get("Type")).endswith("/hyperlink") for one in outside):
                yield say("模板引用了文件以外的图片或者模板，没有保存。请把图片嵌入文件")
                return
        for said in _instructions(root):
            if said and not _FIELD.fullmatch(said.split()[0]):
                yield say("模板里的域“{name}”不能用，只能用页码和总页数", name=said.split()[0][:20])


def _instructions(root: etree._Element) -> Iterator[str]:
    """The instructions of Word's own fields, put together from the pieces they are stored in."""
    pieces: list[str] = []
    for one in root.iter():
        if one.tag == f"{{{W}}}fldSimple":
            yield str(one.get(f"{{{W}}}instr") or "").strip()
        elif one.tag == f"{{{W}}}fldChar" and pieces:
            yield "".join(pieces).strip()
            pieces = []
        elif one.tag == f"{{{W}}}instrText":
            pieces.append(one.text or "")
        elif one.tag == f"{{{W}}}altChunk":
            yield "altChunk"
    if pieces:
        yield "".join(pieces).strip()


def _sources(content: bytes) -> Iterator[tuple[str, str]]:
    """What the template engine would read, by where it stands: main or beside."""
    document = DocxTemplate(io.BytesIO(content))
    document.init_docx()
    yield "main", document.patch_xml(document.get_xml())
    for part in document.docx.part.package.parts:
        kind = str(part.content_type)
        if any(kind.endswith(f".{one}+xml") for one in _RELATED):
            text = part.blob.decode("utf-8")
            yield "beside", document.patch_xml(text)
    properties = document.docx.core_properties
    told = "".join(str(getattr(properties, name)) for name in _PROPERTIES)
    # The library reads them too; a paper's own words have no place there.
    yield "beside", "{% properties %}" if _LEFT.search(told) else ""


def _unknown_words(content: bytes) -> Iterator[Sentence]:
    box, known = Sandbox(), {*FIELDS, *TEXTS}
    texts, used = 0, set[str]()
    for where, source in _sources(content):
        for tag in dict.fromkeys(_TAG.findall(source)):
            if not _PLAIN.fullmatch(tag):
                yield _refused(re.sub(r"<[^>]*>", "", tag))
        tree = box.parse(source)
        if any(not isinstance(one, _ASKED) for one in _every(tree)):
            yield say("模板里只能写字段名和“如果”，不能写循环、函数和属性")
            return
        names = [one.name for one in tree.find_all(nodes.Name)]
        for name in dict.fromkeys(names):
            if name not in known:
                yield say(
                    "没有“{name}”这个字段。可以用的字段：{known}", name=name[:30], known="、".join((*FIELDS, *TEXTS))
                )
        used.update(names)
        printed = sum(name in TEXTS for name in names)
        texts += printed
        if printed and where != "main":
            yield say("“正文”“表格”只能放在正文里，不能放在页眉、页脚和脚注")
    for name in REQUIRED:
        if name not in used:
            yield say("缺少字段“{name}”", name=name)
    if texts == 0:
        yield say("缺少字段“正文”（或者“表格”）")
    elif texts > 1:
        yield say("“正文”“表格”只能出现一次")


def _every(tree: nodes.Node) -> Iterator[nodes.Node]:
    yield tree
    for one in tree.iter_child_nodes():
        yield from _every(one)


def _refused(tag: str) -> Sentence:
    shown = " ".join(tag.split())[:60]
    inner = tag[2:-2].strip("- ")
    word = inner.split(maxsplit=1)[0] if inner else ""
    if word == "for":
        return say("“{tag}”：模板里不能写循环", tag=shown)
    if word in ("include", "import", "from", "extends"):
        return say("“{tag}”：模板不能引用其他文件", tag=shown)
    if "(" in inner or "|" in inner:
        return say("“{tag}”：模板里不能用函数和过滤器", tag=shown)
    if "." in inner or "[" in inner:
        return say("“{tag}”：模板里不能取属性", tag=shown)
    return say("“{tag}”：只能写字段名，或者“if 字段名”和“endif”", tag=shown)


def _lost(content: bytes) -> Iterator[Sentence]:
    """What a paper would say and the file would not, whichever of its fields are empty."""
    missing: dict[str, None] = {}
    for some in itertools.product((True, False), repeat=len(_OPTIONAL)):
        empty = {name for name, says in zip(_OPTIONAL, some, strict=True) if not says}
        said = frozenset((*FIELDS, *TEXTS)) - empty
        shown = _words(rendered(content, said))
        if _LEFT.search("".join(shown)):
            yield say("有的字段没有被识别，请删掉后在一处连续输入，不要复制粘贴")
            return
        whole = "\n".join(shown)
        for name in REQUIRED:
            if name in said and token(name) not in whole:
                missing[name] = None
        own = [line for line in shown if any(token(name) in line for name in TEXTS)]
        if not own:
            missing["正文"] = None
        elif any(line.strip() not in map(token, TEXTS) for line in own):
            yield say("“正文”“表格”要单独成一段，前后不能有别的字")
            return
    for name in missing:
        yield say("在有的情形下“{name}”不会印出来，请放在“如果”外面", name=name)


def _words(parts: Mapping[str, bytes]) -> list[str]:
    """The paragraphs of a rendered template, with the tokens of its fields."""
    found = []
    for name, content in parts.items():
        if name.startswith("word/") and name.endswith(".xml"):
            root = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))
            for paragraph in root.iter(f"{{{W}}}p"):
                found.append("".join(one.text or "" for one in paragraph.iter(f"{{{W}}}t")))
    return found


def own_words(content: bytes) -> list[str]:
    """What a template says itself beside the fields: a letterhead, a line at the foot. Shown with the paper on the screen."""
    shown = _words(rendered(content, frozenset((*FIELDS, *TEXTS))))
    bare = [re.sub("\ue0b0[0-9]+\ue0b1", "", line).strip() for line in shown]
    return [line for line in dict.fromkeys(bare) if re.search(r"[^\W\d]", line)]
