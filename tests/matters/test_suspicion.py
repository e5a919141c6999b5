"""What looks like an accusation is asked about where it comes in, and nothing is sealed by a question."""

import re
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from petitions.matters.models import Matter
from petitions.matters.suspicion import Signs, hints
from petitions.settings import Settings
from petitions.web.responses import Application
from tests.factories import World, new_petition, typed
from tests.pages import Browser

SIGNS = Signs(("举报", "侵占"), ("书记",), ("120000",))
ACCUSING = {"text": "村支书侵占征地补偿款，请求查处。", "respondent": ""}


def form(**changes: Any) -> dict[str, Any]:
    return {"submission": "c" * 32, **typed(**changes)}


def registered(session: Session) -> list[Matter]:
    session.expire_all()
    return list(session.scalars(select(Matter).order_by(Matter.id)))


@pytest.mark.parametrize(
    ("text", "class_code", "respondent", "count"),
    [
        ("请求修路。", "010100", "河湾镇政府", 0), ("我要举报。", "010100", "", 1), ("请求修路。", "120100", "", 1),
        ("请求修路。", "120000", "", 1), ("请求修路。", "010100", "某村书记", 1), ("举报他侵占。", "120300", "书记", 3),
        ("", "", "", 0),
    ],
)  # fmt: skip
def test_words_class_and_title_are_the_signs(
    world: World, text: str, class_code: str, respondent: str, count: int
) -> None:
    assert len(hints(SIGNS, text, class_code, respondent)) == count


def test_the_counter_asks_before_it_saves_what_looks_like_an_accusation(
    world: World, browser_of: Any, session: Session
) -> None:
    browser: Browser = browser_of(world.clerk)
    asked = browser.post("/register", form(**ACCUSING))
    page = asked.get_data(as_text=True)
    assert asked.status_code == 422
    assert "文中有“侵占”" in page
    assert registered(session) == [], "nothing is saved, and nothing sealed, by the question"
    first, *_ = re.findall(r'<button type="submit"[^>]*>', page[page.index('id="register"') :])
    assert "decided" not in first, "no key that saves seals"


def test_one_click_seals_and_another_registers_as_it_is(world: World, browser_of: Any, session: Session) -> None:
    browser: Browser = browser_of(world.clerk)
    assert browser.post("/register", form(decided="accusation", **ACCUSING)).status_code == 302
    assert (
        browser.post("/register", {**form(decided="ordinary", **ACCUSING), "submission": "d" * 32}).status_code == 302
    )
    assert [(row.sealed, row.purpose) for row in registered(session)] == [(True, "accusation"), (False, "request")]


def test_the_answer_is_kept_when_another_field_is_refused(world: World, browser_of: Any) -> None:
    page = browser_of(world.clerk).post("/register", form(decided="ordinary", place="", **ACCUSING))
    html = page.get_data(as_text=True)
    assert page.status_code == 422
    assert 'name="decided" value="ordinary"' in html
    assert "是不是检举控告" not in html


def test_an_ordinary_petition_is_not_asked_about(world: World, browser_of: Any) -> None:
    assert browser_of(world.clerk).post("/register", form()).status_code == 302


def test_the_words_are_a_setting(world: World, app: Application, browser_of: Any) -> None:
    app.config["SETTINGS"] = Settings(
        data_dir=app.config["SETTINGS"].data_dir, secret_key="of this test only", accusation_words=("承包地",)
    )
    browser: Browser = browser_of(world.clerk)
    assert browser.post("/register", form()).status_code == 422
    assert browser.post("/register", form(**ACCUSING)).status_code == 302


def test_the_queue_asks_until_somebody_has_said_what_it_is(world: World, browser_of: Any, session: Session) -> None:
    matter = new_petition(world, **ACCUSING).matter
    browser: Browser = browser_of(world.clerk)
    page = browser.get(f"/triage/{matter.id}").get_data(as_text=True)
    assert "文中有“侵占”" in page
    session.expire_all()
    assert not matter.sealed, "a question that was seen seals nothing"
    asked = page[page.index("note-box-sealed") :].split("</form>")[0]
    sent = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', asked))
    assert browser.post(f"/triage/{matter.id}", sent).status_code == 302
    session.expire_all()
    assert (matter.sealed, matter.nature, matter.place) == (True, "accusation", "河湾镇")


def test_a_chosen_nature_is_the_answer(world: World, browser_of: Any) -> None:
    matter = new_petition(world, **ACCUSING).matter
    browser: Browser = browser_of(world.clerk)
    sent = {"way": "classify", "version": matter.version, "nature": "appeal", "purpose": "request",
            "class_code": "010100", "place": "河湾镇"}  # fmt: skip
    assert browser.post(f"/triage/{matter.id}", sent).status_code == 302
    assert "是不是检举控告" not in browser.get(f"/triage/{matter.id}").get_data(as_text=True)
