"""Keeping units and people: the verbs of the administrator, for the pages and for the command line.

An account is never deleted and a unit never either: what they did keeps their name. They end: an account is
disabled, a unit gets a last day. What still rests on them (open cases) is asked of whoever knows, see KEEPERS.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy import ColumnElement, func, or_, select

from petitions import clock, db
from petitions.access import audit, delegation, login, passwords, past, succession, throttle, totp, units
from petitions.access.models import SuccessionKind, Unit, UnitKind, User, UserRole
from petitions.access.passwords import STRICTEST, Rules
from petitions.access.roles import KEEPERS_OF_THE_HOUSE, Role
from petitions.web.inputs import Input, insist_on_length, line, mail_address
from petitions.words import FieldErrors, Refused, Sentence, say

log = structlog.get_logger()

UNIT_INPUTS = (
    Input("name", say("单位名称"), help=say("用全称，与公章一致")),
    Input("kind", say("类别"), "choice"),
    Input("parent", say("上级单位"), "unit", help=say("留空就是最上一级")),
    Input("sign", say("机关代字"), help=say("文书编号里的字，如“青信”。留空用单位名称"), max_length=20),
    Input("phone", say("办公电话"), "phone", help=say("印在告知书上"), max_length=30),
)
CHANGE_INPUTS = (
    *(one for one in UNIT_INPUTS if one.name != "parent"),
    Input("basis", say("更名依据"), help=say("改了名称时写：哪个机关的什么文件"), max_length=200),
)
"""What may be changed of a unit on its page; its place in the tree is changed by petitions/reorganisation."""
USER_INPUTS = (
    Input("username", say("用户名"), help=say("登录用，2至32个字母、数字或汉字，如姓名全拼"), max_length=32),
    Input("name", say("姓名"), max_length=50),
    Input("unit", say("单位"), "unit"),
    Input("roles", say("岗位"), "choices"),
    Input("phone", say("联系电话"), "phone", max_length=30),
    Input(
        "email", say("邮箱"), help=say("收每天的期限提醒，只有本人和管理账号的人看得到；留空就不发邮件"), max_length=254
    ),
)

_USERNAME = re.compile(r"\w[\w.-]{1,31}")
_PHONE = re.compile(r"[0-9+() -]{5,30}")
NO_KEY = 2**31
"""A number from here on is no key of ours: PostgreSQL's integer column cannot hold it."""


@dataclass(frozen=True)
class Held:
    """What still rests on a person or a unit."""

    total: int
    numbers: tuple[str, ...] = ()
    """Some of the cases, by number."""
    sealed: bool = False
    """There are accusations besides (第30条): how many is not told."""

    def __bool__(self) -> bool:
        return bool(self.total or self.sealed)


Keeper = Callable[[int], Held]

KEEPERS: dict[str, Keeper] = {}
"""`person` and `unit`: the open cases that rest on one. This package knows no case; petitions/app.py fills it."""


IN_HAND: list[Callable[[User], list[tuple[Sentence, int]]]] = []
"""How many things of each sort lie with a person; filled by petitions/app.py."""


class StillHolds(Refused):
    """Somebody or something cannot end yet; `held` is what has to be handed over first."""

    def __init__(self, sentence: str, held: Held) -> None:
        super().__init__(sentence)
        self.held = held


def add_unit(values: Mapping[str, str], by: str) -> Unit:
    """A new unit from what was typed (UNIT_INPUTS), valid from today. Raises FieldErrors."""
    unit = Unit(valid_from=clock.today())
    _fill_unit(unit, values)
    db.session().add(unit)
    db.session().flush()
    _note("unit:add", by, unit)
    return unit


def change_unit(unit: Unit, values: Mapping[str, str], by: str) -> None:
    """Rename a unit from today on or correct its data; what was written before keeps the old name. Raises FieldErrors.

    Another place in the tree is given by petitions/reorganisation only: it may close a wall (第30条).
    """
    if values.get("parent", str(unit.parent_id or "")) != str(unit.parent_id or ""):
        raise FieldErrors({"": say("上级单位在“机构调整”里改变，期限和保密范围要随着走")})
    before, name, basis = _of_unit(unit), unit.name, _typed(CHANGE_INPUTS, values)["basis"]
    _fill_unit(unit, {**values, "parent": str(unit.parent_id or "")})
    if unit.name != name:
        succession.record(SuccessionKind.RENAME, unit, unit, basis, audit.acts_now(), name)
    db.session().flush()
    _note("unit:change", by, unit, before)


