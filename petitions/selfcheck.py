"""The self-inspection: is this installation sound, and what to do where it is not."""

import shutil
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import ColumnElement, exists, func, or_, select, text
from sqlalchemy.exc import SQLAlchemyError

from petitions import clock, db, migrating
from petitions.access import rotation, vault
from petitions.access.admin import is_open
from petitions.access.models import Unit, UnitKind, User, UserRole
from petitions.access.roles import Role
from petitions.cases import recount
from petitions.cases.calendar import awaited, load_calendar
from petitions.cases.kinds import KINDS
from petitions.cases.models import Case, Code
from petitions.db import Database
from petitions.notices import condition, heartbeat
from petitions.settings import Settings
from petitions.words import Sentence, say


class Level(StrEnum):
    """How bad it is."""

    GREEN = "green"
    AMBER = "amber"
    """It works, and somebody should look."""
    RED = "red"


@dataclass(frozen=True)
class Finding:
    """One line of the inspection."""

    name: str
    level: Level
    words: Sentence
    remedy: Sentence | None = None
    """What to do; none where all is well."""


class Standing(StrEnum):
    """How a database's schema stands to this program."""

    EMPTY = "empty"
    CURRENT = "current"
    OUTDATED = "outdated"
    NEWER = "newer"


def standing(database: Database) -> Standing:
    """How the schema stands to this program. Raises SQLAlchemyError when the database cannot be reached."""
    current = migrating.current(database)
    if current is None:
        return Standing.EMPTY
    if current == migrating.newest():
        return Standing.CURRENT
    try:
        ScriptDirectory.from_config(migrating.configuration()).get_revision(current)
    except CommandError:
        return Standing.NEWER
    return Standing.OUTDATED


Findings = Iterator[Finding]

_LEAST_FREE, _SCANT = 1, 5
"""GiB: below the first nothing should be uploaded any more; the second is a month of a busy office's scans."""

_SECRET_AT_LEAST = 32
"""Characters: 256 bits in the shortest usual writing."""

_DEFAULTS = ("secret", "changeme", "password", "petitions", "dev")


def inspect(settings: Settings, database: Database) -> list[Finding]:
    """Every finding, in the order in which they should be put right. Changes nothing."""
    found = [
        *_guarded("secret", _secret, settings), *_guarded("transport", _transport, settings),
        *_guarded("data_dir", _data_dir, settings),
    ]  # fmt: skip
    try:
        stands = standing(database)
    except SQLAlchemyError as fault:
        return [*found, Finding("database", Level.RED, say("连不上数据库（{fault}）", fault=type(fault).__name__),
                                say("检查数据库是否启动、地址和账号是否正确：PETITIONS_DATABASE_URL 或 --database"))]  # fmt: skip
    found.append(Finding("database", Level.GREEN, say("数据库可以连接")))
    found.append(_schema(stands))
    if stands is not Standing.CURRENT:
        return found
    with database.work(write=False):
        for name, check in _CHECKS.items():
            found += _guarded(name, check, settings)
    return found


def worst(findings: list[Finding]) -> Level:
    """The worst level among them."""
    levels = {finding.level for finding in findings}
    return next((level for level in (Level.RED, Level.AMBER) if level in levels), Level.GREEN)


def _guarded(name: str, check: Callable[[Settings], Findings], settings: Settings) -> list[Finding]:
    """A check that itself fails is a finding."""
    try:
        return list(check(settings))
    except (SQLAlchemyError, OSError, ValueError) as fault:
        return [Finding(name, Level.RED, say("这一项没有查完（{fault}）", fault=type(fault).__name__),
                        say("把这一行和日志告诉维护人员"))]  # fmt: skip


def _secret(settings: Settings) -> Findings:
    kept = settings.data_dir / "secret"
    if settings.secret_key:
        if len(settings.secret_key) < _SECRET_AT_LEAST or settings.secret_key.lower() in _DEFAULTS:
            yield Finding("secret", Level.RED, say("PETITIONS_SECRET_KEY 太短或是常见的词，登录可以被伪造"),
                          say("换成至少{least}个随机字符，或者去掉它，由程序自己生成", least=_SECRET_AT_LEAST))  # fmt: skip
            return
    elif not kept.exists():
        yield Finding("secret", Level.AMBER, say("还没有密钥"), say("第一次 petitions serve 时会生成，无需处理"))
        return
    elif kept.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield Finding("secret", Level.RED, say("密钥文件别的账号也能读：{path}", path=kept),
                      say("运行 chmod 600 {path}", path=kept))  # fmt: skip
        return
    yield Finding("secret", Level.GREEN, say("密钥已设置"))


