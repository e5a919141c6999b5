"""The main job of a mediator without a mouse: from the desk to a session that is written down, at 1366 px."""

import os
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from petitions import clock
from petitions.mediation.models import Mediation
from tests.live import PASSWORD, Live
from tests.mediation.phones import begun_at, committee_of

pytestmark = pytest.mark.browser

SHOTS = os.environ.get("SHOTS")

_MOST = 120
"""Presses of Tab to anything on a page: whoever needs more has lost their way."""

_FOCUS = """() => {
  const e = document.activeElement, r = e.getBoundingClientRect();
  // The button inside of a day's field has a ring of the browser's own; the field says nothing of it.
  const inner = e.type === 'date' && !e.matches(':focus');
  const s = getComputedStyle(e), ring = (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0) || s.boxShadow !== 'none' || inner;
  const told = (e.labels && e.labels.length ? e.labels[0].textContent : e.textContent).replace(/\\s+/g, ' ').trim();
  return {name: e.name || '', value: e.value || '', text: told, tag: e.tagName, ring,
          seen: e === document.body || (r.bottom > 0 && r.top < innerHeight && r.width > 0)};
}"""


class Keys:
    """Somebody at a keyboard: Tab to go on, Enter and Space to press, letters where the focus is."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.presses = 0

    def to(self, text: str = "", *, name: str = "") -> None:
        """Go on until the focus is on the link or button that bears these words, or on the field of this name."""
        for _ in range(_MOST):
            self.page.keyboard.press("Tab")
            self.presses += 1
            now = self._focus()
            assert now["seen"], f"the focus has left the screen: {now}"
            if now["tag"] == "BODY":
                continue
            assert now["ring"], f"nobody sees where the focus is: {now}"
            if now["name"] == name if name else now["tag"] in ("A", "BUTTON") and text in now["text"]:
                return
        raise AssertionError(f"no way by Tab to {text or name} on {self.page.url}")

    def _focus(self) -> Any:
        """Where it is; a page that scrolls to it has a moment for that."""
        for _ in range(20):
            now = self.page.evaluate(_FOCUS)
            if now["seen"]:
                break
            self.page.wait_for_timeout(50)
        return now

    def type(self, text: str, *, over: bool = False) -> None:
        """Write where the focus is; `over`: in place of what stands there."""
        if over:
            self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def press(self, key: str = "Enter") -> None:
        """Press a key where the focus is."""
        self.page.keyboard.press(key)
        self.presses += 1


def _shot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)


def test_a_session_is_written_down_from_the_desk_without_a_mouse(live: Live, page: Page) -> None:
    mediators = committee_of(live)
    case_id = begun_at(live, mediators)
    page.set_viewport_size({"width": 1366, "height": 768})
    keys = Keys(page)
    page.goto(f"{live.url}/login")
    keys.to(name="username")
    keys.type(mediators.mediator.username)
    keys.to(name="password")
    keys.type(PASSWORD)
    keys.press()
    page.wait_for_url(f"{live.url}/")

    keys.to("我的调解")
    keys.press()
    page.wait_for_url(re.compile("/mediations"))
    keys.to("柳调字第1号")
    keys.press()
    page.wait_for_url(re.compile(rf"/cases/{case_id}"))
    keys.to("记录调解")
    keys.press()
    page.wait_for_url(re.compile("hold_session"))

    keys.to(name="began_at")
    keys.type("09:30")
    keys.to(name="place")
    keys.type("村委会调解室", over=True)
    keys.to(name="record")
    keys.type("讲解了相邻关系的规定。")
    keys.to(name="session_outcome")
    _choose(keys, "again")
    keys.to(name="next_on")
    later = clock.today().replace(year=clock.today().year + 1, month=1, day=2)
    keys.type(later.strftime("%m%d%Y"))  # in the order in which this browser writes days
    assert page.locator("[name=next_on]").input_value() == later.isoformat()
    keys.to(name="next_at")
    keys.type("14:30")
    _shot(page, "session-by-keys")
    keys.to("记录调解")
    keys.press()
    page.wait_for_url(re.compile(rf"/cases/{case_id}(\?|$)"))
    expect(page.locator(".note-box-success")).to_be_visible()
    with live.database.work(write=False) as session:
        mediation = session.scalars(select(Mediation)).one()
        held = mediation.sessions[0]
        assert (held.began_at, held.place, held.outcome) == ("09:30", "村委会调解室", "again")
        assert held.record == "讲解了相邻关系的规定。"
        assert (mediation.next_on, mediation.next_at, mediation.next_place) == (later, "14:30", "村委会调解室")
    _shot(page, "case-with-next")
    assert keys.presses < 250, keys.presses


def _choose(keys: Keys, value: str) -> None:
    """An entry of a short list: a group of buttons that the arrows go through."""
    for _ in range(8):
        if keys.page.evaluate("document.activeElement.value") == value and keys.page.evaluate(
            "document.activeElement.type !== 'radio' || document.activeElement.checked"
        ):
            return
        keys.press("Space" if keys.page.evaluate("document.activeElement.value") == value else "ArrowDown")
    raise AssertionError(f"the arrows do not lead to {value}")
