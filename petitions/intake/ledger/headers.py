"""Finding the header of a ledger, and guessing which heading means which column of the import."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TypeGuard

from petitions.cases.checks import Unreadable
from petitions.cases.spreadsheets.cells import Row, letter, written
from petitions.intake.ledger import values
from petitions.intake.ledger.columns import COLUMNS, EXTRA, Column, Kind
from petitions.words import Refused, Sentence, say

Columns = dict[str, str]
"""Heading -> key of COLUMNS, or EXTRA. Plain, so that it can be stored as JSON and remembered by `signature`."""

JOINT = "·"
"""Between the two lines of a header: 信访人·电话."""
_DEEPEST = 20
"""A header lies within the first rows that hold anything; above it stand titles and dates."""
_LONGEST = 30
"""Characters; what is longer is not a heading."""
_EXACT, _LAST_LINE, _ALSO, _SIMILAR = 100.0, 90.0, 70.0, 40.0
_LEGEND = re.compile(r"(匿名|未署名|实名|署名)[(:=]?([01])")


@dataclass(frozen=True)
class Header:
    """Where the header lies and what it says."""

    first: int
    """Row number of its first line."""
    last: int
    """Row number of its last line; the records begin below."""
    names: tuple[str, ...]
    """One heading per column, no two alike, none empty: a column without one is called by its letter."""


def find(head: Sequence[Row]) -> Header:
    """The header within the first rows of a sheet: one line or two, below any titles.

    Where no heading is known, the first row with the most cells of text. Raises Refused when the sheet is empty.
    """
    if not head:
        raise Refused(say("这张表没有内容"))
    rows = head[:_DEEPEST]
    best, most = _header((max(rows, key=_texts_in),), head), 0
    for row, below in zip(rows, (*rows[1:], None), strict=True):
        for lines in ((row,), (row, below)):
            header = _header(lines, head) if _may_be_header(lines) else None
            known = _known(header) if header else 0
            if header and known > most:
                best, most = header, known
    return best


def at(head: Sequence[Row], number: int, lines: int = 1) -> Header:
    """The header that a person pointed at: `lines` rows from row `number` on. Raises Refused when nothing is there."""
    chosen = tuple(row for row in head if number <= row.number < number + lines)
    if not chosen:
        raise Refused(say("第{row}行是空行，请选择表头所在的行", row=number))
    return _header(chosen, head)


def guess(names: Sequence[str], sample: Iterable[Row] = ()) -> Columns:
    """Which heading means which column; a heading that means none is EXTRA, and no column is given twice.

    `sample` are rows below the header: a heading like 类型, which may mean several things, only means a list of words
    (channel, purpose, signed or not) if most of its cells are such words.
    """
    rows = list(sample)
    offers = sorted(
        (-score, place, column.key)
        for place, name in enumerate(names)
        for column in COLUMNS.values()
        if (score := _score(column, name) * _fit(column, place, rows))
    )
    taken: dict[int, str] = {}
    for _, place, key in offers:
        if place not in taken and key not in taken.values():
            taken[place] = key
    mapping = {name: taken.get(place, EXTRA) for place, name in enumerate(names)}
    if "reply" not in mapping.values():
        # A day without the reply it belongs to says nothing that could be imported as an answer.
        mapping = {name: EXTRA if key in ("replied_on", "reply_days") else key for name, key in mapping.items()}
    return mapping


def signature(names: Iterable[str]) -> str:
    """The same for two files with the same headings in whatever order: the key to a remembered mapping."""
    return hashlib.sha256("\n".join(sorted(_bare(name) for name in names)).encode()).hexdigest()


def flaws(names: Sequence[str], mapping: Mapping[str, str], *, has_day: bool = False) -> list[Sentence]:
    """What is wrong with a mapping chosen by hand, in sentences; `has_day`: a day for all rows is given besides."""
    found: list[Sentence] = []
    keys = [mapping.get(name, EXTRA) for name in names]
    for key in dict.fromkeys(keys):
        if key == EXTRA:
            continue
        if key not in COLUMNS:
            found.append(say("没有“{key}”这个项目，请重新选择", key=key))
        elif keys.count(key) > 1:
            given = "、".join(f"“{name}”" for name in names if mapping.get(name) == key)
            found.append(say("{names}都对应了“{label}”，只能留一列", names=given, label=COLUMNS[key].label))
    if not {"title", "text"} & set(keys):
        found.append(say("还没有选择哪一列是诉求原文或者概况"))
    if "received_on" not in keys and not has_day:
        found.append(say("还没有选择哪一列是来件日期；表里没有的，请填写统一的来件日期"))
    if {"replied_on", "reply_days"} & set(keys) and "reply" not in keys:
        found.append(say("选择了答复时间，还没有选择哪一列是答复意见；没有这一列的，请把答复时间留作备注"))
    return found


def _header(lines: tuple[Row, ...], head: Sequence[Row]) -> Header:
    width = max(len(row.cells) for row in head)
    filled = [_texts(row, width) for row in lines]
    if len(filled) == 2:
        _spread(filled[0], filled[1])
    names: list[str] = []
    for place in range(width):
        parts = dict.fromkeys(line[place] for line in filled if line[place])
        name = JOINT.join(parts) or f"{letter(place)}列"
        names.append(name if name not in names else f"{name}（{letter(place)}列）")
    return Header(lines[0].number, lines[-1].number, tuple(names))


def _texts(row: Row, width: int) -> list[str]:
    texts = ["".join(written(cell).split()) for cell in row.cells]
    return texts + [""] * (width - len(texts))


def _spread(upper: list[str], lower: list[str]) -> None:
    """A heading that spans several columns stands in the first one only: write it over those it spans."""
    for place in range(1, len(upper)):
        if not upper[place] and lower[place]:
            upper[place] = upper[place - 1]


def _texts_in(row: Row) -> int:
    return sum(isinstance(cell, str) for cell in row.cells)


def _may_be_header(lines: tuple[Row | None, ...]) -> TypeGuard[tuple[Row, ...]]:
    """One line always; two when the upper one holds headings (a title holds none) and the lower one short texts."""
    upper, *others = lines
    if not others:
        return True
    below = others[0]
    if upper is None or below is None or below.number != upper.number + 1:
        return False
    cells = [cell for cell in below.cells if cell is not None]
    if not all(isinstance(cell, str) and len(cell) <= _LONGEST and not cell[:1].isdecimal() for cell in cells):
        return False
    alone = _header((upper,), (upper,))
    return _texts_in(upper) > 1 and _known(alone) > 0


def _known(header: Header) -> int:
    return sum(key != EXTRA for key in guess(header.names).values())


def _fit(column: Column, place: int, rows: Sequence[Row]) -> float:
    """What the cells say to a closed list of words: 0 when most are none of them, a little above 1 when most are."""
    if column.kind not in (Kind.CHANNEL, Kind.PURPOSE, Kind.UNSIGNED, Kind.SIGNED):
        return 1.0
    cells = [row.cells[place] for row in rows if place < len(row.cells) and row.cells[place] is not None]
    if not cells:
        return 1.0
    readable = 0
    for cell in cells:
        try:
            values.read(column.kind, cell, date.max)
        except Unreadable:
            continue
        readable += 1
    return 1.01 if 2 * readable >= len(cells) else 0.0


def _score(column: Column, name: str) -> float:
    """How surely a heading means a column; 0 when it does not."""
    if legend := _legend(name):
        return _EXACT if column.key == legend else 0.0
    whole, last = _bare(name), _bare(name.rpartition(JOINT)[2])
    if whole in column.names:
        return _EXACT - column.names.index(whole) / 10
    if len(name) > _LONGEST or any(word in whole for word in column.never):
        return 0.0
    return _likeness(column, last)


def _likeness(column: Column, name: str) -> float:
    if name in column.names:
        return _LAST_LINE - column.names.index(name) / 10
    if name in column.also:
        return _ALSO - column.also.index(name) / 10
    within = max((len(known) for known in column.names if len(known) > 1 and known in name), default=0)
    return _SIMILAR + within if within and len(name) <= within + 4 else 0.0


@lru_cache(4096)
def _legend(name: str) -> str:
    """匿名(1)/实名(0) says itself which of the two a 1 means: unsigned, signed, or "" for a heading without legend."""
    for word, digit in _LEGEND.findall(unicodedata.normalize("NFKC", name)):
        if digit == "1":
            return "unsigned" if word in ("匿名", "未署名") else "signed"
    return ""


@lru_cache(4096)
def _bare(name: str) -> str:
    """A heading without remarks in brackets, stars, blanks and the difference of case and width."""
    narrow = unicodedata.normalize("NFKC", name).lower()
    without = re.sub(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】", "", narrow)
    return re.sub(rf"[\s*:：#{JOINT}]", "", without or narrow)
