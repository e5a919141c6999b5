"""`petitions import FILE`: a ledger from the command line."""

from pathlib import Path
from typing import Any

import click

from petitions import app as wiring
from petitions.cli.chinese import FAILED, OK, Command
from petitions.cli.frame import Desk, Problem, desk
from petitions.db import Database
from petitions.intake.ledger.command import Result, bring_in
from petitions.intake.ledger.files import folder_of
from petitions.intake.ledger.history import Unanswered

assert wiring.KINDS  # rows are registered through the door of their kind

_CHANNEL = "信访形式"

_SHOWN = 20
"""So many problems are listed at a terminal; --json lists them all."""


@click.command("import", cls=Command)
@click.argument("file", metavar="文件", type=click.Path(path_type=Path))
@click.option("--user", default="", metavar="用户名", help="以谁的名义导入；不写就用信访部门的经办")
@click.option("--office", default="", metavar="单位", help="有几个信访部门时写明导入哪一个")
@click.option("--sheet", default=None, metavar="工作表", help="工作表名称；不写就用第一个")
@click.option("--header", default=None, type=click.IntRange(1, 1000), metavar="行号", help="表头所在的行；不写就自动找")
@click.option(
    "--map",
    "pairs",
    multiple=True,
    metavar="列标题=栏目",
    help="指定各列对应的栏目，可写多次；写了就只按写的，不写就自动对应",
)
@click.option("--channel", default="", metavar="代码", help="没有“信访形式”列时用的形式，如 WS")
@click.option("--received-on", default="", metavar="日期", help="没有来件日期列时用的日期")
@click.option("--class", "class_code", default="", metavar="代码", help="没有“内容分类”列时用的类别代码")
@click.option("--place", default="", metavar="属地", help="没有“问题属地”列时用的属地")
@click.option("--unanswered", default="", type=click.Choice(["", *(one.value for one in Unanswered)]), metavar="方式",
              help="没有答复的行怎样处理：open 作为待办（默认），filed 存档")  # fmt: skip
@click.option("--dry-run", is_flag=True, help="只检查，不导入")
@desk
def bring(on: Desk, file: Path, dry_run: bool, pairs: tuple[str, ...], **chosen: Any) -> int:
    """导入 Excel 或 CSV 台账。在终端先检查并显示结果，确认后再导入；同一份文件再导入一次不会重复。"""
    if not file.is_file():
        raise Problem(f"没有这个文件：{file}")
    database, mapping = on.ready(), _mapping(pairs)
    if dry_run or on.talks:
        found = _run(on, database, file, chosen, mapping, dry_run=True)
        _show(on, found, "可以导入")
        if dry_run:
            return _answered(on, found, dry_run=True)
        on.agree(f"将导入 {file.name}。整批导入以后，没有办理过的可以撤销。")
    done = _run(on, database, file, chosen, mapping, dry_run=False)
    _show(on, done, "已导入")
    return _answered(on, done, dry_run=False)


def _run(
    on: Desk, database: Database, file: Path, chosen: dict[str, Any], mapping: dict[str, str] | None, *, dry_run: bool
) -> Result:
    options = {name: chosen[name] for name in ("channel", "received_on", "class_code", "place", "unanswered")}
    with on.progress("检查" if dry_run else "导入") as progress:
        return bring_in(
            database, file, chosen["user"], chosen["office"], sheet=chosen["sheet"], header=chosen["header"],
            mapping=mapping, options={name: value for name, value in options.items() if value}, dry_run=dry_run,
            progress=progress, folder=folder_of(on.settings.data_dir),
        )  # fmt: skip


def _mapping(pairs: tuple[str, ...]) -> dict[str, str] | None:
    split = [pair.rpartition("=") for pair in pairs]
    if any(not heading or not column for heading, _, column in split):
        raise Problem("--map 写成 列标题=栏目，如 --map 留言主题=title")
    return {heading: column for heading, _, column in split} or None


def _show(on: Desk, result: Result, verb: str) -> None:
    rows = len({problem["row"] for problem in result.refused})
    on.say(
        f"共读{result.read}行：{verb}{result.imported}件，并入重复件{result.joined}件，以前导入过{result.known}行，不能导入{rows}行"
    )
    if result.accusing:
        rows_of = "、".join(map(str, result.accusing))
        on.say(f"第{rows_of}行像检举控告，没有写明信访目的，导入后不保密。是的，先在台账里把目的写成“揭发控告”")
    if result.refused:
        shown = result.refused[:_SHOWN]
        on.table(("行", "列", "原因"), [(str(p["row"]), str(p["column"]), str(p["reason"])) for p in shown])
        if any(str(p["column"]) == _CHANNEL for p in result.refused):
            on.say("台账里没有信访形式的，用 --channel 写明：LX 来信，LF 来访，LD 来电，WS 网上")
        if len(result.refused) > len(shown):
            on.say(f"还有{len(result.refused) - len(shown)}处，用 --json 看全部，或在“台账导入”页下载带批注的表")


def _answered(on: Desk, result: Result, *, dry_run: bool) -> int:
    on.answer(
        read=result.read, imported=result.imported, joined=result.joined, known=result.known, refused=result.refused,
        batch=result.batch, accusing=[*result.accusing], dry_run=dry_run,
    )  # fmt: skip
    nothing = result.read and not (result.imported or result.joined or result.known)
    return FAILED if nothing and result.refused else OK
