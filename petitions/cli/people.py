"""`petitions user`: accounts from the command line. Outside the demo no account exists until one is made here."""

import os

import click
from sqlalchemy import select

from petitions import app as wiring
from petitions import db
from petitions.access import admin, login, staff
from petitions.access.models import User
from petitions.access.passwords import rules_of
from petitions.access.roles import LABELS, Role
from petitions.cli.chinese import Command, Group
from petitions.cli.frame import Desk, Problem, desk
from petitions.cli.places import BY, find

GIVEN_BY = "PETITIONS_PASSWORD"
"""The variable a script hands a password over in: an argument would stand in the list of processes."""

assert wiring.KINDS  # what rests on a person is asked of the kernel, which app.py makes known to access


@click.group(cls=Group)
def user() -> None:
    """账号：增加、列出、换密码、清除动态码、停用、恢复、改岗位。"""


_ROLE = click.Choice([role.value for role in Role])
_ROLES = "岗位，可写多次：" + "，".join(f"{role.value} {label}" for role, label in LABELS.items())


@user.command(cls=Command)
@click.argument("username", metavar="用户名")
@click.option("--name", default="", metavar="姓名", help="姓名；不写就用用户名")
@click.option("--unit", "unit_name", required=True, metavar="单位", help="单位名称或编号")
@click.option("--role", "roles", multiple=True, required=True, type=_ROLE, metavar="岗位", help=_ROLES)
@click.option("--phone", default="", metavar="电话", help="联系电话")
@click.option("--email", default="", metavar="邮箱", help="收每天的期限提醒")
@click.option("--generate", is_flag=True, help="生成一个密码并显示，不询问")
@desk
def add(
    on: Desk, username: str, name: str, unit_name: str, roles: tuple[str, ...], phone: str, email: str, generate: bool
) -> None:
    """增加一个账号。密码在终端输入两次，或由 PETITIONS_PASSWORD 给出，或生成并显示一次。"""
    database = on.ready()
    with database.work(write=False):
        unit_id = find(unit_name).id
        if db.session().scalar(select(User.id).where(User.username == login.plain_username(username))):
            raise Problem(f"用户名“{username}”已有人使用，换一个")
    given = _password(on, generate)
    with database.work():
        typed = {"username": username, "name": name or username, "unit": str(unit_id), "phone": phone, "email": email}
        person, password = admin.add_user(typed, roles, BY, given, rules_of(on.settings))
        on.say(f"已增加账号 {person.username}（{person.name}，{person.unit.name}，{_labels(person)}）")
        _show_password(on, person, "" if given else password)


@user.command("list", cls=Command)
@click.option("--unit", "unit_name", default="", metavar="单位", help="只列一个单位的")
@desk
def show(on: Desk, unit_name: str) -> None:
    """列出账号。"""
    with on.ready().work(write=False):
        query = select(User).order_by(User.unit_id, User.id)
        if unit_name:
            query = query.where(User.unit_id == find(unit_name).id)
        rows = db.session().scalars(query).all()
        on.table(
            ("用户名", "姓名", "单位", "岗位", ""),
            [(p.username, p.name, p.unit.name, _labels(p), "" if p.active else "已停用") for p in rows],
        )
        if not rows:
            on.say("还没有账号。增加：petitions user add 用户名 --unit 单位 --role administrator")
        on.answer(
            users=[
                {"username": p.username, "name": p.name, "unit": p.unit.name, "active": p.active,
                 "roles": sorted(role.value for role in p.roles)}
                for p in rows
            ]
        )  # fmt: skip


@user.command(cls=Command)
@click.argument("username", metavar="用户名")
@click.option("--generate", is_flag=True, help="生成一个密码并显示，不询问")
@desk
def password(on: Desk, username: str, generate: bool) -> None:
    """换密码；这个账号的全部登录随即退出。"""
    database = on.ready()
    with database.work(write=False):
        _person(username)
    given = _password(on, generate)
    with database.work():
        person = _person(username)
        made = admin.reset_password(person, BY, given, rules_of(on.settings))
        on.say(f"{person.username} 的密码已换，原来的登录已全部退出")
        _show_password(on, person, "" if given else made)