def _transport(settings: Settings) -> Findings:
    if settings.secure_cookies:
        yield Finding("transport", Level.GREEN, say("登录只经加密连接传送"))
    elif settings.plain_http:
        yield Finding("transport", Level.AMBER, say("没有加密连接，密码和姓名在网络上明文传送"),
                      say("在前面架设 HTTPS 后设置 PETITIONS_SECURE_COOKIES=true，去掉 PETITIONS_PLAIN_HTTP"))  # fmt: skip
    else:
        yield Finding("transport", Level.AMBER, say("没有加密连接，只供本机使用"),
                      say("给其他电脑使用时在前面架设 HTTPS，并设置 PETITIONS_SECURE_COOKIES=true"))  # fmt: skip


def unfit_for_others(settings: Settings) -> list[Finding]:
    """What forbids serving other machines than this one: a secret that can be guessed or read, or no TLS."""
    found = [one for one in _guarded("secret", _secret, settings) if one.level is Level.RED]
    if not (settings.secure_cookies or settings.plain_http):
        found += [
            Finding(
                one.name, Level.RED, one.words,
                say("在前面架设 HTTPS 并设置 PETITIONS_SECURE_COOKIES=true；确实只在自己的内网使用，设置 PETITIONS_PLAIN_HTTP=true"),
            )
            for one in _transport(settings)
        ]  # fmt: skip
    return found


def _data_dir(settings: Settings) -> Findings:
    folder = settings.data_dir
    if not folder.is_dir():
        yield Finding("data_dir", Level.AMBER, say("数据目录还没有：{path}", path=folder.resolve()),
                      say("第一次运行时会建立；如果已有数据，请在原来的目录下运行，或设置 PETITIONS_DATA_DIR"))  # fmt: skip
        return
    probe = folder / ".selfcheck"
    try:
        probe.write_bytes(b"ok")
        probe.unlink()
    except OSError:
        yield Finding("data_dir", Level.RED, say("数据目录不能写：{path}", path=folder.resolve()),
                      say("让运行程序的账号拥有这个目录"))  # fmt: skip
        return
    yield Finding("data_dir", Level.GREEN, say("数据目录可写：{path}", path=folder.resolve()))
    free = shutil.disk_usage(folder).free / 2**30
    level = Level.RED if free < _LEAST_FREE else Level.AMBER if free < _SCANT else Level.GREEN
    remedy = None if level is Level.GREEN else say("清理磁盘或换更大的盘；空间用完后不能登记和上传")
    yield Finding("disk", level, say("磁盘剩余{free:.1f} GB", free=free), remedy)


def _schema(stands: Standing) -> Finding:
    if stands is Standing.CURRENT:
        return Finding("schema", Level.GREEN, say("数据库结构是最新的"))
    words, remedy = {
        Standing.EMPTY: (say("数据库还是空的"), say("运行 petitions init")),
        Standing.OUTDATED: (say("数据库结构是旧版本的"), say("先备份，再运行 petitions upgrade")),
        Standing.NEWER: (say("数据库是由更新的程序建立的"), say("装回更新的程序，不要用旧程序打开")),
    }[stands]
    return Finding("schema", Level.RED, words, remedy)


def _durability(settings: Settings) -> Findings:  # noqa: ARG001
    """An acknowledgement is the commit: what the engine promises about it (reliability.md §4)."""
    session = db.session()
    if session.get_bind().dialect.name == "sqlite":
        wanted = {"foreign_keys": "1", "journal_mode": "wal", "synchronous": "2", "secure_delete": "1"}
        asked = {name: str(session.scalar(text(f"PRAGMA {name}"))) for name in wanted}
    else:
        wanted = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
        asked = {name: str(session.scalar(text(f"SHOW {name}"))) for name in wanted}
    wrong = "、".join(f"{name}={asked[name]}" for name in wanted if asked[name] != wanted[name])
    if wrong:
        yield Finding("durability", Level.RED, say("数据库的安全写入没有打开（{wrong}），断电可能丢失已确认的登记", wrong=wrong),
                      say("恢复为：{wanted}", wanted="、".join(f"{k}={v}" for k, v in wanted.items())))  # fmt: skip
    else:
        yield Finding("durability", Level.GREEN, say("数据库的安全写入已打开"))


