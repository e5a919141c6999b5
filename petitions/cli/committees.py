"""`petitions committee`: people's mediation committees from the command line."""

import click

from petitions.cli.chinese import Command, Group
from petitions.cli.frame import Desk, Problem, desk
from petitions.cli.places import BY, find
from petitions.mediation import committees, committees_admin
from petitions.mediation.committees import KINDS
from petitions.words import FieldErrors


@click.group(cls=Group)
def committee() -> None:
    """人民调解委员会：登记、列出。"""


@committee.command(cls=Command)
@click.argument("name", metavar="名称")
@click.option(
    "--under", metavar="设立单位", required=True, help="村（居）、乡镇街道、企业事业单位或者行业主管单位的名称或编号"
)
@click.option("--word", metavar="字", required=True, help="编号的字：(2026)城调字第12号里的“城”")
@click.option("--kind", type=click.Choice(list(KINDS)), default="village", show_default=True,
              help="类别：" + "，".join(f"{kind} {label}" for kind, label in KINDS.items()))  # fmt: skip
@click.option("--area", metavar="范围", default="", help="调解范围")
@click.option("--court", metavar="法院", default="", help="所在地基层人民法院")
@desk
def add(on: Desk, name: str, under: str, word: str, kind: str, area: str, court: str) -> None:
    """登记一个调委会；单位还没有的一并增加。"""
    with on.ready().work():
        parent = find(under)
        there = next((one for one in committees.units_to_take(None) if one.name == name.strip()), None)
        typed = {
            "unit": str(there.id) if there is not None else "", "name": name, "parent": str(parent.id), "word": word,
            "kind": kind, "area": area, "court": court,
        }  # fmt: skip
        try:
            made = committees_admin.add(typed, None, BY)
        except FieldErrors as refusal:
            raise Problem("；".join(str(one) for one in refusal.errors.values())) from refusal
        on.say(f"已登记“{made.unit.name}”（{KINDS[made.kind]}），编号 {made.unit_id}，文书编号用“{made.word}调字”")
        on.answer(id=made.unit_id, name=made.unit.name, kind=made.kind, word=made.word)


@committee.command("list", cls=Command)
@desk
def show(on: Desk) -> None:
    """列出调委会和应当补齐的事项。"""
    with on.ready().work(write=False):
        rows = committees.every()
        on.table(
            ("编号", "调委会", "类别", "字", "委员", "应当补齐"),
            [
                (str(one.unit_id), one.unit.name, str(KINDS[one.kind]), one.word,
                 str(committees.counted(committees.sitting(one)).seated), "；".join(committees.warnings(one)))
                for one in rows
            ],
        )  # fmt: skip
        if not rows:
            on.say("还没有调委会。登记：petitions committee add 名称 --under 单位 --word 字")
        on.answer(
            committees=[
                {"id": one.unit_id, "name": one.unit.name, "kind": one.kind, "word": one.word, "warnings": committees.warnings(one)}
                for one in rows
            ]
        )  # fmt: skip
