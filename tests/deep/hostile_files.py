"""Files to upload (reliability.md §7), made by code: what must be refused, what may be kept but never runs, what is honest.

Each is a name with its content; `HOSTILE` and `honest()` hold all of them, the former with what must come of it.
"""

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from itertools import product
from typing import NamedTuple

import xlsxwriter
from PIL import Image

from tests.deep.hostile import CORPUS, MARK
from tests.pictures import picture

PLACE = (36.0, 5.0, 59.5)
"""The latitude in every picture with a place."""


class File(NamedTuple):
    """One file as a form brings it, and what must come of it: refused, kept, or either as long as nothing runs."""

    name: str
    content: bytes
    fate: str = "refused"


def hidden(*, scan: bool = False) -> Image.Exif:
    """What a telephone writes into a picture: the place, and words of its owner."""
    exif = Image.Exif()
    exif[0x010E] = f"{MARK}拍摄人"
    exif.get_ifd(0x8825)[2] = PLACE
    if scan:
        exif[0x8825] = 0  # named as well: scans are written by the names alone
    return exif


def zipped(*names: str, content: bytes = b"<x/>", method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive with these entries."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", method) as archive:
        for name in names:
            archive.writestr(name, content)
    return held.getvalue()


def office(folder: str, *more: str, content: bytes = b"<x/>") -> bytes:
    """An Office file of the new kind."""
    return zipped(
        "[Content_Types].xml", "_rels/.rels", f"{folder}/document.xml", f"{folder}/workbook.xml", *more, content=content
    )


def many(*names: str, count: int) -> bytes:
    """An archive whose table of contents goes on for ever, as cheaply as can be: all its entries are the same one."""
    whole = zipped(*names, content=b"", method=zipfile.ZIP_STORED)
    start, end = whole.index(b"PK\1\2"), whole.index(b"PK\5\6")
    entry = whole[start : whole.index(b"PK\1\2", start + 4)]
    table = entry * count + whole[start:end]
    return whole[:start] + table + struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, len(table), start, 0)


def pdf(*said: str) -> bytes:
    """A PDF with these keys in its catalogue."""
    return (
        b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R "
        + " ".join(said).encode()
        + b">>endobj\n2 0 obj<</Type/Pages/Count 0/Kids[]>>"
        b"endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
    )


def mp4(brand: bytes, *compatible: bytes) -> bytes:
    """The beginning of a film, a recording or a HEIC picture."""
    brands = brand + b"\0\0\0\0" + b"".join(compatible)
    return struct.pack(">I", 8 + len(brands)) + b"ftyp" + brands + b"\0\0\0\x08free" + b"\0\0\0\x10mdat" + bytes(64)


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)

PAGES = {
    "html": f"<!doctype html><script>{MARK}()</script>", "svg": f"<svg xmlns='http://www.w3.org/2000/svg' onload='{MARK}()'/>",
    "xhtml": f"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'><script>{MARK}()</script></html>",
    "php": f"<?php {MARK}(); ?>", "hta": f"<hta:application><script>{MARK}()</script>", "xml": "<?xml version='1.0'?><!DOCTYPE x>",
    "bom": f"\ufeff<html><script>{MARK}()</script>", "blank": f"\n\n   <HTML><ScRiPt>{MARK}()</ScRiPt>",
}  # fmt: skip
PROGRAMS = {
    "exe": b"MZ\x90\0" + bytes(200), "elf": b"\x7fELF\x02\x01\x01" + bytes(200), "class": b"\xca\xfe\xba\xbe\0\0\0\x34" + bytes(99),
    "swf": b"CWS\x0a" + bytes(99), "lnk": b"L\0\0\0\x01\x14\x02\0" + bytes(99), "rtf": b"{\\rtf1\\ansi{\\object\\objocx}}",
    "7z": b"7z\xbc\xaf\x27\x1c\0\4" + bytes(99), "rar": b"Rar!\x1a\x07\x01\0" + bytes(99), "gz": b"\x1f\x8b\x08\0" + bytes(99),
    "ps": b"%!PS-Adobe-3.0\n" + bytes(9), "sqlite": b"SQLite format 3\0" + bytes(99), "psd": b"8BPS\0\x01" + bytes(99),
    "ico": b"\0\0\1\0\1\0\x10\x10" + bytes(99), "woff": b"wOFF\0\1\0\0" + bytes(99), "wasm": b"\0asm\1\0\0\0" + bytes(99),
}  # fmt: skip
ENDINGS = ("jpg", "pdf", "docx", "txt", "xlsx")


