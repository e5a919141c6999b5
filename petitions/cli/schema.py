"""`petitions init` and `petitions upgrade`: the database comes into being and grows with the program."""

import click
from sqlalchemy import func, select

from petitions import migrating
from petitions.access.models import Unit, User
from petitions.cases.models import Code
from petitions.cli.chinese import Command
from petitions.cli.frame import Desk, Problem, desk
from petitions.cli.identity import make_keys
from petitions.db import Database
from petitions.selfcheck import Standing, standing


@click.command(cls=Command)
@desk
def init(on: Desk) -> None:
    """建立数据库：表、字典和放假安排。已经建立的不会改动。"""
    created = establish(on)
    with on.database.work(write=False) as session:
        codes, units, users = (
            session.scalar(select(func.count()).select_from(table)) or 0 for table in (Code, Unit, User)
        )
    on.say(f"{'数据库已建立' if created else '数据库早已建立，没有改动'}：{on.where}")
    if not users:
        on.say(NEXT_STEPS)
    on.answer(
        database=on.where, created=created, schema=migrating.current(on.database), codes=codes, units=units, users=users
    )


NEXT_STEPS = """
接下来：
  1. 增加信访部门      petitions unit add 青禾县信访局 --kind office --sign 青信
  2. 增加系统管理员    petitions user add admin --name 姓名 --unit 青禾县信访局 --role administrator
     增加安全管理员    petitions user add anquan --name 姓名 --unit 青禾县信访局 --role security_administrator
     增加审计员        petitions user add shenji --name 姓名 --unit 青禾县信访局 --role auditor
  3. 运行              petitions serve
单位和字典由系统管理员登录后维护，人员由安全管理员维护；三个岗位由三个人担任。只增加系统管理员也能先用：没有安全管理员时，
人员由系统管理员暂管。这三个岗位登录要用手机上的动态码；没有手机的地方先设 PETITIONS_TOTP_ROLES='[]'。"""


def establish(on: Desk) -> bool:
    """Make the schema and what a new database starts with; whether there was none. Raises Problem for an old one."""
    on.settings.data_dir.mkdir(parents=True, exist_ok=True)
    stands = standing(on.database)
    if stands in (Standing.OUTDATED, Standing.NEWER):
        on.ready()
    if stands is Standing.EMPTY:
        make_keys(on.settings)
    migrating.upgrade(on.database)
    migrating.fill(on.database)
    return stands is Standing.EMPTY


@click.command(cls=Command)
@desk
def upgrade(on: Desk) -> None:
    """升级程序以后，把数据库结构、字典和放假安排升到新版本。"""
    stands, before = standing(on.database), migrating.current(on.database)
    if stands is Standing.EMPTY:
        raise Problem(f"这里还没有建立数据库（{on.where}）。先运行 petitions init")
    if stands is Standing.NEWER:
        on.ready()
    if stands is Standing.OUTDATED:
        on.agree(f"将把 {on.where} 从版本 {before} 升到 {migrating.newest()}。升级前应已备份。")
        if not migrating.has_vault(on.database):
            make_keys(on.settings)
    migrating.upgrade(on.database)
    migrating.fill(on.database)
    after = migrating.current(on.database)
    on.say(f"已从版本 {before} 升到 {after}" if before != after else f"已是最新版本 {after}，字典和放假安排已补齐")
    on.answer(database=on.where, before=before, after=after)


def is_bare(database: Database) -> bool:
    """Whether nobody has an account yet."""
    with database.work(write=False) as session:
        return not session.scalar(select(func.count()).select_from(User))