def close_unit(unit: Unit, by: str) -> None:
    """From today on the unit is not used any more, and nobody comes after it: who does, takes it over (reorganisation).

    Refused while people, open units below it or open cases rest on it.
    """
    people = db.session().scalar(select(func.count()).where(User.unit_id == unit.id, User.active)) or 0
    if people:
        raise Refused(say("还有{count}个在用账号属于“{name}”，先把他们调走或停用", count=people, name=unit.name))
    below = db.session().scalars(select(Unit.name).where(Unit.parent_id == unit.id, is_open())).all()
    if below:
        raise Refused(say("“{name}”下面还有在用单位（{below}），先调整它们", name=unit.name, below="、".join(below)))
    held = KEEPERS["unit"](unit.id)
    if held:
        raise StillHolds(
            say("“{name}”还有{count}件没有办完，先移交", name=unit.name, count=held.total)
            if held.total
            else say("“{name}”还有保密件没有办完，先由受限岗移交", name=unit.name),
            held,
        )
    unit.valid_to = clock.today() - timedelta(days=1)
    _note("unit:close", by, unit)


def reopen_unit(unit: Unit, by: str) -> None:
    """A closed unit works again. Raises FieldErrors when another one bears its name, Refused when it was succeeded."""
    heirs = heirs_of(unit)
    if heirs:
        raise Refused(
            say("“{name}”已由{heirs}承接，不能恢复。需要的话另增加单位", name=unit.name, heirs=succession.named(heirs))
        )
    _free_name(unit, unit.name, unit.parent_id)
    unit.valid_to = None
    _note("unit:reopen", by, unit)


def heirs_of(unit: Unit) -> list[Unit]:
    """Who came after a unit."""
    return [db.session().get_one(Unit, one) for one in past.direct_heirs(unit.id)]


def is_open() -> ColumnElement[bool]:
    """SQL: the unit is in use today."""
    return or_(Unit.valid_to.is_(None), Unit.valid_to >= clock.today())


def _fill_unit(unit: Unit, values: Mapping[str, str]) -> None:
    typed = _typed(UNIT_INPUTS, values)
    errors: dict[str, str] = {}
    if not typed["name"]:
        errors["name"] = say("填写单位名称")
    if typed["kind"] not in list(UnitKind):
        errors["kind"] = say("选择单位类别")
    parent = _unit(typed["parent"])
    if typed["parent"] and parent is None:
        errors["parent"] = say("没有这个单位，重新选择")
    elif parent is not None and unit.id in _path(parent):
        errors["parent"] = say("上级单位不能是本单位或它的下级")
    _check_phone(typed, errors)
    if errors:
        raise FieldErrors(errors)
    parent_id = parent.id if parent else None
    if (unit.name, unit.parent_id) != (typed["name"], parent_id) or unit.id is None:
        _free_name(unit, typed["name"], parent_id)
    unit.name, unit.kind, unit.parent_id = typed["name"], typed["kind"], parent_id
    unit.sign, unit.phone = typed["sign"], typed["phone"]


def _free_name(unit: Unit, name: str, parent_id: int | None) -> None:
    """Two units under one roof never bear the same name, closed ones included: papers name them.

    At the top none bears a name that is known further down: that is the same body, entered without what is above it.
    """
    squeezed = func.replace(Unit.name, " ", "") == name.replace(" ", "")
    same = select(Unit).where(squeezed, Unit.id != (unit.id or 0)).order_by(Unit.id)
    for other in db.session().scalars(same):
        if other.parent_id == parent_id:
            raise FieldErrors({"name": say("同一上级下已有“{name}”", name=other.name)})
        if parent_id is None and other.parent is not None:
            raise FieldErrors(
                {
                    "name": say(
                        "“{above}”下面已有“{name}”。选择上级单位，或者改那一个",
                        above=other.parent.name,
                        name=other.name,
                    )
                }
            )


