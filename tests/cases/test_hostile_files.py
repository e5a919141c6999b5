"""S13 in small: a share of the hostile files, and every honest one, at the store; the whole at every door is in tests/deep."""

import io
import zipfile
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import pytest
from PIL import Image, ImageSequence

from petitions.cases.files import Store
from petitions.words import FieldErrors
from tests.deep.hostile import MARK
from tests.deep.hostile_files import HOSTILE, LARGEST, PLACE, File, honest, many, mp4, office, pages

SHARE = 4
"""Each fourth file of a kind."""


class Sent(NamedTuple):
    """A file as a form brings it."""

    filename: str
    stream: io.BytesIO


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "data" / "files")


def _keep(store: Store, file: File) -> str:
    """What is said of a file that is refused; nothing where it is kept."""
    try:
        store.keep([Sent(file.name, io.BytesIO(file.content))], LARGEST)
    except FieldErrors as refusal:
        return refusal.errors["files"]
    return ""


def _lying(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file()}


def test_every_file_is_kept_under_its_digest_or_refused_with_a_sentence(store: Store, tmp_path: Path) -> None:
    tried, fates = 0, []
    for file in (file for kind in HOSTILE for file in islice(kind(), tried % SHARE, None, SHARE)):
        before, tried = _lying(tmp_path), tried + 1
        said = _keep(store, file)
        if file.fate not in ("either", "refused" if said else "kept"):
            fates.append((file.name[:60], said))
        new = _lying(tmp_path) - before
        assert len(new) <= (0 if said else 1)
        assert all(path == store.path(path.name) for path in new)
        assert not said or said.endswith(("上传", "录像（MP4、MOV）", "空文件", "“高效图片”")), said
    assert fates == []
    assert tried >= 100


def test_every_honest_file_is_kept(store: Store) -> None:
    files = list(honest())
    assert len(files) >= 120
    assert [(file.name, said) for file in files if (said := _keep(store, file))] == []


def test_an_archive_with_an_endless_table_of_contents_is_not_read(store: Store) -> None:
    parts = ("[Content_Types].xml", "word/document.xml")
    assert _keep(store, File("申请.docx", many(*parts, count=10_000))) == ""
    assert "已损坏" in _keep(store, File("申请.docx", many(*parts, count=60_000)))


def test_a_scan_keeps_its_pages_and_its_resolution_and_loses_what_it_hides(store: Store) -> None:
    for compression, mode in (("group4", "1"), ("jpeg", "RGB"), ("tiff_lzw", "L"), ("raw", "P")):
        content = pages(compression, mode, 3)
        assert MARK.encode() in content
        with Image.open(io.BytesIO(content)) as sent:
            assert compression != "raw" or sent.getexif().get_ifd(0x8825)[2] == PLACE
        (kept,) = store.keep([Sent("扫描.tif", io.BytesIO(content + b"<script>"))], LARGEST)
        stored = store.path(str(kept["sha256"])).read_bytes()
        assert MARK.encode() not in stored
        assert b"script" not in stored
        with Image.open(io.BytesIO(content)) as sent, Image.open(io.BytesIO(stored)) as seen:
            for page, other in zip(ImageSequence.Iterator(sent), ImageSequence.Iterator(seen), strict=True):
                assert dict(other.getexif().get_ifd(0x8825)) == {}
                assert other.info["dpi"] == (300, 300)
                if compression != "jpeg":
                    assert page.convert("RGB").tobytes() == other.convert("RGB").tobytes()
    assert len(_lying(store.root)) == 4, "nothing of the writing is left"


def test_a_heic_photograph_is_refused_with_what_to_do(store: Store) -> None:
    for name in ("IMG_0001.HEIC", "IMG_0001.jpg"):
        said = _keep(store, File(name, mp4(b"heic", b"mif1")))
        assert name in said
        assert "另存）为JPG" in said
        assert "兼容性最佳" in said
    assert _lying(store.root) == set()


def test_a_document_that_calls_elsewhere_is_given_back_as_it_came(store: Store) -> None:
    """Nothing of ours opens it, so its letters are those that were brought: it may be evidence."""
    content = office(
        "word",
        "word/_rels/document.xml.rels",
        content=b'<Relationship TargetMode="External" Target="http://x.example"/>',
    )
    (kept,) = store.keep([Sent("申请.docx", io.BytesIO(content))], LARGEST)
    assert store.path(str(kept["sha256"])).read_bytes() == content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert "word/document.xml" in archive.namelist()
