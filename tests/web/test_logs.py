"""The log holds no personal data, whatever goes wrong."""

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from petitions.web.responses import Application
from tests.factories import World, typed
from tests.pages import Browser

CANARIES = ("璩静姝", "19955556666", "独有的一句话")


@pytest.mark.parametrize("table", ["petitioners"])
def test_a_fault_is_logged_without_what_was_typed(
    app: Application, world: World, session: Session, capfd: pytest.CaptureFixture[str], table: str
) -> None:
    app.config["PROPAGATE"] = False
    session.commit()
    browser = Browser(app, world.clerk)
    session.execute(text(f"ALTER TABLE {table} RENAME TO elsewhere"))
    session.commit()
    form = typed(name=CANARIES[0], phone=CANARIES[1], text=CANARIES[2] * 20, submission="a" * 32)
    assert browser.client.post("/register", data=form).status_code == 500
    said = "".join(capfd.readouterr())
    assert '"fault"' in said
    assert "trace" in said
    assert not [canary for canary in CANARIES if canary in said]
