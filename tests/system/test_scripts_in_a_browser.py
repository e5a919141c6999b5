"""S8 in small: one matter full of scripts, on the pages that show it, in a real Chromium. The whole is in tests/deep."""

import pytest
from playwright.sync_api import Page

from petitions.cases.perform import perform
from tests.deep.conftest import present
from tests.deep.scripts import SCRIPTS, packed
from tests.deep.trap import Trap
from tests.factories import OPINION, matter_in, per_claim
from tests.live import Live

pytestmark = pytest.mark.browser


def test_nothing_that_was_typed_runs_or_could_run_on_any_page_that_shows_it(live: Live, page: Page) -> None:
    lines = packed(100)
    with live.database.work() as session:
        world = present(live.world, session)
        words = dict(zip(("name", "region", "address", "title", "place", "respondent"), lines[::7], strict=False))
        matter = matter_in(world, "accepted", text="\n".join(SCRIPTS), **words)
        perform(matter, "note", {"note": "\n".join(SCRIPTS[::5])}, world.handler)
        said = {name: "\n".join(SCRIPTS[n::9]) for n, name in enumerate(OPINION)}
        perform(matter, "submit_opinion", {**said, "outcomes": per_claim(matter, "S")}, world.handler)
        perform(matter, "approve_opinion", {}, world.head)
        case_id, petition_id, title = matter.id, matter.first.id, matter.title
    trap = Trap(page)
    live.log_in(page, live.world.officer)
    for path in (
        f"/cases/{case_id}",
        f"/cases/{case_id}/documents",
        f"/cases/{case_id}/note",
        "/cases",
        "/deadlines",
        f"/petitions/{petition_id}/receipt",
    ):
        trap.look(live.url + path)
    page.goto(live.url + "/search")
    page.locator("main input[name=q]").fill(title[:30])
    page.locator("main input[name=q]").press("Enter")
    page.wait_for_load_state()
    trap.look_again()
    assert trap.showing >= 5, "the case page, its papers, the act, the list, the search"
    assert trap.sprung == []
