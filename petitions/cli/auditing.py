"""`petitions audit`: whether the audit is whole, and the value to print of a day."""

from datetime import date, datetime

import click

from petitions.access import audit_chain
from petitions.cli.chinese import FAILED, OK, Command, Group
from petitions.cli.frame import Desk, Problem, desk


@click.group(cls=Group)
def audit() -> None:
    """审计：核验审计链、取每日链头。"""


@audit.command(cls=Command)
@click.option("--anchor", metavar="校验值", default="", help="以前打印的链头；同时核对它是否还在链上")
@desk
def verify(on: Desk, anchor: str) -> int:
    """从第一行起核验整条审计链。对不上时退出码为1。"""
    with on.ready().work(write=False):
        found = audit_chain.verify(anchor.strip().lower())
    if found.broken_at is not None:
        on.say(f"✘ 第{found.broken_at}行与前后对不上：有人改动、删除或插入过记录", "bold red")
    elif found.anchored is False:
        on.say(f"✘ {found.rows}行前后相符，但没有这个链头：记录可能被截断或整体重写过", "bold red")
    else:
        on.say(f"✔ {found.rows}行全部相符", "green")
    on.answer(whole=found.whole, rows=found.rows, broken_at=found.broken_at, anchored=found.anchored, head=found.head)
    return OK if found.whole else FAILED


@audit.command(cls=Command)
@click.option(
    "--on", "day", type=click.DateTime(["%Y-%m-%d"]), metavar="日期", help="哪一天，如 2026-03-05；不写就是今天"
)
@desk
def head(on: Desk, day: datetime | None) -> None:
    """某一天最后一行的校验值，打印存档用。"""
    wanted: date | None = day.date() if day else None
    with on.ready().work(write=False):
        found = audit_chain.head(wanted)
    if found is None:
        raise Problem("到这一天为止还没有审计记录")
    on.say(f"{found.day.isoformat()}　第{found.id}行　{found.hash}")
    on.answer(day=found.day.isoformat(), row=found.id, head=found.hash)
