"""S13: an upload that comes drop by drop, or breaks off, holds nobody up and leaves nothing."""

from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import func, select

from petitions.cases.models import Attachment
from petitions.intake.models import ImportBatch
from tests.deep.conftest import present
from tests.deep.serving import Clerk
from tests.factories import matter_in
from tests.live import Live
from tests.pictures import picture


def test_a_slow_upload_arrives_a_broken_one_leaves_nothing_and_others_go_on(live: Live) -> None:
    with live.database.work() as session:
        case_id = matter_in(present(live.world, session), "accepted").id
    port = urlsplit(live.url).port or 0
    clerk, officer = Clerk(port, live.world.handler.username), Clerk(port, live.world.officer.username)
    # More than there are threads: were a thread given to each, nobody else would be served.
    slow = [clerk.begin(f"/cases/{case_id}/attach", {}, [(f"{n}.png", picture("PNG", (90 + n, 60)))]) for n in range(6)]
    broken = [
        clerk.begin(f"/cases/{case_id}/attach", {}, [(f"{n}.png", picture("PNG", (60, 90 + n)))]) for n in range(4)
    ]
    broken += [officer.begin("/ledger", {}, [("台账.csv", b"a,b\r\n" * 200)]) for _ in range(2)]
    for _ in range(5):
        for one in (*slow, *broken):
            one.send(130)
        assert officer.get(f"/cases/{case_id}")[0] == 200
    for one in broken:
        one.break_off()
    assert officer.get("/cases")[0] == 200
    assert [one.finish() for one in slow] == [302] * len(slow)
    assert officer.get("/cases")[0] == 200
    with live.database.work(write=False) as session:
        kept = set(session.scalars(select(Attachment.sha256)))
        assert session.scalar(select(func.count()).select_from(ImportBatch)) == 0
    assert len(kept) == len(slow)
    assert {path.name for path in _lying(live.settings.data_dir)} == kept
    for one in (clerk, officer):
        one.close()


def _lying(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("petitions.sqlite3")]
