"""Films and recordings of telephones lose the place they were taken at, and whatever else is neither picture nor sound.

MP4, M4A, MOV and 3GP are boxes within boxes (ISO 14496-12). What is in the way is not cut out, or every address of a picture
within the file would be wrong: its box is called `free`, which every player passes over, and filled with zeros. No picture is
decoded. Only boxes that are known to be needed stay, so that a maker's own box goes without our knowing it.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO

from petitions.cases.checks import Unreadable
from petitions.words import say

_BOXED = frozenset(("audio/mp4", "video/mp4", "video/x-m4v", "video/quicktime", "video/3gpp"))

_OF_FILE = frozenset((b"ftyp", b"styp", b"pdin", b"moov", b"mdat", b"moof", b"mfra", b"sidx", b"ssix", b"wide"))
_OF_FILM = frozenset((b"mvhd", b"iods", b"trak", b"mvex", b"cmov"))
_OF_TRACK = frozenset((b"tkhd", b"tref", b"edts", b"mdia", b"tapt", b"load", b"clip", b"matt", b"trgr"))
"""`udta` (©xyz and loci, the place by Apple and by 3GPP), `meta` (Apple's keys) and `uuid` (XMP) are not among them."""

_TRACKS = frozenset((b"vide", b"soun", b"text", b"sbtl", b"subt", b"clcp", b"tmcd", b"auxv", b"hint"))
"""Of the others (`meta` of Apple and GoPro, `camm` of Google) the samples themselves say second by second where it was."""

_MOST = 200_000
"""Boxes, and pieces of a track: an hour at thirty pictures a second has 108,000."""

_CHUNK = 1 << 20


class _Damaged(Exception):  # noqa: N818 - becomes a refusal
    """Not what it says it is."""


class _Unknown(Exception):  # noqa: N818 - becomes a refusal
    """Built in a way in which places cannot be found."""


@dataclass(frozen=True)
class _Box:
    """Where one lies."""

    kind: bytes
    start: int
    inside: int
    """Where its content begins."""
    end: int


def strip_place(path: Path, media_type: str, name: str) -> None:
    """Take what is hidden out of the film at `path` (called `name`), in its place; other files are left alone.

    Raises Unreadable with a sentence for one that is damaged or built so that it cannot be done.
    """
    if media_type not in _BOXED:
        return
    try:
        with path.open("rb+") as film:
            _strip(film)
    except (_Damaged, struct.error):
        raise Unreadable(say("“{name}”已损坏，打不开。请从原处重新保存后再上传", name=name)) from None
    except _Unknown:
        raise Unreadable(
            say("“{name}”里带有拍摄地点等信息，系统去不掉。请用手机或电脑上的视频软件另存为MP4后再上传", name=name)
        ) from None


def _strip(film: IO[bytes]) -> None:
    length = film.seek(0, 2)
    for box in _boxes(film, 0, length, whole=True):
        if box.kind == b"moov":
            _strip_film(film, box)
        elif box.kind not in _OF_FILE:
            _blank(film, box)


def _strip_film(film: IO[bytes], moov: _Box) -> None:
    boxes = list(_boxes(film, moov.inside, moov.end))
    in_fragments = any(box.kind == b"mvex" for box in boxes)
    for box in boxes:
        if box.kind == b"cmov":
            raise _Unknown  # packed: nobody sees what is inside
        if box.kind not in _OF_FILM:
            _blank(film, box)
        elif box.kind == b"trak":
            _strip_track(film, box, in_fragments=in_fragments)


def _strip_track(film: IO[bytes], track: _Box, *, in_fragments: bool) -> None:
    boxes = list(_boxes(film, track.inside, track.end))
    media = [one for box in boxes if box.kind == b"mdia" for one in _boxes(film, box.inside, box.end)]
    handlers = [_read(film, box.inside + 8, 4) for box in media if box.kind == b"hdlr"]
    if handlers and handlers[0] not in _TRACKS:
        if in_fragments:
            raise _Unknown
        for start, size in _samples(film, media):
            _zero(film, start, size)
        _blank(film, track)
        return
    for box in [
        *(one for one in boxes if one.kind not in _OF_TRACK),
        *(one for one in media if one.kind in (b"udta", b"meta")),
    ]:
        _blank(film, box)


def _samples(film: IO[bytes], media: list[_Box]) -> Iterator[tuple[int, int]]:
    """Start and size of each chunk of samples of a track."""
    tables = {
        inner.kind: inner
        for box in media if box.kind == b"minf"
        for table in _boxes(film, box.inside, box.end) if table.kind == b"stbl"
        for inner in _boxes(film, table.inside, table.end)
    }  # fmt: skip
    wide = b"co64" in tables
    if b"stsz" not in tables or b"stsc" not in tables or not (wide or b"stco" in tables):
        if b"stz2" in tables:
            raise _Unknown
        return
    place = tables[b"stsz"].inside
    each, count = struct.unpack(">II", _read(film, place + 4, 8))
    sizes = iter([] if each else _numbers(film, place + 12, count))
    place = tables[b"stsc"].inside
    runs = _numbers(film, place + 8, 3 * _count(film, place))
    place = tables[b"co64" if wide else b"stco"].inside
    starts = _numbers(film, place + 8, _count(film, place), wide=wide)
    turn = 0
    for number, start in enumerate(starts, 1):
        while turn + 3 < len(runs) and runs[turn + 3] <= number:
            turn += 3
        held = runs[turn + 1] if runs else 0
        yield start, each * held if each else sum(islice(sizes, held))


def _count(film: IO[bytes], place: int) -> int:
    return int(struct.unpack(">I", _read(film, place + 4, 4))[0])


def _numbers(film: IO[bytes], place: int, count: int, *, wide: bool = False) -> list[int]:
    if count > 3 * _MOST:
        raise _Unknown
    size = 8 if wide else 4
    return list(struct.unpack(f">{count}{'Q' if wide else 'I'}", _read(film, place, size * count)))


def _boxes(film: IO[bytes], at: int, end: int, *, whole: bool = False) -> Iterator[_Box]:
    """The boxes between two places. Of a `whole` file the end is cut off where none is left, as makers hang things there."""
    for _ in range(_MOST):
        if at == end or (not whole and end - at < 8):  # QuickTime ends some of its lists with four zeros
            return
        head = _read(film, at, min(16, end - at))
        size, kind = int.from_bytes(head[:4]), head[4:8]
        inside = at + 8
        if size == 1 and len(head) == 16:
            size, inside = int.from_bytes(head[8:]), at + 16
        elif size == 0 and whole:
            size = end - at
        broken = len(head) < 8 or size < inside - at or at + size > end
        if whole and (broken or not kind.strip(b"\0")):
            if kind != b"mdat":
                film.truncate(at)
                return
            size, broken = end - at, False  # the recording broke off
        if broken:
            raise _Damaged
        yield _Box(kind, at, inside, at + size)
        at += size
    raise _Damaged


def _blank(film: IO[bytes], box: _Box) -> None:
    film.seek(box.start + 4)
    film.write(b"free")
    _zero(film, box.inside, box.end - box.inside)


def _zero(film: IO[bytes], start: int, size: int) -> None:
    length = film.seek(0, 2)
    if start + size > length:
        raise _Damaged
    film.seek(start)
    while size > 0:
        film.write(bytes(min(size, _CHUNK)))
        size -= _CHUNK


def _read(film: IO[bytes], at: int, size: int) -> bytes:
    film.seek(at)
    return film.read(size)
