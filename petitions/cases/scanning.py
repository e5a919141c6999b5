"""A virus scanner of the house looks at every file before it is kept. The service brings none along; it calls one.

The command gets the path as its last word and answers as clamdscan does: 0 for clean, 1 for found. Whatever else it
answers, or that it does not answer in time, is no look: the file is refused rather than kept unseen.
"""

import subprocess
from collections.abc import Sequence
from pathlib import Path

import structlog

from petitions.cases.checks import Unreadable
from petitions.words import say

log = structlog.get_logger()

PATIENCE = 60
"""Seconds. A scanner that runs as a service takes one for the largest file; longer means that it hangs."""

_CLEAN, _FOUND = 0, 1


def scan(path: Path, name: str, command: Sequence[str]) -> None:
    """Raises Unreadable for a file in which the scanner found something, or at which it could not look."""
    if not command:
        return
    try:
        answer = subprocess.run(  # noqa: S603 - the command is the installation's own setting, and there is no shell
            [*command, str(path)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            timeout=PATIENCE, check=False,
        ).returncode  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as fault:
        answer = -1
        log.error("scanner_failed", fault=type(fault).__name__)
    if answer == _FOUND:
        log.warning("scanner_found")
        raise Unreadable(say("“{name}”被病毒扫描拦下，没有保存。请在干净的电脑上重新制作", name=name))
    if answer != _CLEAN:
        log.error("scanner_failed", answer=answer)
        raise Unreadable(say("病毒扫描暂时不能用，“{name}”没有保存。请稍后再传，或者告诉系统管理员", name=name))
