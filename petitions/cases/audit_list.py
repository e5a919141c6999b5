"""A11 审计查询: the audit as the auditor reads it, a page at a time, with names for the numbers that stand in it.

Lines about accusations are read by auditors of a discipline body only (第30条). Everybody else is shown that there is a
line and when, and nothing of it: for whom it is hidden says nothing about whom it accuses.
"""

from collections.abc import Collection, Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, not_, or_, select

from petitions import clock, db
from petitions.access.audit import AuditEntry
from petitions.access.models import Unit, User
from petitions.cases.audit_words import change_in_words, ids_in, reason_in_words, subject_in_words
from petitions.cases.kinds import KINDS
from petitions.cases.models import Case
from petitions.cases.queries import walled_off
from petitions.cases.readers import is_of_discipline
from petitions.web.inputs import Option
from petitions.words import Sentence, say

PAGE = 50

SEEING = (
    "case:see",
    "paper:print",
    "paper:word",
    "paper:pdf",
    "file:open",
    "file:take_out",
    "identity:reveal",
    "receipt:print",
    "person:print",
)
"""The acts by which somebody learns what a case holds."""

ACTS: dict[str, Sentence] = {
    "login": say("登录"),
    "login:provider": say("用统一身份认证登录"),
    "user:subject": say("登记统一身份认证标识"),
    "logout": say("退出登录"),
    "password": say("修改密码"),
    "case:see": say("查看案件"),
    "paper:print": say("打印文书"),
    "paper:word": say("下载文书（Word）"),
    "paper:pdf": say("下载文书（PDF）"),
    "template:upload": say("上传文书模板"),
    "template:begin": say("启用文书模板"),
    "template:end": say("停用文书模板"),
    "file:open": say("打开附件"),
    "file:take_out": say("下载案卷"),
    "disposal:print": say("打印销毁清册"),
    "identity:reveal": say("查看信访人信息"),
    "receipt:print": say("打印回执"),
    "list:print": say("打印清单"),
    "case:summary": say("查看下级办件概览"),
    "case:seal": say("列为保密件"),
    "case:unseal": say("解除保密"),
    "unit:add": say("增加单位"),
    "unit:change": say("修改单位"),
    "unit:close": say("停用单位"),
    "unit:reopen": say("恢复单位"),
    "unit:merge": say("单位合并"),
    "unit:split": say("单位拆分"),
    "unit:move": say("单位改变隶属"),
    "user:add": say("增加账号"),
    "user:change": say("修改账号"),
    "user:disable": say("停用账号"),
    "user:enable": say("恢复账号"),
    "user:password": say("重置密码"),
    "user:totp": say("清除动态码"),
    "second_step": say("输入动态码"),
    "totp:set": say("设置动态码"),
    "totp:remove": say("停用动态码"),
    "totp:recovery": say("生成备用码"),
    "totp:recovery_used": say("使用备用码"),
    "logins:end": say("退出其他登录"),
    "logins:most": say("登录处数超限，退出最久没用的"),
    "delegation:give": say("委托代办"),
    "delegation:end": say("结束委托"),
    "handover": say("离岗移交"),
    "code:add": say("增加字典项"),
    "code:change": say("修改字典项"),
    "ledger:run": say("导入台账"),
    "ledger:undo": say("撤销导入"),
    "mediation:import": say("导入调解台账"),
    "mediation:import_undo": say("撤销调解台账导入"),
    "case:search": say("搜索"),
    "person:ask": say("登记个人信息申请"),
    "person:print": say("打印本人信息"),
    "person:answer": say("答复个人信息申请"),
    "disposal:ask": say("提出处置清单"),
    "disposal:approve": say("批准处置清单"),
    "disposal:refuse": say("不批准处置清单"),
    "disposal:run": say("执行处置"),
    "audit:who": say("查询谁看过某人或某案"),
    "audit:read": say("查询审计"),
    "audit:verify": say("核验审计链"),
}
"""What the acts that belong to no kind of case are called; other packages add theirs."""

SECRET = say("保密件的记录，由纪检监察机关的审计员查看")

GROUPS: dict[str, tuple[Sentence, Sequence[str]]] = {
    "seeing": (say("看过、打印过、下载过"), SEEING),
    "identity": (say("查看信访人信息"), ("identity:reveal",)),
    "login": (
        say("登录和退出"),
        (
            "login",
            "login:provider",
            "logout",
            "password",
            "second_step",
            "totp:set",
            "totp:remove",
            "totp:recovery",
            "totp:recovery_used",
            "logins:end",
            "logins:most",
        ),
    ),
    "delegation": (say("委托和移交"), ("delegation:give", "delegation:end", "handover")),
    "people": (say("单位和账号"), tuple(name for name in ACTS if name.startswith(("unit:", "user:")))),
}
"""What the form offers beside the single acts."""


@dataclass(frozen=True)
class Asked:
    """What the auditor wants to see."""

    since: date | None = None
    until: date | None = None
    person: str = ""
    """A name or username, whole."""
    case: str = ""
    """A case's number, or the end of it."""
    acts: str = ""
    """A key of GROUPS."""
    outcome: str = ""

    @property
    def values(self) -> dict[str, str]:
        """As an address carries it."""
        named = {name: str(value) for name, value in vars(self).items() if value}
        return {name: value.isoformat() if isinstance(value, date) else value for name, value in named.items()}


