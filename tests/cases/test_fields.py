"""The one validator: whatever a program hands it, it answers with values or with sentences."""

from datetime import date
from typing import Any

import pytest

from petitions.cases.cleaning import clean
from petitions.cases.fields import Choice, Field, Kind, from_form
from petitions.words import FieldErrors


class Nothing:
    """Surroundings with one entry in every list and no case."""

    today = date(2026, 3, 20)
    received_on = None

    def choices(self, name: str) -> list[Choice]:  # noqa: ARG002
        """One entry."""
        return [Choice("1", "甲")]

    def look_up(self, name: str, given: str) -> Choice | None:  # noqa: ARG002
        """No case is known."""
        return None


MISSHAPEN = [
    (kind, raw)
    for kind in Kind
    for raw in (["1"], {"1": "1"}, [["1"]], 7, True, "x", ("1",))
    if not (
        (kind in (Kind.TEXT, Kind.LONG, Kind.FLAG) and not isinstance(raw, list | tuple | dict))
        or (kind in (Kind.INTEGER, Kind.MONEY) and raw == 7 and raw is not True)
        or (kind in (Kind.CHOICES, Kind.UNITS) and raw in (["1"], ("1",)))
        or (kind in (Kind.PER_PART, Kind.TOLD) and raw == {"1": "1"})
    )
]
"""What a form never sends and a program may: several values for one, one for several, numbers for names."""


@pytest.mark.parametrize(("kind", "raw"), MISSHAPEN, ids=[f"{kind} {raw}" for kind, raw in MISSHAPEN])
def test_a_value_of_another_shape_is_answered_with_a_sentence(kind: Kind, raw: Any) -> None:
    field = Field("one", kind, "某项", choices="list", parts="list")
    with pytest.raises(FieldErrors) as refused:
        clean({"one": field}, ["one"], [], {"one": raw}, Nothing())
    assert refused.value.errors["one"]


PLAN = Field(
    "plan", Kind.ROWS, "计划", row_needs=("item", "day"), most_rows=2,
    columns=(Field("item", Kind.TEXT, "事项"), Field("amount", Kind.MONEY, "金额"), Field("day", Kind.DATE, "日期")),
)  # fmt: skip


def told(field: Field, raw: Any) -> Any:
    return clean({field.name: field}, [field.name], [], {field.name: raw}, Nothing())[field.name]


def refusal(field: Field, raw: Any) -> str:
    with pytest.raises(FieldErrors) as refused:
        told(field, raw)
    return str(refused.value.errors[field.name])


def test_a_table_is_read_row_by_row_and_empty_rows_are_passed_over() -> None:
    rows = [{"item": "一期", "amount": "1,200元", "day": "2026-05-01"}, {"item": "", "amount": "", "day": ""}]
    assert told(PLAN, rows) == [{"item": "一期", "amount": "1200", "day": "2026-05-01"}]
    assert "第2行：填写事项" in refusal(PLAN, [rows[0], {"amount": "5", "day": "2026-05-01"}])
    assert "第1行" in refusal(PLAN, [{"item": "一期", "day": "五月"}])
    assert "至少填写一行" in refusal(PLAN, [{"item": ""}])
    assert "最多2行" in refusal(PLAN, [rows[0]] * 3)
    assert refusal(PLAN, ["一期"])


def test_the_rows_of_a_form_keep_their_order() -> None:
    form = {
        "plan.10.item": "十",
        "plan.2.item": "二",
        "plan.2.day": "2026-05-01",
        "plan.x.item": "?",
        "other.1.item": "!",
    }
    assert from_form([PLAN], form)["plan"] == [{"item": "二", "day": "2026-05-01"}, {"item": "十"}]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("1200", "1200"), ("1,200.50 元", "1200.50"), ("￥0.5", "0.50"), ("3.00", "3"), (1200, "1200"), ("１２", "12")],
)
def test_money_is_kept_as_it_is_written(typed: Any, kept: str) -> None:
    assert told(Field("sum", Kind.MONEY, "金额"), typed) == kept
    assert told(Field("sum", Kind.MONEY, "金额"), kept) == kept


@pytest.mark.parametrize("typed", ["一千二", "-5", "1.234", "12,00", "999999999999", "1e5", "NaN"])
def test_what_is_no_amount_is_refused(typed: str) -> None:
    assert "金额" in refusal(Field("sum", Kind.MONEY, "金额"), typed)


def test_what_each_part_says_is_kept_by_part() -> None:
    field = Field("said", Kind.TOLD, "陈述", parts="list", max_length=5)
    assert told(field, {"1": " 是 "}) == {"1": "是"}
    assert "没有这个选项" in refusal(field, {"2": "是"})
    assert "陈述（甲）最多5个字" in refusal(field, {"1": "一二三四五六"})
