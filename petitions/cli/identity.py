"""`petitions identity`: the keys that lock the petitioners' data."""

import click

from petitions import app as wiring
from petitions.access import rotation, vault
from petitions.cli.chinese import Command, Group
from petitions.cli.frame import Desk, Problem, desk
from petitions.settings import Settings

assert wiring.KINDS  # every table with locked rows is known once it is wired


@click.group(cls=Group)
def identity() -> None:
    """信访人信息的密钥：查看、更换。"""


def make_keys(settings: Settings) -> None:
    """Give a new installation its first key. For a database in which nothing is locked yet."""
    if not settings.vault_keys():
        vault.keep(settings.keys_file, vault.new_key() + "\n")


@identity.command(cls=Command)
@desk
def keys(on: Desk) -> None:
    """列出密钥的编号和各自锁着多少条。不显示密钥本身。"""
    with on.ready().work(write=False):
        counts = rotation.counts()
        first = vault.ring().writes.id
    on.table(("编号", "用途", "条数"), [(key, "写入" if key == first else "只读", f"{n}") for key, n in counts.items()])
    on.answer(writes=first, keys=counts)


@identity.command(cls=Command)
@desk
def rotate(on: Desk) -> None:
    """更换密钥：建立新密钥，把信访人信息全部改用新密钥加锁。中断后再运行一次就接着做，期间可以照常办公。"""
    database = on.ready()
    with database.work(write=False):
        waiting = rotation.left()
    if waiting:
        on.say(f"上次没有做完，接着做：还有{waiting}条")
    else:
        _add_key(on)
    with on.progress("换密钥") as progress:
        done = rotation.rotate(database, progress)
        # A process that had not seen the new key yet may have written with the old one meanwhile.
        while again := rotation.rotate(database):
            done += again
    with database.work(write=False):
        counts, first = rotation.counts(), vault.ring().writes.id
    idle = [key for key in counts if key != first]
    on.say(f"已用密钥{first}重新加锁{done}条")
    if idle:
        on.say(f"密钥{'、'.join(idle)}不再使用。旧备份还要用它打开：备份过期以前不要从密钥文件里删掉")
    on.answer(writes=first, relocked=done, keys=counts)


def _add_key(on: Desk) -> None:
    if on.settings.identity_keys:
        raise Problem("密钥由 PETITIONS_IDENTITY_KEYS 给出：把新密钥写在最前面、旧的留在后面，重启各进程，再运行一次")
    on.agree("将建立一把新密钥，此后新旧备份要用各自的密钥打开。密钥文件应已另行备份。")
    vault.keep(on.settings.keys_file, f"{vault.new_key()}\n{on.settings.vault_keys().strip()}\n")
