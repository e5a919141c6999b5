"""Ledgers of disputes that a committee kept in a spreadsheet: which column is what, and what a row says as an opening.

Nothing here writes. What a row becomes is held by the same checks as a form (opening.checked, parties.checked); what the
file calls a dispute is led to a type of the list by a table of words (ledger_words.csv).
"""

import csv
import json
import re
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from importlib.resources import files
from typing import Any

from petitions import clock
from petitions.access.models import User
from petitions.cases import codes
from petitions.cases.kinds import KINDS
from petitions.cases.spreadsheets.cells import Row, written
from petitions.cases.spreadsheets.sheets import Book
from petitions.mediation import opening, parties
from petitions.words import FieldErrors, Refused, Sentence, say

MOST_ROWS = 300
"""Of one file: all of them are registered in one transaction, while the form waits."""

_LONGEST = 3_000_000
"""Characters that the page of the preview carries along; the form takes four million."""

COLUMNS: Mapping[str, tuple[Sentence, str]] = {
    "": (say("不导入"), ""),
    "original": (say("原编号"), "编号 序号 案例 案号 卷宗号 原编号"),
    "type": (say("纠纷类型"), "纠纷类型 纠纷类别 类型 类别 案由"),
    "title": (say("纠纷名称"), "纠纷名称 名称 标题 案件名称"),
    "facts": (
        say("纠纷简要情况"),
        "纠纷简要情况 案情 简要案情 案情简介 纠纷情况 简要情况 基本情况 纠纷简况 主要事实 情况 内容 事实",
    ),
    "requests": (say("申请事项"), "申请事项 诉求 请求 请求事项 当事人请求 调解请求"),
    "place": (say("纠纷发生地"), "纠纷发生地 发生地 地点 地址"),
    "amount": (say("涉及金额（元）"), "涉及金额 金额 标的 标的额 涉案金额 金额元 涉及金额元"),
    "headcount": (say("涉及当事人数"), "涉及当事人数 当事人数 人数 涉及人数"),
    "received_on": (
        say("收到日期"),
        "收到日期 申请日期 登记日期 受理日期 日期 时间 申请时间 登记时间 受理时间 收案日期 调解日期",
    ),
    "parties": (say("双方当事人（第一人为申请人）"), "当事人 双方当事人 当事人姓名"),
    "applicant": (say("申请人"), "申请人 甲方 申请方"),
    "respondent": (say("被申请人"), "被申请人 乙方 对方当事人 被申请方 对方"),
}
"""What a column may be, each with the headings it is known by."""


@dataclass(frozen=True)
class Table:
    """A file as it was read: its heading and the rows below it."""

    heads: Sequence[str]
    rows: Sequence[tuple[int, Sequence[str]]]
    """Number of the row as the spreadsheet program shows it, and its cells."""

    def carried(self) -> str:
        """As the page of the preview carries it along."""
        return json.dumps([self.heads, self.rows], ensure_ascii=False)


def read(book: Book) -> Table:
    """The first sheet. Raises Refused for none, and for more than one transaction should hold."""
    found: list[Row] = []
    for row in book.rows():
        found.append(row)
        if len(found) > MOST_ROWS + 1:
            raise Refused(say("一次最多导入{most}行，分成几个文件", most=MOST_ROWS))
    if len(found) < 2:
        raise Refused(say("表格里没有数据：第一行是表头，下面一行一件"))
    heads = [written(cell).strip() for cell in found[0].cells]
    table = Table(heads, [(row.number, [written(cell).strip() for cell in row.cells]) for row in found[1:]])
    if len(table.carried()) > _LONGEST:
        raise Refused(say("表格文字太多，分成几个文件"))
    return table


def unpacked(text: str) -> Table:
    """What a preview carried along. Raises Refused for what no preview of ours wrote."""
    broken = Refused(say("页面已过期，重新上传文件"))
    try:
        heads, rows = json.loads(text)
        table = Table(
            [str(one) for one in heads], [(int(number), [str(one) for one in cells]) for number, cells in rows]
        )
    except (ValueError, TypeError, RecursionError):
        raise broken from None
    if not table.rows or len(table.rows) > MOST_ROWS or len(text) > _LONGEST:
        raise broken
    return table


