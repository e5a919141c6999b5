"""What the queue says once something is done: what it was, and who has it now."""

import uuid

from tests.factories import CLASSIFIED, World, matter_in
from tests.pages import Browse


def test_the_queue_says_what_was_done_and_who_signs_next(world: World, browser_of: Browse) -> None:
    matter, officer = matter_in(world, "triage"), browser_of(world.officer)
    sent = {**CLASSIFIED, "way": "transfer", "unit": str(world.bureau.id), "opinion": "请依法办理"}
    sent |= {"submission": uuid.uuid4().hex, "version": str(matter.version)}
    assert officer.post(f"/triage/{matter.id}", sent).status_code == 302
    html = officer.get("/triage").get_data(as_text=True)
    assert f"{matter.number}：“转送”已办好，等青禾县自然资源局签收" in html
