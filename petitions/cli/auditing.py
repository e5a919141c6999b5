"""`petitions audit`: whether the audit is whole, and the value to print of a day."""

from datetime import date, datetime

import click

from petitions import app as wiring
from petitions.access import audit as records
from petitions.access import audit_chain
from petitions.cases.who_saw import numbered, who_saw
from petitions.cli.chinese import FAILED, OK, Command, Group
from petitions.cli.frame import Desk, Problem, desk
from petitions.matters.personal import matters_of

assert wiring.KINDS  # what an act is called is known once it is wired


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


@audit.command("who-saw", cls=Command)
@click.option("--case", "number", metavar="编号", default="", help="案件的全号")
@click.option("--person", is_flag=True, help="改为按人查：随后输入完整的电话或身份证号，不写在命令行上")
@desk
def who(on: Desk, number: str, person: bool) -> None:
    """个人信息泄露时用（《个人信息保护法》第五十七条）：列出谁看过、打印过、下载过。"""
    if bool(number) == person:
        raise Problem("写明 --case 编号，或者 --person")
    # Asked for and not an argument: the shell would keep it in its history.
    typed = click.prompt("电话或身份证号", hide_input=True, err=True) if person else ""
    with on.ready().work():
        ids = sorted(matters_of(typed, typed)) if person else numbered(number)
        found = who_saw(ids)
        records.record("audit:who", after={"cases": len(ids)})
    if not ids:
        raise Problem("没有找到。编号、电话、身份证号都要写完整")
    on.table(
        ("编号", "人员", "单位", "最早", "最晚", "做了什么", "来自"),
        [
            (one.number, one.person, one.unit, f"{one.first:%Y-%m-%d %H:%M}", f"{one.last:%Y-%m-%d %H:%M}",
             "、".join(f"{label}{count}次" for label, count in one.words), " ".join(sorted(one.addresses)))
            for one in found
        ],
    )  # fmt: skip
    on.say(f"{len(ids)}件，{len(found)}行")
    on.answer(
        cases=len(ids),
        seen=[{"case": one.number, "person": one.person, "unit": one.unit, "first": one.first.isoformat(),
               "last": one.last.isoformat(), "acts": one.acts, "addresses": sorted(one.addresses)} for one in found],
    )  # fmt: skip