@dataclass(frozen=True)
class Line:
    """One row, with words for its numbers."""

    id: int
    at: datetime
    who: str
    unit: str
    act: Sentence
    refused: bool
    case_id: int | None
    number: str
    """The case's number; empty when it concerns none, or one that is gone."""
    subject: Sentence | None
    change: Sequence[Sentence]
    """What became different, as `before → after` of each value that did; of something new what it is."""
    reason: str
    address: str
    concealed: bool = False
    """It is about an accusation."""


@dataclass(frozen=True)
class Page:
    """Some lines, the newest first."""

    lines: Sequence[Line]
    older: int | None
    """Where the next page begins."""


def label_of(act: str) -> Sentence:
    """What an act is called: by the table of its kind, by ACTS, or as it is written."""
    kind, _, name = act.partition(":")
    row = KINDS[kind].flow.action.get(name) if kind in KINDS else None
    if row is not None:
        return say(row.label)
    return ACTS.get(act) or (say("打开页面 {page}", page=name) if kind == "page" else say("{only}", only=act))


def groups() -> list[Option]:
    """The entries of the form."""
    return [Option(name, label) for name, (label, _) in GROUPS.items()]


def page(asked: Asked, reader: User, before: int | None = None) -> Page:
    """The newest lines that answer `asked`, older than the row `before`."""
    whole: Any = select(AuditEntry, _is_sealed())
    query = _readable(_narrowed(whole, asked), asked, reader)
    if before is not None:
        query = query.where(AuditEntry.id < before)
    found = db.session().execute(query.order_by(AuditEntry.id.desc()).limit(PAGE + 1)).all()
    last = found[PAGE - 1][0].id if len(found) > PAGE else None
    hides = not is_of_discipline(reader)
    hidden = {row.id for row, sealed in found if sealed and hides}
    return Page(_lines([row for row, _ in found[:PAGE]], hidden), last)


def _is_sealed(*more: ColumnElement[bool]) -> ColumnElement[bool]:
    """The line is about a case that is an accusation now."""
    return exists().where(Case.id == AuditEntry.case_id, Case.sealed, *more)


def _readable(query: Select[Any], asked: Asked, reader: User) -> Select[Any]:
    """Without the lines of which not even a mark may be shown.

    A mark among the lines of one person or one case would say whose, so marks stand in the whole list only.
    """
    if is_of_discipline(reader):
        return query.where(not_(_is_sealed(walled_off(reader))))
    return query.where(not_(_is_sealed())) if asked.person or asked.case or asked.acts or asked.outcome else query


def _narrowed(query: Select[Any], asked: Asked) -> Select[Any]:
    if asked.since:
        query = query.where(AuditEntry.at >= clock.start_of(asked.since))
    if asked.until:
        query = query.where(AuditEntry.at < clock.end_of(asked.until))
    if asked.person:
        people = select(User.id).where(or_(User.name == asked.person, User.username == asked.person.lower()))
        query = query.where(or_(AuditEntry.actor_id.in_(people), AuditEntry.behalf_id.in_(people)))
    if asked.case:
        cases = select(Case.id).where(Case.number.endswith(asked.case.upper(), autoescape=True))
        query = query.where(AuditEntry.case_id.in_(cases))
    if asked.acts in GROUPS:
        query = query.where(AuditEntry.act.in_(GROUPS[asked.acts][1]))
    if asked.outcome in ("done", "refused"):
        query = query.where(AuditEntry.outcome == asked.outcome)
    return query


def readable_cases(case_ids: Collection[int], reader: User) -> set[int]:
    """Of these cases the ones of which this auditor may be told who has seen them."""
    hidden = and_(Case.sealed, walled_off(reader)) if is_of_discipline(reader) else Case.sealed
    return set(db.session().scalars(select(Case.id).where(Case.id.in_(case_ids), not_(hidden))))


def _lines(rows: Sequence[AuditEntry], hidden: Container[int]) -> list[Line]:
    said = {row.id: (row.before, row.after) for row in rows}
    acting = {one for row in rows for one in (row.actor_id, row.behalf_id)}
    told_people = {one for row in rows for one in ids_in(row.subject, "users", said[row.id], "handler")}
    told_units = {one for row in rows for one in ids_in(row.subject, "units", said[row.id], "unit", "parent")}
    people = _named(User.id, User.name, acting | told_people)
    units = _named(Unit.id, Unit.name, {row.unit_id for row in rows} | told_units)
    numbers = _named(Case.id, Case.number, {row.case_id for row in rows})
    return [
        Line(row.id, row.at, "", "", SECRET, False, None, "", None, (), "", "", concealed=True)
        if row.id in hidden
        else Line(
            row.id, row.at, _who(row, people), units.get(row.unit_id or 0, ""), label_of(row.act),
            row.outcome == "refused", row.case_id, numbers.get(row.case_id or 0, ""),
            subject_in_words(row.subject, row.actor_id, people, units), change_in_words(row.before, row.after, people, units),
            reason_in_words(row.reason), row.address,
        )
        for row in rows
    ]  # fmt: skip


def _who(row: AuditEntry, people: Mapping[int, str]) -> str:
    name = people.get(row.actor_id or 0, "")
    return say("{name}（代{other}）", name=name, other=people.get(row.behalf_id, "")) if row.behalf_id else name


def _named(key: Any, name: Any, wanted: set[int | None]) -> dict[int, str]:
    ids = [one for one in wanted if one is not None]
    if not ids:
        return {}
    return dict(db.session().execute(select(key, name).where(key.in_(ids))).all())
