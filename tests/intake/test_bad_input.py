"""Bad input at the counter: a sentence at the field and on top, what was typed kept, nothing changed, never a fault."""

import uuid
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from petitions import clock
from petitions.documents.models import Counter
from petitions.matters import who
from petitions.matters.models import Matter, Petition
from petitions.matters.register import register
from tests.factories import World, new_petition, typed
from tests.intake.numbers import id_number
from tests.pages import Browser

BrowserOf = type[Browser]

TOMORROW = (clock.today() + timedelta(days=1)).isoformat()
SIX = "\n".join(f"代表{name} 1990000200{n}" for n, name in enumerate("甲乙丙丁戊己"))

REFUSED: list[tuple[str, dict[str, Any], str, str]] = [
    # what, changes, field, a part of the sentence
    ("no name", {"name": ""}, "name", "填写信访人姓名。匿名来信请勾选“未署名”"),
    ("a name of blanks", {"name": " \u3000\u200b"}, "name", "填写信访人姓名"),
    ("a name of 101 characters", {"name": "田" * 101}, "name", "姓名最多100个字，现在是101个字"),
    ("a name and no signature", {"unsigned": "1"}, "unsigned", "已经填写了姓名"),
    ("a short number", {"phone": "1990000123"}, "phone", "手机号应为11位数字；座机请带区号，如0371-1234567"),
    ("a rounded phone", {"phone": "1.99E+10"}, "phone", "手机号应为11位数字"),
    ("a rounded identity number", {"id_number": "1.1E+17"}, "id_number", "身份证号被表格软件变成了“1.1E+17”，后几位已丢失"),
    ("17 digits", {"id_number": id_number(1)[:17]}, "id_number", "身份证号应为18位，现在是17位"),
    ("a wrong last character", {"id_number": id_number(1)[:17] + ("0" if id_number(1)[17] != "0" else "1")}, "id_number",
     "身份证号最后一位与前17位不符"),
    ("an impossible birthday", {"id_number": "41999919600230001X"}, "id_number", "出生日期“19600230”不存在"),
    ("six representatives", {"representatives": SIX, "headcount": "30"}, "representatives", "代表不能超过5人（第20条第三款），现在填了6人"),
    ("a representative without a name", {"representatives": "19900002222", "headcount": "6"}, "representatives", "里没有姓名"),
    ("seven visitors and nobody who speaks for them", {"channel": "LF", "headcount": "７"}, "representatives",
     "7人走访提出共同的信访事项，应当推选代表，代表不超过5人（第20条第三款）"),
    ("nobody", {"headcount": "0"}, "headcount", "人数不能少于1"),
    ("a crowd", {"headcount": "1" * 12}, "headcount", "人数不能超过100000"),
    ("half a person", {"headcount": "1.5"}, "headcount", "应为整数"),
    ("no day", {"received_on": ""}, "received_on", "填写来件日期"),
    ("30 February", {"received_on": "2026-02-30"}, "received_on", "2026年2月30日不存在"),
    ("a year of two digits", {"received_on": "26-3-5"}, "received_on", "年份要写四位"),
    ("the year 0", {"received_on": "0000-01-01"}, "received_on", "不存在"),
    ("the year 9999", {"received_on": "9999-12-31"}, "received_on", "年份应在1900年到2100年之间"),
    ("tomorrow", {"received_on": TOMORROW}, "received_on", "来件日期不能晚于今天"),
    ("a postmark after the letter", {"received_on": "2026-01-05", "postmark_on": "2026-01-06"}, "postmark_on",
     "邮戳日期不能晚于来件日期（2026-01-05）"),
    ("no channel", {"channel": ""}, "channel", "选择信访形式"),
    ("an unknown channel", {"channel": "QQ"}, "channel", "没有这个选项"),
    ("a hostile channel", {"channel": "LX\x00' OR 1=1"}, "channel", "没有这个选项"),
    ("no text", {"text": " \n\t"}, "text", "填写诉求原文"),
    ("100,001 characters", {"text": "田" * 100_001}, "text", "诉求原文最多100000个字，现在是100001个字"),
    ("a summary of 201 characters", {"title": "田" * 201}, "title", "概况最多200个字"),
    ("a text in the claims", {"claims": "一行\n" * 60}, "claims", "最多50行"),
    ("no place", {"place": ""}, "place", "填写问题属地"),
    ("no class", {"class_code": ""}, "class_code", "选择内容分类"),
    ("an unknown class", {"class_code": "000000"}, "class_code", "没有这个选项"),
    ("an unknown purpose", {"purpose": "revenge"}, "purpose", "没有这个选项"),
    ("an unknown flag", {"flags": ["threat", "score"]}, "flags", "没有这个选项"),
    ("an unknown unit", {"respondent_unit": "999999"}, "respondent_unit", "没有这个选项"),
    ("a unit that is no number", {"respondent_unit": "²"}, "respondent_unit", "没有这个选项"),
    ("a matter that is not there", {"joins": "999999"}, "joins", "没有找到“999999”。请核对编号"),
    ("a matter that is no number", {"joins": "²"}, "joins", "没有找到“²”"),
    ("a matter beyond counting", {"joins": "9" * 40}, "joins", "没有找到"),
]  # fmt: skip