def liars() -> Iterator[File]:
    """Pages and programs under the names of pictures and papers."""
    yield from (File(f"{kind}.{end}", page.encode()) for (kind, page), end in product(PAGES.items(), ENDINGS))
    yield from (File(f"{kind}.{end}", content) for (kind, content), end in product(PROGRAMS.items(), ENDINGS[::2]))
    yield from (File(f"{end}.{end}.svg", PAGES["svg"].encode()) for end in ENDINGS)
    yield File("脚本.txt", f"{MARK}()".encode(), "either")
    yield File("命令.txt", b"#!/bin/sh\nreboot\n", "either")
    yield File("utf16.txt", f"<script>{MARK}()</script>".encode("utf-16"))
    yield File("照片.pdf", picture(), "kept")
    yield File("报告.exe", pdf(), "kept")
    yield File("工资表.jpg.docm", picture(), "kept")


def polyglots() -> Iterator[File]:
    """Two kinds in one."""
    page, archive = f"<script>{MARK}()</script>".encode(), zipped("x.class")
    for kind, end in (
        ("JPEG", "jpg"),
        ("PNG", "png"),
        ("WEBP", "webp"),
        ("TIFF", "tif"),
        ("GIF", "gif"),
        ("BMP", "bmp"),
    ):
        yield File(f"页.{end}", picture(kind) + page, "kept")
        yield File(f"包.{end}", picture(kind) + archive, "kept")
        yield File(f"{kind}.html", picture(kind) + page, "kept")
    yield File("注释.gif", b"GIF89a/*\x01\0\x80\0\0" + picture("GIF")[13:] + f"*/={MARK}()//".encode(), "either")
    yield File("程序.pdf", pdf() + page, "kept")
    yield File("后置.pdf", page + pdf())
    yield File("包.pdf", pdf() + archive, "kept")
    yield File("包.docx", picture() + office("word"), "either")


