"""Opening a file that is said to be a ledger. What it is is decided by its content, never by its name."""

import os
import tempfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Self

import filetype

from petitions.cases.spreadsheets import delimited, workbooks
from petitions.cases.spreadsheets.cells import Row
from petitions.cases.spreadsheets.workbooks import Sheet
from petitions.words import Refused, say

HEAD = 50
"""Rows looked at for the header and shown as a preview."""
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How files of the old Office begin, and how a new one with a password does."""


class Book:
    """An opened file: its sheets, and their rows as often as they are asked for. Close it, or use `with`."""

    def __init__(self, path: Path, *, temporary: bool = False) -> None:
        """Raises Refused with the reason when `path` is not a table that can be read."""
        self._path = path
        self._temporary = temporary
        try:
            self._is_workbook = _is_workbook(path)
            self.sheets = workbooks.sheets(path) if self._is_workbook else (Sheet("表格"),)
            if not self.sheets:
                raise Refused(say("这个文件里没有表格"))
        except BaseException:
            self.close()
            raise

    def rows(self, name: str | None = None) -> Iterator[Row]:
        """The rows of the named sheet (the first visible one when not named) that hold anything.

        Read as they are asked for. Raises Refused when there is no such sheet or the file cannot be read to its end.
        """
        if not self._is_workbook:
            return delimited.rows(self._path)
        return workbooks.rows(self._path, self.sheet(name).index)

    def head(self, name: str | None = None, count: int = HEAD) -> list[Row]:
        """The first `count` rows, for the header and the preview."""
        return list(islice(self.rows(name), count))

    def sheet(self, name: str | None = None) -> Sheet:
        """The named sheet; not named, the first that is not hidden. Raises Refused when there is none of that name."""
        if name is None:
            return next((sheet for sheet in self.sheets if not sheet.hidden), self.sheets[0])
        for sheet in self.sheets:
            if sheet.name == name:
                return sheet
        raise Refused(say("文件里没有名为“{name}”的表", name=name))

    def close(self) -> None:
        """Forget the copy of an uploaded file."""
        if self._temporary:
            self._path.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def open_book(source: Path | bytes) -> Book:
    """The book in a file or in the bytes of an upload (which are laid down in a file of their own until `close`).

    Raises Refused with a sentence for everything that is not a table: a picture, a page, an empty file, a book with a
    password, one that unpacks to gigabytes.
    """
    if isinstance(source, Path):
        return Book(source)
    handle, name = tempfile.mkstemp(prefix="ledger-")
    with os.fdopen(handle, "wb") as file:
        file.write(source)
    return Book(Path(name), temporary=True)


def _is_workbook(path: Path) -> bool:
    """Whether the file is a workbook (else it is text); raises Refused when it is neither."""
    try:
        with path.open("rb") as file:
            head = file.read(8192)
    except OSError:
        raise Refused(say("读不到这个文件。请核对文件是否还在，再选择一次")) from None
    if not head.strip(b"\x00 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise Refused(say("这个文件是空的"))
    if head.startswith(_OLE):
        _check_old(path)
        return True
    if head.startswith(b"PK"):
        workbooks.check_archive(path)
        return True
    _refuse_other(head)
    return False


def _check_old(path: Path) -> None:
    """An old Office file is a workbook when it has such a stream; one called EncryptedPackage hides a new workbook."""
    content = path.read_bytes()
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise workbooks.locked()
    if not any(name.encode("utf-16-le") + b"\0\0" in content for name in ("Workbook", "Book")):
        raise Refused(say("这个文件不是.xlsx、.xls或.csv表格。请用表格软件打开，另存为.xlsx再导入"))


def _refuse_other(head: bytes) -> None:
    known = filetype.guess(head)
    # Some kinds are known by two letters that may also begin a header; a real one has a NUL near its beginning.
    if known is not None and (b"\0" in head or known.extension in ("pdf", "rtf")):
        if known.mime.startswith("image/"):
            raise Refused(
                say("这是一张图片（{ending}），不是表格。请选择.xlsx、.xls或.csv文件", ending=known.extension)
            )
        raise Refused(say("这是{ending}文件，不是表格。请选择.xlsx、.xls或.csv文件", ending=known.extension))
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1024].lower()
    if start.startswith((b"<!doctype", b"<html", b"<head", b"<meta", b"<table", b"<style", b"mime-version:")):
        raise Refused(say("这是网页，不是表格（有的系统导出的“.xls”其实是网页）。请用表格软件打开，另存为.xlsx再导入"))
    if start.startswith((b"<?xml", b"<svg")):
        raise Refused(say("这是XML文件，不是表格。请用表格软件打开，另存为.xlsx再导入"))
