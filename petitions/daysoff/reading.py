"""Reading what somebody pastes: lines `日期,类别,名称`, or the sentences of the State Council's notice itself.

What is said twice in a notice (a day and its weekday, a stretch and its length) is held against each other: a mistake
of copying is found where it was made.
"""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date, timedelta

from petitions.cases.calendar import DayKind, DayOff
from petitions.cases.clocks import in_words
from petitions.daysoff.arrangement import MOST_DAYS, WEEKDAYS, Entry, collected, weekday
from petitions.words import Refused, say

MOST_CHARACTERS = 20_000
"""The longest notice so far has 700."""

_TOO_LONG = say("内容太长：最多{most}个字，只留放假安排的部分", most=MOST_CHARACTERS)

_KINDS = {
    # What the lists of offices write, and the English words of the page.
    **dict.fromkeys(("休", "假", "放假", "休息", "节假日", "off"), DayKind.HOLIDAY),
    **dict.fromkeys(("班", "上班", "调休上班", "补班", "work"), DayKind.WORKDAY),
}
_NAMES = "元旦|春节|清明节?|劳动节|“?五一”?|端午节?|国庆节?|中秋节?"
_HEADING = re.compile(rf"^\s*(?:[一二三四五六七八九十]+、\s*)?((?:{_NAMES})(?:[、和](?:{_NAMES}))*)\s*[：:]\s*(.+)$")
_FULL = {"清明": "清明节", "端午": "端午节", "中秋": "中秋节", "国庆": "国庆节", "五一": "劳动节", "“五一”": "劳动节"}
_BRACKETS = r"(?:\s*[（(](?P<{0}>[^（）()]*)[）)])?"
_MOMENT = r"(?:(?P<{0}y>\d{{4}})年)?(?:(?P<{0}m>\d{{1,2}})月)?(?P<{0}d>\d{{1,2}})日" + _BRACKETS.replace("{0}", "{0}w")
_OFF = re.compile(
    _MOMENT.format("a") + r"(?:\s*(?:至|-|—|~|～)\s*" + _MOMENT.format("b") + r")?"
    r"\s*放假(?:调休)?(?:\s*(?P<days>\d+)天)?(?:[，,](?:共(?P<all>\d+)天|不调休|与周末连休))*$"
)  # fmt: skip
_WORKED = re.compile(_MOMENT.format("a"))
_LINE_DAY = r"(?P<{0}y>\d{{4}})[-/.年](?P<{0}m>\d{{1,2}})[-/.月](?P<{0}d>\d{{1,2}})日?" + _BRACKETS.replace(
    "{0}", "{0}w"
)
_LINE = re.compile(
    r"^\s*" + _LINE_DAY.format("a") + r"(?:\s*(?:\.\.|~|～|至|—)\s*" + _LINE_DAY.format("b") + r")?"
    r"\s*[,，\t;；]\s*(?P<kind>[^,，\t;；]+?)\s*[,，\t;；]\s*(?P<name>[^,，\t;；]+?)\s*$"
)  # fmt: skip
_SAID_WEEKDAY = re.compile(r"(?:周|星期)([一二三四五六日天])")


def text_of(given: bytes) -> str:
    """The text of an uploaded file. Raises Refused for what is no text or too long."""
    if len(given) > 4 * MOST_CHARACTERS:
        raise Refused(_TOO_LONG)
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = given.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise Refused(say("文件读不出文字。请另存为UTF-8的文本文件或CSV，或者把内容粘贴进来"))


def read(text: str, year: int) -> dict[date, DayOff]:
    """The days that a text arranges for `year`, in order. Raises Refused with the line that cannot be taken."""
    if len(text) > MOST_CHARACTERS:
        raise Refused(_TOO_LONG)
    # What web pages and word processors put between letters says nothing (zero-width marks).
    text = "".join(c for c in text if unicodedata.category(c) != "Cf")
    if legible(text) != text:
        raise Refused(say("内容里有读不出的字符，请重新复制文字"))
    found = collected(entry for number, line in enumerate(text.splitlines(), 1) for entry in _of(line, number, year))
    if not found:
        raise Refused(say("没有读到放假或调休的日期。每行写“日期,类别,名称”，或者粘贴通知里的安排"))
    return found


