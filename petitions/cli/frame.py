"""What every command shares: its options, answers for people or for scripts, questions and progress."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, wraps
from typing import Any, TypeVar

import click
from pydantic import ValidationError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from petitions.access import rotation, vault
from petitions.db import Database
from petitions.selfcheck import Standing, standing
from petitions.settings import Settings


class Problem(Exception):  # noqa: N818 - it is an answer to the caller, not a fault
    """A command cannot go on; the sentence says why and what to do."""


@dataclass
class Desk:
    """What one run of a command has in front of it."""

    database_url: str = ""
    as_json: bool = False
    yes: bool = False

    @cached_property
    def settings(self) -> Settings:
        """The settings in force; `--database` comes before the environment."""
        try:
            return Settings(database_url=self.database_url) if self.database_url else Settings()
        except ValidationError as fault:
            names = "、".join(f"PETITIONS_{'_'.join(map(str, e['loc'])).upper()}" for e in fault.errors())
            raise Problem(f"设置有误：{names}。各项的写法见 docs/settings.md") from None

    @cached_property
    def database(self) -> Database:
        """The database named, reachable or not. Raises Problem for an address that is none, and for keys that are none."""
        try:
            vault.parse(self.settings.vault_keys())
        except ValueError:
            raise Problem(
                "信访人信息的密钥写得不对：每把写成 编号:密钥，密钥是32字节的base64，多把之间用空格隔开"
            ) from None
        try:
            return Database(self.settings.url(), keys=self.settings.vault_keys).follow(self.settings)
        except (ArgumentError, NoSuchModuleError, ImportError):
            raise Problem(
                "数据库地址写得不对，例如 sqlite:///petitions.sqlite3 或 postgresql://用户@主机/库名"
            ) from None

    def ready(self) -> Database:
        """The database, with the schema this program needs. Raises Problem with what to do."""
        stands = standing(self.database)
        if stands is Standing.EMPTY:
            raise Problem(f"这里还没有建立数据库（{self.where}）。先运行 petitions init")
        if stands is Standing.OUTDATED:
            raise Problem("数据库结构是旧版本的。先备份，再运行 petitions upgrade")
        if stands is Standing.NEWER:
            raise Problem("数据库是由更新的程序建立的。装回更新的程序再运行")
        with self.database.work(write=False):
            absent = rotation.missing()
        if absent:
            raise Problem(
                f"缺少打开信访人信息的密钥（编号{'、'.join(absent)}）。把备份的密钥文件放回 {self.settings.keys_file}，"
                "或者在 PETITIONS_IDENTITY_KEYS 里补上"
            )
        return self.database

    def leave(self) -> None:
        """Close what was opened."""
        if "database" in vars(self):
            self.database.dispose()

    @property
    def where(self) -> str:
        """The database in words, without its password."""
        return self.database.engine.url.render_as_string(hide_password=True).removeprefix("sqlite:///")

    @cached_property
    def out(self) -> Console:
        """Where answers for people go; silent when a script listens."""
        return Console(quiet=self.as_json, highlight=False, markup=False, emoji=False)

    @cached_property
    def aside(self) -> Console:
        """Where progress and questions go."""
        return Console(stderr=True, highlight=False, markup=False, emoji=False)

    def say(self, words: str, style: str = "") -> None:
        """A line for people."""
        self.out.print(words, style=style or None, soft_wrap=True)

    def answer(self, **values: Any) -> None:
        """The one JSON object for a script; nothing at a terminal."""
        if self.as_json:
            click.echo(json.dumps(values, ensure_ascii=False, default=str))

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """A table for people."""
        shown = Table(box=None, header_style="bold", pad_edge=False)
        for column in columns:
            shown.add_column(column, overflow="fold")
        for row in rows:
            shown.add_row(*map(Text, row))
        self.out.print(shown)

    @property
    def talks(self) -> bool:
        """Whether somebody is there who can be asked."""
        return not self.as_json and not self.yes and sys.stdin.isatty()

    def agree(self, question: str) -> None:
        """Go on only if the person agrees; `--yes` agrees to everything. Raises Problem where nobody can be asked."""
        if self.yes:
            return
        if not self.talks:
            raise Problem(f"{question}确定的话加上 --yes 再运行")
        self.aside.print(question, style="bold")
        if (
            click.prompt("输入 y 继续，n 停止", default="n", show_default=False, err=True).strip().lower()
            not in _AGREED
        ):
            raise Problem("已停止，没有改动")

    @contextmanager
    def progress(self, words: str) -> Iterator[Callable[[int, int], None]]:
        """A function (done, total) that draws a bar at a terminal and does nothing elsewhere."""
        if self.as_json or not self.aside.is_terminal:
            yield lambda done, total: None  # noqa: ARG005
            return
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=self.aside, transient=True) as bar:
            task = bar.add_task(words, total=None)
            yield lambda done, total: bar.update(task, completed=done, total=total)


_AGREED = ("y", "yes", "是", "好", "继续")


Action = TypeVar("Action", bound=Callable[..., Any])


def desk(action: Action) -> Action:
    """The options every command has; hands the command a Desk as its first argument."""

    @wraps(action)
    def run(database: str, as_json: bool, yes: bool, **values: Any) -> Any:
        there = Desk(database or "", as_json, yes)
        try:
            return action(there, **values)
        finally:
            there.leave()

    for option in (
        click.option("--yes", "-y", is_flag=True, help="不再询问，直接做"),
        click.option("--json", "as_json", is_flag=True, help="只输出一个 JSON 对象，供脚本使用"),
        click.option(
            "--database",
            metavar="URL",
            default="",
            help="数据库地址；不写就用 PETITIONS_DATABASE_URL 或数据目录里的 SQLite",
        ),
    ):
        option(run)
    return run  # type: ignore[return-value]
