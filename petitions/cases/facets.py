"""The conditions of the case list. Each is one parameter of the address, one field of the form and one chip.

A kind of case adds its own through `add`; the kernel's know units, people, clocks and states only. Several values
of one condition are joined by commas and mean "any of them".
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, or_, select
from sqlalchemy.orm import aliased

from petitions import clock, db
from petitions.access import past, units
from petitions.access.models import User
from petitions.access.roles import Role
from petitions.cases import checks, duties
from petitions.cases.fields import Choice
from petitions.cases.kinds import KINDS
from petitions.cases.models import Case, CaseUnit
from petitions.web.inputs import initials
from petitions.words import FieldErrors, Sentence, say

Narrow = Callable[[Select[Any], "Chosen", User], Select[Any]]
"""Adds a condition to a query over cases; raises checks.Unreadable for a value that is no value."""


def _nothing(user: User) -> Sequence[Choice]:  # noqa: ARG001
    return ()


@dataclass(frozen=True)
class Facet:
    """One condition."""

    name: str
    """Its parameter."""
    label: Sentence
    narrow: Narrow
    choices: Callable[[User], Sequence[Choice]] = _nothing
    kind: str = "choice"
    """`choice`, `text` or `date`: how it is asked."""
    first: bool = False
    """In the first row of the form; the others stand behind 展开."""
    for_whom: Callable[[User], bool] = lambda user: True  # noqa: ARG005
    hint: Sentence = field(default_factory=lambda: say(""))
    read: Callable[[str], str] = str
    """What a value means today; units change."""


FACETS: dict[str, Facet] = {}

_DIGITS = 9
"""So long an id is at most: a longer number is none of ours."""


def add(*facets: Facet, ahead: bool = False) -> None:
    """Make conditions known; the form asks them in this order, those added `ahead` before the others."""
    new = {facet.name: facet for facet in facets}
    known = new | FACETS if ahead else FACETS | new
    FACETS.clear()
    FACETS.update(known)


WORDS = "q"
"""The condition that holds whatever somebody typed, a name above all: it never stands readable in an address."""


@dataclass(frozen=True)
class Chosen:
    """What is asked of the list: conditions by name, and the order."""

    values: Mapping[str, str] = field(default_factory=dict)
    sort: str = ""

    @property
    def args(self) -> dict[str, str]:
        """As parameters of an address."""
        return {**self.values, **({"sort": self.sort} if self.sort else {})}

    def parts(self, name: str) -> list[str]:
        """The values of one condition."""
        value = self.values.get(name, "")
        if not value:
            return []
        if name not in FACETS or FACETS[name].kind != "choice":
            return [value]
        return [part for part in value.split(",") if part]

    @property
    def asks_clocks(self) -> bool:
        """Whether only cases are asked for in which somebody owes something."""
        return any(self.values.get(name) for name in CLOCKED)

    def lens(self, user: User) -> duties.Lens:
        """Whose duties the list looks at: the reader's unit's first, or only those of the unit that was chosen."""
        asked = self.parts("duty") or ["own"]
        if "any" in asked:
            return duties.Lens(duties.NOBODY, codes=tuple(self.parts("code")))
        unit_id, *also = (user.unit_id if duty == "own" else number(duty) for duty in asked)
        return duties.Lens(unit_id, bool(self.parts("duty")), tuple(self.parts("code")), tuple(also))

    def but(self, name: str, value: str) -> "Chosen":
        """Without one value of one condition."""
        left = ",".join(part for part in self.parts(name) if part != value)
        return Chosen({k: (left if k == name else v) for k, v in self.values.items() if k != name or left}, self.sort)

    def sorted_by(self, sort: str) -> "Chosen":
        """In another order."""
        return Chosen(self.values, sort)


def chosen_from(args: Mapping[str, str], sorts: Iterable[str]) -> Chosen:
    """What an address asks, tidied; parameters that are no condition are not ours and are left out."""
    asked = Chosen({name: checks.tidy_line(str(args.get(name) or ""))[:200] for name in FACETS})
    values = {name: facet.read(",".join(asked.parts(name))) for name, facet in FACETS.items()}
    sort = str(args.get("sort") or "")
    return Chosen({name: value for name, value in values.items() if value}, sort if sort in set(sorts) else "")


CLOCKED = ("clock", "code", "duty", "pressing", "pressing_unit")
"""Conditions on the clock that a row shows."""


def narrow(query: Select[Any], chosen: Chosen, user: User, *, clocks: bool = True) -> Select[Any]:
    """The query with every condition (those on clocks only if asked for).

    Raises FieldErrors with a sentence for each one that cannot be read.
    """
    errors: dict[str, str] = {}
    on_clocks = [name for name in CLOCKED if chosen.values.get(name)]
    for name in chosen.values:
        facet = FACETS[name]
        if not facet.for_whom(user) or name in (on_clocks[1:] if clocks else on_clocks):
            continue
        try:
            query = facet.narrow(query, chosen, user)
        except checks.Unreadable as refusal:
            errors[name] = refusal.sentence
    if errors:
        raise FieldErrors(errors)
    return query


def label_of(facet: Facet, value: str, user: User) -> str:
    """A value in words."""
    return next((choice.label for choice in facet.choices(user) if choice.value == value), value)


def number(value: str) -> int:
    """An id out of an address; raises Unreadable."""
    if not value.isascii() or not value.isdigit() or len(value) > _DIGITS:
        raise checks.Unreadable(say("“{value}”不是编号", value=checks.shown(value)))
    return int(value)


# --- the kernel's own ------------------------------------------------------------------------------------------------


def followed(value: str) -> str:
    """Units of an address or of a kept filter, each replaced by who has come after it: an old filter finds its cases."""
    found: list[str] = []
    for part in value.split(","):
        is_number = part.isascii() and part.isdigit() and len(part) <= _DIGITS
        found += [str(one) for one in past.heirs(int(part))] if is_number else [part]
    return ",".join(dict.fromkeys(found))


def states(user: User) -> list[Choice]:  # noqa: ARG001
    """Open and closed as a whole, then each state of every kind."""
    known = dict.fromkeys((state.name, state.label) for kind in KINDS.values() for state in kind.flow.states)
    each = [Choice(name, label, say("阶段")) for name, label in known]
    return [Choice("open", say("全部在办")), Choice("closed", say("全部办结")), *each]


def _by_state(query: Select[Any], chosen: "Chosen", user: User) -> Select[Any]:  # noqa: ARG001
    closed = sorted({name for kind in KINDS.values() for name in kind.flow.closed_states()})
    every = sorted({state.name for kind in KINDS.values() for state in kind.flow.states})
    wanted: set[str] = set()
    for value in chosen.parts("state"):
        if value not in ("open", "closed", *every):
            raise checks.Unreadable(say("没有“{value}”这个阶段，重新选择", value=checks.shown(value)))
        wanted |= set(every) - set(closed) if value == "open" else set(closed) if value == "closed" else {value}
    return query.where(Case.state.in_(sorted(wanted)))


def _unit_choices(user: User) -> list[Choice]:
    offered_units = units.in_force()
    names = {unit.id: unit.name for unit in offered_units}
    listed = [Choice(str(u.id), u.name, names.get(u.parent_id or 0, ""), initials(u.name)) for u in offered_units]
    return [Choice("own", say("本单位"), keys=initials(user.unit.name)), *listed]


def _by_unit(query: Select[Any], chosen: "Chosen", user: User) -> Select[Any]:
    ids = [user.unit_id if value == "own" else number(value) for value in chosen.parts("unit")]
    return query.where(Case.unit_id.in_(ids))


def _colleagues(user: User) -> list[Choice]:
    cache = db.session().info
    if "facets.colleagues" not in cache:
        people = select(User.id, User.name).where(User.unit_id == user.unit_id, User.active).order_by(User.id)
        cache["facets.colleagues"] = list(db.session().execute(people))
    named = [Choice(str(key), name, keys=initials(name)) for key, name in cache["facets.colleagues"]]
    return [Choice("me", say("我")), Choice("none", say("未指定")), *named]


def _by_handler(query: Select[Any], chosen: "Chosen", user: User) -> Select[Any]:
    values = chosen.parts("handler")
    ids = [user.id if value == "me" else number(value) for value in values if value != "none"]
    asked = [*([Case.handler_id.in_(ids)] if ids else []), *([Case.handler_id.is_(None)] if "none" in values else [])]
    return query.where(or_(*asked))


PARTS = {
    "office": say("本单位登记"), "holder": say("本单位承办"), "sender": say("本单位转出"), "relay": say("本单位转派下级"),
    "assist": say("本单位协办"),
}  # fmt: skip


def _by_part(query: Select[Any], chosen: "Chosen", user: User) -> Select[Any]:
    mine = aliased(CaseUnit)
    asked = []
    for value in chosen.parts("part"):
        if value not in PARTS:
            raise checks.Unreadable(say("没有“{value}”这个选项，重新选择", value=checks.shown(value)))
        column = {"office": Case.office_id, "holder": Case.unit_id, "sender": Case.sender_id}.get(value)
        part = exists().where(
            mine.case_id == Case.id, mine.unit_id == user.unit_id, mine.part == value, mine.left_on.is_(None)
        )
        asked.append(column == user.unit_id if column is not None else part)
    return query.where(or_(*asked))


def _since(query: Select[Any], chosen: "Chosen", user: User) -> Select[Any]:  # noqa: ARG001
    return query.where(Case.received_on >= checks.day(chosen.values["from"]))


def _until(query: Select[Any], chosen: "Chosen", user: User) -> Select[Any]:  # noqa: ARG001
    return query.where(Case.received_on <= checks.day(chosen.values["to"]))


def offered(named: Mapping[str, str]) -> Callable[[User], Sequence[Choice]]:
    """A short list that is the same for everybody."""
    listed = tuple(Choice(value, label) for value, label in named.items())
    return lambda user: listed  # noqa: ARG005 - every facet's choices are asked with the reader


LATE = {
    "late_5": say("超期1至5天"), "late_15": say("超期6至15天"), "late_30": say("超期16至30天"), "late_more": say("超期30天以上"),
}  # fmt: skip
WINDOWS = {"overdue": say("已超期"), "today": say("今天到期"), "soon": say("7天内到期")}
CLOCKS = {**WINDOWS, **LATE}


def _by_clock(query: Select[Any], chosen: "Chosen", user: User) -> Select[Any]:
    """On the clock the row shows, so that the words in the row say why it is there.

    The conditions on clocks (`CLOCKED`) are one: the first of them that is chosen asks it for all.
    """
    return query.where(duties.has_shown(chosen.lens(user), _wanted(chosen, user), clock.today()))


def shows(row: Any, chosen: "Chosen", user: User) -> ColumnElement[bool]:
    """`row` is the clock a case shows in this list, and is as the list asks. Raises Unreadable."""
    return duties.is_shown(row, chosen.lens(user), _wanted(chosen, user), clock.today())


def _wanted(chosen: "Chosen", user: User) -> duties.Wanted:
    wanted = chosen.parts("clock")
    for value in wanted:
        if value not in CLOCKS:
            raise checks.Unreadable(say("没有“{value}”这个选项，重新选择", value=checks.shown(value)))
    bearers = [user.unit_id if one == "own" else number(one) for one in chosen.parts("pressing_unit")]
    return duties.Wanted(tuple(wanted), tuple(chosen.parts("pressing")), tuple(bearers))


def _bearers(user: User) -> list[Choice]:
    return [Choice("any", say("不论单位，算最急的")), *_unit_choices(user)]


def _duty_codes(user: User) -> list[Choice]:  # noqa: ARG001
    return [Choice(limit.code, say(limit.name)) for limit in duties.owed()]


SEALS = {"1": say("只看保密件"), "0": say("不看保密件")}


def _by_seal(query: Select[Any], chosen: "Chosen", user: User) -> Select[Any]:  # noqa: ARG001
    return query.where(Case.sealed.is_("1" in chosen.parts("sealed")))


def _sees_seals(user: User) -> bool:
    return Role.RESTRICTED_CLERK in user.roles


add(
    Facet("state", say("阶段"), _by_state, states, first=True),
    Facet("clock", say("期限"), _by_clock, offered(CLOCKS), first=True),
    Facet("unit", say("承办单位"), _by_unit, _unit_choices, first=True, read=followed),
    Facet("handler", say("承办人"), _by_handler, _colleagues),
    Facet("part", say("本单位"), _by_part, offered(PARTS)),
    Facet("from", say("来件日期自"), _since, kind="date"),
    Facet("to", say("来件日期至"), _until, kind="date"),
    Facet("code", say("期限种类"), _by_clock, _duty_codes),
    Facet("duty", say("期限责任单位"), _by_clock, _bearers, read=followed),
    Facet("pressing", say("最急期限的种类"), _by_clock, _duty_codes),
    Facet("pressing_unit", say("最急期限的责任单位"), _by_clock, _unit_choices, read=followed),
    Facet("sealed", say("密级"), _by_seal, offered(SEALS), for_whom=_sees_seals),
)
