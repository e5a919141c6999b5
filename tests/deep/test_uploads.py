"""S13: more than six hundred files at every place that takes one, then over a real server: slowly, broken off, eight at once."""

import hashlib
import re
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import func, select, text

from petitions.cases.models import Attachment
from petitions.settings import Settings
from tests.deep.conftest import Installation, present
from tests.deep.desktop import Desktop, sat_down
from tests.deep.hostile import MARK
from tests.deep.hostile_files import LARGEST, File, honest, hostile
from tests.deep.serving import Clerk, Server
from tests.factories import matter_in, typed
from tests.pictures import picture

pytestmark = pytest.mark.deep

EVERY = {"sqlite": 1, "postgresql": 4}
"""The database holds no file, only its row: on PostgreSQL each fourth is enough."""

DOORS = ("register", "attach", "note", "ledger")

COUNTED = ("attachments", "petitions", "events", "import_batches")

SLOW, BROKEN, AT_ONCE = 24, 24, 8
"""Uploads over a real server. Slow and broken together are more than three times its threads."""

GROWTH = 200
"""Megabytes that eight photographs at once may take beside what the server had (reliability.md S13)."""


@pytest.fixture
def desktop(installation: Installation) -> Desktop:
    """The application as it runs, with a limit that a test can reach."""
    made = sat_down(installation)
    settings: Settings = made.app.config["SETTINGS"]
    made.app.config["SETTINGS"] = settings.model_copy(update={"max_file_mb": LARGEST >> 20})
    return made


class Doors:
    """The four places that take a file, and what stands behind them."""

    def __init__(self, desktop: Desktop) -> None:
        self.desktop, self.case_id, self.sent, self.known = desktop, 0, 0, tuple[int, ...]()

    def bring(self, door: str, file: File) -> str:
        """Bring a file; what is said of it when it is refused, nothing when it is kept."""
        self.sent += 1
        if self.sent % 100 == 1:
            with self.desktop.place.database.work() as session:
                self.case_id = matter_in(present(self.desktop.place.world, session), "accepted").id
            self.known = self.state()
        path, person, form = {
            "register": ("/register", "clerk", typed(submission=f"{self.sent:032x}")),
            "attach": (f"/cases/{self.case_id}/attach", "handler", {}),
            "note": (f"/cases/{self.case_id}/note", "handler", {"note": "补充材料"}),
            "ledger": ("/ledger", "officer", {}),
        }[door]
        parameter = "file" if door == "ledger" else "files"
        answer = self.desktop.post(person, path, form, [(parameter, file.name, file.content)])  # type: ignore[arg-type]
        before, self.known = self.known, self.state()
        if answer.status_code == 302:
            return ""
        said = re.findall(r'id="f-(?:\w+-)?files?-error"[^>]*>([^<]+)<', answer.get_data(as_text=True))
        assert answer.status_code == 422, (door, file.name, answer.status_code)
        assert said, (door, file.name)
        assert re.search(r"[一-鿿]{4}", said[0]), said
        assert self.known == before, "a refusal changes nothing"
        return str(said[0])

    def state(self) -> tuple[int, ...]:
        """How many rows there are, and how many files of cases."""
        with self.desktop.place.database.work(write=False) as session:
            rows = tuple(session.execute(text(f"SELECT count(*) FROM {name}")).scalar() or 0 for name in COUNTED)
        return (*rows, len(_lying(self.desktop.place.folder / "files")))


def _lying(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() or path.is_symlink()]


def _figures(fates: Counter[tuple[str, str]]) -> str:
    return ", ".join(f"{door} {fates[door, 'kept']} kept {fates[door, 'refused']} refused" for door in DOORS)


def test_no_file_does_harm_at_any_door_and_every_honest_one_is_taken(desktop: Desktop) -> None:
    began, doors, fates, wrong = time.monotonic(), Doors(desktop), Counter[tuple[str, str]](), []
    files = [*hostile(), *honest()]
    assert len(files) - len(list(honest())) >= 160
    for turn, file in enumerate(files[:: EVERY[desktop.place.kind]]):
        # Those that only have a strange name go in at one door each; the name is made safe in one place.
        for door in DOORS if file.name.isascii() or turn % 4 else DOORS[turn % len(DOORS) :][:1]:
            said = doors.bring(door, file)
            fate = "refused" if said else "kept"
            fates[door, fate] += 1
            if door != "ledger" and file.fate not in ("either", fate):
                wrong.append((door, file.name[:60], said))
    assert wrong == []
    assert desktop.alarms == {}
    folder = desktop.place.folder
    for path in _lying(folder):
        where = path.relative_to(folder).parts
        assert where in (("files", path.name[:2], path.name), ("ledgers", path.name)), where
        assert path.name == hashlib.sha256(path.read_bytes()).hexdigest()
    shown = _given_back(desktop)
    print(desktop.figures(f"{len(files)} files ({_figures(fates)}), {shown} given back", began))


