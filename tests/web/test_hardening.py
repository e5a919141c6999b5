"""What every answer carries, whom it is given to, and what an installation must not be served with."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import BadSignature
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from petitions import paths
from petitions.access.models import Unit
from petitions.app import create_app
from petitions.cli import main
from petitions.db import Database
from petitions.matters import who
from petitions.matters.models import Petitioner
from petitions.selfcheck import unfit_for_others
from petitions.settings import Settings
from petitions.web.responses import Application
from tests.factories import World, matter_in, typed
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
        assert not [name for name, _ in answer.headers if name.startswith("Access-Control-")], url
        if not url.startswith("/static"):
            assert answer.headers["Cache-Control"] == "no-store", url
        answer.close()


def test_every_answer_says_what_it_is_and_in_which_encoding(browser_of: Browse, world: World) -> None:
    case = matter_in(world, "accepted")
    browser = browser_of(world.handler)
    for url, kind in (
        ("/", "text/html"), (f"/cases/{case.id}", "text/html"), ("/nowhere", "text/html"), ("/login", "text/html"),
        ("/static/css/petitions.css", "text/css"), ("/static/js/app.js", "text/javascript"), ("/healthz", "application/json"),
    ):  # fmt: skip
        answer = browser.client.get(url)
        assert answer.mimetype == kind, url
        assert kind == "application/json" or answer.content_type.endswith("; charset=utf-8"), url
        answer.close()


def test_only_methods_that_a_page_names_are_answered(browser_of: Browse, world: World) -> None:
    case = matter_in(world, "accepted")
    browser = browser_of(world.handler)
    for url in ("/", f"/cases/{case.id}", "/login"):
        for method in ("TRACE", "PUT", "PATCH", "DELETE"):
            assert browser.client.open(url, method=method).status_code == 405, (method, url)


def test_leaving_tells_the_browser_to_throw_away_what_it_kept(browser_of: Browse, world: World) -> None:
    browser = browser_of(world.handler)
    assert "Clear-Site-Data" not in browser.client.get("/").headers
    assert browser.client.post("/logout").headers["Clear-Site-Data"] == '"cache", "storage"'


def test_no_form_is_taken_without_its_token(own_database: Database, made: Settings) -> None:
    """A page elsewhere can make a browser send a form, not know the token of ours."""
    app = create_app(made, own_database)
    browser = app.test_client()
    asked = 0
    for rule in app.url_map.iter_rules():
        if "POST" in (rule.methods or ()):
            one_of = re.sub(r"<any\('?(\w+)[^>]*>", r"\1", rule.rule)
            url = re.sub(r"<[^>]*>", "1", one_of)
            answer = browser.post(url, data={"csrf_token": "forged"})
            assert answer.status_code == 400, url
            asked += 1
    assert asked > 50


def test_the_session_cookie_is_kept_from_scripts_and_other_sites_and_cannot_be_forged(
    own_database: Database, made: Settings
) -> None:
    app = create_app(made.model_copy(update={"secure_cookies": True}), own_database)
    answer = app.test_client().get("/login", base_url="https://xinfang.example")
    said = answer.headers["Set-Cookie"]
    for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert f"; {part}" in said
    name, value = said.split(";")[0].split("=", 1)
    signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    assert signer.loads(value)
    older = SecureCookieSessionInterface().get_signing_serializer(app)
    assert older is not None
    with pytest.raises(BadSignature):
        older.loads(value)  # SHA-1
    with pytest.raises(BadSignature):
        signer.loads(value[:-2] + ("AA" if not value.endswith("AA") else "BB"))
    assert name.startswith("__Host-") or name == app.config["SESSION_COOKIE_NAME"]


def test_what_a_reading_request_writes_is_not_kept(own_database: Database) -> None:
    """GET changes nothing, whatever a view does; what was seen is recorded in a transaction of its own."""
    with own_database.work(write=False) as session:
        session.add(Unit(name="只读", kind="office"))
        session.flush()
    with own_database.work(write=False) as session:
        assert session.scalars(select(Unit).where(Unit.name == "只读")).all() == []


@pytest.mark.parametrize("url", ["/static/", "/static/js/", "/static/../app.py", "/static/%2e%2e/app.py", "/static/js"])
def test_no_folder_is_listed_and_nothing_beside_it_is_served(app: Application, url: str) -> None:
    assert app.test_client().get(url).status_code == 404


def test_a_parameter_that_is_sent_twice_counts_once(browser_of: Browse, world: World, session: Session) -> None:
    """The first one, whoever reads it: what was checked is what is kept."""
    form = MultiDict([*typed(name="田小禾").items(), ("name", "李四方"), ("phone", "19900009999")])
    answer = browser_of(world.clerk).client.post("/register", data=form)
    assert answer.status_code == 302
    person = session.scalars(select(Petitioner)).one()
    assert person.name == "田小禾"
    assert who.masked(person)["phone"] == "199****1234"


def test_the_browser_is_given_nothing_to_store_but_the_width_of_the_menu() -> None:
    scripts = sorted((paths.STATIC / "js").glob("*.js"))
    stored = re.findall(
        r"(?:localStorage|sessionStorage)\.setItem\(\s*([^,]+),|indexedDB|document\.cookie\s*=",
        "".join(one.read_text(encoding="utf-8") for one in scripts if one.name != "offline.js"),
    )
    assert stored == ['"petitions.menu"']


def test_a_record_written_without_a_network_is_stored_locked_and_in_no_other_way() -> None:
    """tests/mediation/test_offline_in_a_browser.py looks at what lies there, and that a logout takes it away."""
    script = (paths.STATIC / "js" / "offline.js").read_text(encoding="utf-8")
    assert not re.search(r"localStorage|sessionStorage|document\.cookie", script)
    # Rows of the vault, the key that no script can read, and the same row with what is known of its sending.
    assert re.findall(r"generateKey\([^)]*\}, (\w+),", script) == ["false"]
    assert set(re.findall(r"createObjectStore\(\"(\w+)\"", script)) == {"keys", "records", "photos"}


def test_only_the_box_for_files_listens_to_what_is_pasted(browser_of: Browse, world: World) -> None:
    """A password manager fills the boxes of passwords, and they are never shown as typed at first."""
    listening = [one.name for one in (paths.STATIC / "js").glob("*.js") if '"paste"' in one.read_text(encoding="utf-8")]
    assert listening == ["attach.js"]
    for url in ("/login", "/preferences"):
        page = (Browser(browser_of(world.clerk).app, None) if url == "/login" else browser_of(world.clerk)).get(url)
        boxes = re.findall(r"<input[^>]*password[^>]*>", page.get_data(as_text=True))
        assert boxes or url != "/login"
        assert [box for box in boxes if 'type="password"' not in box] == []


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
    assert app.test_client().get("/login").headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
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