@user.command(cls=Command)
@click.argument("username", metavar="用户名")
@desk
def disable(on: Desk, username: str) -> None:
    """停用账号，立即退出登录。还有未办结事项、或是唯一的管理员时不能停用。"""
    with on.ready().work():
        person = _person(username)
        if person.active:
            on.agree(f"将停用 {person.username}（{person.name}，{person.unit.name}）。")
        try:
            ended = admin.disable_user(person, BY)
        except admin.StillHolds as refusal:
            listed = f"：{'、'.join(refusal.held.numbers)}" if refusal.held.numbers else ""
            raise Problem(f"{refusal.sentence}{listed}") from None
        on.say(f"{person.username} 已停用，退出了{ended}处登录")
        on.answer(username=person.username, active=False, logins_ended=ended)


@user.command(cls=Command)
@click.argument("username", metavar="用户名")
@desk
def code(on: Desk, username: str) -> None:
    """清除一个账号的动态码，手机和备用码都丢了时用；登录随即退出，本人登录后重新设置。"""
    with on.ready().work():
        person = _person(username)
        on.agree(f"将清除 {person.username}（{person.name}，{person.unit.name}）的动态码。先当面核实是本人。")
        ended = admin.reset_second_step(person, BY)
        on.say(f"{person.username} 的动态码已清除，退出了{ended}处登录")
        on.answer(username=person.username, logins_ended=ended)


@user.command(cls=Command)
@click.argument("username", metavar="用户名")
@desk
def enable(on: Desk, username: str) -> None:
    """恢复停用的账号。"""
    with on.ready().work():
        person = _person(username)
        admin.enable_user(person, BY)
        on.say(f"{person.username} 已恢复")
        on.answer(username=person.username, active=True)


@user.command(cls=Command)
@click.argument("username", metavar="用户名")
@click.argument("roles", nargs=-1, type=_ROLE, metavar="[岗位]...")
@desk
def roles(on: Desk, username: str, roles: tuple[str, ...]) -> None:
    """看一个账号的岗位；后面写岗位就改成这些，登录随即退出。"""
    database = on.ready()
    with database.work() if roles else database.work(write=False):
        person = _person(username)
        if roles:
            admin.change_user(person, staff.values_of_user(person), roles, BY)
        on.say(f"{person.username}（{person.name}）的岗位：{_labels(person)}")
        on.answer(username=person.username, roles=sorted(role.value for role in person.roles))


def _person(username: str) -> User:
    person = db.session().scalar(select(User).where(User.username == login.plain_username(username)))
    if person is None:
        raise Problem(f"没有账号“{username}”。看有哪些：petitions user list")
    return person


def _labels(person: User) -> str:
    return "、".join(role.label for role in sorted(person.roles))


def _password(on: Desk, generate: bool) -> str:
    """A password from the environment or typed twice; empty when one is to be generated."""
    given = os.environ.get(GIVEN_BY, "")
    if given or generate or not on.talks:
        return given
    on.aside.print(f"{rules_of(on.settings).words}直接回车就生成一个")
    while True:
        typed: str = click.prompt("密码", hide_input=True, default="", show_default=False, err=True)
        if not typed or typed == click.prompt("再输一次", hide_input=True, default="", show_default=False, err=True):
            return typed
        on.aside.print("两次不一样，重新输入")


def _show_password(on: Desk, person: User, made: str) -> None:
    """A generated password is printed once; one that somebody chose is never repeated."""
    if made:
        on.say(f"密码（只显示这一次）：{made}", "bold")
    shown = {"password": made} if made else {}
    roles = sorted(role.value for role in person.roles)
    on.answer(username=person.username, name=person.name, unit=person.unit.name, roles=roles, **shown)
