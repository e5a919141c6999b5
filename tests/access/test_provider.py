"""Logging in through an identity provider: a real one runs beside the test and signs what it says."""

import secrets
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
import requests
from joserfc.jwk import RSAKey
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from petitions import clock
from petitions.access import provider as provider_of
from petitions.access import totp
from petitions.access.audit import AuditEntry
from petitions.access.models import Login, User
from petitions.access.passwords import hash_password
from petitions.app import create_app
from petitions.settings import Settings
from petitions.web.responses import Application
from petitions.words import Refused
from tests.conftest import Isolated
from tests.factories import World
from tests.pages import Browser
from tests.provider import CLIENT_ID, CLIENT_SECRET, Provider, Someone, running

BACK = "http://localhost/login/provider/answer"
REFUSED = "统一身份认证没有成功"


@pytest.fixture
def provider() -> Iterator[Provider]:
    """The provider of the region."""
    with running(BACK) as provider:
        yield provider


@pytest.fixture
def office(database: Isolated, settings: Settings, provider: Provider) -> Application:
    """An installation that names it."""
    named = settings.model_copy(
        update={"oidc_issuer": provider.issuer, "oidc_client_id": CLIENT_ID, "oidc_client_secret": CLIENT_SECRET}
    )
    app = create_app(named, database)
    app.config.update(TESTING=True, PROPAGATE=True, WTF_CSRF_ENABLED=False)
    return app


@pytest.fixture
def clerk(session: Session, world: World) -> User:
    """A person whom the provider knows as qh-0001."""
    world.clerk.subject, world.clerk.password_hash = "qh-0001", hash_password("青禾-2026-登记")
    session.commit()
    return world.clerk


def _there(browser: Browser, to: str = "") -> str:
    """The address the provider sends the browser back to."""
    left = browser.get(f"/login/provider{to}")
    assert left.status_code == 302, left.get_data(as_text=True)
    answer = requests.get(left.headers["Location"], allow_redirects=False, timeout=10)
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


def _through(browser: Browser, to: str = "") -> TestResponse:
    return browser.get(_there(browser, to))


def _said(browser: Browser) -> str:
    return browser.get("/login").get_data(as_text=True)


def _logins(session: Session, person: User) -> list[bool]:
    return list(session.scalars(select(Login.by_provider).where(Login.user_id == person.id)))


def test_whoever_the_provider_knows_is_let_in_and_led_where_they_wanted(
    office: Application, clerk: User, session: Session
) -> None:
    browser = Browser(office, None)
    assert "用统一身份认证登录" in _said(browser)
    assert _through(browser, "?next=/cases").headers["Location"] == "/cases"
    assert browser.get("/").status_code == 200
    assert _logins(session, clerk) == [True]
    browser.post("/logout")
    assert browser.get("/").status_code == 302


def test_whoever_sets_out_again_and_again_still_comes_in(office: Application, clerk: User, session: Session) -> None:
    browser = Browser(office, None)
    for _ in range(30):
        before = _there(browser)
        last = _there(browser)
    assert browser.get(before).headers["Location"] == "/", "the window opened before it"
    browser.post("/logout")
    _there(browser)
    assert browser.get(last).headers["Location"] == "/login", "logging out ends what was begun"
    assert _through(browser, "?next=/cases").headers["Location"] == "/cases"
    assert _logins(session, clerk) == [True]


def test_the_cookie_holds_whatever_is_asked_for(office: Application, clerk: User) -> None:
    browser = Browser(office, None)
    for length, led in ((1_000, True), (1_001, False), (5_000, False)):
        way = "/cases?q=" + secrets.token_hex(length)[: length - 9]
        for _ in range(6):
            browser.get("/login/provider/answer?state=none")
        left = browser.get("/login/provider", query_string={"next": way})
        assert len(left.headers["Set-Cookie"]) < 4_000
        back = requests.get(left.headers["Location"], allow_redirects=False, timeout=10).headers["Location"]
        assert browser.get(back).headers["Location"] == (way if led else "/")
        browser.post("/logout")


def test_a_password_that_is_to_be_changed_keeps_nobody_out_who_has_not_used_it(
    office: Application, clerk: User, session: Session
) -> None:
    clerk.password_given = True
    session.commit()
    browser = Browser(office, None)
    _through(browser)
    assert browser.get("/").status_code == 200


def test_somebody_without_an_account_here_is_kept_out_and_that_is_recorded(
    office: Application, provider: Provider, clerk: User, session: Session
) -> None:
    provider.someone = Someone("qh-0002")
    browser = Browser(office, None)
    assert _through(browser).headers["Location"] == "/login"
    assert "没有和它对应的可用账号" in _said(browser)
    clerk.active, provider.someone = False, Someone()
    session.commit()
    assert _through(browser).headers["Location"] == "/login"
    assert browser.get("/").status_code == 302
    tried = session.scalars(select(AuditEntry.actor_id).where(AuditEntry.act == "login:provider")).all()
    assert tried == [None, clerk.id]


def test_an_answer_is_good_once_and_in_the_browser_that_asked_only(office: Application, clerk: User) -> None:
    browser, other = Browser(office, None), Browser(office, None)
    address = _there(browser)
    assert other.get(address).headers["Location"] == "/login"
    assert REFUSED in _said(other)
    assert browser.get(address).headers["Location"] == "/"
    again = Browser(office, None)
    assert again.get(address).headers["Location"] == "/login"
    assert again.get("/").status_code == 302


