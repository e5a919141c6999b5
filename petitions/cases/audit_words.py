"""What an auditor reads instead of the names of the code: what a line is about, what it changed, why it was refused."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from petitions.access.models import UNIT_KINDS, UnitKind
from petitions.access.roles import LABELS, Role
from petitions.cases.kinds import KINDS
from petitions.words import Sentence, say

_SUBJECTS: Mapping[str, Sentence] = {
    "users": say("账号"), "units": say("单位"), "codes": say("字典项"), "documents": say("文书"),
    "attachments": say("附件"), "petitions": say("信访件"), "petitioners": say("信访人"),
    "import_batches": say("导入批次"), "disposals": say("处置清单"), "paper_templates": say("文书模板"),
}  # fmt: skip

_VALUES: Mapping[str, Sentence] = {
    "state": say("阶段"), "unit": say("单位"), "handler": say("承办人"), "sealed": say("保密"), "name": say("名称"),
    "kind": say("类别"), "parent": say("上级单位"), "sign": say("机关代字"), "closed": say("停用日期"),
    "username": say("用户名"), "roles": say("岗位"), "active": say("在用"), "list": say("字典"), "code": say("代码"),
    "label": say("名称"), "found": say("找到"), "cases": say("件数"), "ground": say("依据"), "petitions": say("信访件"),
    "imported": say("新登记"), "joined": say("并入"), "known": say("以前已登记"), "version": say("版本"), "refused": say("没有导入"),
}  # fmt: skip

_HOLE = re.compile(r"\{\w+\}")


def subject_in_words(
    subject: str, actor_id: int | None, people: Mapping[int, str], units: Mapping[int, str]
) -> Sentence | None:
    """账号 晁远山 for `users 9`; None when a line is about nothing, or only about the one who acts (a login)."""
    table, _, number = subject.partition(" ")
    if not subject or (table, number) == ("users", str(actor_id)):
        return None
    named = {"users": people, "units": units}.get(table, {})
    name = named.get(int(number), number) if number.isdecimal() else number
    return say("{what} {which}", what=_SUBJECTS.get(table, say("{only}", only=table)), which=name)


def change_in_words(
    before: Mapping[str, Any], after: Mapping[str, Any], people: Mapping[int, str], units: Mapping[int, str]
) -> Sequence[Sentence]:
    """What became different, one sentence a value; of something new what it is."""

    def worded(name: str, value: Any) -> Any:
        return _value(name, value, people, units)

    if not before:
        plain = {name: value for name, value in after.items() if not isinstance(value, (list, dict))}
        return [say("{name}：{value}", name=_named(name), value=worded(name, value)) for name, value in plain.items()]
    return [
        say(
            "{name}：{before} → {after}",
            name=_named(name),
            before=worded(name, before.get(name)),
            after=worded(name, value),
        )
        for name, value in after.items()
        if before.get(name) != value
    ]


def reason_in_words(reason: str) -> str:
    """A refusal is kept as its pattern, so that no personal data gets into the audit: what was left out is shown as …"""
    return _HOLE.sub("…", reason)


def ids_in(subject: str, table: str, values: Sequence[Mapping[str, Any]], *names: str) -> set[int | None]:
    """The numbers of `table` that a line names, as its subject or among its values."""
    here, _, number = subject.partition(" ")
    found: set[int | None] = {int(number)} if here == table and number.isdecimal() else set()
    return found | {value[name] for value in values for name in names if isinstance(value.get(name), int)}


def _named(name: str) -> Sentence:
    return _VALUES.get(name) or say("{only}", only=name)


def _value(name: str, value: Any, people: Mapping[int, str], units: Mapping[int, str]) -> Any:
    if value in (None, ""):
        return "—"
    if isinstance(value, bool):
        return say("是") if value else say("否")
    worded = _WORDED.get(name)
    return worded(value, people, units) if worded else value


_WORDED: Mapping[str, Callable[[Any, Mapping[int, str], Mapping[int, str]], Any]] = {
    "state": lambda value, _people, _units: _stage(value),
    "handler": lambda value, people, _units: people.get(value, value),
    "unit": lambda value, _people, units: units.get(value, value),
    "parent": lambda value, _people, units: units.get(value, value),
    "kind": lambda value, _people, _units: UNIT_KINDS[UnitKind(value)] if value in set(UnitKind) else value,
    "roles": lambda value, _people, _units: "、".join(
        LABELS[Role(one)] if one in set(Role) else one for one in str(value).split()
    ),
}


def _stage(state: str) -> str:
    labels = [kind.flow.state[state].label for kind in KINDS.values() if state in kind.flow.state]
    return say(labels[0]) if labels else state
