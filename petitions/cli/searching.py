"""`petitions search`: care of the search index."""

import click

from petitions import app as wiring
from petitions.cases import search as index
from petitions.cli.chinese import Command, Group
from petitions.cli.frame import Desk, desk

assert wiring.KINDS  # what a kind of case puts into the index is known once it is wired


@click.group(cls=Group)
def search() -> None:
    """搜索索引：重建。"""


@search.command(cls=Command)
@desk
def rebuild(on: Desk) -> None:
    """重建搜索索引。平时不需要；恢复备份或搜索结果不对时用，期间可以照常办公。"""
    database = on.ready()
    with on.progress("重建索引") as progress:
        count = index.rebuild(database, progress)
    on.say(f"已重建{count}件的索引")
    on.answer(cases=count)
