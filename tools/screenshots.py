"""Take the three pictures of the README from a fresh demo, in the machine's Chromium."""

import os
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import select

from petitions import migrating
from petitions.cases.models import Case
from petitions.cli.identity import make_keys
from petitions.db import Database
from petitions.demo.county import REVIEW_BODIES
from petitions.demo.make import make
from petitions.settings import Settings
from tests.live import served

TARGET = Path(__file__).resolve().parent.parent / "docs" / "pictures"
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
PASSWORD = "of-the-pictures"  # noqa: S105 - of a throw-away database


def opened(browser: Browser, url: str, person: str) -> Page:
    """A window of somebody who is logged in."""
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN", timezone_id="Asia/Shanghai")
    page = context.new_page()
    page.goto(f"{url}/login")
    page.locator("input[name=username]").fill(person)
    page.locator("input[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{url}/")
    return page


def main() -> None:
    """Make the demo, serve it, take the pictures."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            data_dir=Path(folder), office_name="青禾县信访局", totp_roles=(), review_bodies=REVIEW_BODIES
        )
        make_keys(settings)
        database = Database(settings.url(), keys=settings.vault_keys).follow(settings)
        migrating.upgrade(database)
        migrating.fill(database)
        make(database, password=PASSWORD)
        with database.work(write=False) as session:
            case = session.scalars(select(Case.id).where(Case.state == "accepted").order_by(Case.id.desc())).first()
        with served(settings, database) as url, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--lang=zh-CN"])
            shots = (
                ("workbench", "jingban", "/"),
                ("case", "jingban", f"/cases/{case}"),
                ("counter", "dengji", "/register"),
            )
            for name, person, path in shots:
                page = opened(browser, url, person)
                page.goto(url + path)
                page.wait_for_load_state("networkidle")
                page.screenshot(path=TARGET / f"{name}.png")
                print(f"took {name}.png")
            browser.close()
        database.dispose()


if __name__ == "__main__":
    main()
