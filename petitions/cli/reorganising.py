"""`petitions unit merge|split|move`: 机构调整 from the command line, for as many cases as there are."""

from collections.abc import Callable, Sequence

import click
from sqlalchemy import select

from petitions import app as wiring
from petitions import db
from petitions.access.login import plain_username
from petitions.access.models import SuccessionKind, Unit, User, UserRole
from petitions.access.roles import Role
from petitions.cli.chinese import Command
from petitions.cli.frame import Desk, Problem, desk
from petitions.cli.places import find
from petitions.reorganisation import orders
from petitions.reorganisation.carrying_out import carry_out, preview
from petitions.reorganisation.consequences import Consequences
from petitions.reorganisation.orders import Order
from petitions.words import FieldErrors, Refusal

assert wiring.KINDS  # cases go through the door of their kind, which app.py makes known

_BASIS = click.option("--basis", required=True, metavar="依据", help="哪个机关的什么文件，写进每件的办理过程")
_BY = click.option("--by", "username", default="", metavar="用户名", help="以哪位系统管理员的名义；只有一位时不用写")


@click.command(cls=Command)
@click.argument("olds", nargs=-1, required=True, metavar="单位...")
@click.option("--into", required=True, metavar="单位", help="并入哪个单位，名称或编号")
@_BASIS
@_BY
@desk
def merge(on: Desk, olds: tuple[str, ...], into: str, basis: str, username: str) -> None:
    """把一个或几个单位并入另一个；人员、事项、期限都随着走。"""
    _go(on, username, lambda: Order(SuccessionKind.MERGE, [find(old) for old in olds], [find(into)], basis=basis))


@click.command(cls=Command)
@click.argument("old", metavar="单位")
@click.option(
    "--into", "heirs", multiple=True, required=True, metavar="单位", help="拆分成哪些单位，至少写两次；第一个接办其余的"
)
@click.option("--person", "people", multiple=True, metavar="用户名=单位", help="谁去哪个单位，可写多次")
@click.option("--below", multiple=True, metavar="下级=单位", help="下级单位归哪个单位，可写多次")
@click.option("--rule", "rules", multiple=True, metavar="编号、分类或属地=单位", help="哪些事项归哪个单位，可写多次")
@_BASIS
@_BY
@desk
def split(
    on: Desk, old: str, heirs: tuple[str, ...], people: tuple[str, ...], below: tuple[str, ...], rules: tuple[str, ...],
    basis: str, username: str,
) -> None:  # fmt: skip
    """把一个单位拆分成几个。没有写到的事项随承办人走，没有承办人的归第一个。"""

    def order() -> Order:
        after = [find(heir) for heir in heirs]
        where = {find(left).id: find(right) for left, right in map(_sides, below)}
        who = {_account(left).id: find(right) for left, right in map(_sides, people)}
        parted = orders.rules_from("\n".join(rules), after)
        return Order(SuccessionKind.SPLIT, [find(old)], after, basis=basis, people=who, below=where, rules=parted)

    _go(on, username, order)


@click.command(cls=Command)
@click.argument("given", metavar="单位")
@click.option("--under", default="", metavar="上级单位", help="新的上级单位；不写就是最上一级")
@_BASIS
@_BY
@desk
def move(on: Desk, given: str, under: str, basis: str, username: str) -> None:
    """让一个单位连同它的下级改属另一个上级单位。"""
    _go(
        on,
        username,
        lambda: Order(SuccessionKind.MOVE, [find(given)], parent=find(under) if under else None, basis=basis),
    )


ORDERS = (merge, split, move)


def _go(on: Desk, username: str, read: Callable[[], Order]) -> None:
    """Say what would happen, ask, and do it. Nothing is locked while somebody makes up their mind."""
    database = on.ready()
    try:
        with database.work():
            order = read()
            _show(on, preview(order, _administrator(username)))
            named = _named(order.olds)
        on.agree(f"将调整 {named}。调整以后不能撤销。")
        with database.work():
            order = read()
            found = carry_out(order, _administrator(username))
            on.answer(
                kind=order.kind.value, units=[one.id for one in order.olds], people=found.people, open=found.open,
                successors=[one.id for one in order.heirs], closed=found.closed, clocks=found.clocks,
                objections=found.objections, sealed=found.sealed, to_other_desk=found.to_desk,
            )  # fmt: skip
    except FieldErrors as refusal:
        raise Problem("；".join(refusal.errors.values())) from None
    except Refusal as refusal:
        raise Problem(refusal.sentence) from None
    on.say(f"已调整 {named}")


def _show(on: Desk, found: Consequences) -> None:
    if found.shares:
        on.table(
            ("承接单位", "人员", "未办结", "已办结"),
            [(one.unit.name, str(one.people), str(one.open), str(one.closed)) for one in found.shares],
        )
    on.say(f"正在走的期限{found.clocks}个，照原来的日子走；等待核实的异议{found.objections}件")
    on.say(f"保密件{found.sealed}件换单位，其中{found.to_desk}件转到其他单位的受限岗")


def _named(units: Sequence[Unit]) -> str:
    return "、".join(f"“{one.name}”" for one in units)


def _sides(given: str) -> tuple[str, str]:
    left, sign, right = (part.strip() for part in given.partition("="))
    if not (left and sign and right):
        raise Problem(f"“{given}”读不出来，写成 左边=单位")
    return left, right


def _account(username: str) -> User:
    found = db.session().scalar(select(User).where(User.username == plain_username(username)))
    if found is None:
        raise Problem(f"没有账号“{username}”。看有哪些：petitions user list")
    return found


def _administrator(username: str) -> User:
    """Whose name stands under it in the history of each case: the one named, or the only administrator there is."""
    if username:
        return _account(username)
    held = select(UserRole.user_id).where(UserRole.role == Role.ADMINISTRATOR.value)
    found = db.session().scalars(select(User).where(User.active, User.id.in_(held)).order_by(User.id)).all()
    if len(found) != 1:
        raise Problem("写明以哪位系统管理员的名义调整：--by 用户名。看有哪些：petitions user list")
    return found[0]
