"""The queue as a clerk works it, in a real Chromium and without a mouse: the budgets of T2 and T3."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from petitions import clock
from petitions.cases.perform import perform
from petitions.matters.models import Matter
from petitions.triage.sorting import sort_out
from tests.factories import CLASSIFIED, World, new_petition
from tests.live import Live

pytestmark = pytest.mark.browser


def in_queue(live: Live, *names: str, **changes: str) -> list[int]:
    """Petitions of different people, the first one the most urgent; the ids."""
    with live.database.work():
        ids = []
        for number, name in enumerate(names):
            day = clock.today() - timedelta(days=len(names) - number)
            told = {"name": name, "phone": "", "text": f"{name}反映的事情各不相同", "received_on": day.isoformat()}
            ids.append(new_petition(live.world, **{**told, **changes}).matter.id)
        return ids


def history(world: World) -> None:
    """Six earlier matters of the same class and place, all sent to the bureau."""
    for number in range(6):
        matter = new_petition(world, name=f"前人{number}", phone="").matter
        sort_out(
            matter,
            "transfer",
            {**CLASSIFIED, "unit": world.bureau.id, "opinion": "请办理", "first": "1"},
            world.officer,
        )


def matter(live: Live, case_id: int) -> tuple[str, int]:
    """State and holder."""
    with live.database.work(write=False) as session:
        found = session.get_one(Matter, case_id)
        return found.state, found.unit_id


def test_a_case_is_sorted_with_two_keys_where_the_past_suggests_its_unit(live: Live, page: Page) -> None:
    with live.database.work():
        history(live.world)
    first, second = in_queue(live, "甲来信", "乙来信")
    live.log_in(page, live.world.officer)
    page.keyboard.press("g")
    page.keyboard.press("f")
    page.wait_for_url(f"{live.url}/triage")
    expect(page.locator(".pane h2")).to_contain_text("甲来信")
    page.keyboard.press("a")
    page.wait_for_url("**unit=*")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(f"{live.url}/triage/{second}")
    assert matter(live, first) == ("dispatched", live.world.bureau.id)
    expect(page.locator(".pane h2")).to_contain_text("乙来信")


def test_without_a_suggestion_three_interactions_do(live: Live, page: Page) -> None:
    first, second = in_queue(live, "甲来信", "乙来信")
    live.log_in(page, live.world.officer)
    page.goto(f"{live.url}/triage")
    page.keyboard.press("1")
    page.wait_for_url("**way=transfer")
    expect(page.locator("#f-unit-filter")).to_be_focused()
    page.keyboard.type("zrzy")
    page.keyboard.press("Enter")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(f"{live.url}/triage/{second}")
    assert matter(live, first) == ("dispatched", live.world.bureau.id)


@pytest.mark.parametrize(("key", "way"), [("3", "refuse"), ("4", "ask_supplement"), ("h", "snooze"), ("c", "classify")])
def test_every_key_opens_its_form_with_the_focus_in_it(live: Live, page: Page, key: str, way: str) -> None:
    (first,) = in_queue(live, "甲来信")
    with live.database.work() as session:
        perform(session.get_one(Matter, first), "screen_as_first", {}, live.world.clerk)
    live.log_in(page, live.world.officer)
    page.goto(f"{live.url}/triage")
    page.keyboard.press(key)
    page.wait_for_url("**way=*")
    assert page.evaluate("document.activeElement.form?.elements.way.value") is not None
    assert f"way={way}" in page.url or key == "3"


def test_a_digit_typed_while_an_input_method_composes_is_no_verdict(live: Live, page: Page) -> None:
    (first,) = in_queue(live, "甲来信")
    live.log_in(page, live.world.officer)
    page.goto(f"{live.url}/triage/{first}?way=transfer")
    page.locator("#f-opinion").focus()
    session = page.context.new_cdp_session(page)
    session.send("Input.imeSetComposition", {"text": "shi3", "selectionStart": 4, "selectionEnd": 4})
    page.keyboard.press("3")
    assert "way=transfer" in page.url


def test_a_repeat_is_joined_with_two_keys_and_undone_with_one(live: Live, page: Page) -> None:
    with live.database.work():
        old = new_petition(live.world, phone="19900007777", name="韩长河").matter
        sort_out(old, "transfer", {**CLASSIFIED, "unit": live.world.bureau.id, "opinion": "请办理"}, live.world.officer)
        new = new_petition(live.world, phone="19900007777", name="韩长河").matter
        new_id, number, old_number = new.id, new.number, old.number
    live.log_in(page, live.world.officer)
    page.goto(f"{live.url}/triage")
    page.keyboard.press("2")
    page.wait_for_url("**/compare/*")
    expect(page.get_by_text(f"已有件 {old_number}")).to_be_visible()
    page.keyboard.press("1")
    page.wait_for_url(f"{live.url}/triage")
    assert matter(live, new_id)[0] == "filed"
    expect(page.get_by_text(f"{number}已并入{old_number}")).to_be_visible()
    page.keyboard.press("z")
    page.wait_for_url(f"{live.url}/triage/{new_id}")
    assert matter(live, new_id)[0] == "triage"