def _path(unit: Unit | None) -> list[int]:
    """Ids from `unit` up to the top."""
    ids: list[int] = []
    while unit is not None and unit.id not in ids:
        ids.append(unit.id)
        unit = unit.parent
    return ids


def add_user(
    values: Mapping[str, str], roles: Iterable[str], by: str, password: str = "", rules: Rules = STRICTEST
) -> tuple[User, str]:
    """A new account and its password, generated when none is given. Raises FieldErrors or Refused (a weak password).

    A generated password is known to two people: its owner chooses another at the first login.
    """
    person = User(active=True)
    _fill_user(person, values, roles)
    given, password = bool(password), password or passwords.generate_password()
    passwords.give(person, password, rules, own=given)
    db.session().add(person)
    db.session().flush()
    _note("user:add", by, person)
    return person, password


def change_user(person: User, values: Mapping[str, str], roles: Iterable[str], by: str) -> int:
    """Correct an account, move it to another unit or give it other roles; returns how many logins that ended.

    Whoever moves hands their open cases over first; nobody changes their own roles. Raises FieldErrors or Refused.
    """
    unit_before, roles_before, name_before, before = person.unit_id, person.roles, person.username, _of_user(person)
    _fill_user(person, values, roles)
    moved, changed = person.unit_id != unit_before, person.roles != roles_before
    if changed and by == name_before:
        raise Refused(say("不能改自己的岗位，请另一位安全管理员来改"))
    if moved:
        _holds_nothing(person)
    _others_remain(person, roles_before - person.roles)
    if moved:
        delegation.end_all(person)
    db.session().flush()
    ended = login.end_all(person) if moved or changed or person.username != name_before else 0
    _note("user:change", by, person, before)
    return ended


def disable_user(person: User, by: str) -> int:
    """End an account: it logs in no more. Returns how many logins that ended.

    Refused for the last administrator and while open cases have this person as handler. What they lent or were lent
    ends with it.
    """
    if not person.active:
        return 0
    _others_remain(person, person.roles)
    _holds_nothing(person)
    person.active = False
    delegation.end_all(person)
    ended = login.end_all(person)
    _note("user:disable", by, person)
    return ended


def enable_user(person: User, by: str) -> None:
    """An account works again, in its old unit with its old roles."""
    person.active = True
    _note("user:enable", by, person)


def reset_password(person: User, by: str, password: str = "", rules: Rules = STRICTEST) -> str:
    """Give an account a new password (generated when none is given) and return it; every login of it ends.

    Raises Refused for one's own, which is changed knowing the old one, and for a weak password.
    """
    if by == person.username:
        raise Refused(say("自己的密码在“个人设置”里修改"))
    given, password = bool(password), password or passwords.generate_password()
    login.set_password(person, password, rules, own=given)
    _note("user:password", by, person)
    return password


def reset_second_step(person: User, by: str) -> int:
    """Take the second step from an account whose owner lost telephone and recovery codes; returns the logins ended.

    Raises Refused for one's own: who has taken over a browser must not be able to take it away.
    """
    if by == person.username:
        raise Refused(say("自己的动态码请另一位安全管理员清除"))
    totp.remove(person)
    throttle.forgive(person)
    _note("user:totp", by, person)
    return login.end_all(person)


