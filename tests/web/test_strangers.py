"""What somebody without a login gets: no file of the installation, no version, no address under another name (S17, S22)."""

import sys
from importlib.metadata import version
from itertools import product

import pytest

from petitions.web.responses import Application
from tests.pages import Browser

OURS = "xinfang.example"

NAMES = (
    "evil.example", f"{OURS}.evil.example", f"evil.example.{OURS}", f"{OURS}@evil.example", f"evil.example@{OURS}",
    f"{OURS}:80@evil.example", f"{OURS}:99999", f"{OURS}:evil", f"{OURS}:", f"{OURS}/evil.example", f"{OURS}\\evil.example",
    f"{OURS}?evil.example", f"{OURS}#evil.example", f"{OURS}%00evil.example", f"{OURS}%2eevil.example", f"{OURS} evil.example",
    f"{OURS},evil.example", f"{OURS};evil.example", f"http://{OURS}", f"//{OURS}", f"{OURS}..", f".{OURS}", f"-{OURS}", f"x{OURS}",
    f"{OURS}x", "localhost", "127.0.0.1", "127.0.0.1:8377", "[::1]", "10.0.0.1", "2130706433", "xinfang", "example", "*", "",
    f"*.{OURS}", f"'{OURS}'", f'"{OURS}"', f"<{OURS}>", f"{OURS}{'a' * 300}",
)  # fmt: skip

FORWARDED = {
    "X-Forwarded-Host": "evil.example", "X-Forwarded-Server": "evil.example", "X-Host": "evil.example",
    "X-HTTP-Host-Override": "evil.example", "Forwarded": "host=evil.example;proto=http", "X-Original-URL": "/admin/users",
    "X-Rewrite-URL": "/admin/users", "X-Forwarded-Prefix": "//evil.example", "X-Forwarded-Scheme": "evil",
    "X-Original-Host": "evil.example", "X-Forwarded-Port": "99", "Referer": "http://evil.example/", "Origin": "http://evil.example",
}  # fmt: skip


@pytest.fixture
def named(app: Application) -> Application:
    """An installation that says under which name it is known."""
    app.config["TRUSTED_HOSTS"] = [OURS]
    return app


def test_under_any_other_name_nothing_is_served(named: Application) -> None:
    for host, url in product(NAMES, ("/login", "/cases")):
        answer = named.test_client().get(url, environ_overrides={"HTTP_HOST": host, "SERVER_NAME": "10.0.0.2"})
        assert "evil.example" not in answer.headers.get("Location", ""), (host, url)
        assert answer.status_code == 400, (host, url)


def test_the_right_name_is_served_with_or_without_its_port(named: Application) -> None:
    for host in (OURS, f"{OURS}:8443"):
        assert named.test_client().get("/login", headers={"Host": host}).status_code == 200, host


def test_no_header_makes_an_address_of_ours(named: Application) -> None:
    client = named.test_client()
    for header, url in product(FORWARDED, ("/login", "/cases", "/nowhere")):
        answer = client.get(url, headers={"Host": OURS, header: FORWARDED[header]})
        told = answer.get_data(as_text=True) + str(answer.headers)
        assert "evil.example" not in told, (header, url)
        assert answer.headers.get("Location", "/").startswith("/"), (header, url)


def test_an_address_with_two_slashes_leads_nowhere(app: Application) -> None:
    answer = Browser(app, None).client.get("/login//trap.example")
    assert (answer.status_code, answer.location) == (404, None)


LYING_ABOUT = (
    "/.git/config", "/.git/HEAD", "/.env", "/petitions.sqlite3", "/data/petitions.sqlite3", "/pyproject.toml",
    "/static/", "/static/css/", "/static/../pyproject.toml", "/static/%2e%2e/pyproject.toml", "/static/..%2fpyproject.toml",
    "/static/%2e%2e%2f%2e%2e%2fetc/passwd", "/static//etc/passwd", "/static/css/../../app.py", "/static/.htaccess",
    "/console", "/debug", "/metrics", "/server-status", "/robots.txt.bak", "/backup.zip", "/vault.keys", "/secret_key",
)  # fmt: skip


def test_nothing_that_lies_about_is_served(app: Application) -> None:
    browser = Browser(app, None)
    for url in LYING_ABOUT:
        with browser.client.get(url, follow_redirects=True) as answer:
            assert answer.status_code == 404, url


def test_a_stranger_is_not_told_what_runs_here(app: Application) -> None:
    browser = Browser(app, None)
    known = (
        version("petitions"),
        version("flask"),
        version("werkzeug"),
        sys.version.split()[0],
        "Werkzeug",
        "waitress",
    )
    for url in ("/login", "/nowhere", "/healthz", "/static/nothing", "/cases"):
        with browser.client.get(url) as answer:
            told = answer.get_data(as_text=True) + str(answer.headers)
            assert not [word for word in known if word in told], url
