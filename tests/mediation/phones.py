"""A telephone in a mediator's hand: 390 px, touch; and what every page on it must hold to."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select

from petitions import clock
from petitions.access.models import User
from petitions.access.passwords import hash_password
from petitions.mediation.models import MediationSession
from tests.deep.conftest import present
from tests.live import PASSWORD, Live
from tests.mediations import Mediators, begun, set_up_committee

WIDTH, HEIGHT = 390, 844

_SMALL = """() => [...document.querySelectorAll(
  '.page a.btn, .page button, .page .btn-text, .page select, .page input[type=text], .page input[type=date], .page summary, .page label.option')]
  .filter((e) => e.checkVisibility({visibilityProperty: true}) && !e.closest('.visually-hidden'))
  .map((e) => [e.textContent.trim().slice(0, 20) || e.name, e.getBoundingClientRect()])
  .filter(([, r]) => r.width && (r.height < 43.5)).map(([t, r]) => `${t} ${Math.round(r.width)}x${Math.round(r.height)}`)"""


@dataclass
class Phone:
    """The telephone and who holds it."""

    live: Live
    context: BrowserContext
    page: Page

    def held_by(self, person: User, path: str) -> None:
        """Somebody logs in on it."""
        self.context.clear_cookies()
        self.live.log_in(self.page, person)
        self.go(path)

    def go(self, path: str) -> None:
        """Open a page, and look whether it fits the hand."""
        self.page.goto(self.live.url + path)
        self.fits()

    def fits(self) -> None:
        """Nothing is wider than the screen, at 390 and at 320 px, and nothing too small for a finger."""
        for width in (320, WIDTH):
            self.page.set_viewport_size({"width": width, "height": HEIGHT})
            wide = self.page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, (self.page.url, width, wide)
        small = self.page.evaluate(_SMALL)
        assert small == [], f"{self.page.url}: {small}"

    def main_button(self, label: str) -> None:
        """The main button lies where the thumb is."""
        box = self.page.locator(".btn-primary, .btn-danger-plain", has_text=label).first.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] / 2 > HEIGHT * 0.75, (label, box)
        assert box["height"] >= 44

    def act(self, case_id: int, action: str) -> None:
        """The form of an act."""
        self.go(f"/cases/{case_id}/{action}")
        expect(self.page.locator("#act"), self.page.locator("main").inner_text()).to_be_visible()

    def send(self, label: str) -> None:
        """Press the main button and arrive at the case."""
        self.main_button(label)
        self.page.locator(".button-bar button[type=submit]", has_text=label).first.click()
        self.page.wait_for_url(re.compile(r"/cases/\d+(\?|/)"), wait_until="load")
        self.page.wait_for_load_state()
        summary = self.page.locator(".error-summary")
        assert summary.count() == 0, summary.inner_text()
        expect(self.page.locator(".note-box-success")).to_be_visible()


def choose(page: Page, name: str, value: str) -> None:
    """An entry of a long list; tests/web hold how it is found by typing."""
    page.locator(f"select[name={name}]").evaluate(
        "(s, value) => { s.value = value; s.dispatchEvent(new Event('change', {bubbles: true})); }", value
    )


@contextmanager
def phone_of(live: Live, chromium: Browser) -> Iterator[Phone]:
    """A new telephone; a message on its console fails the test, but for a line that was cut on purpose."""
    context = chromium.new_context(
        viewport={"width": WIDTH, "height": HEIGHT}, has_touch=True, is_mobile=True, device_scale_factor=2, locale="zh-CN",
        timezone_id="Asia/Shanghai",
    )  # fmt: skip
    context.set_default_timeout(12_000)
    page, complaints = context.new_page(), list[str]()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda told: (
            complaints.append(told.text) if told.type == "error" and "Failed to load" not in told.text else None
        ),
    )
    yield Phone(live, context, page)
    context.close()
    assert complaints == [], "\n".join(complaints)


def committee_of(live: Live) -> Mediators:
    """The committee of the world, everybody with the password of all."""
    with live.database.work() as session:
        mediators = set_up_committee(session, present(live.world, session))
        for person in (mediators.chair, mediators.mediator, mediators.second, mediators.justice):
            person.password_hash = hash_password(PASSWORD)
        session.flush()
        for one in (mediators.chair, mediators.mediator, mediators.second, mediators.justice):
            session.refresh(one)
            _ = one.username, one.unit, one.roles
        session.commit()
        session.expunge_all()
    return mediators


def begun_at(live: Live, mediators: Mediators) -> int:
    """A mediation of that committee whose parties were told their rights three days ago."""
    with live.database.work() as session:
        for one in (mediators.unit, mediators.chair, mediators.mediator, mediators.second):
            session.merge(one)
        mine = Mediators(
            mediators.world, *(session.get_one(type(one), one.id) for one in (
                mediators.unit, mediators.chair, mediators.mediator, mediators.second, mediators.justice
            ))
        )  # fmt: skip
        return begun(mine, clock.today() - timedelta(days=3)).id


# --- without a network -----------------------------------------------------------------------------------------------


def ready(page: Page) -> None:
    """The empty page is laid by and the worker answers."""
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    page.wait_for_function("caches.open('petitions-session').then((c) => c.match('/mediations/offline')).then(Boolean)")


def records(page: Page) -> list[dict[str, object]]:
    """What lies in the browser, as it lies there."""
    told: list[dict[str, object]] = page.evaluate("""() => new Promise(async (done) => {
      if (!(await indexedDB.databases()).some((one) => one.name === "petitions-session")) return done([]);
      const asked = indexedDB.open("petitions-session", 1);
      asked.onsuccess = () => {
        const all = asked.result.transaction("records").objectStore("records").getAll();
        all.onsuccess = () => done(all.result.map((r) => ({...r, cell: new TextDecoder().decode(r.cell.data)})));
      };
    })""")
    return told


def kept(page: Page, waiting: int) -> None:
    """So many records wait in the browser to be sent."""
    page.wait_for_timeout(600)
    for _ in range(40):
        if sum(bool(one["ready"]) for one in records(page)) == waiting:
            return
        page.wait_for_timeout(100)
    raise AssertionError(records(page))


def sessions_of(live: Live, case_id: int) -> list[tuple[str, str]]:
    """The sessions of a case as they were written down: record and day."""
    with live.database.work(write=False) as session:
        rows = session.scalars(
            select(MediationSession).where(MediationSession.mediation_id == case_id).order_by(MediationSession.id)
        )
        return [(one.record, one.held_on.isoformat()) for one in rows]


def wait_for(live: Live, page: Page, case_id: int, count: int) -> None:
    """Until so many sessions have arrived."""
    for _ in range(150):
        if len(sessions_of(live, case_id)) >= count:
            return
        page.wait_for_timeout(100)
    raise AssertionError((page.url, sessions_of(live, case_id), records(page)))