def _workflow(settings: Settings) -> Findings:  # noqa: ARG001
    flaws = [flaw for kind in KINDS.values() for flaw in kind.flow.flaws()]
    if flaws or not KINDS:
        yield Finding("workflow", Level.RED, say("办理流程表有问题：{flaws}", flaws="；".join(flaws) or "empty"),
                      say("程序文件不完整，重新安装"))  # fmt: skip
    else:
        yield Finding("workflow", Level.GREEN, say("办理流程表完整"))


def _codes(settings: Settings) -> Findings:  # noqa: ARG001
    count = db.session().scalar(select(func.count()).select_from(Code)) or 0
    if count:
        yield Finding("codes", Level.GREEN, say("字典有{count}项", count=count))
    else:
        yield Finding("codes", Level.RED, say("字典是空的，不能登记"), say("运行 petitions upgrade 补齐"))


def _calendar(settings: Settings) -> Findings:  # noqa: ARG001
    load_calendar(fresh=True)
    today, missing = clock.today(), awaited()
    remedy = say("国务院办公厅公布放假安排后，由管理员在“日历”里录入，或者升级程序（petitions upgrade）")
    if missing == today.year:
        yield Finding("calendar", Level.RED, say("没有{year}年的放假安排，工作日期限都是暂定的", year=missing), remedy)
    elif missing is not None:
        yield Finding(
            "calendar", Level.AMBER, say("还没有{year}年的放假安排，跨年的期限是暂定的", year=missing), remedy
        )
    else:
        yield Finding("calendar", Level.GREEN, say("{year}年的放假安排已录入", year=today.year))
    # An upgrade brings announced years; the clocks that run are counted again only when somebody has looked at them.
    other = sum(move.is_seen for move in recount.moves(load_calendar()))
    if other:
        yield Finding("calendar", Level.AMBER, say("有{count}个期限和日历不符，没有重新计算", count=other),
                      say("由管理员在“日历”里再录入一次该年的放假安排，核对预览后确定"))  # fmt: skip


def _tick(settings: Settings) -> Findings:
    at, now = heartbeat.last(heartbeat.TICK), clock.now()
    remedy = say("SQLite：运行 petitions serve；PostgreSQL：另外运行 petitions tick --loop")
    if not settings.expect_tick:
        yield Finding("tick", Level.AMBER, say("设置为不检查定时提醒"), say("去掉 PETITIONS_EXPECT_TICK=false"))
    elif at is None:
        yield Finding("tick", Level.AMBER, say("定时提醒还从未运行"), remedy)
    elif now - at > heartbeat.MISSED * timedelta(seconds=settings.tick_seconds):
        yield Finding("tick", Level.RED, say("定时提醒停了，最后一次是{at}", at=at.strftime("%Y-%m-%d %H:%M")), remedy)
    else:
        yield Finding("tick", Level.GREEN, say("定时提醒在运行"))


def _staffed(*roles: Role) -> ColumnElement[bool]:
    """SQL: the unit has an active person with one of the roles."""
    names = [role.value for role in roles]
    return exists().where(User.unit_id == Unit.id, User.active, UserRole.user_id == User.id, UserRole.role.in_(names))


def _names(*conditions: ColumnElement[bool]) -> list[str]:
    return list(db.session().scalars(select(Unit.name).where(is_open(), *conditions).order_by(Unit.id)))


def _house(settings: Settings) -> Findings:
    """三员分立: somebody for each of the three, and the second step for whoever needs it."""
    held = select(UserRole.role).join(User, User.id == UserRole.user_id).where(User.active)
    there = set(db.session().scalars(held.distinct()))
    for role, level in _KEEPERS:
        if role.value not in there:
            yield Finding(f"no_{role.value}", level, say("没有在用的{role}", role=role.label),
                          say("运行 petitions user add 用户名 --unit 单位 --role {role}", role=role.value))  # fmt: skip
    if not settings.totp_roles:
        yield Finding(
            "totp",
            Level.AMBER,
            say("没有要求任何岗位用动态码登录"),
            say("去掉 PETITIONS_TOTP_ROLES 的设置，用默认的岗位"),
        )


