"""`petitions retention`: what is due, and working off what was approved. Approving is done by a person, on the screen."""

import click
from sqlalchemy import func, select

from petitions import app as wiring
from petitions import db, disposing
from petitions.access import audit as records
from petitions.access.models import User
from petitions.cases.disposal import KEEPING, Disposal, DisposalCase, due_from
from petitions.cli.chinese import FAILED, OK, Command, Group
from petitions.cli.frame import Desk, Problem, desk
from petitions.matters.retention import terms
from petitions.privacy import destruction, disposals

assert wiring.KINDS  # what is taken out of a case by other packages is known once it is wired


@click.group(cls=Group)
def retention() -> None:
    """保管期满的件：查看到期清单、执行已批准的处置。"""


@retention.command("terms", cls=Command)
@desk
def show_terms(on: Desk) -> None:
    """各类事项的保管年限和依据。"""
    with on.ready().work(write=False):
        rows = [*terms(on.settings.retention_years), *(one for kept in KEEPING.values() for one in kept.terms())]
    on.table(
        ("类别", "年限", "依据"), [(row.label, f"{row.years}年" if row.years else "永久", row.source) for row in rows]
    )
    on.answer(terms={row.code: row.years for row in rows})


@retention.command("list", cls=Command)
@click.option(
    "--as", "username", metavar="用户名", required=True, help="以谁的名义查看：只列出本单位的、此人能查看的件"
)
@desk
def due(on: Desk, username: str) -> None:
    """试算：今天到期、可以提出处置的件。什么也不改。"""
    changed = on.settings.retention_years
    with on.ready().work(write=False):
        person = db.session().scalar(select(User).where(User.username == username.lower()))
        if person is None:
            raise Problem(f"没有用户“{username}”")
        found = disposals.due_now(person, changed)
        rows = []
        for one in found:
            term = destruction.term(one, changed)
            over = due_from(one.closed_on, term) if one.closed_on else None
            rows.append((one.number, str(one.closed_on or ""), str(term.label), str(over or "")))
    on.table(("编号", "办结日期", "类别", "到期日期"), rows)
    on.say(f"共{len(rows)}件到期。在“到期处置”页提出清单，由另一位负责人批准后执行 petitions retention run")
    on.answer(due=[row[0] for row in rows])


@retention.command(cls=Command)
@desk
def run(on: Desk) -> int:
    """执行已批准的处置：匿名化、删除附件、整理数据库。匿名化后不能恢复；中断后再运行就接着做。"""
    database = on.ready()
    with database.work(write=False):
        waiting = select(func.count()).select_from(DisposalCase).join(Disposal)
        count = db.session().scalar(waiting.where(Disposal.state == "approved", DisposalCase.result == "")) or 0
    on.agree(f"将匿名化{count}件，不能恢复。先确认备份按同样期限清理。")
    with on.progress("匿名化") as progress:
        done = disposing.run(database, on.settings, progress)
    with database.work():
        records.record("disposal:run", after={"cases": done.cases, "kept": done.kept, "files": done.files})
    on.say(f"已匿名化{done.cases}件，保留{done.kept}件；清理附件和台账文件{done.files}个、搁置的草稿{done.drafts}份")
    if not done.clean:
        on.say("有程序正在读数据库，日志文件没有清空。稍后再运行一次 petitions retention run", "bold red")
    on.answer(cases=done.cases, kept=done.kept, files=done.files, drafts=done.drafts, clean=done.clean)
    return OK if done.clean else FAILED