def bombs() -> Iterator[File]:
    """Archives that unpack to much more than they are, or that point at themselves."""
    zeros = bytes(8 << 20)
    yield File("炸弹.zip", zipped("0", content=zeros))
    yield File("炸弹.docx", office("word", content=zeros), "either")
    yield File("套娃.zip", zipped("1.zip", content=zipped("2.zip", content=zipped("3", content=bytes(1 << 20)))))
    yield File("套娃.docx", zipped("[Content_Types].xml", "word/document.zip", content=zipped("2.zip")), "either")
    yield File("很多.docx", many("[Content_Types].xml", "word/document.xml", count=60_000))
    yield File("很多.xlsx", many("[Content_Types].xml", "xl/workbook.xml", count=60_000))
    one = office("word")
    yield File("重叠.docx", one[: one.rindex(b"PK\1\2")] * 3 + one[one.rindex(b"PK\1\2") :], "either")
    yield File("路径.docx", office("word", "../../etc/passwd", "/etc/cron.d/x", "C:\\x"), "either")
    yield File("断.docx", one[: len(one) // 2])
    yield File("头.docx", b"PK\3\4" + bytes(40))
    yield File("尾.docx", b"PK\5\6" + bytes(18))
    yield File("加密.docx", one.replace(b"PK\1\2\x14\x03\x14\0\0\0", b"PK\1\2\x14\x03\x14\0\1\0"), "either")
    laughs = b"<!DOCTYPE x [<!ENTITY a 'ha'>" + b"".join(
        b"<!ENTITY %c '%s'>" % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9)
    ) + b"]><x>&j;</x>"  # fmt: skip
    outside = b"<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><x>&a;</x>"
    for folder, end in (("word", "docx"), ("xl", "xlsx")):
        yield File(f"大笑.{end}", office(folder, content=laughs), "either")
        yield File(f"外部.{end}", office(folder, content=outside), "either")
    yield File("炸弹.xlsx", office("xl", "xl/worksheets/sheet1.xml", content=zeros), "either")
    held = io.BytesIO()
    with xlsxwriter.Workbook(held) as book:
        sheet = book.add_worksheet()
        sheet.write_string(0, 0, "编号")
        sheet.write_string(1_048_575, 16_383, "远")
    yield File("两角.xlsx", held.getvalue(), "either")


def broken() -> Iterator[File]:
    """Pictures and papers cut off, and with bytes turned over."""
    dice = random.Random(13)  # noqa: S311 - the same files on every run
    whole = {
        **{kind: picture(kind, (40, 30)) for kind in ("JPEG", "PNG", "WEBP", "GIF", "BMP")}, "pdf": pdf(), "docx": office("word"),
        "TIFF": pages("tiff_lzw", "RGB", 3), "g4": pages("group4", "1", 2), "jpegtif": pages("jpeg", "RGB", 1),
    }  # fmt: skip
    for kind, content in whole.items():
        for part in (1, 4, 12, 30, 60, 85, 99):
            yield File(f"断{part}.{kind}", content[: max(1, len(content) * part // 100)], "either")
        for n in range(6):
            turned = bytearray(content)
            for _ in range(4):
                turned[dice.randrange(8, len(turned))] = dice.randrange(256)
            yield File(f"乱{n}.{kind}", bytes(turned), "either")


def pages(compression: str, mode: str, count: int) -> bytes:
    """A scan of some pages, each with a place and words in it."""
    held, drawn = io.BytesIO(), Image.open(io.BytesIO(picture("PNG", (60, 40)))).convert(mode)
    exif = hidden(scan=compression == "raw")  # the library packs no page that has a place
    drawn.save(
        held,
        "TIFF",
        compression=compression,
        save_all=True,
        append_images=[drawn] * (count - 1),
        exif=exif,
        dpi=(300, 300),
    )
    return held.getvalue()


def giants() -> Iterator[File]:
    """Pictures that claim more than anybody's memory holds."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    for width, height in ((50_000, 50_000), (2**31 - 1, 2**31 - 1), (200_000_000, 1), (0, 0)):
        head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
        body = chunk(b"IDAT", zlib.compress(bytes(9))) + chunk(b"IEND", b"")
        yield File(f"{width}.png", b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + body)
    jpeg = picture("JPEG")
    start = jpeg.index(b"\xff\xc0") + 5
    yield File("巨.jpg", jpeg[:start] + b"\xff\xff\xff\xff" + jpeg[start + 4 :])
    tiff = picture("TIFF")
    yield File(
        "巨.tif",
        tiff.replace(struct.pack("<HHI", 256, 4, 1) + struct.pack("<I", 4), struct.pack("<HHII", 256, 4, 1, 2**31)),
        "either",
    )
    yield File("巨.gif", b"GIF89a\xff\xff\xff\xff" + picture("GIF")[10:], "kept")
    held = io.BytesIO()
    Image.new("1", (20_000, 10_000)).save(held, "PNG")
    yield File("密.png", held.getvalue())
    held = io.BytesIO()
    sheet = Image.new("1", (10_000, 11_000))
    sheet.save(held, "TIFF", compression="group4", save_all=True, append_images=[sheet] * 10)
    yield File("页多.tif", held.getvalue())
    loop = bytearray(pages("raw", "1", 1))
    (at,) = struct.unpack_from("<I", loop, 4)
    (entries,) = struct.unpack_from("<H", loop, at)
    struct.pack_into("<I", loop, at + 2 + 12 * entries, at)  # the next page is this one
    yield File("环.tif", bytes(loop), "either")


def active() -> Iterator[File]:
    """Papers that would do something: macros, scripts, calls to elsewhere."""
    for folder, end in (("word", "docm"), ("word", "docx"), ("xl", "xlsm"), ("xl", "xlsx"), ("ppt", "pptm")):
        yield File(f"宏.{end}", office(folder, f"{folder}/vbaProject.bin"))
        yield File(f"大写.{end}", office(folder, f"{folder}/VBAPROJECT.BIN"))
    away = f'<Relationships><Relationship TargetMode="External" Target="http://{MARK}.example/x.dotm"/></Relationships>'.encode()
    yield File("模板.docx", office("word", "word/_rels/settings.xml.rels", content=away), "either")
    yield File("外链.xlsx", office("xl", "xl/externalLinks/externalLink1.xml", content=away), "either")
    acts = (
        f"/OpenAction<</S/JavaScript/JS({MARK}())>>", "/OpenAction<</S/Launch/F(cmd.exe)>>", f"/AA<</O<</S/URI/URI(http://{MARK}.example)>>>>",
        "/Names<</EmbeddedFiles<</Names[(x.exe)]>>>>", "/AcroForm<</XFA 3 0 R>>", "/OpenAction<</S/SubmitForm/F(http://127.0.0.1)>>",
        "/OpenAction<</S/GoToR/F(\\\\\\\\127.0.0.1\\\\x)>>", "/Encrypt 9 0 R",
    )  # fmt: skip
    yield from (File(f"动作{n}.pdf", pdf(said), "kept") for n, said in enumerate(acts))
    yield File("旧.docm", OLE)
    yield File("安装.msi", OLE)
    yield File("邮件.msg", OLE)


def photographs() -> Iterator[File]:
    """What a telephone takes, with the place it was taken at."""
    yield from (File(f"带位置.{end}", picture(kind, (40, 30), exif=hidden()), "kept")
                for kind, end in (("JPEG", "jpg"), ("PNG", "png"), ("WEBP", "webp")))  # fmt: skip
    scans = (
        ("group4", "1", 3),
        ("jpeg", "RGB", 2),
        ("tiff_lzw", "RGBA", 1),
        ("raw", "L", 2),
        ("tiff_adobe_deflate", "P", 1),
    )
    yield from (File(f"扫描{n}.tif", pages(*scan), "kept") for n, scan in enumerate(scans))
    yield File("注.jpg", picture("JPEG", comment=MARK.encode(), xmp=MARK.encode()), "kept")
    yield from (File(f"{brand.decode()}.heic", mp4(brand, b"heic", b"mif1"))
                for brand in (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"heis"))  # fmt: skip
    yield File("改名.jpg", mp4(b"heic", b"mif1"))
    yield File("新.avif", mp4(b"avif", b"mif1"))


def sizes(largest: int) -> Iterator[File]:
    """Nothing, nearly nothing, as much as is allowed, and one byte more."""
    yield File("空.pdf", b"")
    yield File("空.txt", b"")
    yield File("一.jpg", b"\xff")
    yield File("零.txt", bytes(99))
    yield File("白.txt", b" \r\n\t ", "either")
    yield File("满.pdf", pdf().ljust(largest, b"\n"), "kept")
    yield File("超.pdf", pdf().ljust(largest + 1, b"\n"))
    yield File("满.txt", b"x" * largest, "kept")
    yield File("超.txt", b"x" * (largest + 1))


def names() -> Iterator[File]:
    """An honest file under every name that leads elsewhere, hides its ending, or that some system cannot write."""
    words = [*CORPUS["paths"], *CORPUS["headers"][::3], *CORPUS["invisible"][::12], *CORPUS["markup"][::24]]
    words += [
        "PRN.jpg", "LPT9.txt", "con.tar.gz", "照片.jpg ", "照片.jpg.", "田" * 85 + ".jpg", "田" * 300, "a" * 5000 + ".jpg", ".jpg", "..jpg",
        "x.jpg\u202egpj.exe", "照片.jpg::$DATA", "new-x", "a/b/../../../c.jpg", "\\\\?\\C:\\x.jpg", "%00.jpg", "𠮷.jpg", "e\u0301.jpg",
    ]  # fmt: skip
    content = pdf()
    for n, word in enumerate(words):
        # One that ends with a separator is the name of a folder: no file was chosen.
        yield File(word, content + str(n).encode(), "either" if word.endswith(("/", "\\")) else "kept")


LARGEST = 5 << 20
"""Bytes a file may have in the tests that use this corpus."""

HOSTILE: tuple[Callable[[], Iterator[File]], ...] = (
    liars, polyglots, bombs, broken, giants, active, photographs, partial(sizes, LARGEST), names,
)  # fmt: skip


def hostile() -> Iterator[File]:
    """All of them: at least a hundred and sixty without those that only have a strange name."""
    for kind in HOSTILE:
        yield from kind()


def _pictures() -> Iterator[File]:
    base = Image.open(io.BytesIO(picture("PNG", (60, 40))))
    for kind, modes in (
        ("JPEG", ("L", "RGB", "CMYK")), ("PNG", ("1", "L", "LA", "P", "RGB", "RGBA", "I;16")), ("GIF", ("L", "P")),
        ("WEBP", ("RGB", "RGBA")), ("BMP", ("1", "L", "P", "RGB")),
    ):  # fmt: skip
        for mode in modes:
            held, drawn = io.BytesIO(), base.convert("L" if mode == "I;16" else mode).convert(mode)
            drawn.save(held, kind)
            yield File(f"{mode.replace(';', '')}.{kind.lower().replace('jpeg', 'jpg')}", held.getvalue(), "kept")
    for width, height in ((1, 1), (1, 2000), (2000, 1), (640, 480)):
        yield File(f"{width}×{height}.jpg", picture("JPEG", (width, height)), "kept")
        yield File(f"{width}×{height}.png", picture("PNG", (width, height)), "kept")
    for turned in range(1, 9):
        exif = hidden()
        exif[0x0112] = turned
        yield File(f"竖拍{turned}.JPG", picture("JPEG", (40, 30), exif=exif), "kept")
    yield File("逐行.jpeg", picture("JPEG", (40, 30), progressive=True), "kept")
    yield File("无损.webp", picture("WEBP", (40, 30), lossless=True), "kept")
    for compression, mode in product(
        ("raw", "tiff_lzw", "packbits", "tiff_adobe_deflate"), ("1", "L", "P", "RGB", "RGBA", "CMYK")
    ):
        yield File(f"{compression}-{mode}.tif", pages(compression, mode, 1), "kept")
    for compression, mode in (("group3", "1"), ("group4", "1"), ("jpeg", "L"), ("jpeg", "RGB"), ("tiff_lzw", "I;16")):
        source = mode if mode != "I;16" else "L"
        yield File(f"{compression}-{mode.replace(';', '')}.tiff", pages(compression, source, 4), "kept")
    held = io.BytesIO()
    base.convert("P").save(held, "GIF", save_all=True, append_images=[base.convert("P")] * 3)
    yield File("动图.gif", held.getvalue(), "kept")


def _papers() -> Iterator[File]:
    for name in ("判决书.pdf", "判决书.PDF", "鉴定 意见(1).pdf", "扫描件-2026.3.5.pdf", "附件一：承包合同.pdf"):
        yield File(name, pdf() + name.encode(), "kept")
    for version in ("1.3", "1.4", "1.5", "1.6", "2.0"):
        yield File(f"{version}.pdf", pdf().replace(b"1.7", version.encode()), "kept")
    for folder, ending in (("word", "docx"), ("xl", "xlsx"), ("ppt", "pptx")):
        yield File(f"材料.{ending}", office(folder), "kept")
        yield File(
            f"金山.{ending}", zipped(f"{folder}/document.xml", "docProps/app.xml", "[Content_Types].xml"), "kept"
        )
        yield File(f"超链接.{ending}", office(folder, f"{folder}/_rels/document.xml.rels", "docProps/core.xml"), "kept")
    yield File("公文.ofd", zipped("OFD.xml", "Doc_0/Document.xml"), "kept")
    yield from (
        File(f"旧.{ending}", OLE + ending.encode(), "kept")
        for ending in ("doc", "xls", "ppt", "wps", "et", "dps", "DOC")
    )
    for encoding, text in product(
        ("utf-8", "utf-8-sig", "gb18030", "utf-16"), ("请求退还承包地。", "第一页\r\n第二页", "a < b，𠮷田")
    ):
        yield File(f"{encoding}.txt", text.encode(encoding), "kept")
    for count, word in product((1, 40, 2_000), ("请求修路。", "第1行，请求发放工资。\n", "𠮷㐂某，电话19900001234；")):
        yield File(f"{count}行.txt", (word * count).encode(), "kept")
    yield File("ascii.TXT", b"please repair the road\n", "kept")


def _recordings() -> Iterator[File]:
    yield from (File(f"通话.{end}", content, "kept") for end, content in (
        ("mp3", b"ID3\x04" + bytes(200)), ("mp3", b"\xff\xfb\x90\x64" + bytes(200)), ("amr", b"#!AMR\n" + bytes(99)),
        ("wav", b"RIFF\x24\0\0\0WAVEfmt " + bytes(99)), ("m4a", mp4(b"M4A ", b"M4A ", b"mp42", b"isom")),
    ))  # fmt: skip
    yield from (File(f"录像{n}.{end}", mp4(*brands), "kept") for n, (end, *brands) in enumerate((
        ("mp4", b"isom", b"isom", b"avc1"), ("mp4", b"mp42", b"mp42", b"isom"), ("mp4", b"mp41", b"mp41"), ("mov", b"qt  ", b"qt  "),
        ("3gp", b"3gp4", b"3gp4"), ("3gp", b"3gp5", b"3gp5"),
    )))  # fmt: skip


def honest() -> Iterator[File]:
    """What people bring: a hundred and twenty files of all kinds that are kept, none of which may be refused."""
    yield from _pictures()
    yield from _papers()
    yield from _recordings()