_KEEPERS = (
    (Role.ADMINISTRATOR, Level.RED), (Role.SECURITY_ADMINISTRATOR, Level.AMBER), (Role.AUDITOR, Level.AMBER),
)  # fmt: skip
"""Without a security administrator the system administrator keeps the people: it works, but is not as it should be."""


def _people(settings: Settings) -> Findings:  # noqa: ARG001
    office = Unit.kind == UnitKind.OFFICE.value
    if not _names(office):
        yield Finding(
            "offices", Level.RED, say("还没有信访部门"), say("运行 petitions unit add 单位名称 --kind office")
        )
    bare = _names(office, ~_staffed(Role.PETITION_OFFICER, Role.PETITION_HEAD))
    if bare:
        yield Finding("officers", Level.RED, say("这些信访部门没有经办或负责人，来件无人分办：{names}", names=_some(bare)),
                      say("在“人员”里给他们设岗位"))  # fmt: skip
    deaf = _names(Unit.kind.in_((UnitKind.BUREAU.value, UnitKind.TOWNSHIP.value)), ~_staffed(Role.RECEIVING_CLERK))
    if deaf:
        yield Finding("receivers", Level.AMBER, say("这些单位没有签收员，转去的件无人签收：{names}", names=_some(deaf)),
                      say("在“人员”里设单位签收员"))  # fmt: skip
    sealed = exists().where(Case.office_id == Unit.id, Case.sealed, Case.closed_on.is_(None))
    open_desk = _names(sealed, ~_staffed(Role.RESTRICTED_CLERK))
    if open_desk:
        yield Finding("restricted", Level.RED, say("有检举控告件，但没有受限岗，无人能办：{names}", names=_some(open_desk)),
                      say("在“人员”里设受限岗"))  # fmt: skip
    stuck = exists().where(Case.unit_id == Unit.id, Case.closed_on.is_(None), Case.office_id != Unit.id)
    lost = select(Unit.name).where(stuck, or_(~is_open(), ~_staffed(*Role))).order_by(Unit.id)
    names = list(db.session().scalars(lost))
    if names:
        yield Finding("stranded", Level.RED, say("这些单位有在办件，但已停用或没有人：{names}", names=_some(names)),
                      say("撤回转送，或给单位安排人员"))  # fmt: skip
    if _names() and not (bare or deaf or open_desk or names):
        yield Finding("people", Level.GREEN, say("各单位的岗位齐全"))


def _some(names: list[str]) -> str:
    shown = "、".join(names[:8])
    return shown if len(names) <= 8 else f"{shown}等{len(names)}个"


def _identity(settings: Settings) -> Findings:
    """The keys of the identity vault: there, nobody else's, complete, and no rotation half done."""
    kept = settings.keys_file
    if not vault.ring().keys:
        yield Finding("identity", Level.RED, say("没有打开信访人信息的密钥，不能登记"),
                      say("把备份的密钥文件放回 {path}；新建的系统运行 petitions init", path=kept))  # fmt: skip
        return
    if absent := rotation.missing():
        yield Finding("identity", Level.RED, say("缺少打开信访人信息的密钥：{keys}", keys="、".join(absent)),
                      say("把备份的密钥文件放回 {path}，或者在 PETITIONS_IDENTITY_KEYS 里补上", path=kept))  # fmt: skip
        return
    if kept.exists() and kept.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield Finding("identity", Level.RED, say("信访人信息的密钥文件别的账号也能读：{path}", path=kept),
                      say("运行 chmod 600 {path}", path=kept))  # fmt: skip
        return
    if left := rotation.left():
        yield Finding("identity", Level.AMBER, say("更换密钥没有做完，还有{count}条由旧密钥锁着", count=left),
                      say("再运行一次 petitions identity rotate"))  # fmt: skip
        return
    yield Finding("identity", Level.GREEN, say("信访人信息已加锁，密钥齐全"))


def _delivery(settings: Settings) -> Findings:
    """Mail and group robots, where something is set up for them."""
    for one in condition.troubles(settings):
        yield Finding("delivery", Level.RED if one.bad else Level.AMBER, one.words, one.remedy)


_CHECKS: Mapping[str, Callable[[Settings], Findings]] = {
    "durability": _durability,
    "workflow": _workflow,
    "codes": _codes,
    "calendar": _calendar,
    "tick": _tick,
    "delivery": _delivery,
    "house": _house,
    "people": _people,
    "identity": _identity,
}