def guessed(heads: Iterable[str]) -> list[str]:
    """What each column is by its heading; the first of two that say the same."""
    known = {word: key for key, (_, words) in COLUMNS.items() for word in words.split()}
    taken: set[str] = set()
    found = []
    for head in heads:
        key = known.get(re.sub(r"[\s()（）:：*]", "", head), "")
        found.append(key if key not in taken else "")
        taken.add(found[-1])
    return found


# --- what a cell says ------------------------------------------------------------------------------------------------


@cache
def _words() -> Mapping[str, str]:
    text = (files(__package__) / "ledger_words.csv").read_text(encoding="utf-8")
    return {row["word"]: row["code"] for row in csv.DictReader(text.splitlines())}


_ENDING = re.compile(r"(?:纠纷|争议|案件|类|案)+$")


def type_of(said: str) -> str:
    """The type of dispute a ledger means; empty where nobody could tell."""
    wanted = _ENDING.sub("", "".join(said.split()))
    own = {_ENDING.sub("", one.label): one.code for one in codes.every("dispute_type") if one.active}
    own |= {one.code: one.code for one in codes.every("dispute_type") if one.active}
    return own.get(wanted) or _words().get(wanted, "") if wanted else ""


_HELPERS = re.compile(
    r"工作人员|干部|片警|民警|调解员|调委会|调解委员会|主任|书记|村长|会长|所长|领导|专业测绘|技术人员|兽医|律师|代理人|法定代表人|司法所|派出所"
)
"""Who helps and is no party. Left out as long as two parties remain."""

_BODY = re.compile(r"(?:公司|厂|局|院|校|所|站|队|社|行|会|段|中心|店|超市|企业|集团|矿|幼儿园)$")


def _people(said: str) -> list[str]:
    names = [re.sub(r"[（(].*?[)）]", "", one).strip(' “”"') for one in re.split(r"[,，、;；\n]", said)]
    whole = [re.sub(r"[“”\"]", "", one) for one in re.split(r"[,，、;；\n]", said)]
    pairs = [(name, text) for name, text in zip(names, whole, strict=True) if name]
    named = list(dict.fromkeys(name for name, text in pairs if not _HELPERS.search(text)))
    return named if len(named) > 1 else list(dict.fromkeys(name for name, _ in pairs))


def _party(side: str, name: str) -> dict[str, str]:
    return {"side": side, "kind": "legal" if _BODY.search(name) else "natural", "name": name}


def parties_of(row: Mapping[str, str]) -> list[dict[str, str]]:
    """Both sides of a row: as two columns say, or the first of one column against all others."""
    first, second = _people(row.get("applicant", "")), _people(row.get("respondent", ""))
    if not first and not second:
        everybody = _people(row.get("parties", ""))
        first, second = everybody[:1], everybody[1:]
    return [*(_party("applicant", one) for one in first), *(_party("respondent", one) for one in second)]


def day_of(said: str) -> date | None:
    """A day as ledgers write it: 2026-03-05, 2026/3/5, 2026.3.5, 2026年3月5日, with or without a time; None otherwise."""
    found = re.match(r"(\d{4})\D(\d{1,2})\D(\d{1,2})(?!\d)", said)
    try:
        return date(*(int(part) for part in found.groups())) if found else None
    except ValueError:
        return None


def money_of(said: str) -> str | None:
    """元 as a field takes them, of 1,200元, 1.2万元 and the like; None for what is no amount."""
    plain = re.sub(r"[,，\s元￥¥]|人民币", "", said)
    tens = plain.endswith("万")
    try:
        amount = Decimal(plain.removesuffix("万")) * (10_000 if tens else 1)
    except InvalidOperation:
        return None
    return f"{amount:.2f}" if amount.is_finite() else None


# --- what a row becomes ----------------------------------------------------------------------------------------------