@pytest.mark.parametrize(
    "claims", [{"iss": "http://127.0.0.1:9"}, {"aud": "somebody-else"}, {"exp": 1}, {"nonce": "another"}, {"sub": ""}]
)
def test_an_answer_for_others_from_others_or_of_yesterday_lets_nobody_in(
    office: Application, provider: Provider, clerk: User, claims: dict[str, object]
) -> None:
    provider.claims = claims
    browser = Browser(office, None)
    assert _through(browser).headers["Location"] == "/login"
    assert REFUSED in _said(browser)
    assert browser.get("/").status_code == 302


def test_an_answer_signed_with_a_key_the_provider_does_not_show_lets_nobody_in(
    office: Application, provider: Provider, clerk: User
) -> None:
    provider.signs_with = RSAKey.generate_key(2048, parameters={"kid": "first"}, private=True)
    browser = Browser(office, None)
    assert _through(browser).headers["Location"] == "/login"
    assert REFUSED in _said(browser)


def test_a_person_who_turns_back_or_a_provider_that_is_down_is_told_so(
    office: Application, provider: Provider, clerk: User
) -> None:
    browser = Browser(office, None)
    provider.someone = None
    left = browser.get("/login/provider").headers["Location"]
    refused = requests.get(left, allow_redirects=False, timeout=10).headers["Location"]
    assert parse_qs(urlsplit(refused).query)["error"] == ["access_denied"]
    assert browser.get(refused).headers["Location"] == "/login"
    assert REFUSED in _said(browser)
    provider.app.view_functions["token"] = lambda: ("down", 500)
    provider.someone = Someone()
    assert _through(browser).headers["Location"] == "/login"
    assert REFUSED in _said(browser)


def test_the_second_step_is_asked_for_unless_the_provider_saw_two_factors(
    office: Application, provider: Provider, world: World, session: Session
) -> None:
    auditor = world.auditor
    auditor.subject = "qh-0001"
    session.commit()
    office.config["SETTINGS"].totp_roles = tuple(role.value for role in auditor.roles)
    browser = Browser(office, None)
    _through(browser)
    assert browser.get("/").headers["Location"].endswith("/account/code")
    provider.someone = Someone(amr=("pwd", "otp", "mfa"))
    other = Browser(office, None)
    _through(other)
    assert other.get("/").status_code == 200


def test_whoever_has_set_up_a_second_step_shows_it_here_too(
    office: Application, provider: Provider, clerk: User, session: Session
) -> None:
    totp.start(clerk)
    phone = pyotp.TOTP(totp.being_set_up(clerk))
    assert totp.confirm(clerk, phone.at(clock.now() - timedelta(seconds=30)))
    session.commit()
    browser = Browser(office, None)
    assert _through(browser, "?next=/inbox").headers["Location"] == "/login/code"
    assert browser.get("/").status_code == 302, "half a login opens nothing"
    assert browser.post("/login/code", {"code": phone.at(clock.now())}).headers["Location"] == "/inbox"
    assert _logins(session, clerk) == [True]


def test_the_security_administrator_names_a_person_once_and_never_himself(world: World, session: Session) -> None:
    by = world.administrator
    provider_of.name(world.clerk, " qh-0007 ", by)
    assert world.clerk.subject == "qh-0007"
    with pytest.raises(Refused, match="已经登记在"):
        provider_of.name(world.handler, "qh-0007", by)
    with pytest.raises(Refused, match="没有空格"):
        provider_of.name(world.handler, "qh 7", by)
    with pytest.raises(Refused, match="另一位"):
        provider_of.name(by, "qh-0008", by)
    provider_of.name(world.clerk, "", by)
    assert world.clerk.subject is None


def test_the_page_of_an_account_asks_for_it_where_there_is_a_provider(
    office: Application, app: Application, world: World, session: Session
) -> None:
    session.commit()
    where = f"/admin/users/{world.clerk.id}"
    chief = next(person for person in world.people.values() if "security_administrator" in person.roles)
    assert "统一身份认证标识" not in Browser(app, chief).get(where).get_data(as_text=True)
    browser = Browser(office, chief)
    assert "统一身份认证标识" in browser.get(where).get_data(as_text=True)
    assert browser.post(f"{where}/subject", {"subject": "qh-0001"}).status_code == 302
    session.expire_all()
    assert session.get_one(User, world.clerk.id).subject == "qh-0001"
    assert "没有空格" in browser.post(f"{where}/subject", {"subject": "a b"}).get_data(as_text=True)


def test_half_of_the_settings_or_an_address_without_tls_stops_the_start(settings: Settings, database: Isolated) -> None:
    for update in (
        {"oidc_issuer": "https://id.example"},
        {"oidc_issuer": "http://id.example", "oidc_client_id": "a", "oidc_client_secret": "b"},
    ):
        with pytest.raises(ValueError, match="PETITIONS_OIDC"):
            create_app(settings.model_copy(update=update), database)


def test_without_a_provider_there_is_no_way_to_one(app: Application) -> None:
    assert Browser(app, None).get("/login/provider").status_code == 404
    assert "统一身份认证" not in _said(Browser(app, None))
