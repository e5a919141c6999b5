"""`petitions serve` and `petitions tick`: running the office."""

import logging
import signal
from types import FrameType

import click
from sqlalchemy import func, select

from petitions import jobs
from petitions.access.models import User
from petitions.app import create_app
from petitions.cli.chinese import FAILED, OK, Command
from petitions.cli.frame import Desk, Problem, desk
from petitions.cli.schema import establish
from petitions.db import Database
from petitions.drummer import Drummer
from petitions.selfcheck import Standing, standing, unfit_for_others
from petitions.settings import Settings
from petitions.web import logs
from petitions.web.server import listen

_HOST, _PORT, _THREADS = "127.0.0.1", 8000, 8
"""Threads: as many requests at once; the pools of both databases hold more connections than that."""

_THIS_MACHINE = ("127.0.0.1", "::1", "localhost")

_MARGIN = 2**20
"""Bytes the server takes beyond the largest upload, so that the application says what is too large, in a sentence."""


@click.command(cls=Command)
@click.option("--host", default=_HOST, show_default=True, metavar="地址", help="监听地址；0.0.0.0 是所有网卡")
@click.option("--port", default=_PORT, show_default=True, metavar="端口", type=click.IntRange(1, 65535), help="端口")
@click.option(
    "--threads",
    default=_THREADS,
    show_default=True,
    metavar="数目",
    type=click.IntRange(1, 64),
    help="同时处理的请求数",
)
@click.option("--tick/--no-tick", default=None, help="是否同时运行定时提醒；默认 SQLite 运行，PostgreSQL 不运行")
@desk
def serve(on: Desk, host: str, port: int, threads: int, tick: bool | None) -> None:
    """运行系统，按 Ctrl+C 停止。还没有数据库时先问是否建立。"""
    if standing(on.database) is Standing.EMPTY:
        on.agree(f"这里还没有数据库（{on.where}），现在建立。")
        establish(on)
    database = on.ready()
    unfit = [] if host in _THIS_MACHINE else unfit_for_others(on.settings)
    if unfit:
        raise Problem("；".join(f"{one.words}。{one.remedy}" for one in unfit))
    with database.work(write=False) as session:
        if not session.scalar(select(func.count()).select_from(User)):
            on.say("还没有账号。另开一个窗口运行：petitions user add 用户名 --unit 单位 --role administrator", "yellow")
    run(on, on.settings, database, host=host, port=port, threads=threads, ticking=tick)


def run(
    on: Desk, settings: Settings, database: Database, *, host: str = _HOST, port: int = _PORT, threads: int = _THREADS,
    ticking: bool | None = None,
) -> None:  # fmt: skip
    """Serve until stopped. On SQLite the reminders run in a thread of their own beside it."""
    app = create_app(settings, database)
    try:
        server = listen(
            app, {}, host=host, port=port, threads=threads, max_request_body_size=settings.max_upload_mb * 2**20 + _MARGIN,
            clear_untrusted_proxy_headers=not settings.proxies,
        )  # fmt: skip
    except OSError as fault:
        raise Problem(
            f"不能在 {host}:{port} 运行（{fault.strerror or fault}）。端口被占用时换一个：--port {port + 1}"
        ) from None
    drummer = Drummer(database, settings) if (database.is_sqlite if ticking is None else ticking) else None
    signal.signal(signal.SIGTERM, _leave)
    if drummer is not None:
        drummer.start()
        drummer.mind()
    elif settings.expect_tick:
        on.say("定时提醒要另外运行：petitions tick --loop")
    on.say(f"正在运行：http://{host}:{port}    按 Ctrl+C 停止", "bold green")
    on.answer(url=f"http://{host}:{port}", database=on.where, ticking=drummer is not None)
    try:
        server.run()
    finally:
        if drummer is not None:
            drummer.stop()
        database.dispose()


def _leave(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
    """Stop as after Ctrl+C: requests under way are finished."""
    raise SystemExit(OK)


@click.command(cls=Command)
@click.option(
    "--loop",
    is_flag=True,
    help="一直运行，每隔 PETITIONS_TICK_SECONDS 秒一次；停住不动时以错误码3退出，由看护程序重新启动",
)
@desk
def tick(on: Desk, loop: bool) -> int:
    """发到期和超期提醒（站内、邮件、群机器人），清理过期的登录。可以由系统的定时任务每分钟运行一次，也可以用 --loop 一直运行。"""
    database = on.ready()
    if loop:
        logs.configure(logging.INFO)
        signal.signal(signal.SIGTERM, _leave)
        on.say("正在定时提醒，按 Ctrl+C 停止")
        drummer = Drummer(database, on.settings)
        drummer.start()
        try:
            drummer.wait()
        finally:
            drummer.stop()
    done = jobs.tick(database, on.settings)
    sent = jobs.send(database, on.settings)
    on.say(f"新提醒{done.reminders}条，发出{sent.sent}条，没有发成{sent.failed}条，清理过期登录{done.logins}个")
    on.answer(
        reminders=done.reminders, digests=done.digests, sent=sent.sent, unsent=sent.failed, logins=done.logins,
        failed=done.failed,
    )  # fmt: skip
    if done.failed:
        click.echo(f"没有做完：{'、'.join(done.failed)}。下次会再做，原因见日志", err=True)
    return FAILED if done.failed else OK