def _form(**changes: Any) -> dict[str, Any]:
    return {"submission": uuid.uuid4().hex, **typed(**changes)}


def _nothing_happened(session: Session) -> None:
    session.expire_all()
    assert session.scalar(select(func.count()).select_from(Petition)) == 0
    assert session.scalar(select(func.count()).select_from(Matter)) == 0
    assert session.scalar(select(func.count()).select_from(Counter)) == 0, "no number was used up"


@pytest.mark.parametrize(
    ("changes", "field", "sentence"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_bad_input_is_refused_with_a_sentence_at_the_field_and_on_top(
    world: World, browser_of: BrowserOf, session: Session, changes: dict[str, Any], field: str, sentence: str
) -> None:
    answer = browser_of(world.clerk).post("/register", _form(**changes))
    page = unescape(answer.get_data(as_text=True))
    assert answer.status_code == 422
    assert page.split("<title>")[1].startswith("错误：登记信访件")
    summary = page.split('class="error-summary"')[1].split("</div>")[0]
    assert f'href="#f-{field}"' in summary
    assert sentence in summary
    assert f'id="f-{field}"' in page, "the link of the summary leads somewhere"
    at_field = page.split(f'id="f-{field}-error"')[1].split("</p>")[0]
    assert sentence in at_field
    assert "承包地被占用" in page or "text" in changes, "what else was typed is still there"
    _nothing_happened(session)


@pytest.mark.parametrize(
    ("field", "value"),
    [("phone", "1990000"), ("id_number", "1.1E+17"), ("received_on", "2026-02-30"), ("representatives", SIX),
     ("headcount", "很多"), ("title", "长" * 201), ("text", "信" * 100_001)],
)  # fmt: skip
def test_what_was_typed_stands_in_the_form_again(world: World, browser_of: BrowserOf, field: str, value: str) -> None:
    page = unescape(browser_of(world.clerk).post("/register", _form(**{field: value})).get_data(as_text=True))
    assert value in page.split(f'id="f-{field}"')[1].split("field-error")[0]


def test_choices_that_were_made_are_made_again(world: World, browser_of: BrowserOf) -> None:
    chosen = {
        "channel": "LF",
        "purpose": "appeal",
        "urgency": "urgent",
        "flags": ["joint", "review"],
        "class_code": "010100",
    }
    page = browser_of(world.clerk).post("/register", _form(text="", **chosen)).get_data(as_text=True)
    for value in ("LF", "appeal", "urgent"):
        assert f'value="{value}" checked' in page
    for value in ("joint", "review", "010100"):
        option = page.split(f'<option value="{value}"')[1].split(">")[0]
        assert "selected" in option


def test_a_matter_of_another_office_is_as_if_it_were_not_there(
    world: World, browser_of: BrowserOf, session: Session
) -> None:
    foreign = register(typed(), world.other_clerk).matter
    for given in (str(foreign.id), f"{foreign.number}".lower()):
        answer = browser_of(world.officer).post("/register", _form(joins=given))
        assert answer.status_code == 422
        assert "没有找到" in answer.get_data(as_text=True)
    assert len(foreign.petitions) == 1


def test_a_sealed_matter_is_as_if_it_were_not_there(world: World, browser_of: BrowserOf) -> None:
    sealed = new_petition(world, purpose="accusation").matter
    page = browser_of(world.clerk).post("/register", _form(joins=sealed.number, purpose="accusation"))
    assert page.status_code == 422
    assert "没有找到" in page.get_data(as_text=True)


ACCEPTED: list[tuple[str, dict[str, Any], str, Any]] = [
    ("full-width digits", {"phone": "１９９０００００５６７"[:10] + "８９"[:1]}, "", None),
    ("a letter of 50,000 characters", {"text": "信" * 50_000}, "text", "信" * 50_000),
    ("a letter of 100,000 characters", {"text": "信" * 100_000}, "text", "信" * 100_000),
    ("NUL and controls", {"text": "水\x00井\x07干\x1b了\u202e", "place": "河\x00湾镇"}, "text", "水井干了"),
    ("a rare character", {"name": "𠮷𡈽", "text": "𠮷字"}, "text", "𠮷字"),
    ("script", {"text": "<script>alert(1)</script>{{7*7}}%(x)s{0}"}, "text", "<script>alert(1)</script>{{7*7}}%(x)s{0}"),
    ("quotes", {"text": "'; DROP TABLE petitions; --"}, "text", "'; DROP TABLE petitions; --"),
    ("line ends of every system", {"text": "一\r\n二\r三\n四"}, "text", "一\n二\n三\n四"),
    ("a date with signs", {"received_on": "２０２６年３月５日"}, "", None),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "name", "stored"), [row[1:] for row in ACCEPTED], ids=[row[0] for row in ACCEPTED])
def test_what_is_only_unusual_is_taken(
    world: World, browser_of: BrowserOf, session: Session, changes: dict[str, Any], name: str, stored: Any
) -> None:
    if "phone" in changes:
        changes = {**changes, "phone": "１９９－００００－５６７８"}
    clerk = browser_of(world.clerk)
    answer = clerk.post("/register", _form(**changes))
    assert answer.status_code == 302, answer.get_data(as_text=True).split("error-summary")[-1][:400]
    assert clerk.get(answer.headers["Location"]).status_code == 200
    petition = session.scalars(select(Petition)).one()
    if name:
        assert getattr(petition, name) == stored
    if "phone" in changes:
        assert who._known(petition.matter.petitioners[0])["phone"] == "19900005678"


def test_a_lower_case_x_in_an_identity_number_is_put_right(
    world: World, browser_of: BrowserOf, session: Session
) -> None:
    number = next(id_number(n) for n in range(200) if id_number(n).endswith("X"))
    full_width = "".join(chr(ord(c) + 0xFEE0) for c in number.lower())
    browser_of(world.clerk).post("/register", _form(id_number=full_width))
    person = session.scalars(select(Petition)).one().matter.petitioners[0]
    assert who._known(person)["id_number"] == number


@pytest.mark.parametrize("submission", ["", "x", "0" * 33, "\x00" * 32, "'" * 32])
def test_a_form_without_a_good_id_is_registered_all_the_same(
    world: World, browser_of: BrowserOf, session: Session, submission: str
) -> None:
    assert browser_of(world.clerk).post("/register", _form(submission=submission)).status_code == 302
    assert session.scalar(select(func.count()).select_from(Petition)) == 1


def test_an_empty_post_is_answered_with_what_is_missing(world: World, browser_of: BrowserOf) -> None:
    page = browser_of(world.clerk).post("/register", {})
    assert page.status_code == 422
    assert page.get_data(as_text=True).split("error-summary")[-1].count("<li>") >= 6


def test_a_form_of_too_many_bytes_is_told_so(world: World, browser_of: BrowserOf, session: Session) -> None:
    part = '--x\r\nContent-Disposition: form-data; name="text"\r\n\r\n' + "信" * 2_000_000 + "\r\n--x--\r\n"
    client = browser_of(world.clerk).client
    answer = client.post("/register", data=part.encode(), content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 413
    _nothing_happened(session)
