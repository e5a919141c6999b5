"""S15, E4: a template is data of a stranger. What it may not do is refused with a sentence, and never carried out."""

import time
from pathlib import Path
from typing import Any

import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from petitions.documents.checking import own_words, problems
from petitions.documents.layouts import _LAYOUTS, shipped
from tests.documents.sheets import GOOD, part_of, template, with_part

TOUCH = "{target}"

ATTACKS = [
    payload
    for tag in ("{{{{ {} }}}}", "{{% if {} %}}甲{{% endif %}}", "{{% for x in {} %}}甲{{% endfor %}}", "{{% set x = {} %}}")
    for payload in map(tag.format, (
        "cycler.__init__.__globals__.os.popen('touch {target}').read()",
        "标题.__class__.__mro__[1].__subclasses__()",
        "self.__init__.__globals__",
        "标题|attr('__class__')",
        "lipsum.__globals__['os'].system('touch {target}')",
        "''.__class__.__base__.__subclasses__()",
        "config.items()",
        "request.application.__globals__",
        "range(10**9)",
        "'甲' * 1000000000",
        "[].__class__",
        "标题.format.__globals__",
        "namespace(a=1)",
        "dict(a=1)",
        "joiner.__init__.__globals__",
        "标题[0]",
    ))
] + [
    "{% include '/etc/passwd' %}", "{% import 'os' as os %}", "{% extends '../../secret' %}", "{% from 'x' import y %}",
    "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "{% block b %}{% endblock %}", "{% raw %}{{ 标题 }}{% endraw %}",
    "{% filter upper %}甲{% endfilter %}", "{% for a in 正文 %}{% for b in 正文 %}{{ b }}{% endfor %}{% endfor %}",
    "{% call 标题() %}{% endcall %}", "{% with a = 1 %}{% endwith %}", "{% autoescape false %}{{ 标题 }}{% endautoescape %}",
    "{%tr for x in 正文 %}", "{{r 标题.a }}", "{{ 标题", "标题 }}", "{% if 标题 %}没有结束", "{% hm %}", "{% colspan 标题 %}",
]  # fmt: skip


def test_there_are_sixty_attacks_and_more() -> None:
    assert len(ATTACKS) >= 60


@pytest.mark.parametrize(
    ("place", "attack"),
    [("body", attack) for attack in ATTACKS]
    + [(place, attack) for attack in ATTACKS[::9] for place in ("header", "properties")],
)
def test_a_template_that_does_more_than_name_fields_is_refused(place: str, attack: str, tmp_path: Path) -> None:
    target = tmp_path / "touched"
    attack = attack.replace("{target}", str(target))

    def put(document: Any) -> None:
        if place == "header":
            document.sections[0].header.paragraphs[0].text = attack
        if place == "properties":
            document.core_properties.title = attack

    begun = time.monotonic()
    found = problems(template(*GOOD, *([attack] if place == "body" else ()), change=put))
    assert found
    assert time.monotonic() - begun < 3
    assert not target.exists()


def test_what_is_wrong_is_named_in_chinese() -> None:
    loop = problems(template(*GOOD, "{% for x in 正文 %}{{ x }}{% endfor %}"))
    assert "模板里不能写循环" in loop[0]
    assert [str(one) for one in problems(template(*GOOD, "{{ 承办人员 }}"))] == [
        "没有“承办人员”这个字段。可以用的字段：标题、文号、主送、发文单位、成文日期、密级、签发人、编号、正文、表格"
    ]
    without = [line for line in GOOD if "文号" not in line and "正文" not in line]
    assert [str(one) for one in problems(template(*without))] == ["缺少字段“文号”", "缺少字段“正文”（或者“表格”）"]


@pytest.mark.parametrize("name", _LAYOUTS)
def test_every_shipped_layout_passes(name: str) -> None:
    assert problems(shipped(name)) == []
    assert set(own_words(shipped(name))) <= {"核对无误后签名：＿＿＿＿＿＿＿＿＿＿＿＿"}


