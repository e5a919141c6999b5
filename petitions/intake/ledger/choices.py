"""What the pages of the import ask, and the words for what they show."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from petitions import clock
from petitions.access.models import User
from petitions.cases import cleaning, codes, fields
from petitions.cases.fields import Choice, Field, Kind
from petitions.cases.kinds import KINDS
from petitions.cases.perform import Surroundings
from petitions.cases.spreadsheets.cells import Row, written
from petitions.intake.ledger.columns import COLUMNS, EXTRA
from petitions.intake.ledger.headers import Header
from petitions.intake.ledger.history import Unanswered
from petitions.matters.masks import masked_id, masked_phone
from petitions.words import Sentence, say

STATES: Mapping[str, Sentence] = {
    "draft": say("待设置"),
    "checking": say("正在校验"),
    "checked": say("已校验，待导入"),
    "running": say("正在导入"),
    "done": say("已导入"),
    "undone": say("已撤销"),
}
INTERRUPTED = say("已中断，可继续")

RESULTS: Mapping[str, Sentence] = {
    "imported": say("新登记"),
    "joined": say("并入为重复件"),
    "known": say("以前已登记"),
    "refused": say("没有导入"),
}

STEPS = (say("上传"), say("选表和表头"), say("对应列"), say("校验和试运行"), say("导入"), say("结果"))

OPTIONS = {
    field.name: field
    for field in (
        Field("channel", Kind.CHOICE, say("信访形式"), choices="channels", help=say("表里没有写明的行按此登记")),
        Field("received_on", Kind.DATE, say("来件日期"), past=True, help=say("表里没有写明的行按此登记")),
        Field("class_code", Kind.CHOICE, say("内容分类"), choices="classes", help=say("可不选，由分办时确定")),
        Field("place", Kind.TEXT, say("问题属地"), max_length=200, help=say("可不填，由分办时确定")),
    )
}
"""What holds for rows that do not say it themselves."""

UNANSWERED = (
    Choice(Unanswered.OPEN, say("作为待办件，期限从来件之日起算")),
    Choice(Unanswered.FILED, say("只存档备查，计入统计，不再办理")),
)

LINES = (Choice("1", say("一行")), Choice("2", say("两行")))

_LONG_NUMBER = re.compile(r"(?<![0-9])(?:[0-9]{17}[0-9Xx]|1[3-9][0-9]{9})(?![0-9])")
_SHOWN = 60
"""Characters of a cell in a preview."""


def option_choices() -> dict[str, list[Choice]]:
    """The lists that the options offer."""
    return {"channels": codes.choices("channel"), "classes": codes.choices("content_class")}


def cleaned(form: Mapping[str, Any], actor: User) -> dict[str, Any]:
    """The options of a posted form; raises FieldErrors."""
    asked = Surroundings(KINDS["matter"], None, actor, clock.today(), None)
    values = cleaning.clean(OPTIONS, (), OPTIONS, fields.from_form(OPTIONS.values(), form), asked)
    return {name: values.get(name, "") for name in OPTIONS}


def needed(mapping: Mapping[str, str]) -> set[str]:
    """The options that every row needs because no column says it."""
    return {"channel", "received_on"} - set(mapping.values())


def unsaid(mapping: Mapping[str, str], options: Mapping[str, Any]) -> dict[str, str]:
    """What is wrong where nothing says how the petitions came in: the check would refuse every row for it."""
    if "channel" not in needed(mapping) or options.get("channel"):
        return {}
    return {"channel": say("表里没有“信访形式”这一列。选择这些件是怎样来的，或者在上面指出哪一列写着信访形式")}


def targets() -> list[Choice]:
    """What a column of the file may mean."""
    return [Choice(column.key, column.label) for column in COLUMNS.values()]


def mapping_of(header: Header, form: Mapping[str, Any]) -> dict[str, str]:
    """The mapping of a posted form: one select a column, named by its place."""
    return {name: form.get(f"column-{place}") or EXTRA for place, name in enumerate(header.names)}


@dataclass(frozen=True)
class Line:
    """A column of the file on the mapping page."""

    place: int
    heading: str
    target: str
    samples: tuple[str, ...]


def lines(header: Header, mapping: Mapping[str, str], sample: Sequence[Row]) -> list[Line]:
    """The columns with what they are taken for and what stands in them."""
    return [
        Line(place, name, mapping.get(name, EXTRA), _samples(place, sample)) for place, name in enumerate(header.names)
    ]


def _samples(place: int, sample: Sequence[Row]) -> tuple[str, ...]:
    shown = [preview(row.cells[place]) for row in sample if place < len(row.cells) and row.cells[place] is not None]
    return tuple(list(dict.fromkeys(shown))[:3])


def preview(cell: Any) -> str:
    """A cell as a preview shows it: short, and numbers of people masked (ux.md §9)."""
    text = " ".join(written(cell).split())
    text = _LONG_NUMBER.sub(lambda found: _masked(found.group()), text)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _masked(number: str) -> str:
    return masked_phone(number) if len(number) == 11 else masked_id(number)
