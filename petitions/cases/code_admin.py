"""Keeping the code lists: an administrator words, adds and retires entries; no code is ever used twice.

Retiring only stops an entry from being offered: cases that carry it keep its label. Which lists may grow and which
entries may be retired is said by the package whose rules read them, see `LISTS`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import structlog
from sqlalchemy import func, select

from petitions import db
from petitions.access import audit
from petitions.cases import checks
from petitions.cases.codes import entry, every, forget
from petitions.cases.models import Code
from petitions.web.inputs import Input, insist_on_length, line
from petitions.words import FieldErrors, Refused, say

log = structlog.get_logger()

LOCAL = "local"
"""The scheme of an entry that was added here."""

CODE = Input("code", say("代码"), help=say("大写字母、数字，最多20个；用过的代码不能再用"), max_length=20)
PARENT = Input("parent", say("上一级"), "choice", help=say("留空就是第一级"))
LABEL = Input("label", say("名称"), max_length=60)
NOTE = Input("note", say("说明"), "long", help=say("显示给填写的人看"), max_length=300)

_CODE = re.compile(r"[A-Z0-9][A-Z0-9_-]{0,19}")


@dataclass(frozen=True)
class CodeList:
    """What an administrator may do with one list."""

    name: str
    label: str
    grows: bool = False
    """Entries may be added: no rule asks for a particular one."""
    levels: bool = False
    """Entries have a level above them."""
    kept: frozenset[str] = frozenset()
    """Codes the rules ask for: they can be worded, not retired. `*` stands for all."""

    def keeps(self, code: str) -> bool:
        """Whether the entry must stay."""
        return code in self.kept or "*" in self.kept


LISTS: dict[str, CodeList] = {}
"""The lists by name, in the order an administrator meets them; filled by petitions/app.py."""


@dataclass(frozen=True)
class Summary:
    """One list on the overview."""

    list: CodeList
    active: int
    retired: int
    local: int


def overview() -> list[Summary]:
    """Every list with how many entries it has."""
    counted = select(
        Code.list, func.count().filter(Code.active), func.count().filter(Code.active.is_(False)),
        func.count().filter(Code.scheme == LOCAL),
    ).group_by(Code.list)  # fmt: skip
    counts = {name: numbers for name, *numbers in db.session().execute(counted)}
    return [Summary(one, *counts.get(one.name, (0, 0, 0))) for one in LISTS.values()]


def levels(name: str) -> list[tuple[Code, int]]:
    """The entries of a list, what belongs to one right after it, each with its depth (0 or 1)."""
    rows = every(name)
    heads = [row for row in rows if not row.parent]
    found: list[tuple[Code, int]] = []
    for head in heads:
        found += [(head, 0), *((row, 1) for row in rows if row.parent == head.code)]
    return found + [(row, 0) for row in rows if row.parent and row.parent not in {head.code for head in heads}]


def add(which: CodeList, values: Mapping[str, str], by: str) -> Code:
    """A new entry at the end of its list (or of its level). Raises FieldErrors, or Refused for a list that is closed."""
    if not which.grows:
        raise Refused(say("“{list}”由法规和程序规定，不能增加", list=say(which.label)))
    typed, errors = _typed(values)
    code = checks.narrow(str(values.get("code") or "")).upper()
    parent = line(str(values.get("parent") or "")) if which.levels else ""
    if not _CODE.fullmatch(code):
        errors["code"] = say("代码要1至20个大写字母或数字")
    elif any(row.code.upper() == code for row in every(which.name)):
        errors["code"] = say("代码“{code}”已经用过，换一个", code=code)
    above = entry(which.name, parent) if parent else None
    if parent and (above is None or above.parent or not above.active):
        errors["parent"] = say("没有这个上一级，重新选择")
    _same_label(which, typed["label"], parent, "", errors)
    if errors:
        raise FieldErrors(errors)
    siblings = [row.position for row in every(which.name) if row.parent == parent]
    row = Code(list=which.name, code=code, parent=parent, scheme=LOCAL, position=max(siblings, default=0), **typed)
    db.session().add(row)
    _changed("code:add", row, by)
    return row


def change(which: CodeList, row: Code, values: Mapping[str, str], by: str) -> None:
    """Word an entry anew and say whether it is still offered (`active`). Raises FieldErrors or Refused."""
    typed, errors = _typed(values)
    active = bool(values.get("active"))
    _same_label(which, typed["label"], row.parent, row.code, errors)
    if errors:
        raise FieldErrors(errors)
    if not active and which.keeps(row.code):
        raise Refused(say("“{label}”是办理程序要用的，不能停用", label=row.label))
    before = {"list": row.list, "code": row.code, "label": row.label, "active": row.active}
    row.label, row.note, row.active = typed["label"], typed["note"], active
    _changed("code:change", row, by, before)


def _typed(values: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    typed = {one.name: line(str(values.get(one.name) or "")) for one in (LABEL, NOTE)}
    insist_on_length((LABEL, NOTE), typed)
    return typed, {} if typed["label"] else {"label": say("填写名称")}


def _same_label(which: CodeList, label: str, parent: str, own: str, errors: dict[str, str]) -> None:
    """Two entries somebody cannot tell apart are one too many."""
    rows = [row for row in every(which.name) if row.active and row.parent == parent and row.code != own]
    if label and any(row.label == label for row in rows):
        errors["label"] = say("已有“{label}”", label=label)


def _changed(act: str, row: Code, by: str, before: Mapping[str, object] | None = None) -> None:
    db.session().flush()
    forget()
    after = {"list": row.list, "code": row.code, "label": row.label, "active": row.active}
    log.info("administration", act=act, by=by, **after)
    audit.record(act, row, before=before, after=after)