def test_a_good_template_passes_and_says_its_own_words() -> None:
    assert problems(template(*GOOD)) == []
    assert own_words(template(*GOOD)) == ["青禾县自然资源局文件", "签发人："]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("{{ 正文 }}", "{% if 密级 %}{{ 正文 }}{% endif %}", "不会印出来"),
        ("{{ 文号 }}", "{% if 签发人 %}{{ 文号 }}{% endif %}", "“文号”不会印出来"),
        ("{{ 正文 }}", "事项：{{ 正文 }}", "要单独成一段"),
        ("{{ 正文 }}", "{{ 正文 }}{{ 表格 }}", "只能出现一次"),
        ("{{ 标题 }}", "{{p 标题 }}", "“标题”不会印出来"),
    ],
)
def test_a_template_that_would_lose_something_is_refused(old: str, new: str, said: str) -> None:
    found = problems(template(*(new if line == old else line for line in GOOD)))
    assert any(said in one for one in found), found


def test_the_text_may_not_stand_in_a_header() -> None:
    def put(document: Any) -> None:
        document.sections[0].header.paragraphs[0].text = "{{ 正文 }}"

    assert any(
        "不能放在页眉" in one
        for one in problems(template(*(line for line in GOOD if line != "{{ 正文 }}"), change=put))
    )


def _field(instruction: str) -> Any:
    def put(document: Any) -> None:
        field = f'<w:fldSimple {nsdecls("w")} w:instr="{instruction}"><w:r><w:t>1</w:t></w:r></w:fldSimple>'
        document.paragraphs[0]._p.append(parse_xml(field))

    return put


@pytest.mark.parametrize(
    "instruction", ["INCLUDETEXT C:\\\\a", "INCLUDEPICTURE http://127.0.0.1/a", "DDEAUTO cmd", "DATE", "TIME"]
)
def test_a_field_of_word_that_fetches_or_changes_is_refused(instruction: str) -> None:
    assert any(
        f"“{instruction.split(maxsplit=1)[0]}”不能用" in one
        for one in problems(template(*GOOD, change=_field(instruction)))
    )
    assert problems(template(*GOOD, change=_field("PAGE"))) == []


def test_a_field_in_pieces_is_put_together() -> None:
    def put(document: Any) -> None:
        pieces = "".join(f"<w:r><w:instrText>{piece}</w:instrText></w:r>" for piece in ("INCL", "UDETEXT x"))
        run = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'
        xml = f"<w:p {nsdecls('w')}>{run.format('begin')}{pieces}{run.format('end')}</w:p>"
        document.element.body.insert(0, parse_xml(xml))

    assert any("“INCLUDETEXT”不能用" in one for one in problems(template(*GOOD, change=put)))


def test_what_reaches_outside_or_carries_a_program_is_refused() -> None:
    good = template(*GOOD)
    rels = part_of(good, "word/_rels/document.xml.rels")
    image = b'<Relationship Id="rX" TargetMode="External" Target="http://127.0.0.1/a.png" Type="http://a/image"/>'
    outside = with_part(
        good, "word/_rels/document.xml.rels", rels.replace(b"</Relationships>", image + b"</Relationships>")
    )
    assert "文件以外" in problems(outside)[0]
    for name in ("word/vbaProject.bin", "word/embeddings/oleObject1.bin", "word/activeX/activeX1.xml"):
        assert "宏或者嵌入的对象" in problems(with_part(good, name, b"x"))[0]
    styles = part_of(good, "word/styles.xml")
    entity = styles.replace(b"?>", b'?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>', 1)
    assert "XML声明" in problems(with_part(good, "word/styles.xml", entity))[0]


def test_what_is_no_word_file_or_swells_is_refused() -> None:
    good = template(*GOOD)
    assert "不是Word文件" in problems(b"")[0]
    assert "不是Word文件" in problems(b"PK\x03\x04 but no more")[0]
    assert "不是Word文件" in problems(with_part(good, "word/document.xml", b"<w:broken"))[0]
    assert "超过1 MB" in problems(good + b"0" * (1 << 20))[0]
    assert "太大" in problems(with_part(good, "word/media/bomb.bmp", b"0" * (17 << 20)))[0]
    assert "太多" in problems(with_part(good, "word/document.xml", b" " * 500_000))[0]
