"""`petitions unit`: units from the command line."""

import click
from sqlalchemy import select

from petitions import db
from petitions.access import admin, staff
from petitions.access.models import UNIT_KINDS, Unit, UnitKind
from petitions.cli.chinese import Command, Group
from petitions.cli.frame import Desk, Problem, desk

BY = "command-line"
"""Who did it, in the log: whoever has the machine."""


@click.group(cls=Group)
def unit() -> None:
    """单位：增加、列出、合并、拆分、改变隶属。"""


@unit.command(cls=Command)
@click.argument("name", metavar="单位名称")
@click.option("--kind", type=click.Choice([kind.value for kind in UnitKind]), default=UnitKind.BUREAU.value, show_default=True,
              help="类别：" + "，".join(f"{kind.value} {label}" for kind, label in UNIT_KINDS.items()))  # fmt: skip
@click.option("--under", metavar="上级单位", default="", help="上级单位的名称或编号")
@click.option("--sign", default="", metavar="代字", help="机关代字，如 青信")
@click.option("--phone", default="", metavar="电话", help="办公电话，印在告知书上")
@desk
def add(on: Desk, name: str, kind: str, under: str, sign: str, phone: str) -> None:
    """增加一个单位。"""
    with on.ready().work():
        parent = str(find(under).id) if under else ""
        typed = {"name": name, "kind": kind, "parent": parent, "sign": sign, "phone": phone}
        made = admin.add_unit(typed, BY)
        on.say(f"已增加单位“{made.name}”（{UNIT_KINDS[UnitKind(made.kind)]}），编号 {made.id}")
        on.answer(id=made.id, name=made.name, kind=made.kind, parent=made.parent_id)


@unit.command("list", cls=Command)
@click.option("--all", "closed", is_flag=True, help="连同已停用的")
@desk
def show(on: Desk, closed: bool) -> None:
    """列出单位，按上下级。"""
    with on.ready().work(write=False):
        rows = staff.tree(closed=closed)
        on.table(
            ("编号", "单位", "类别", "代字", "在用账号", ""),
            [
                (str(row.unit.id), "  " * row.depth + row.unit.name, row.kind, row.unit.sign, str(row.people),
                 "已停用" if row.closed else "")
                for row in rows
            ],
        )  # fmt: skip
        if not rows:
            on.say("还没有单位。增加：petitions unit add 单位名称 --kind office")
        on.answer(
            units=[
                {"id": row.unit.id, "name": row.unit.name, "kind": row.unit.kind, "parent": row.unit.parent_id,
                 "sign": row.unit.sign, "people": row.people, "closed": row.closed}
                for row in rows
            ]
        )  # fmt: skip


def find(given: str) -> Unit:
    """The unit somebody named by number or name. Raises Problem when there is none, or several of the name."""
    wanted = Unit.id == number if (number := admin.key_of(given)) else Unit.name == given.strip()
    found = db.session().scalars(select(Unit).where(wanted, admin.is_open())).all()
    if not found:
        raise Problem(
            f"没有单位“{given}”。看有哪些：petitions unit list；增加：petitions unit add {given} --kind office"
        )
    if len(found) > 1:
        raise Problem(f"有{len(found)}个单位叫“{given}”，改用编号：{'、'.join(str(one.id) for one in found)}")
    return found[0]
