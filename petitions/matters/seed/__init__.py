"""The code lists of the field (domain.md §4): what a new database starts with. An administrator may change the rows.

Each list is a CSV file beside this one, named after the list, so that an official can read it and a change of it in a
diff. The columns of COLUMNS are the same everywhere; any other goes into `extra`, typed by its name.
The order of the lines is the order on the screens.
"""

import csv
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

SCHEME = "2026-1"
"""The edition of these lists. A row of the database keeps the edition it came from, for old cases outlive it."""

LISTS: Mapping[str, str] = {
    "channel": "信访形式",
    "purpose": "信访目的",
    "nature": "诉求性质",
    "content_class": "内容分类",
    "route": "办理途径",
    "refusal": "不予（不再）受理理由",
    "file_reason": "存档备查理由",
    "flag": "标记",
    "urgency": "紧急程度",
    "visit_scale": "来访规模",
    "signature": "署名",
    "outcome": "处理结果",
    "service_method": "送达方式",
    "satisfaction": "满意度",
    "source_level": "信访来源",
    "return_visit_way": "回访方式",
    "phrase": "常用语",
    "reveal_reason": "查看信访人信息的原因",
    "dispute_type": "纠纷类型",
}
"""Every list with its Chinese name, in the order an administrator meets them."""

COLUMNS = ("code", "label", "parent", "note", "article")


def _yes(cell: str) -> bool:
    return cell == "yes"


_TYPES: Mapping[str, Callable[[str], Any]] = {
    "english": str,  # every list: the label on the English screens
    "group": str,  # channel: which block of the intake screen it shows
    "counted": str,  # channel: 件次 or 批次, the unit the register counts in
    "nature": str,  # purpose: the nature it proposes
    "confidential": _yes,  # nature: kept behind the wall of 第30条
    "diverted": _yes,  # nature: leaves the petition procedure at triage
    "leads_to": str,  # refusal: not_accepted or no_longer_accepted
    "local": _yes,  # a rule of some provinces only: an administrator may switch the row off
    "instead": str,  # refusal: what the regulation of 2022 asks for in place of a refusal
    "diverts": _yes,  # route: another procedure takes over
    "limits": str.split,  # route: limits of that procedure to be shown (X1–X5)
    "clock": str,  # route: the clock it starts here
    "rank": int,  # urgency, source_level: for sorting
    "labour": _yes,  # dispute_type: a labour dispute, which may go to arbitration after 15 日
    "platform": str,  # dispute_type: its number in the exchange of the justice bureaus
    "named": _yes,  # signature: the person is known
    "natures": str.split,  # outcome: natures it may end
    "favourable": _yes,  # outcome: something was granted, so performance is followed up (第32条第二款)
    "deemed_days": int,  # service_method: 日 after which the paper counts as received
    "consent": _yes,  # service_method: only with the receiver's consent
    "step": str,  # file_reason: screening or triage, where it is offered
    "counts": _yes,  # satisfaction: part of the rate
    "score": int,  # satisfaction: for averages
}


@dataclass(frozen=True)
class SeedRow:
    """One entry of one list."""

    list: str
    code: str
    label: str
    """Chinese; `extra["english"]` is its translation."""
    position: int
    """From 1, within the list."""
    parent: str = ""
    """Code of the entry above it in the same list."""
    note: str = ""
    """Chinese: what it means or what to do, shown as help."""
    article: str = ""
    """The legal basis, in the words it is cited with."""
    extra: Mapping[str, Any] = field(default_factory=dict, compare=False)
    """`english`, and what only this list knows. Plain values that can be stored as JSON; an empty cell is absent."""


def rows() -> Iterator[SeedRow]:
    """Every entry of every list, lists in the order of LISTS, entries in the order of their file."""
    for name in LISTS:
        yield from rows_of(name)


def rows_of(name: str) -> Iterator[SeedRow]:
    """The entries of one list. Raises KeyError for a column of which no meaning is known."""
    text = (files(__package__) / f"{name}.csv").read_text(encoding="utf-8")
    for position, cells in enumerate(csv.DictReader(text.splitlines(), strict=True), 1):
        extra = {column: _TYPES[column](cell) for column, cell in cells.items() if column not in COLUMNS and cell}
        common = {column: cells.get(column, "") for column in COLUMNS}
        yield SeedRow(list=name, position=position, extra=extra, **common)
