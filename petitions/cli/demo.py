"""`petitions demo`: a whole county in a folder of its own, made through the same door as real petitions, and served."""

import os
import shutil
from datetime import date
from pathlib import Path

import click
from sqlalchemy import func, select, update

from petitions import clock, migrating
from petitions.access.models import User
from petitions.access.passwords import generate_password, hash_password
from petitions.cli.chinese import Command
from petitions.cli.frame import Desk, Problem, desk
from petitions.cli.identity import make_keys
from petitions.cli.serving import run
from petitions.db import Database
from petitions.demo.county import MEMBERS, REVIEW_BODIES, UNIT_BY_KEY, Member
from petitions.demo.make import PETITIONS, make
from petitions.selfcheck import Standing, standing
from petitions.settings import Settings

FOLDER = Path("petitions-demo")
"""Where the demo lives, apart from real data."""

GIVEN_BY = "PETITIONS_DEMO_PASSWORD"
"""The variable that gives every account of the demo its password."""

_MARK = "demo.txt"
"""Stands in a folder that this command has made; only such a folder is ever emptied."""

_DONE, _MAKING = "演示数据，可以整个删除。", "演示数据正在制作。"


@click.command(cls=Command)
@click.option("--host", default="127.0.0.1", show_default=True, metavar="地址", help="监听地址")
@click.option("--port", default=8000, show_default=True, metavar="端口", type=click.IntRange(1, 65535), help="端口")
@click.option("--seed", default=1, show_default=True, metavar="数", help="换一个数就换一批故事；同一个数同一天总是一样")
@click.option("--on", "day", default="", metavar="日期", help="演示的今天，如 2026-03-05；不写就是今天")
@click.option(
    "--count", default=PETITIONS, show_default=True, metavar="件数", type=click.IntRange(1, 100_000), help="制作多少件"
)
@click.option("--fresh", is_flag=True, help="删掉已有的演示数据，重新制作")
@click.option("--serve/--no-serve", "serving", default=True, help="制作好以后是否运行")
@desk
def demo(on: Desk, host: str, port: int, seed: int, day: str, count: int, fresh: bool, serving: bool) -> None:
    """做一个县的演示数据（二十多个单位、各种岗位、300件各个阶段的信访件）并运行，数据放在 petitions-demo/。"""
    # A database that is named, here or in the environment, is used; otherwise the demo's own file.
    named = on.settings.database_url
    on.settings = Settings(
        data_dir=FOLDER, database_url=named, secret_key="", office_name="青禾县信访局",
        review_bodies=REVIEW_BODIES,
        # People are here to look around: nobody is asked for a second step, no password ages.
        login_notice="这是演示系统，里面的人和事都是编的。登录不要求动态码；真的系统里管理员、审计员等岗位必须用动态码登录。",
        totp_roles=(), password_days=0,
    )  # fmt: skip
    today, password = _day(day), os.environ.get(GIVEN_BY) or generate_password()
    there = _elsewhere(on, fresh) if named else _in_folder(on, fresh)
    if there:
        on.say("沿用已有的演示数据；重新制作用 petitions demo --fresh")
        _give(on.database, password)
    else:
        _make(on, seed, today, count, password)
    _introduce(on, password)
    accounts = [
        {"username": m.login, "name": m.name, "unit": UNIT_BY_KEY[m.unit].name, "title": m.title} for m in MEMBERS
    ]
    on.answer(made=not there, database=on.where, password=password, accounts=accounts)
    if serving:
        run(on, on.settings, on.database, host=host, port=port)


def _day(given: str) -> date:
    try:
        day = date.fromisoformat(given) if given else clock.today()
    except ValueError:
        raise Problem("日期写成 2026-03-05 这样") from None
    if day > clock.today():
        raise Problem("演示的今天不能晚于真的今天")
    return day


def _in_folder(on: Desk, fresh: bool) -> bool:
    """Whether the folder holds a whole demo that is to be used; otherwise it is emptied, if it is ours."""
    mark = FOLDER / _MARK
    said = mark.read_text(encoding="utf-8") if mark.exists() else ""
    stored = sorted(FOLDER.glob("petitions.sqlite3*"))
    if stored and not said:
        raise Problem(f"{FOLDER}/ 里有不是演示命令建立的数据库，没有动它。换一个目录运行，或自己移走它")
    whole = said == _DONE and bool(stored)
    current = whole and standing(on.database) is Standing.CURRENT
    if current and not fresh:
        return True
    if whole and not fresh:
        on.agree("演示数据是别的版本的程序做的，将删掉它重新制作。")
    on.database.dispose()
    for path in stored:
        path.unlink()
    shutil.rmtree(on.settings.files_dir, ignore_errors=True)
    FOLDER.mkdir(exist_ok=True)
    return False


def _elsewhere(on: Desk, fresh: bool) -> bool:
    """Whether the database that was named holds the demo. One that holds anything else is never touched."""
    if standing(on.database) is Standing.EMPTY:
        return False
    with on.ready().work(write=False) as session:
        names = set(session.scalars(select(User.name).where(User.username == MEMBERS[0].login)))
        somebody = session.scalar(select(func.count()).select_from(User)) or 0
    if not somebody:
        return False
    if names != {MEMBERS[0].name} or fresh:
        raise Problem("这个数据库里已有数据，没有动它。换一个空的数据库，或不写 --database")
    return True


def _make(on: Desk, seed: int, today: date, count: int, password: str) -> None:
    FOLDER.mkdir(exist_ok=True)
    mark = FOLDER / _MARK
    mark.write_text(_MAKING, encoding="utf-8")
    make_keys(on.settings)
    migrating.upgrade(on.database)
    migrating.fill(on.database)
    on.say(f"正在制作{count}件演示数据，要一会儿")
    with on.progress("制作演示数据") as progress:
        make(on.database, seed=seed, on=today, password=password, count=count, progress=progress)
    mark.write_text(_DONE, encoding="utf-8")


def _give(database: Database, password: str) -> None:
    """One password for everybody, as when the county was made: it may have been forgotten since."""
    with database.work() as session:
        session.execute(
            update(User).values(
                password_hash=hash_password(password), password_set_at=clock.now(), password_given=False
            )
        )


def _introduce(on: Desk, password: str) -> None:
    """Who can log in."""
    shown = [(m.login, m.name, UNIT_BY_KEY[m.unit].name, m.title, _roles(m)) for m in MEMBERS if m.shown]
    on.table(("用户名", "姓名", "单位", "职务", "岗位"), shown)
    on.say(f"以上每个人的密码都是：{password}", "bold")
    on.say(
        f"另有{len(MEMBERS) - len(shown)}个单位人员的账号，用 petitions user list --database {on.database.engine.url} 查看"
    )


def _roles(member: Member) -> str:
    return "、".join(role.label for role in member.roles)
