"""What every answer carries, whom it is given to, and what an installation must not be served with."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from petitions.app import create_app
from petitions.cli import main
from petitions.db import Database
from petitions.selfcheck import unfit_for_others
from petitions.settings import Settings
from petitions.web.responses import Application
from tests.factories import World, matter_in
from tests.pages import Browse, Browser

SECRET = "of this test only, and long enough for it"

EXACTLY = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), microphone=(), payment=(), usb=()",
}


def test_every_answer_carries_the_same_headers(browser_of: Browse, world: World) -> None:
    case = matter_in(world, "accepted")
    browser = browser_of(world.handler)
    for url in ("/", "/cases", f"/cases/{case.id}", "/cases/999999", "/audit", "/nowhere", "/static/css/petitions.css",
                "/static/nothing.js", "/login", "/healthz"):  # fmt: skip
        answer = browser.client.get(url)
        assert {name: answer.headers.get(name) for name in EXACTLY} == EXACTLY, url
        policy = answer.headers["Content-Security-Policy"]
        assert "'unsafe" not in policy
        assert "default-src 'self'" in policy
        if not url.startswith("/static"):
            assert answer.headers["Cache-Control"] == "no-store", url
        answer.close()


def test_no_page_has_a_script_or_a_style_inside(browser_of: Browse, world: World) -> None:
    case = matter_in(world, "accepted")
    browser = browser_of(world.handler)
    for url in ("/", "/cases", f"/cases/{case.id}", f"/cases/{case.id}/submit_opinion", "/preferences"):
        page = browser.get(url).get_data(as_text=True)
        assert " style=" not in page, url
        assert "onclick" not in page, url
        assert "<script>" not in page, url


@pytest.fixture
def made(tmp_path: Path) -> Settings:
    """An installation with a good secret."""
    return Settings(data_dir=tmp_path, secret_key=SECRET)


def _answer(settings: Settings, database: Database, **headers: str) -> int:
    app = create_app(settings, database)
    return app.test_client().get("/login", headers=headers).status_code


def test_a_name_the_service_is_not_known_under_is_refused(own_database: Database, made: Settings) -> None:
    named = made.model_copy(update={"trusted_hosts": ("xinfang.example",)})
    assert _answer(named, own_database, Host="xinfang.example") == 200
    for strange in ("evil.example", "xinfang.example.evil.example", "xinfang.example@evil.example", "127.0.0.1"):
        assert _answer(named, own_database, Host=strange) == 400, strange
    assert _answer(made, own_database, Host="any.example") == 200


@pytest.mark.parametrize(("proxies", "seen"), [(0, "127.0.0.1"), (1, "10.0.0.9"), (2, "10.0.0.8")])
def test_an_address_is_believed_from_as_many_proxies_as_are_ours(
    own_database: Database, made: Settings, proxies: int, seen: str
) -> None:
    app = create_app(made.model_copy(update={"proxies": proxies}), own_database)
    found: list[str | None] = []

    @app.before_request
    def look() -> None:
        from flask import request  # noqa: PLC0415 - of this request

        found.append(request.remote_addr)

    app.test_client().get("/login", headers={"X-Forwarded-For": "10.0.0.7, 10.0.0.8, 10.0.0.9"})
    assert found == [seen]


def test_over_tls_the_browser_is_told_to_stay_there(own_database: Database, made: Settings) -> None:
    app: Application = create_app(made.model_copy(update={"secure_cookies": True}), own_database)
    assert app.test_client().get("/login").headers["Strict-Transport-Security"] == "max-age=31536000"
    plain: Application = create_app(made, own_database)
    assert "Strict-Transport-Security" not in Browser(plain, None).get("/login").headers


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ({}, ["transport"]),
        ({"plain_http": True}, []),
        ({"secure_cookies": True}, []),
        ({"secure_cookies": True, "secret_key": "changeme"}, ["secret"]),
        ({"secret_key": "short"}, ["secret", "transport"]),
    ],
)
def test_what_forbids_serving_other_machines(made: Settings, changes: dict[str, object], names: list[str]) -> None:
    found = unfit_for_others(made.model_copy(update=changes))
    assert [one.name for one in found] == names
    assert all(one.remedy for one in found)


def test_serving_other_machines_unprotected_is_refused_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PETITIONS_DATA_DIR", str(tmp_path))
    runner = CliRunner()
    assert runner.invoke(main, ["init", "--yes"]).exit_code == 0
    told = runner.invoke(main, ["serve", "--host", "0.0.0.0", "--port", "1", "--yes"])  # noqa: S104 - it must not come to that
    assert told.exit_code != 0
    assert "PETITIONS_SECURE_COOKIES=true" in told.output
