"""Logging in through the identity provider of the region (OpenID Connect), where an installation names one.

The provider says who somebody is and nothing else: the account that bears its identifier says what they may do, and
nobody gets an account here by having one there. Needs the extra `oidc` (Authlib).
"""

import logging
import re
import unicodedata
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, current_app, session
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from petitions import db
from petitions.access import audit, login
from petitions.access.models import User
from petitions.access.wanted import short_enough
from petitions.settings import Settings
from petitions.words import Refused, say

_log = logging.getLogger(__name__)

_EXTENSION = "petitions_provider"
_NEXT = "provider_next"
_BEGUN = "_state_provider_"
"""What the names begin with under which Authlib keeps state, nonce and the secret of PKCE; each takes some 500 bytes."""
_AT_ONCE = 2
"""So many windows of one browser may be on their way to the provider."""
_PATIENCE = 10
"""Seconds the provider has to answer; somebody is looking at a blank page meanwhile."""

_LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True)
class Vouched:
    """What the provider has said about whoever came back from it."""

    subject: str
    """Its identifier of the person (`sub`): never used again for somebody else."""
    twice: bool
    """They showed two factors there (`amr` holds “mfa”, RFC 8176), so ours is not asked for again."""


def install(app: Flask) -> None:
    """Make the provider of the settings known to the application; nothing where they name none.

    Raises ValueError for half of the settings or an address without TLS, RuntimeError where Authlib is not installed.
    """
    settings: Settings = app.config["SETTINGS"]
    if not settings.oidc_issuer:
        return
    if not settings.oidc_client_id or not settings.oidc_client_secret:
        raise ValueError("PETITIONS_OIDC_ISSUER needs PETITIONS_OIDC_CLIENT_ID and PETITIONS_OIDC_CLIENT_SECRET")
    address = urlsplit(settings.oidc_issuer)
    if address.scheme != "https" and address.hostname not in _LOOPBACK:
        raise ValueError("PETITIONS_OIDC_ISSUER must begin with https://: whoever is between could say who is who")
    try:
        from authlib.integrations.flask_client import OAuth  # noqa: PLC0415 - an optional extra
    except ImportError:
        raise RuntimeError("PETITIONS_OIDC_ISSUER needs the extra: pip install 'petitions[oidc]'") from None
    app.extensions[_EXTENSION] = OAuth(app).register(
        "provider",
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret,
        server_metadata_url=f"{settings.oidc_issuer.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={"scope": "openid", "code_challenge_method": "S256", "default_timeout": _PATIENCE},
    )


def is_there() -> bool:
    """Whether this installation names a provider."""
    return _EXTENSION in current_app.extensions


def send_there(back: str, wanted: str) -> ResponseReturnValue:
    """The redirect to the provider; it sends the person to `back`, and we them on to `wanted`. Raises Refused."""
    _forget_earlier()
    try:
        answer: ResponseReturnValue = _client().authorize_redirect(back)
    except _failures() as failure:
        raise _no_answer(failure) from None
    session[_NEXT] = short_enough(wanted)
    return answer


def come_back() -> tuple[Vouched, str]:
    """Who came back from the provider, and where they wanted to go.

    Authlib holds the answer to state, nonce and PKCE of this browser and to the provider's signature, audience and
    time. Raises Refused for anything that does not hold.
    """
    wanted = str(session.pop(_NEXT, ""))
    settings: Settings = current_app.config["SETTINGS"]
    try:
        said = dict(_client().authorize_access_token().get("userinfo") or {})
    except _failures() as failure:
        raise _no_answer(failure) from None
    # The document that names the keys also names their issuer: it must be the one of the settings.
    if not said.get("sub") or said.get("iss") != settings.oidc_issuer:
        raise _no_answer(ValueError("the answer names no person or another issuer"))
    return Vouched(str(said["sub"]), "mfa" in (said.get("amr") or ())), wanted


def person_of(vouched: Vouched) -> User:
    """The account that bears the identifier. Raises Refused where none does or it is disabled; that is recorded."""
    person = db.session().scalar(select(User).where(User.subject == vouched.subject))
    if person is None or not person.active:
        audit.refused("login:provider", actor=person)
        raise Refused(say("身份已经核实，但这里没有和它对应的可用账号，请安全管理员在账号里登记统一身份认证标识"))
    return person


def _forget_earlier() -> None:
    """Of the ways this browser has set out on, the newest stays: Authlib keeps each for an hour, and the cookie has little room."""
    begun = sorted((name for name in session if name.startswith(_BEGUN)), key=lambda name: session[name].get("exp", 0))
    for name in begun[: 1 - _AT_ONCE]:
        session.pop(name)


_SUBJECT = re.compile(r"[!-~]{1,255}")
"""OpenID Connect Core 2: at most 255 ASCII characters; a blank in it is a slip of copying."""


def name(person: User, typed: str, by: User) -> int:
    """What the provider calls this person from now on; empty: nothing. Returns how many logins that ended.

    Raises Refused for one's own account, for what is no identifier, and for one that another account bears.
    """
    subject = unicodedata.normalize("NFKC", typed).strip()
    if by.id == person.id:
        raise Refused(say("自己的统一身份认证标识请另一位安全管理员登记"))
    if subject and not _SUBJECT.fullmatch(subject):
        raise Refused(say("统一身份认证标识是字母、数字和符号，最多255个，中间没有空格"))
    bearer = db.session().scalar(select(User.name).where(User.subject == subject, User.id != person.id))
    if subject and bearer:
        raise Refused(say("这个标识已经登记在“{name}”的账号上", name=bearer))
    before, person.subject = person.subject or "", subject or None
    audit.record("user:subject", person, before={"subject": before}, after={"subject": subject})
    return login.end_all(person)


def _client() -> Any:
    return current_app.extensions[_EXTENSION]


def _no_answer(failure: Exception) -> Refused:
    # The kind alone: an answer of the provider may hold a name or a token.
    _log.warning("login through the provider failed: %s", type(failure).__name__)
    return Refused(say("统一身份认证没有成功，再试一次；还是不行请用用户名和密码登录，并告诉系统管理员"))


def _failures() -> tuple[type[Exception], ...]:
    from authlib.common.errors import AuthlibBaseError  # noqa: PLC0415 - an optional extra
    from joserfc.errors import JoseError  # noqa: PLC0415
    from requests import RequestException  # noqa: PLC0415

    # RuntimeError and ValueError: a document of the provider that lacks a part or is none.
    return (AuthlibBaseError, JoseError, RequestException, RuntimeError, ValueError, KeyError)
