"""Reading the lines of the counter form."""

import pytest

from petitions.cases.checks import Unreadable
from petitions.matters.masks import phone_tail
from petitions.matters.people import people_from, people_of_lines
from petitions.words import FieldErrors
from tests.intake.numbers import id_number


def _one(line: str) -> tuple[str, str, str, str]:
    (person,) = people_of_lines(line, "agent")
    return person.name, person.phone, person.id_number, person.relation


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("沈玉珍 19900002222", ("沈玉珍", "19900002222", "", "")),
        ("沈玉珍，１９９００００２２２２，妻子", ("沈玉珍", "19900002222", "", "妻子")),
        ("沈玉珍（妻子）199 0000 2222", ("沈玉珍", "19900002222", "", "妻子")),
        ("1、沈玉珍 电话：199-0000-2222", ("沈玉珍", "19900002222", "", "")),
        ("(2) 沈玉珍", ("沈玉珍", "", "", "")),
        ("19900002222 沈玉珍", ("沈玉珍", "19900002222", "", "")),
        ("沈玉珍 0371-1234567转801 律师", ("沈玉珍", "0371-1234567-801", "", "律师")),
        ("沈玉珍(19900002222)", ("沈玉珍", "19900002222", "", "")),
        (f"沈玉珍、身份证{id_number(3)}、19900002222", ("沈玉珍", "19900002222", id_number(3), "")),
        ("买买提·艾力 19900002222", ("买买提·艾力", "19900002222", "", "")),
        ("  沈玉珍\u3000 表兄 邻居 ", ("沈玉珍", "", "", "表兄 邻居")),
    ],
)
def test_a_line_is_read_whatever_stands_between_its_parts(line: str, expected: tuple[str, str, str, str]) -> None:
    assert _one(line) == expected


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("19900002222", "里没有姓名"),
        ("沈玉珍 1990000222", "手机号应为11位数字"),
        ("沈玉珍 12345", "“12345”不是完整的电话或身份证号"),
        ("沈玉珍 1.1E+17", "“1.1E+17”不是完整的电话或身份证号"),
        ("沈玉珍 419999196001010010", "身份证号最后一位与前17位不符"),
        ("沈" * 101, "姓名最多100个字"),
    ],
)
def test_a_line_that_cannot_be_read_is_refused_with_the_reason(line: str, sentence: str) -> None:
    with pytest.raises(Unreadable, match=sentence.replace("+", r"\+")):
        people_of_lines(line, "agent")
    with pytest.raises(Unreadable, match="第2行："):
        people_of_lines(f"魏建平\n\n{line}", "agent")


def test_the_sixth_representative_and_an_unreadable_agent_are_told_together() -> None:
    with pytest.raises(FieldErrors) as refusal:
        people_from({"name": "田小禾", "representatives": "\n".join("甲乙丙丁戊己"), "agents": "12345"})
    assert "代表不能超过5人（第20条第三款），现在填了6人" in refusal.value.errors["representatives"]
    assert "12345" in refusal.value.errors["agents"]


@pytest.mark.parametrize(
    ("number", "tail"),
    [("19900001234", "1234"), ("0371-1234567", "4567"), ("0371-1234567-801", "4567"), ("4001234567", "4567"), ("", "")],
)
def test_the_tail_people_remember_is_that_of_the_number_not_of_its_extension(number: str, tail: str) -> None:
    assert phone_tail(number) == tail
