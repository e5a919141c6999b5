"""A real identity provider (OpenID Connect, authorization code with PKCE), built with Authlib's server and run on
loopback: what it signs, redirects and refuses is what a region's provider does."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import grants
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import UserInfo
from authlib.oidc.core.grants import OpenIDCode
from flask import Flask, jsonify, request
from joserfc.jwk import KeySet, RSAKey

from tests.live import listening

CLIENT_ID, CLIENT_SECRET = "petitions-of-qinghe", "a secret of the test"


@dataclass
class Someone:
    """Who is logged in at the provider."""

    subject: str = "qh-0001"
    amr: tuple[str, ...] = ("pwd",)


@dataclass
class Code:
    """One authorization code."""

    code: str
    redirect_uri: str
    scope: str
    nonce: str | None
    code_challenge: str | None
    code_challenge_method: str | None
    user: Someone
    auth_time: int = field(default_factory=lambda: int(time.time()))

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str | None:
        return self.nonce

    def get_auth_time(self) -> int:
        return self.auth_time

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> list[str]:
        return list(self.user.amr)


class Installation:
    """The one client the provider knows."""

    def __init__(self, back: str) -> None:
        self.client_id, self.back = CLIENT_ID, back

    def get_client_id(self) -> str:
        return self.client_id

    def get_default_redirect_uri(self) -> str:
        return self.back

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri == self.back

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == CLIENT_SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:  # noqa: ARG002
        return method in ("client_secret_basic", "client_secret_post")

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


class Provider:
    """The provider: `someone` is whoever sits at its login page; `claims` changes what it signs."""

    def __init__(self, back: str) -> None:
        self.someone: Someone | None = Someone()
        self.claims: dict[str, Any] = {}
        self.issuer, self.codes, self.client = "", dict[str, Code](), Installation(back)
        self.key = RSAKey.generate_key(2048, parameters={"kid": "first"}, private=True)
        self.signs_with = self.key
        self.app = Flask("provider")
        self.app.secret_key = "of the provider"
        server = AuthorizationServer(self.app, query_client=lambda _: self.client, save_token=lambda *_: None)
        provider = self

        class Grant(grants.AuthorizationCodeGrant):  # type: ignore[misc]
            TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic", "client_secret_post")

            def save_authorization_code(self, code: str, request: Any) -> None:
                data = request.payload.data
                provider.codes[code] = Code(
                    code, request.payload.redirect_uri, request.scope, data.get("nonce"), data.get("code_challenge"),
                    data.get("code_challenge_method"), request.user,
                )  # fmt: skip

            def query_authorization_code(self, code: str, client: Any) -> Code | None:  # noqa: ARG002
                return provider.codes.get(code)

            def delete_authorization_code(self, authorization_code: Code) -> None:
                provider.codes.pop(authorization_code.code)

            def authenticate_user(self, authorization_code: Code) -> Someone:
                return authorization_code.user

        class Named(OpenIDCode):  # type: ignore[misc]
            def exists_nonce(self, nonce: str, request: Any) -> bool:  # noqa: ARG002
                return False

            def resolve_client_private_key(self, client: Any) -> RSAKey:  # noqa: ARG002
                return provider.signs_with

            def get_client_algorithm(self, client: Any) -> str:  # noqa: ARG002
                return "RS256"

            def get_encode_header(self, client: Any) -> dict[str, Any]:  # noqa: ARG002
                return {"alg": "RS256", "kid": "first"}

            def get_client_claims(self, client: Any) -> dict[str, Any]:  # noqa: ARG002
                now = int(time.time())
                return {"iss": provider.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 300}

            def generate_user_info(self, user: Someone, scope: str) -> UserInfo:  # noqa: ARG002
                return UserInfo(**{"sub": user.subject, **provider.claims})

        server.register_grant(Grant, [Named(require_nonce=True), CodeChallenge(required=True)])

        @self.app.get("/.well-known/openid-configuration")
        def about() -> Any:
            at = self.issuer
            return jsonify(
                issuer=at, authorization_endpoint=f"{at}/authorize", token_endpoint=f"{at}/token", jwks_uri=f"{at}/keys",
                response_types_supported=["code"], id_token_signing_alg_values_supported=["RS256"],
            )  # fmt: skip

        @self.app.get("/keys")
        def keys() -> Any:
            return jsonify(KeySet([self.key]).as_dict(private=False))

        @self.app.get("/authorize")
        def authorize() -> Any:
            asked = server.create_oauth2_request(request)
            grant = server.get_authorization_grant(asked)
            return server.create_authorization_response(asked, self.someone, grant)

        @self.app.post("/token")
        def token() -> Any:
            return server.create_token_response(request)


@contextmanager
def running(back: str) -> Iterator[Provider]:
    """A provider on a free port of loopback."""
    provider = Provider(back)
    with listening(provider.app) as provider.issuer:
        yield provider