def _given_back(desktop: Desktop) -> int:
    """Fetch every file that was kept; how many."""
    with desktop.place.database.work(write=False) as session:
        kept = session.execute(
            select(Attachment.case_id, Attachment.id, Attachment.sha256, Attachment.media_type)
        ).all()
    seen: set[str] = set()
    for case_id, file_id, sha256, media_type in kept:
        if sha256 in seen:
            continue
        seen.add(sha256)
        for query in ("", "?view=1"):
            answer = desktop.as_("officer").client.get(f"/cases/{case_id}/files/{file_id}{query}", buffered=True)
            framed = bool(query) and media_type == "application/pdf"
            assert answer.status_code == 200
            assert hashlib.sha256(answer.data).hexdigest() == sha256
            assert answer.headers["Content-Disposition"].startswith("inline" if framed else "attachment")
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            policy = answer.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            assert framed or policy.endswith("; sandbox")
            assert answer.mimetype == media_type
            assert answer.mimetype not in (
                "text/html",
                "image/svg+xml",
                "application/xhtml+xml",
                "text/xml",
                "application/xml",
            )
        stored = desktop.place.folder / "files" / sha256[:2] / sha256
        if media_type in ("image/jpeg", "image/png", "image/webp", "image/tiff"):
            assert MARK.encode() not in stored.read_bytes(), "something hidden came along"
            with Image.open(stored) as opened:
                assert dict(opened.getexif().get_ifd(0x8825)) == {}
    return len(seen)


def test_slow_and_broken_uploads_hold_nobody_up_and_eight_at_once_stay_small(
    installation: Installation, free_port: int
) -> None:
    began = time.monotonic()
    with installation.database.work() as session:
        case_id = matter_in(present(installation.world, session), "accepted").id
    world, path = installation.world, f"/cases/{case_id}/attach"
    server = Server(installation, free_port)
    server.start()
    try:
        handler, officer = Clerk(free_port, world.handler.username), Clerk(free_port, world.officer.username)
        slow = [handler.begin(path, {}, [(f"{n}.png", picture("PNG", (90 + n, 60)))]) for n in range(SLOW)]
        broken = [handler.begin(path, {}, [(f"{n}.pdf", b"%PDF-1.4\n" + bytes(999 + n))]) for n in range(BROKEN - 4)]
        broken += [officer.begin("/ledger", {}, [(f"{n}.csv", b"a,b\r\n" * 300)]) for n in range(4)]
        for turn in range(20):
            for one in (*slow, *broken):
                one.send(40)
            assert officer.get(f"/cases/{case_id}" if turn % 2 else "/cases")[0] == 200
        for one in broken:
            one.break_off()
        assert Counter(one.finish() for one in slow) == {302: SLOW}
        assert server.process is not None
        before = _memory(server.process.pid)
        photographs = [picture("JPEG", (4000, 3000), quality=n + 60, exif=b"Exif\0\0") for n in range(AT_ONCE)]
        again = Clerk(free_port, world.handler.username)
        clerks = [again.second() for _ in range(AT_ONCE)]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            sent = [pool.submit(one.post, path, {}, [(f"照片{n}.jpg", photographs[n])]) for n, one in enumerate(clerks)]
        assert Counter(one.result()[0] for one in sent) == {302: AT_ONCE}
        grown = _memory(server.process.pid) - before
        assert officer.get(f"/cases/{case_id}")[0] == 200
        assert server.process.poll() is None
        for one in (handler, officer, again, *clerks):
            one.close()
    finally:
        server.stop()
    assert server.faults() == []
    with installation.database.work(write=False) as session:
        rows = session.scalars(select(Attachment.sha256)).all()
        assert session.execute(text("SELECT count(*) FROM import_batches")).scalar() == 0
        assert session.scalar(select(func.count(Attachment.id))) == SLOW + AT_ONCE
    lying = {one.name for one in _lying(installation.folder / "files")}
    assert lying == set(rows), "no more and no less than the rows name"
    assert _lying(installation.folder / "ledgers") == []
    print(
        f"\n{installation.kind}: {SLOW} slow uploads kept, {BROKEN} broken off, {AT_ONCE} photographs at once: "
        f"{grown} MB more at most, {time.monotonic() - began:.0f} s"
    )
    assert grown < GROWTH


def _memory(pid: int) -> int:
    """The most that a process has held so far, in megabytes."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        pytest.skip("only Linux tells what a process holds")
    return int(re.findall(r"VmHWM:\s+(\d+)", status.read_text())[0]) // 1024
