"""The command line speaks Chinese: the words click writes itself, and every error as one sentence.

Exit codes: 0 done, 1 refused or failed, 2 the command was typed wrongly.
"""

import json
import logging
import re
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

import click
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from petitions.cli.frame import Problem
from petitions.web import logs
from petitions.words import FieldErrors, Refusal

OK, FAILED, MISUSED = 0, 1, 2


class Command(click.Command):
    """A command whose help is Chinese."""

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """用法."""
        pieces = ["[选项]", *(param.make_metavar(ctx) for param in self.params if isinstance(param, click.Argument))]
        formatter.write_usage(ctx.command_path, " ".join(pieces), prefix="用法：")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """选项."""
        _write_options(self, ctx, formatter)


class Group(click.Group):
    """Several commands under one name."""

    command_class = Command

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """用法."""
        formatter.write_usage(ctx.command_path, "命令 [选项] [参数]", prefix="用法：")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """命令, each with its first sentence, and 选项."""
        with formatter.section("命令"):
            formatter.write_dl([(name, self.commands[name].get_short_help_str(90)) for name in self.commands])
        _write_options(self, ctx, formatter)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """In the order in which they are needed."""
        return list(self.commands)


def _write_options(command: click.Command, ctx: click.Context, formatter: click.HelpFormatter) -> None:
    options = [param for param in command.get_params(ctx) if isinstance(param, click.Option)]
    rows = [record for option in options if (record := option.get_help_record(ctx))]
    with formatter.section("选项"):
        formatter.write_dl([(name, "显示这些说明" if name == "--help" else _marked(words)) for name, words in rows])


def _marked(words: str) -> str:
    """What click adds to the help of an option, in Chinese."""
    return (
        re.sub(r"\s*\[default: (.+?)\]", r"（默认 \1）", words).replace("[required]", "（必填）").replace("  （", "（")
    )


class Commands(Group):
    """The whole command: every error becomes one sentence on the error output and an exit code."""

    def main(self, args: Sequence[str] | None = None, prog_name: str | None = None, **extra: Any) -> NoReturn:  # type: ignore[override]
        """Run; always ends with SystemExit."""
        given = list(sys.argv[1:] if args is None else args)
        logs.configure(logging.WARNING)
        try:
            answer = super().main(given, prog_name or "petitions", **{**extra, "standalone_mode": False})
        except click.exceptions.NoArgsIsHelpError as alone:
            click.echo(alone.ctx.get_help() if alone.ctx else "")
            sys.exit(OK)
        except Exception as fault:
            sentence, code = _said(fault)
            if not sentence:
                raise
            click.echo(sentence, err=True)
            if "--json" in given:
                click.echo(json.dumps({"error": sentence}, ensure_ascii=False))
            sys.exit(code)
        except KeyboardInterrupt:
            click.echo("已停止", err=True)
            sys.exit(FAILED)
        sys.exit(answer if isinstance(answer, int) else OK)


def _said(fault: Exception) -> tuple[str, int]:
    """The sentence and the exit code of an error; no sentence for a fault of the program itself."""
    sentence, code = "", FAILED
    match fault:
        case click.UsageError():
            path = fault.ctx.command_path if fault.ctx else "petitions"
            sentence, code = f"{_misuse(fault)}。用法见 {path} --help", MISUSED
        case click.Abort():
            sentence = "已停止，没有改动"
        case FieldErrors():
            sentence = "；".join(fault.errors.values())
        case Refusal():
            sentence = fault.sentence
        case Problem():
            sentence = str(fault)
        case DBAPIError():
            lines = str(fault.orig).strip().splitlines()
            said = lines[0] if lines else type(fault.orig).__name__
            sentence = f"连不上数据库，或数据库拒绝了这一步：{said}"
        case SQLAlchemyError():
            sentence = f"数据库出了问题（{type(fault).__name__}）"
        case OSError():
            where = f"（{fault.filename}）" if fault.filename else ""
            sentence = f"读写文件时出了问题：{fault.strerror or fault}{where}"
    return sentence, code


def _misuse(fault: click.UsageError) -> str:
    sentence = fault.message or "缺少命令"
    match fault:
        case click.NoSuchOption():
            sentence = f"没有选项 {fault.option_name}{_perhaps(fault.possibilities)}"
        case click.exceptions.NoSuchCommand():
            sentence = f"没有命令 {fault.command_name}{_perhaps(fault.possibilities)}"
        case click.MissingParameter():
            sentence = f"缺少{_name(fault.param)}"
        case click.BadParameter():
            sentence = f"{_name(fault.param)}{_reason(fault)}"
        case click.BadOptionUsage():
            sentence = f"选项 {fault.option_name} 后面要写内容"
        case _ if sentence.startswith("Got unexpected extra"):
            sentence = f"多写了 {sentence.partition('(')[2].rstrip(')')}"
    return sentence


def _perhaps(near: Sequence[str] | None) -> str:
    return f"，是不是 {near[0]}" if near else ""


def _name(param: click.Parameter | None) -> str:
    if isinstance(param, click.Option):
        return f"选项 {max(param.opts, key=len)}"
    return f"参数 {param.metavar or (param.name or '').upper()}" if param else "参数"


def _reason(fault: click.BadParameter) -> str:
    kind = fault.param.type if fault.param else None
    if isinstance(kind, click.Choice):
        return f"：只能是 {'、'.join(map(str, kind.choices))}"
    if isinstance(kind, click.IntRange):
        return f"：要是 {kind.min} 到 {kind.max} 之间的整数"
    return f"：{fault.message}"
