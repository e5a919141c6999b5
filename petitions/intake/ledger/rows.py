"""Checking one row: values that can be registered, or sentences that name the row and the column."""

import hashlib
import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from petitions.cases import checks
from petitions.cases.checks import Unreadable
from petitions.cases.spreadsheets.cells import Cell, Row, letter, written
from petitions.intake.ledger import values as reading
from petitions.intake.ledger.columns import COLUMNS, EXTRA, Column, Kind
from petitions.matters.registration import FIELDS
from petitions.words import Sentence, say

TITLE_LENGTH = FIELDS["title"].max_length


@dataclass(frozen=True)
class Defaults:
    """What holds for every row that does not say it itself."""

    channel: str = ""
    """A code of domain.md §4.1; empty: a row without a channel is a problem."""
    received_on: date | None = None
    """None: a row without a day is a problem."""


@dataclass(frozen=True)
class Problem:
    """Why a row cannot be imported as it stands."""

    row: int
    heading: str
    """The column as the file calls it; empty for the row as a whole."""
    sentence: Sentence
    """Names row and column: 第35行“身份证号”：身份证号应为18位，现在是17位."""

    def __str__(self) -> str:
        return self.sentence


@dataclass
class Checked:
    """What one row says."""

    number: int
    """The row's number in the file."""
    values: dict[str, Any] = field(default_factory=dict)
    """By key of COLUMNS; days are dates; what is empty is absent, `unsigned` is always there. A web petition also has
    `terminal`; `replied_on` is there exactly when `reply` is. Whole only when there are no problems."""
    extras: dict[str, str] = field(default_factory=dict)
    """Heading -> text of what no column takes, kept beside the petition as it was written."""
    problems: list[Problem] = field(default_factory=list)


def check(
    row: Row,
    names: Sequence[str],
    mapping: Mapping[str, str],
    today: date,
    defaults: Defaults = Defaults(),
) -> Checked:
    """Read `row` under the headings `names` by `mapping` (headers.py); never raises for anything a file may hold."""
    return _Check(row, names, mapping, today, defaults).checked


def fingerprint(values: Mapping[str, Any]) -> str:
    """A hash of name, day, title and text: the same row is the same petition, however often its file is imported.

    Width, case and blanks do not count, for they change when a ledger passes through another program.
    """
    received = values.get("received_on")
    parts = [received.isoformat() if received else "", *(values.get(key, "") for key in ("name", "title", "text"))]
    folded = ["".join(unicodedata.normalize("NFKC", part).casefold().split()) for part in parts]
    return hashlib.sha256(json.dumps(folded, ensure_ascii=False).encode()).hexdigest()


