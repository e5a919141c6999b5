"""What a file is, by its content and never by its name, and whether such files are kept.

Allowed are what scanners, phones and office programs make. Pages and programs are not: a page opened from our own
address could act as its reader. Archives are not either: nobody sees what is inside before it lies on a desk.
"""

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath

import filetype

from petitions.cases.checks import Unreadable
from petitions.words import say

_HEAD = 8192
"""filetype looks no further."""

_HEIC = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
"""The brands of pictures that new telephones take. Nothing we have can write them without the place they were taken at."""

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""The container of .doc, .xls, .ppt and of WPS's own formats; what lies inside shows only in its directory."""

_OLD_OFFICE: Mapping[str, str] = {
    ".doc": "application/msword",
    ".xls": "application/vnd.ms-excel",
    ".ppt": "application/vnd.ms-powerpoint",
    ".wps": "application/vnd.ms-works",
    ".et": "application/vnd.ms-works",
    ".dps": "application/vnd.ms-works",
}

_OFFICE: Mapping[str, tuple[str, str]] = {
    # The folder that tells them apart, whatever the order of the entries: WPS writes another one than Word.
    "word/": (".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "xl/": (".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "ppt/": (".pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
}

_KEPT: Mapping[str, tuple[str, ...]] = {
    # media type -> the endings its name may have; the first one is added where none fits
    "image/jpeg": (".jpg", ".jpeg"),
    "image/png": (".png",),
    "image/gif": (".gif",),
    "image/webp": (".webp",),
    "image/bmp": (".bmp",),
    "image/tiff": (".tif", ".tiff"),
    "application/pdf": (".pdf",),
    "audio/mpeg": (".mp3",),
    "audio/mp4": (".m4a",),
    "audio/x-wav": (".wav",),
    "audio/amr": (".amr",),
    "video/mp4": (".mp4",),
    "video/x-m4v": (".m4v", ".mp4"),
    "video/quicktime": (".mov",),
}

_SHOWN = frozenset(("image/jpeg", "image/png", "image/gif", "image/webp", "image/bmp"))
_PLAYED = frozenset(("audio/mpeg", "audio/mp4", "audio/x-wav", "video/mp4", "video/x-m4v"))

ACCEPTED = say("JPG、PNG、PDF、Word、Excel、PPT、WPS、OFD、TXT，以及录音（MP3、M4A、WAV、AMR）和录像（MP4、MOV）")
"""Said to people, where they choose files and where one is refused."""


_LONGEST_CONTENTS = 1 << 20
"""Bytes of an archive's table of contents: ten thousand parts, ten times what a paper has. For the 600,000 that fit into
32 MB the library takes 14 seconds, in which no other request gets on (measured)."""


@dataclass(frozen=True)
class FileKind:
    """What a file was found to be."""

    media_type: str
    endings: tuple[str, ...]


def viewer_of(media_type: str) -> str:
    """How a browser can show such a file on the page: image, pdf, audio, video; empty when it cannot."""
    if media_type in _SHOWN:
        return "image"
    if media_type == "application/pdf":
        return "pdf"
    return media_type.split("/", maxsplit=1)[0] if media_type in _PLAYED else ""


def recognise(path: Path, name: str) -> FileKind:
    """What the file at `path` (called `name`) is; raises Unreadable with a sentence when it is not kept."""
    with path.open("rb") as opened:
        head = opened.read(_HEAD)
    if not head:
        raise Unreadable(say("“{name}”是空文件", name=name))
    ending = PurePath(name).suffix.lower()
    if head.startswith(_OLE):
        return _old_office(name, ending)
    brand = head[8:12] if head[4:8] == b"ftyp" else b""
    if brand in _HEIC:
        raise _heic(name)
    if brand.startswith(b"3gp"):
        return FileKind("video/3gpp", (".3gp",))  # filetype looks for it at the wrong place
    if head.startswith(b"PK\x03\x04"):
        return _zipped(path, name)
    found = filetype.guess(head)
    if found is None and ending == ".txt" and _is_plain(path):
        return FileKind("text/plain", (".txt",))
    if found is None or found.mime not in _KEPT:
        raise _refused(name)
    return FileKind(found.mime, _KEPT[found.mime])


def _refused(name: str) -> Unreadable:
    return Unreadable(say("“{name}”不是可以上传的文件。可以上传：{accepted}", name=name, accepted=ACCEPTED))


def _heic(name: str) -> Unreadable:
    return Unreadable(
        say(
            "“{name}”是手机的HEIC照片，里面带有拍摄地点等信息，系统去不掉，所以不收。请在手机相册或电脑的看图软件里"
            "把它导出（另存）为JPG，再上传。以后拍照前可以先设好：苹果手机在“设置—相机—格式”里选“兼容性最佳”，"
            "其他手机在相机设置里关闭“HEIF”或“高效图片”",
            name=name,
        )
    )


def _old_office(name: str, ending: str) -> FileKind:
    if ending not in _OLD_OFFICE:
        raise _refused(name)
    return FileKind(_OLD_OFFICE[ending], (ending,))


def _zipped(path: Path, name: str) -> FileKind:
    """Office files and OFD are zip archives; only their table of contents is read, nothing is unpacked."""
    try:
        entries = [part.filename for part in parts_of(path)]
    except zipfile.BadZipFile:
        raise Unreadable(say("“{name}”已损坏，打不开。请从原处重新保存后再上传", name=name)) from None
    if any(entry.lower().endswith("vbaproject.bin") for entry in entries):
        raise Unreadable(say("“{name}”带有宏。请另存为不带宏的文件后再上传", name=name))
    if "OFD.xml" in entries:
        return FileKind("application/ofd", (".ofd",))
    if "[Content_Types].xml" in entries:
        for folder, (ending, media_type) in _OFFICE.items():
            if any(entry.startswith(folder) for entry in entries):
                return FileKind(media_type, (ending,))
    raise Unreadable(say("“{name}”是压缩包。请解压后把里面的文件一起上传", name=name))


class _Archive(io.FileIO):
    """A file of which a table of contents that is too long is not read: the library reads it in one piece."""

    def read(self, size: int | None = -1) -> bytes:
        if size is not None and size > _LONGEST_CONTENTS:
            raise zipfile.BadZipFile
        return super().read(size) or b""


def parts_of(path: Path) -> list[zipfile.ZipInfo]:
    """The table of contents of the archive at `path`; nothing is unpacked.

    Raises zipfile.BadZipFile when it is damaged, or longer than that of any paper or ledger.
    """
    try:
        with _Archive(path) as opened, zipfile.ZipFile(opened) as archive:
            return archive.infolist()
    except (ValueError, OSError, NotImplementedError) as fault:
        raise zipfile.BadZipFile from fault


def _is_plain(path: Path) -> bool:
    """Whether a .txt is text in an encoding of this country, and not a page that calls itself text."""
    content = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030", "utf-16"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            continue
        lowered = text.lstrip().lower()
        return not lowered.startswith("<") and "<script" not in lowered and "<html" not in lowered
    return False
