"""What an administrator orders: which units become which, who and what goes where."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from petitions.access import succession, units
from petitions.access.models import SuccessionKind, Unit, User
from petitions.cases import codes
from petitions.words import FieldErrors, Refused, say

NUMBER_AT_LEAST = "XF"
"""What the numbers of petitions begin with; it tells one from a place in a rule."""


class Held(NamedTuple):
    """What a rule may ask of a case; never shown."""

    id: int
    number: str
    class_code: str
    place: str
    sealed: bool
    closed: bool
    handler_unit: int | None


@dataclass(frozen=True)
class Rule:
    """One line of a split: cases of this number, class or place go to this unit."""

    word: str
    unit: Unit

    def fits(self, case: Held) -> bool:
        """Whether the case is meant: its very number, a class or one under it, a place or one in it."""
        if self.is_number:
            return case.number == self.word.upper()
        if codes.entry("content_class", self.word) is not None:
            return case.class_code.startswith(self.word.rstrip("0") or self.word)
        return case.place.startswith(self.word)

    @property
    def is_number(self) -> bool:
        """Whether it names one case."""
        return self.word.upper().startswith(NUMBER_AT_LEAST)


@dataclass(frozen=True)
class Order:
    """A merger (several units, one heir), a split (one unit, several heirs) or a move (one unit, a new place)."""

    kind: SuccessionKind
    olds: Sequence[Unit]
    heirs: Sequence[Unit] = ()
    """Who comes after; of a split the first one takes whatever no rule gives to another."""
    parent: Unit | None = None
    """Of a move: the unit above from now on, None for the top."""
    basis: str = ""
    people: Mapping[int, Unit] = field(default_factory=dict)
    below: Mapping[int, Unit] = field(default_factory=dict)
    rules: Sequence[Rule] = ()

    def heir_of(self, case: Held) -> Unit:
        """Who takes a case: by its number, else by the other rules in their order, else with its handler."""
        fitting = [rule for rule in self.rules if rule.fits(case)]
        if fitting:
            return next((rule for rule in fitting if rule.is_number), fitting[0]).unit
        return next((unit for unit in self.heirs if unit.id == case.handler_unit), self.heirs[0])

    def restructure(self, by: User) -> None:
        """Change the tree and move the people; the cases follow afterwards. Raises Refused."""
        if self.kind is SuccessionKind.MOVE:
            succession.place_under(self.olds[0], self.parent, self.basis, by)
            return
        for old in self.olds:
            succession.end_into(old, self.heirs, self.kind, self.basis, by, self.people, self.below)


def insist(order: Order) -> None:
    """Raise FieldErrors for what cannot be ordered, at the box where it was said."""
    errors: dict[str, str] = {}
    if not order.basis:
        errors["basis"] = say("写明依据：哪个机关的什么文件")
    if not order.olds:
        errors["olds"] = say("选择要调整的单位")
    elif order.kind is SuccessionKind.MOVE:
        reason = succession.why_not_under(order.olds[0], order.parent)
        errors |= {"parent": reason} if reason else {}
    elif len(order.heirs) < (1 if order.kind is SuccessionKind.MERGE else 2):
        several = say("拆分至少选择两个承接单位，其中可以有新增加的")
        errors["heirs"] = several if order.kind is SuccessionKind.SPLIT else say("选择承接单位")
    else:
        reasons = (succession.why_not_succeeded(old, new) for old in order.olds for new in order.heirs)
        reason = next((one for one in reasons if one), None)
        errors |= {"heirs": reason} if reason else {}
    strange = {unit.id for unit in [*order.people.values(), *order.below.values()]} - {unit.id for unit in order.heirs}
    if strange and "heirs" not in errors:
        errors["heirs"] = say("人员和下级单位只能分到承接单位")
    if errors:
        raise FieldErrors(errors)


def rules_from(text: str, heirs: Sequence[Unit]) -> list[Rule]:
    """Rules as people type them, one a line: `河湾镇 = 单位`. Raises Refused naming the line that cannot be read."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        word, sign, name = (part.strip() for part in line.replace("＝", "=").partition("="))
        if not word and not name:
            continue
        unit = next((unit for unit in heirs if name in (unit.name, str(unit.id))), None)
        if not sign or not word or unit is None:
            raise Refused(
                say("第{row}行：写成“编号、内容分类代码或者属地 = 承接单位”，如“河湾镇 = {unit}”", row=number,
                    unit=heirs[0].name if heirs else "")
            )  # fmt: skip
        found.append(Rule(word, unit))
    return found


def unit_of(given: Any) -> Unit | None:
    """The unit in force whose number somebody chose."""
    return next((unit for unit in units.in_force() if str(unit.id) == str(given or "").strip()), None)
