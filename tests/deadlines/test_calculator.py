"""期限计算器: the vectors word for word, its refusals, and that page, JSON and command say the same."""

from datetime import date
from urllib.parse import urlencode

import pytest
from sqlalchemy.orm import Session

from petitions.deadlines.calculator import calculate
from petitions.words import FieldErrors
from tests.factories import World
from tests.pages import Browse

# reliability.md §3 and domain.md §2.3 by the calendar that ships: limit, start, more, nominal, last day.
VECTORS = [
    ("T6", "2023-12-31", {}, "2024-02-29", "2024-02-29"),
    ("T6", "2024-01-01", {}, "2024-03-01", "2024-03-01"),
    ("T6", "2024-12-31", {}, "2025-03-01", "2025-03-03"),
    ("T6", "2025-08-02", {}, "2025-10-01", "2025-10-09"),
    ("T6", "2025-12-18", {}, "2026-02-16", "2026-02-24"),
    ("T6", "2026-08-02", {}, "2026-10-01", "2026-10-08"),
    ("T1", "2026-02-01", {}, "2026-02-16", "2026-02-24"),
    ("T5", "2024-02-14", {}, "2024-02-22", "2024-02-22"),
    ("T5", "2025-01-24", {}, "2025-02-07", "2025-02-07"),
    ("T5", "2025-04-25", {}, "2025-05-06", "2025-05-06"),
    ("T5", "2025-09-26", {}, "2025-10-10", "2025-10-10"),
    ("T5", "2026-02-13", {}, "2026-02-27", "2026-02-27"),
    ("T5", "2026-04-30", {}, "2026-05-11", "2026-05-11"),
    ("T5", "2026-09-18", {}, "2026-09-24", "2026-09-24"),
    ("T5", "2024-02-28", {}, "2024-03-06", "2024-03-06"),
    ("T6", "2026-08-03", {"extend": "30"}, "2026-11-01", "2026-11-02"),
    ("T11", "2026-11-02", {"pause": "2026-11-10..2026-11-17"}, "2026-12-10", "2026-12-10"),
    ("M9", "2026-01-31", {}, "2026-03-02", "2026-03-02"),
    ("M1", "2026-01-31", {}, "2026-02-28", "2026-02-28"),
    ("X5", "2023-05-06", {}, "2026-05-06", "2026-05-06"),
]


@pytest.mark.parametrize(("limit", "start", "more", "nominal", "due"), VECTORS)
def test_the_vectors_hold(*, session, limit, start, more, nominal, due):
    answer = calculate({"limit": limit, "start": start, **more}, None)
    assert (answer.span.nominal.isoformat(), answer.span.rolled.isoformat()) == (nominal, due)
    assert answer.span.target == min(date.fromisoformat(nominal), date.fromisoformat(due))
    for day in {answer.span.nominal, answer.span.rolled}:
        assert f"{day.year}年{day.month}月{day.day}日" in answer.explanation


@pytest.mark.parametrize(
    ("asked", "field", "words"),
    [
        ({"limit": "T6", "start": "2026-08-03", "extend": "31"}, "extend", "最多延长30日"),
        ({"limit": "T6", "start": "2026-08-03", "extend": "-1"}, "extend", "负数"),
        ({"limit": "T9", "start": "2026-08-03", "extend": "1"}, "extend", "不能延长"),
        ({"limit": "T11", "start": "2026-11-02", "pause": "2026-11-17..2026-11-10"}, "pause", "结束早于开始"),
        ({"limit": "T11", "start": "2026-11-02", "pause": "2026-10-01..2026-11-02"}, "pause", "起算日之前"),
        ({"limit": "T11", "start": "2026-11-02", "pause": "2027-01-10..2027-01-17"}, "pause", "不在期限之内"),
        ({"limit": "T11", "start": "2026-11-02", "pause": "听证"}, "pause", "看不懂"),
        ({"limit": "T11", "start": "2026-11-02", "pause": "2026-11-10 " * 21}, "pause", "最多填20段"),
        ({"limit": "T6", "start": "2026-02-30"}, "start", "不存在"),
        ({"limit": "T6", "start": ""}, "start", "填写起算日"),
        ({"limit": "T12", "start": "2026-08-03"}, "limit", "没有固定的天数"),
        ({"limit": "T13", "start": "2026-08-03"}, "limit", "没有固定的天数"),
        ({"limit": "T7", "start": "2026-08-03"}, "limit", "连续计算"),
        ({"limit": "M5", "start": "2026-08-03"}, "limit", "M5.ordinary、M5.summary"),
        ({"limit": "T99", "start": "2026-08-03"}, "limit", "没有“T99”"),
        ({"limit": "", "start": "2026-08-03"}, "limit", "选择一个期限"),
    ],
)
def test_a_question_without_an_answer_is_refused_with_the_reason(*, session, asked, field, words):
    with pytest.raises(FieldErrors) as refusal:
        calculate(asked, None)
    assert words in refusal.value.errors[field]


def test_page_and_script_get_the_same_answer(session: Session, world: World, browser_of: Browse) -> None:
    session.commit()
    desk = browser_of(world.handler)
    asked = urlencode({"limit": "T11", "start": "2026-11-02", "pause": "2026-11-10..2026-11-17"})
    found = desk.get(f"/limits/calculator.json?{asked}").get_json()
    assert (found["nominal"], found["due"], found["pauses"]) == (
        "2026-12-10", "2026-12-10", [["2026-11-10", "2026-11-17"]],
    )  # fmt: skip
    page = desk.get(f"/limits/calculator?{asked}")
    assert page.status_code == 200
    assert found["explanation"] in page.get_data(as_text=True)
    wrong = desk.get("/limits/calculator.json?limit=T6&start=2026-08-03&extend=40")
    assert (wrong.status_code, list(wrong.get_json()["errors"])) == (422, ["extend"])
    assert desk.get("/limits/calculator").status_code == 200
    assert desk.get("/limits/calculator?limit=T6&start=x").status_code == 422