def _fill_user(person: User, values: Mapping[str, str], roles: Iterable[str]) -> None:
    typed, errors, wanted = _typed(USER_INPUTS, values), dict[str, str](), set(roles)
    typed["username"] = login.plain_username(typed["username"])
    if not _USERNAME.fullmatch(typed["username"]):
        errors["username"] = say("用户名要2至32个字母、数字或汉字，中间可以有点和横线")
    elif db.session().scalar(select(User.id).where(User.username == typed["username"], User.id != (person.id or 0))):
        errors["username"] = say("用户名“{name}”已有人使用，换一个", name=typed["username"])
    if not typed["name"]:
        errors["name"] = say("填写姓名")
    unit = _unit(typed["unit"])
    if unit is None:
        errors["unit"] = say("选择单位")
    elif unit.valid_to is not None and unit.valid_to < clock.today() and unit.id != person.unit_id:
        errors["unit"] = say("“{name}”已停用，选择在用的单位", name=unit.name)
    if wanted - {role.value for role in Role}:
        errors["roles"] = say("没有“{role}”这个岗位", role="、".join(sorted(wanted - {role.value for role in Role})))
    elif not wanted:
        errors["roles"] = say("至少选择一个岗位")
    elif len(wanted & KEEPERS_OF_THE_HOUSE) > 1:
        errors["roles"] = say("系统管理员、安全管理员、审计员要由三个人分别担任，一个人只能担任其中一个")
    _check_phone(typed, errors)
    try:
        email = mail_address(typed["email"]) if typed["email"] else ""
    except Refused as refusal:
        errors["email"] = refusal.sentence
    if errors or unit is None:
        raise FieldErrors(errors)
    if unit.id != person.unit_id:
        units.hold(unit.id)
    person.username, person.name, person.phone = typed["username"], typed["name"], typed["phone"]
    person.unit, person.unit_id, person.email = unit, unit.id, email
    person.roles = frozenset(Role(role) for role in wanted)


def _holds_nothing(person: User) -> None:
    held = KEEPERS["person"](person.id)
    if held:
        raise StillHolds(
            say("“{name}”还是{count}件未办结事项的承办人，先改派", name=person.name, count=held.total)
            if held.total
            else say("“{name}”还承办着保密件，先由受限岗改派", name=person.name),
            held,
        )


def _others_remain(person: User, lost: Iterable[Role]) -> None:
    """Two administrators who end each other at the same moment must not both succeed: their rows are locked first."""
    for role in sorted(set(lost) & {Role.ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR}):
        held = select(UserRole.user_id).where(UserRole.role == role.value)
        active = select(User.id).where(User.active, User.id.in_(held)).order_by(User.id)
        db.session().scalars(active.with_for_update()).all()
        # Asked again once the lock is ours: PostgreSQL reads anew for every statement.
        if not [each for each in db.session().scalars(active) if each != person.id]:
            raise Refused(say("“{name}”是唯一的{role}，先指定另一位", name=person.name, role=role.label))


def _typed(inputs: Iterable[Input], values: Mapping[str, str]) -> dict[str, str]:
    typed = {one.name: line(str(values.get(one.name) or "")) for one in inputs}
    insist_on_length(inputs, typed)
    return typed


def key_of(given: str) -> int:
    """The number of a row as an address gives it; 0 for what can be none. Python reads no number of thousands of digits."""
    number = int(given) if given.isdecimal() and len(given) <= len(str(NO_KEY)) else 0
    return number if number < NO_KEY else 0


def _unit(given: str) -> Unit | None:
    number = key_of(given)
    return db.session().get(Unit, number) if number else None


def _check_phone(typed: Mapping[str, str], errors: dict[str, str]) -> None:
    if typed["phone"] and not _PHONE.fullmatch(typed["phone"]):
        errors["phone"] = say("电话只写数字、空格、括号和横线，如 0300-2200200")


def _named(roles: Iterable[Role]) -> str:
    return " ".join(sorted(role.value for role in roles))


def _note(act: str, by: str, subject: Unit | User, before: Mapping[str, object] | None = None) -> None:
    """Who did what: into the log with account names and numbers only, into the audit with what has changed."""
    after = _of_unit(subject) if isinstance(subject, Unit) else _of_user(subject)
    log.info("administration", act=act, by=by, subject=subject.id)
    audit.record(act, subject, before=before, after=after)


def _of_unit(unit: Unit) -> dict[str, object]:
    closed = unit.valid_to.isoformat() if unit.valid_to else ""
    return {"name": unit.name, "kind": unit.kind, "parent": unit.parent_id, "sign": unit.sign, "closed": closed}


def _of_user(person: User) -> dict[str, object]:
    return {"username": person.username, "unit": person.unit_id, "roles": _named(person.roles), "active": person.active}
