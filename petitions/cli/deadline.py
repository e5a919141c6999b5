"""`petitions deadline`: the calculator of terms for scripts and for whoever sits at a terminal."""

import click

from petitions.cli.chinese import Command
from petitions.cli.frame import Desk, Problem, desk
from petitions.cli.places import find
from petitions.deadlines.calculator import calculate
from petitions.words import FieldErrors


@click.command("deadline", cls=Command)
@click.option("--limit", required=True, help="期限代码，例如 T6、M9、X1.apply（docs/limits.md）")
@click.option("--start", required=True, help="起算日（当日不计），例如 2026-08-03")
@click.option("--extend", default="", help="延长多少，按该期限的单位")
@click.option("--pause", multiple=True, help="不计入的日子，例如 2026-11-10..2026-11-17；可以写多次")
@click.option("--unit", "place", default="", help="按哪个单位的本地期限计算；不写就按全国的")
@desk
def deadline(on: Desk, limit: str, start: str, extend: str, pause: tuple[str, ...], place: str) -> None:
    """期限计算器：名义到期日、实际到期日、工作目标日和计算说明。不改动任何数据。"""
    asked = {"limit": limit, "start": start, "extend": extend, "pause": " ".join(pause)}
    with on.ready().work(write=False):
        unit_id = find(place).id if place else None
        try:
            answer = calculate(asked, unit_id)
        except FieldErrors as refusal:
            raise Problem("；".join(f"--{name}：{why}" for name, why in refusal.errors.items())) from None
    span = answer.span
    on.table(
        ("名义到期日", "实际到期日", "工作目标日"),
        [(span.nominal.isoformat(), span.rolled.isoformat(), span.target.isoformat())],
    )
    on.say(str(answer.explanation))
    on.answer(**answer.as_json())
