"""Text tables: .csv, .tsv, .txt, and what other systems call .xls although it is text with tabs."""

import codecs
import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from petitions.cases.spreadsheets.cells import Cell, Row, cleaned, unguarded
from petitions.words import Refused, say

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CHUNK = 1 << 16
_DELIMITERS = ",;\t"
_CERTAIN = 10
"""Ten characters right in UTF-8 for each wrong one are no accident."""
_WIDEST_FIELD = 1_000_000
"""Characters. Longer than any letter: only an unclosed quotation mark makes such a field."""
_END = "\x00end\x00"


def rows(path: Path) -> Iterator[Row]:
    """The rows that hold anything, one at a time, whatever the size of the file.

    Raises Refused for an unknown encoding, or a quotation mark that is never closed (it would swallow rows).
    """
    encoding = _encoding(path)
    delimiter = _delimiter(path, encoding)
    csv.field_size_limit(_WIDEST_FIELD)
    number = 0
    with path.open(encoding=encoding, newline="") as file:
        try:
            for number, cells in enumerate(csv.reader(_with_end(file), delimiter=delimiter), 1):
                if cells == [_END]:
                    return
                if any(_END in cell for cell in cells):
                    raise _unclosed(number)
                kept: list[Cell] = [cleaned(unguarded(cell)) for cell in cells]
                if any(cell is not None for cell in kept):
                    yield Row(number, kept)
        except csv.Error:
            raise _unclosed(number + 1) from None
        except UnicodeError:
            raise _unknown() from None


def _unclosed(number: int) -> Refused:
    return Refused(
        say("第{row}行有一个引号没有成对，后面的行会被并进这一行。补上引号，或者另存为.xlsx再导入", row=number)
    )


def _unknown() -> Refused:
    return Refused(say("认不出文件的文字编码。请用表格软件打开，另存为.xlsx再导入"))


def _with_end(lines: Iterable[str]) -> Iterator[str]:
    """The lines and an end mark: if the mark does not come out as a row of its own, a quotation mark is open."""
    for line in lines:
        yield line if "\x00" not in line else line.replace("\x00", "")
    yield _END


def _encoding(path: Path) -> str:
    """UTF-8 or UTF-16 with a mark, UTF-8 without one, else GB18030 (which contains GBK and GB2312)."""
    with path.open("rb") as file:
        head = file.read(_CHUNK)
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    if _looks_binary(head):
        raise _unknown()
    if _reads_as(path, "utf-8"):
        return "utf-8"
    if _is_mostly_utf8(path):
        raise Refused(say("文件里有损坏的文字（不完整的UTF-8）。请用表格软件打开核对，另存为.xlsx再导入"))
    if _reads_as(path, "gb18030"):
        return "gb18030"
    raise _unknown()


def _reads_as(path: Path, encoding: str) -> bool:
    """Whether the whole file is right in this encoding, read piece by piece."""
    try:
        for _ in _decoded(path, encoding, "strict"):
            pass
    except UnicodeError:
        return False
    return True


def _is_mostly_utf8(path: Path) -> bool:
    """Whether few characters are wrong in UTF-8. Nearly all Chinese in GB18030 is; half a character at the end is one."""
    right = wrong = 0
    for text in _decoded(path, "utf-8", "replace"):
        here = text.count("\ufffd")
        wrong += here
        right += sum(not letter.isascii() for letter in text) - here
    return right > _CERTAIN * wrong


def _decoded(path: Path, encoding: str, errors: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield decoder.decode(chunk)
        yield decoder.decode(b"", final=True)


def _looks_binary(head: bytes) -> bool:
    """Whether control characters make up more of the beginning than any text has."""
    controls = sum(byte < 32 and byte not in b"\t\n\r" for byte in head)
    return controls > len(head) // 10


def _delimiter(path: Path, encoding: str) -> str:
    """The sign that cuts the first rows into the most even pieces; a comma where nothing is cut."""
    with path.open(encoding=encoding, newline="") as file:
        try:
            sample = file.read(_CHUNK)
        except UnicodeError:
            raise _unknown() from None
    best, most_even = ",", (0.0, 0)
    for delimiter in _DELIMITERS:
        widths = _widths(sample, delimiter)
        wide = Counter(width for width in widths if width > 1)
        if wide:
            width, times = wide.most_common(1)[0]
            if (times / len(widths), width) > most_even:
                best, most_even = delimiter, (times / len(widths), width)
    return best


def _widths(sample: str, delimiter: str) -> list[int]:
    """The number of cells of each of the first rows; the last row of the sample may be cut off and does not count."""
    widths: list[int] = []
    try:
        for cells in csv.reader(sample.splitlines(keepends=True), delimiter=delimiter):
            if any(cells):
                widths.append(len(cells))
    except csv.Error:
        return widths
    return widths[:-1] if len(widths) > 2 else widths
