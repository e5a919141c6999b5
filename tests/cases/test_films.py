"""Films of telephones: the place goes, picture and sound stay where they were."""

import io
import struct
from pathlib import Path

import pytest

from petitions.cases.files import Store
from petitions.words import FieldErrors
from tests.cases.test_hostile_files import Sent

PLACE = b"+39.9042+116.4074/"
SEEN, HEARD, BEEN = b"picture" * 9, b"sound" * 9, b"39.9042,116.4074;" * 3
LARGEST = 1 << 20


def box(kind: bytes, *inside: bytes) -> bytes:
    content = b"".join(inside)
    return struct.pack(">I", 8 + len(content)) + kind + content


def track(handler: bytes, start: int, sizes: list[int], *more: bytes, wide: bool = False) -> bytes:
    """A track whose samples lie one after another from `start`, in one chunk."""
    table = box(
        b"stbl",
        box(b"stsz", struct.pack(f">III{len(sizes)}I", 0, 0, len(sizes), *sizes)),
        box(b"stsc", struct.pack(">IIIII", 0, 1, 1, len(sizes), 1)),
        box(b"co64", struct.pack(">IIQ", 0, 1, start)) if wide else box(b"stco", struct.pack(">III", 0, 1, start)),
    )
    named = box(b"hdlr", bytes(8), handler, bytes(12))
    return box(b"trak", box(b"tkhd", bytes(84)), box(b"mdia", named, box(b"minf", table)), *more)


def endless() -> bytes:
    """A track that claims more samples than any film has."""
    sizes = box(b"stsz", struct.pack(">III", 0, 0, 2**31))
    table = box(b"stbl", sizes, box(b"stsc", bytes(8)), box(b"stco", bytes(8)))
    return box(b"trak", box(b"mdia", box(b"hdlr", bytes(8), b"gpmd"), box(b"minf", table)))


def film(*more: bytes, brand: bytes = b"isom", wide: bool = False) -> bytes:
    """A film whose telephone wrote the place into everything that can hold it."""
    begin = box(b"ftyp", brand, bytes(4), brand)
    data = box(b"mdat", SEEN, HEARD, BEEN)
    first = len(begin) + 8
    apple = box(b"meta", box(b"keys", b"mdtacom.apple.quicktime.location.ISO6709"), box(b"ilst", PLACE))
    google = box(b"udta", box(b"\xa9xyz", PLACE), box(b"loci", PLACE))
    moov = box(
        b"moov", box(b"mvhd", bytes(100)), google, apple, box(b"uuid", bytes(16), PLACE),
        track(b"vide", first, [60, 3], google, apple),
        track(b"soun", first + len(SEEN), [len(HEARD)]),
        track(b"camm", first + len(SEEN + HEARD), [17, 17, 17], wide=wide), *more,
    )  # fmt: skip
    return begin + data + moov + box(b"uuid", PLACE) + box(b"free", PLACE)


def kept(folder: Path, content: bytes, name: str = "现场.mp4") -> bytes:
    store = Store(folder / "files")
    (one,) = store.keep([Sent(name, io.BytesIO(content))], LARGEST)
    return store.path(str(one["sha256"])).read_bytes()


@pytest.mark.parametrize(
    ("brand", "name"), [(b"isom", "现场.mp4"), (b"qt  ", "现场.mov"), (b"M4A ", "录音.m4a"), (b"3gp4", "现场.3gp")]
)
@pytest.mark.parametrize("wide", [False, True])
def test_the_place_goes_and_picture_and_sound_stay_where_they_were(tmp_path, brand, name, wide):
    sent = film(brand=brand, wide=wide)
    assert sent.count(PLACE) == 9
    assert BEEN in sent
    stored = kept(tmp_path, sent, name)
    assert len(stored) == len(sent)
    for said in (PLACE, BEEN[:17], b"location", b"xyz", b"camm"):
        assert said not in stored
    for shown in (SEEN + HEARD, b"vide", b"soun", b"mvhd"):
        assert stored.index(shown) == sent.index(shown)
    assert kept(tmp_path, stored, name) == stored


def test_what_a_maker_hangs_at_the_end_goes(tmp_path):
    for hung in (b"Insta360" + PLACE, b"\0\0\0\0" + PLACE, PLACE[:5]):
        stored = kept(tmp_path, film() + hung)
        assert stored.startswith(kept(tmp_path, film()))
        assert hung[-5:] not in stored


def test_a_recording_that_broke_off_is_kept(tmp_path):
    broken = box(b"ftyp", b"isom", bytes(4)) + struct.pack(">I", 5_000) + b"mdat" + SEEN
    assert kept(tmp_path, broken) == broken


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (film(box(b"cmov", b"packed")), "去不掉"),
        (film(box(b"mvex", bytes(8))), "去不掉"),
        (film(struct.pack(">I", 9_999) + b"udta"), "已损坏"),
        (film(struct.pack(">I", 3) + b"udta"), "已损坏"),
        (film(track(b"meta", 10_000_000, [17])), "已损坏"),
        (film(track(b"meta", 40, [2**32 - 1])), "已损坏"),
        (film(endless()), "去不掉"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_with_a_sentence(tmp_path, content, said):
    with pytest.raises(FieldErrors) as refusal:
        kept(tmp_path, content)
    assert said in refusal.value.errors["files"]
    assert not any(path.is_file() for path in tmp_path.rglob("*"))
