"""Reading one cell as what its column asks for: the tables of words, and the traps of spreadsheets."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from petitions.cases import checks
from petitions.cases.checks import Unreadable, shown
from petitions.cases.spreadsheets.cells import Cell, written
from petitions.intake.ledger.columns import Kind
from petitions.words import say

_EPOCH = date(1899, 12, 30)
"""Day 0 of a spreadsheet, moved by one day for the 29 February 1900 that it believes in."""
_FIRST_SERIAL, _LAST_SERIAL = 18_264, 73_050
"""1950-01-01 to 2099-12-31: a number outside is not a date that lost its format."""
_FIRST_YEAR = 1949
"""A small number shown as a date is a day of 1900: no ledger of this state is older than the state."""
_MOST_PEOPLE = 100_000

CHANNELS: Mapping[str, tuple[str, ...]] = {
    # The order matters: 领导信箱 is not a letter, 12345app is not a call, 走访发现 is not a visit to the office.
    "XX": ("信箱", "领导留言"),
    "LP": ("批示", "领导阅批"),
    "SZ": ("上级", "转送", "交办", "转办"),
    "SP": ("视频",),
    "XF": ("下访", "约访", "走访发现", "党建走访", "入户", "包案走访"),
    "WS": ("网", "app", "微信", "小程序", "公众号", "客户端", "qq", "微博", "短信", "抖音", "论坛", "手机端", "web"),
    "LX": ("来信", "书信", "信件", "信函", "邮", "传真", "信访件"),
    "LD": ("来电", "电话", "热线", "12345", "12388", "110"),
    "LF": ("来访", "走访", "到访", "上访", "接访", "接待", "窗口", "大厅", "个访", "集体访", "当面"),
}
"""Words of a ledger, wherever they stand in the cell -> channel (domain.md §4.1)."""

TERMINALS: Mapping[str, tuple[str, ...]] = {
    "wechat": ("微信", "公众号", "小程序"),
    "app": ("app", "客户端", "手机端"),
    "web": ("网", "web"),
}
"""The same for what the web was reached with; anything else is "other"."""

PURPOSES: Mapping[str, tuple[str, ...]] = {
    # 投诉举报 of a hotline goes behind the wall of 第30条: too much protection can be taken back, too little cannot.
    "accusation": ("检举", "举报", "控告", "揭发"),
    "suggestion": ("建议", "意见", "批评"),
    "enquiry": ("咨询", "询问", "查询"),
    "thanks": ("感谢", "表扬", "致谢"),
    # 投诉 of a hotline asks that a nuisance be ended: 求决, not 检举控告.
    "request": ("求决", "投诉", "求助", "诉求", "请求", "申请", "反映", "纠纷"),
    "appeal": ("申诉", "不服"),
    "other": ("其他", "其它", "99"),
}
"""Words of a ledger -> purpose (domain.md §4.2). 申诉求决 together is 求决."""

_YES = frozenset(("是", "1", "y", "yes", "true", "√", "✓", "✔", "有", "对"))
_NO = frozenset(("否", "0", "n", "no", "false", "×", "x", "无", "不是", "非"))
_UNSIGNED = ("匿名", "未署名", "不署名", "无名")
_SIGNED = ("实名", "署名", "化名", "具名")

NAMELESS = frozenset(
    (
        "匿名",
        "无名",
        "无名氏",
        "不详",
        "未知",
        "未署名",
        "不署名",
        "匿名者",
        "匿名人",
        "匿名信",
        "佚名",
        "无",
        "某某",
        "/",
        "-",
    )
)
"""What stands in the name column of a letter that nobody signed."""


def read(kind: Kind, cell: Cell, today: date) -> Any:
    """The value of a cell that is not empty. Raises Unreadable with what is wrong and what to write instead."""
    return _READERS[kind](cell, today)


def plain(cell: Cell) -> str:
    """The cell as a code: narrow, without the signs that keep a spreadsheet from counting (="0012", '0012)."""
    text = checks.narrow(written(cell))
    if wrapped := re.fullmatch(r'="?([^"]*)"?', text):
        text = wrapped.group(1)
    return text.lstrip("'`").strip()


def terminal(cell: Cell) -> str:
    """What the web was reached with: web, app, wechat or other."""
    return _listed(TERMINALS, plain(cell).lower()) or "other"


def _code(cell: Cell, today: date) -> str:  # noqa: ARG001
    text = plain(cell)
    if checks.is_scientific(text):
        raise Unreadable(say("号码被表格软件变成了“{number}”，后几位已丢失。请把该列设为“文本”后重新填写", number=text))
    return text


def _line(cell: Cell, today: date) -> str:  # noqa: ARG001
    return checks.tidy_line(written(cell))


def _text(cell: Cell, today: date) -> str:  # noqa: ARG001
    return checks.tidy(written(cell))


def _day(cell: Cell, today: date) -> date:  # noqa: ARG001
    text = plain(cell)
    if isinstance(cell, date):
        named = cell.date() if isinstance(cell, datetime) else cell
    elif re.fullmatch(r"[0-9]{5}(\.[0-9]+)?", text) and _FIRST_SERIAL <= float(text) < _LAST_SERIAL + 1:
        named = _EPOCH + timedelta(days=int(float(text)))
    else:
        named = checks.day(text)
    if named.year < _FIRST_YEAR:
        raise Unreadable(say("{year}年太早，请核对日期", year=named.year))
    return named


def _phone(cell: Cell, today: date) -> str:  # noqa: ARG001
    """The first number of the cell; several are usual, and rows.py keeps the others."""
    return checks.phone(phones(cell)[0])


def phones(cell: Cell) -> list[str]:
    """The telephone numbers of a cell, as they were written."""
    parts = [part.strip() for part in re.split(r"[、/;,，；\n]|或", plain_lines(cell))]
    return [part for part in parts if part] or [""]


def plain_lines(cell: Cell) -> str:
    """Like `plain`, with its lines kept apart."""
    return "\n".join(plain(line) for line in checks.tidy(written(cell)).split("\n"))


def _id_number(cell: Cell, today: date) -> str:
    return checks.id_number(plain(cell), today)


def _count(cell: Cell, today: date) -> int:  # noqa: ARG001
    number = checks.integer(re.sub("[人名位]次?$", "", plain(cell)).rstrip())
    if not 1 <= number <= _MOST_PEOPLE:
        raise Unreadable(say("人数应在1到{most}之间，现在是{number}", most=_MOST_PEOPLE, number=number))
    return number


def _days(cell: Cell, today: date) -> int:  # noqa: ARG001
    number = checks.integer(re.sub("[天日]$", "", plain(cell)).rstrip())
    if number < 0:
        raise Unreadable(say("天数不能是负数，现在是{number}", number=number))
    return number


def _unsigned(cell: Cell, today: date) -> bool:  # noqa: ARG001
    """Whether the petition is unsigned; 匿名 and 实名 say so themselves, 是 and 1 answer the heading."""
    text = plain(cell).lower()
    if any(word in text for word in _UNSIGNED):
        return True
    if any(word in text for word in _SIGNED):
        return False
    if text in _YES or text in _NO:
        return text in _YES
    raise Unreadable(say("看不懂“{given}”，请写“是”或“否”", given=shown(text)))


def _signed(cell: Cell, today: date) -> bool:
    """The same answer to the opposite heading: whether the petition is unsigned."""
    text = plain(cell).lower()
    return text in _NO if text in _YES or text in _NO else _unsigned(cell, today)


def _channel(cell: Cell, today: date) -> str:  # noqa: ARG001
    text = plain(cell)
    found = text.upper() if text.upper() in CHANNELS else _listed(CHANNELS, text.lower())
    if not found:
        raise Unreadable(
            say(
                "不认识的信访形式“{given}”，请写来信、来访、来电、网上信访、领导信箱、上级转送、领导批示、视频接访或者下访约访",
                given=shown(text),
            )
        )
    return found


def _purpose(cell: Cell, today: date) -> str:  # noqa: ARG001
    text = plain(cell)
    found = text.lower() if text.lower() in PURPOSES else _listed(PURPOSES, text)
    if not found:
        raise Unreadable(
            say("不认识的信访目的“{given}”，请写申诉、求决、揭发控告、意见建议、咨询、感谢或者其他", given=shown(text))
        )
    return found


def _listed(words: Mapping[str, tuple[str, ...]], text: str) -> str:
    """The code of the first entry one of whose words stands in `text`; "" for none."""
    return next((code for code, parts in words.items() if any(part in text for part in parts)), "")


_READERS: Mapping[Kind, Callable[[Cell, date], Any]] = {
    Kind.CODE: _code,
    Kind.LINE: _line,
    Kind.TEXT: _text,
    Kind.DAY: _day,
    Kind.PHONE: _phone,
    Kind.ID_NUMBER: _id_number,
    Kind.COUNT: _count,
    Kind.DAYS: _days,
    Kind.UNSIGNED: _unsigned,
    Kind.SIGNED: _signed,
    Kind.CHANNEL: _channel,
    Kind.PURPOSE: _purpose,
}