class _Check:
    """The check of one row while it goes on."""

    def __init__(
        self, row: Row, names: Sequence[str], mapping: Mapping[str, str], today: date, defaults: Defaults
    ) -> None:
        self.checked = Checked(row.number)
        self.values = self.checked.values
        self.today = today
        self.defaults = defaults
        self.headings = {mapping[name]: name for name in names if mapping.get(name, EXTRA) != EXTRA}
        self.unreadable: set[str] = set()
        if self._repeats_header(row, names):
            self._refuse("", say("这一行是重复的表头，没有导入"))
            return
        for place, cell in enumerate(row.cells):
            name = names[place] if place < len(names) else f"{letter(place)}列"
            self._read(name, mapping.get(name, EXTRA), cell)
        if not {"title", "text", "received_on", "name"} & ({*self.values} | self.unreadable):
            self._refuse("", say("没有诉求，也没有来件日期和姓名。如果是合计、签字之类，可以不管"))
            return
        self._settle_name()
        self._settle_text()
        self._settle_channel()
        self._settle_day()
        self._settle_reply()

    @staticmethod
    def _repeats_header(row: Row, names: Sequence[str]) -> bool:
        """Long ledgers repeat their header on every printed page."""
        pairs = [(written(cell), name) for cell, name in zip(row.cells, names, strict=False) if cell is not None]
        return len(pairs) > 1 and all("".join(text.split()) == name for text, name in pairs)

    def _read(self, name: str, key: str, cell: Cell) -> None:
        text = checks.tidy(written(cell))
        if not text:
            return
        column = COLUMNS.get(key)
        if column is None:
            self.checked.extras[name] = text
            return
        try:
            value = reading.read(column.kind, cell, self.today)
            self._check_length(column, value)
        except Unreadable as refusal:
            self.unreadable.add(key)
            self._refuse(key, refusal.sentence)
            return
        if value != "":
            self.values[key] = value
        if key == "reply_days" or (column.kind is Kind.PHONE and len(reading.phones(cell)) > 1):
            self.checked.extras[name] = text
        if key == "channel" and value == "WS":
            self.values["terminal"] = reading.terminal(cell)

    def _check_length(self, column: Column, value: Any) -> None:
        if isinstance(value, str) and len(value) > column.max_length and column.key != "title":
            raise Unreadable(say("最多{most}个字，现在是{now}个字", most=column.max_length, now=len(value)))

    def _settle_name(self) -> None:
        """Without a name the petition is unsigned; a name that was not to be named is kept, but not as the name."""
        name = self.values.pop("name", "")
        flagged = any([self.values.pop("unsigned", False), self.values.pop("signed", False)])
        if name in reading.NAMELESS:
            name = ""
        if flagged and name:
            self.checked.extras[self.headings["name"]] = name
            name = ""
        if name:
            self.values["name"] = name
        self.values["unsigned"] = not name and "name" not in self.unreadable

    def _settle_text(self) -> None:
        """A text is needed; a title may stand for it. A title too long for a line is kept whole beside a shorter one."""
        title = self.values.pop("title", "")
        text = self.values.setdefault("text", title)
        if not text:
            del self.values["text"]
            if not {"title", "text"} & self.unreadable:
                self._missing("text", "title")
        if len(title) > TITLE_LENGTH:
            if title == text:
                title = ""
            else:
                self.checked.extras[self.headings["title"]] = title
                title = title[: TITLE_LENGTH - 1] + "…"
        if title:
            self.values["title"] = title

    def _settle_channel(self) -> None:
        if "channel" in self.unreadable or "channel" in self.values:
            return
        if self.defaults.channel:
            self.values["channel"] = self.defaults.channel
        else:
            self._missing("channel")

    def _settle_day(self) -> None:
        if "received_on" in self.unreadable:
            return
        received = self.values.setdefault("received_on", self.defaults.received_on)
        if received is None:
            del self.values["received_on"]
            self._missing("received_on")
        elif received > self.today:
            self._refuse("received_on", say("来件日期（{day}）晚于今天，请核对", day=received.isoformat()))

    def _settle_reply(self) -> None:
        """A reply has its day, from its own column or counted from the day of receipt, and the day has its reply."""
        days = self.values.pop("reply_days", None)
        received = self.values.get("received_on")
        if "reply" not in self.values:
            if "replied_on" in self.values and "reply" not in self.unreadable:
                self._refuse("replied_on", say("有答复时间，没有答复意见。还没有答复的，请把答复时间清空"))
            return
        if self.unreadable & {"replied_on", "reply_days"}:
            return
        source = "replied_on"
        if "replied_on" not in self.values and days is not None and received:
            source = "reply_days"
            self.values["replied_on"] = received + timedelta(days=min(days, 36_500))
        replied = self.values.get("replied_on")
        if replied is None:
            self._refuse("reply", say("有答复意见，没有答复时间。请填写答复时间，或者把答复意见留作备注"))
        elif received and replied < received:
            self._refuse(
                source,
                say(
                    "答复时间（{replied}）早于来件日期（{received}），请核对",
                    replied=replied.isoformat(),
                    received=received.isoformat(),
                ),
            )
        elif replied > self.today:
            self._refuse(source, say("答复时间（{day}）晚于今天，请核对", day=replied.isoformat()))

    def _missing(self, *keys: str) -> None:
        """Say that a column is not filled, under its heading, or under our own name where the file has no such column."""
        key = next((key for key in keys if key in self.headings), keys[0])
        self._refuse(key, say("没有填写"))

    def _refuse(self, key: str, reason: Sentence | str) -> None:
        heading = self.headings.get(key) or (COLUMNS[key].label if key else "")
        if heading:
            sentence = say("第{row}行“{column}”：{problem}", row=self.checked.number, column=heading, problem=reason)
        else:
            sentence = say("第{row}行：{problem}", row=self.checked.number, problem=reason)
        self.checked.problems.append(Problem(self.checked.number, heading, sentence))
