"""`petitions outbox`: what goes out of the house, at a terminal."""

import click

from petitions import clock
from petitions.cli.chinese import Command, Group
from petitions.cli.frame import Desk, desk
from petitions.notices import delivery
from petitions.notices.condition import condition


@click.group(cls=Group)
def outbox() -> None:
    """发件箱：看发送失败的消息，重发。"""


@outbox.command("list", cls=Command)
@desk
def listed(on: Desk) -> None:
    """列出发送失败的和正在重试的，附原因。"""
    database = on.ready()
    with database.work(write=False):
        now = condition(on.settings, clock.now())
    on.say(f"等待发送{now.waiting}条，发送失败{now.parked}条。{now.mail}")
    if now.rows:
        rows = [
            (str(row.id), row.to, row.channel.value, row.day, str(row.attempts), str(row.why or "")) for row in now.rows
        ]
        on.table(("编号", "发给", "方式", "日期", "试过", "原因"), rows)
    on.answer(
        waiting=now.waiting, parked=now.parked,
        rows=[{"id": row.id, "channel": row.channel, "state": row.state, "attempts": row.attempts, "why": row.why} for row in now.rows],
    )  # fmt: skip


@outbox.command(cls=Command)
@click.argument("number", type=int, required=False, metavar="[编号]")
@desk
def resend(on: Desk, number: int | None) -> None:
    """重发一条，不写编号就重发全部失败的。"""
    database = on.ready()
    with database.work():
        count = delivery.again(number)
    on.say(f"已把{count}条放回队列，由 petitions tick 发出")
    on.answer(queued=count)
