"""A paper as PDF, where an office program lies on the machine. A convenience: what is signed and sent is the Word file.

The program gets a folder of its own with a profile of its own, no more memory and time than `bounded.py` says, and one
paper at a time: two at once would wait for each other's profile, and eight would take the machine.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path

import structlog

from petitions.documents import bounded
from petitions.words import Refused, say

log = structlog.get_logger()

MEDIA_TYPE = "application/pdf"

JOINER = "pdfunite"
"""Of poppler-utils; it only puts pages behind one another."""

PATIENCE = 60
"""Seconds in which a paper must be done, and for which the next one waits its turn."""

_ONE_AT_A_TIME = threading.Lock()


def available(command: Sequence[str]) -> bool:
    """Whether the office program is there."""
    return bool(command) and shutil.which(command[0]) is not None


def joins(command: Sequence[str]) -> bool:
    """Whether several papers can be one PDF: that takes poppler's `pdfunite` as well."""
    return available(command) and shutil.which(JOINER) is not None


def pdf_of(document: bytes, command: Sequence[str]) -> bytes:
    """The PDF of a Word file. Raises Refused with a sentence when the program fails, hangs or is busy."""
    return joined([document], command)


def joined(documents: Sequence[bytes], command: Sequence[str]) -> bytes:
    """Word files as one PDF, in their order. Raises Refused like `pdf_of`."""
    if not _ONE_AT_A_TIME.acquire(timeout=PATIENCE):
        raise Refused(say("正在生成其他PDF，请稍后再试，或者先下载Word"))
    try:
        with tempfile.TemporaryDirectory(prefix="petitions-pdf-") as folder:
            return _made_in(Path(folder), documents, command)
    finally:
        _ONE_AT_A_TIME.release()


def _made_in(folder: Path, documents: Sequence[bytes], command: Sequence[str]) -> bytes:
    sources = [folder / f"paper-{place:03d}.docx" for place in range(len(documents))]
    for source, document in zip(sources, documents, strict=True):
        source.write_bytes(document)
    made = [source.with_suffix(".pdf") for source in sources]
    words = [
        *command, f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        "--headless", "--norestore", "--nolockcheck", "--nodefault", "--convert-to", "pdf:writer_pdf_Export", "--outdir",
        str(folder), *map(str, sources),
    ]  # fmt: skip
    _run(folder, words, made)
    if len(made) == 1:
        return made[0].read_bytes()
    whole = folder / "whole.pdf"
    _run(folder, [JOINER, *map(str, made), str(whole)], [whole])
    return whole.read_bytes()


def _run(folder: Path, command: Sequence[str], made: Sequence[Path]) -> None:
    """A program of the machine, bounded, alone in the folder. Raises Refused where it has not made what it should."""
    words = [sys.executable, "-P", bounded.__file__, *command]
    # Nothing of our own surroundings: the settings hold keys and passwords.
    around = {"PATH": os.environ.get("PATH", ""), "HOME": str(folder), "TMPDIR": str(folder), "LANG": "C.UTF-8"}
    with subprocess.Popen(  # noqa: S603 - the command is the installation's own setting, and there is no shell
        words, cwd=folder, env=around, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as child:  # fmt: skip
        try:
            child.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            log.error("pdf_failed", fault="timeout")
        finally:
            _end(child)
    if not all(one.is_file() for one in made):
        log.error("pdf_failed", answer=child.returncode)
        raise Refused(say("PDF没有生成成功，请先下载Word，或者告诉系统管理员"))


def _end(child: "subprocess.Popen[bytes]") -> None:
    """The program and whatever it has started: soffice is a script around another one."""
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