def legible(text: str) -> str:
    """A text without what no page can show."""
    return "".join(c for c in text if c.isprintable() or c in "\n\r\t" or unicodedata.category(c) == "Zs")


def _of(line: str, number: int, year: int) -> Iterator[Entry]:
    if match := _LINE.match(line):
        kind = _KINDS.get(match["kind"])
        if kind is None:
            raise Refused(say("第{number}行：类别写“休”或者“班”，现在是“{kind}”", number=number, kind=match["kind"]))
        first = _day(match, "a", year, None, number)
        last = _day(match, "b", year, first, number) if match["bd"] else first
        yield from _stretch(first, last, DayOff(kind, match["name"]), number)
    elif heading := _HEADING.match(line):
        name = "、".join(dict.fromkeys(_FULL.get(part, part) for part in re.split("[、和]", heading[1])))
        yield from _sentences(heading[2], name, number, year)
    elif re.search(r"\d日.*(?:放假|上班)|[,，\t]\s*(?:[休班]|off|work)|^\s*\d{4}[-/.]\d", line):
        raise Refused(
            say(
                "第{number}行看不懂：“{line}”。写成“日期,休,名称”或者“日期,班,名称”",
                number=number,
                line=line.strip()[:40],
            )
        )


def _sentences(text: str, name: str, number: int, year: int) -> Iterator[Entry]:
    for sentence in re.split("[。；;]", text):
        said = sentence.strip()
        if match := _OFF.search(said):
            first = _day(match, "a", year, None, number)
            last = _day(match, "b", year, first, number) if match["bd"] else first
            count = match["all"] or match["days"]
            if count and int(count) != (last - first).days + 1:
                raise Refused(
                    say(
                        "第{number}行：{first}至{last}是{days}天，写的是{count}天", number=number, first=in_words(first),
                        last=in_words(last), days=(last - first).days + 1, count=int(count),
                    )
                )  # fmt: skip
            if match.start() != 0:
                raise Refused(say("第{number}行看不懂：“{line}”", number=number, line=said[:40]))
            yield from _stretch(first, last, DayOff(DayKind.HOLIDAY, name), number)
        elif said.endswith("上班"):
            before: date | None = None
            rest = _WORKED.sub("", said)
            if re.sub(r"[、，,和及\s]", "", rest) != "上班":
                raise Refused(say("第{number}行看不懂：“{line}”", number=number, line=said[:40]))
            for match in _WORKED.finditer(said):
                before = _day(match, "a", year, before, number)
                yield before, DayOff(DayKind.WORKDAY, name)
        elif "放假" in said or "上班" in said:
            raise Refused(say("第{number}行看不懂：“{line}”", number=number, line=said[:40]))


def _day(match: re.Match[str], part: str, year: int, before: date | None, number: int) -> date:
    """One day of a line; year and month may be left out as in the notice, and follow from the day before it."""
    month = int(match[part + "m"] or (before.month if before else 0))
    given = match[part + "y"]
    in_year = int(given) if given else before.year + (month < before.month) if before else year
    try:
        day = date(in_year, month, int(match[part + "d"]))
    except ValueError as fault:
        raise Refused(
            say("第{number}行：没有{month}月{day}日这一天", number=number, month=month, day=int(match[part + "d"]))
        ) from fault
    said = _SAID_WEEKDAY.search(match[part + "w"] or "")
    told = "一二三四五六日".index(said[1].replace("天", "日")) if said else day.weekday()
    if told != day.weekday():
        raise Refused(
            say(
                "第{number}行：{day}是{weekday}，写的是{said}", number=number, day=in_words(day),
                weekday=weekday(day), said=WEEKDAYS[told],
            )
        )  # fmt: skip
    return day


def _stretch(first: date, last: date, one: DayOff, number: int) -> Iterator[Entry]:
    if last < first:
        raise Refused(
            say(
                "第{number}行：{last}在{first}之前，首尾写反了",
                number=number,
                first=in_words(first),
                last=in_words(last),
            )
        )
    if (last - first).days >= MOST_DAYS:
        raise Refused(say("第{number}行：一次放假不会有{days}天", number=number, days=(last - first).days + 1))
    for n in range((last - first).days + 1):
        yield first + timedelta(days=n), one
