"""`petitions check`: the self-inspection at a terminal."""

import click
from rich.text import Text

from petitions import app as wiring
from petitions import selfcheck
from petitions.cli.chinese import FAILED, OK, Command
from petitions.cli.frame import Desk, desk
from petitions.selfcheck import Level

assert wiring.KINDS  # the workflow tables are checked with the rest

_SIGNS = {Level.GREEN: ("✔ 正常", "green"), Level.AMBER: ("● 注意", "yellow"), Level.RED: ("✘ 问题", "bold red")}

_SUMS = {
    Level.GREEN: "全部正常",
    Level.AMBER: "可以使用，有几处要留意",
    Level.RED: "有问题，按上面的办法处理后再查一次",
}


@click.command(cls=Command)
@desk
def check(on: Desk) -> int:
    """自查：数据库、密钥、磁盘、放假安排、定时提醒、岗位是否齐全，每项有问题时说明怎么办。有红项时退出码为1。"""
    found = selfcheck.inspect(on.settings, on.database)
    for finding in found:
        sign, style = _SIGNS[finding.level]
        on.out.print(Text.assemble((sign, style), "  ", str(finding.words)), soft_wrap=True)
        if finding.remedy:
            on.say(f"          → {finding.remedy}")
    level = selfcheck.worst(found)
    on.say(f"\n{_SUMS[level]}（共查{len(found)}项）")
    on.answer(
        status=level.value, database=on.where,
        findings=[{"name": f.name, "level": f.level.value, "words": f.words, "remedy": f.remedy} for f in found],
    )  # fmt: skip
    return FAILED if level is Level.RED else OK