_NAMES = {
    "dispute_type": "type", "dispute_title": "title", "dispute_facts": "facts", "dispute_requests": "requests",
    "dispute_place": "place", "dispute_amount": "amount", "dispute_headcount": "headcount",
}  # fmt: skip

ACTIONS = {"apply": say("依申请调解"), "take_up": say("主动调解")}
"""How the disputes of a file came. What was handed over is registered one by one: each has a letter of its own."""


@dataclass(frozen=True)
class Line:
    """A row of the file: what would be opened, or why not."""

    number: int
    data: Mapping[str, Any]
    people: Sequence[Mapping[str, str]]
    received_on: date
    submission: str
    problems: Sequence[str]


def lines(
    table: Table, mapping: Sequence[str], options: Mapping[str, str], actor: User, at: datetime | None = None
) -> list[Line]:
    """Every row, checked as a form would be. `options`: action, received_on and type for rows that do not say it."""
    return [_line(number, _named(cells, mapping), options, actor, at or clock.now()) for number, cells in table.rows]


def _named(cells: Sequence[str], mapping: Sequence[str]) -> dict[str, str]:
    return {key: cell for key, cell in zip(mapping, cells, strict=False) if key and cell}


def _line(number: int, row: Mapping[str, str], options: Mapping[str, str], actor: User, at: datetime) -> Line:
    problems: list[str] = []
    received = day_of(row.get("received_on") or options.get("received_on", ""))
    if received is None or received > clock.day_of(at):
        problems.append(say("收到日期没有、看不懂或者晚于今天"))
        received = clock.day_of(at)
    data, people = _opening(row, options, problems), parties_of(row)
    try:
        action = KINDS["mediation"].flow.action[options.get("action", "apply")]
        opening.checked(action, data, actor, received, at)
    except FieldErrors as refusal:
        labels = KINDS["mediation"].fields
        told = [name for name in refusal.errors if name != "dispute_type" or row.get("type") is None]
        problems += [say("{label}：{problem}", label=labels[name].label, problem=refusal.errors[name]) for name in told]
    try:
        parties.checked(people)
    except FieldErrors as refusal:
        problems += refusal.errors.values()
    return Line(number, data, people, received, _submission(row, data, people, received, actor), problems)


def _opening(row: Mapping[str, str], options: Mapping[str, str], problems: list[str]) -> dict[str, Any]:
    data: dict[str, Any] = {name: row[key] for name, key in _NAMES.items() if row.get(key)}
    said = row.get("type", "")
    code = type_of(said) or options.get("type", "")
    if said and not code:
        problems.append(say("不认识的纠纷类型“{said}”，在“认不出类型的按”里选一个，或者改表格", said=said))
    data["dispute_type"] = code
    if "dispute_amount" in data:
        amount = money_of(data["dispute_amount"])
        if amount is None:
            problems.append(say("看不懂的金额“{said}”", said=data["dispute_amount"]))
        data["dispute_amount"] = amount
    people = [one["name"] for one in parties_of(row)]
    if not data.get("dispute_title") and len(people) > 1:
        title = (
            f"{people[0]}与{people[1]}{'等' if len(people) > 2 else ''}{codes.label('dispute_type', code or 'other')}"
        )
        data["dispute_title"] = title[:200]
    if options.get("action", "apply") == "apply":
        data["application_form"] = "oral"
    return data


_SPACE = uuid.UUID("7c5c1a2e-3f0b-5b58-9d7d-0a6f2a1c9b11")


def _submission(
    row: Mapping[str, str], data: Mapping[str, Any], people: Sequence[Mapping[str, str]], received: date, actor: User
) -> str:
    """The same row of the same committee is one case, however often it is brought: its form bears this number.

    The day counts only where the row itself says it: the day for rows without one may be another next time.
    """
    told = [row.get("original", ""), data.get("dispute_facts", ""), *sorted(one["name"] for one in people)]
    told.append(received.isoformat() if row.get("received_on") else "")
    return str(uuid.uuid5(_SPACE, json.dumps([actor.unit_id, *told], ensure_ascii=False)))
