"""A small provider of OpenID Connect over real HTTP, which signs in whoever it is told to, rightly or wrongly.

It checks what a real one checks: the client's secret, the code used once, the redirect address and the PKCE verifier.
"""

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "haechi", "s3cret of a test"


@cache
def own_key() -> RSAKey:
    """Every provider's here: making one takes a while."""
    return rsa()


def rsa() -> RSAKey:
    return RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"}, auto_kid=True)


@dataclass
class TestProvider:
    """What it says, and what was asked of it."""

    __test__ = False
    issuer: str = ""
    key: RSAKey = field(default_factory=own_key)
    person: dict[str, Any] = field(default_factory=lambda: {"sub": "248289761001"})
    claims: Callable[[dict[str, Any]], dict[str, Any]] = lambda claims: claims
    forge: Callable[["TestProvider", dict[str, Any]], str] | None = None
    document: dict[str, Any] = field(default_factory=dict)
    further_keys: list[dict[str, Any]] = field(default_factory=list)
    denies: bool = False
    fails: bool = False
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def discovery(self) -> dict[str, Any]:
        found = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorise",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
        }
        return {**found, **self.document}

    def authorise(self, query: dict[str, str]) -> str:
        """Where it sends the browser back to."""
        assert (query["response_type"], query["client_id"]) == ("code", CLIENT)
        assert query["code_challenge_method"] == "S256"
        if self.denies:
            return f"{query['redirect_uri']}?{urlencode({'error': 'access_denied', 'state': query['state']})}"
        code = secrets.token_urlsafe(16)
        self.codes[code] = query
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def token(self, form: dict[str, str], authorisation: str) -> tuple[int, dict[str, Any]]:
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        query = self.codes.pop(form.get("code", ""), None)
        if (
            query is None
            or form["redirect_uri"] != query["redirect_uri"]
            or authorisation != f"Basic {basic}"
        ):
            return 400, {"error": "invalid_grant"}
        shown = hashlib.sha256(form["code_verifier"].encode()).digest()
        if base64.urlsafe_b64encode(shown).decode().rstrip("=") != query["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        said = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": query["nonce"]}
        said = self.claims({**said, **self.person})
        token = self.forge(self, said) if self.forge else self.signed(said)
        return 200, {"access_token": "a", "token_type": "Bearer", "id_token": token}

    def signed(self, claims: dict[str, Any], key: RSAKey | None = None) -> str:
        used = key or self.key
        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, used)


class _Handler(BaseHTTPRequestHandler):
    provider: TestProvider

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        self.provider.asked.append(parts.path)
        if self.provider.fails:
            self._answer(500, {})
        elif parts.path == "/.well-known/openid-configuration":
            self._answer(200, self.provider.discovery())
        elif parts.path == "/keys":
            self._answer(
                200, {"keys": [*self.provider.further_keys, self.provider.key.as_dict(private=False)]}
            )
        else:
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            self.send_response(302)
            self.send_header("Location", self.provider.authorise(query))
            self.end_headers()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        self._answer(*self.provider.token(form, self.headers.get("Authorization", "")))

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, *_: Any) -> None:
        """Nothing is printed."""


@contextmanager
def serving() -> Iterator[TestProvider]:
    """A provider that answers on a loopback address."""
    provider = TestProvider()
    handler = type("Handler", (_Handler,), {"provider": provider})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        provider.issuer = f"http://127.0.0.1:{server.server_address[1]}"
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield provider
        finally:
            server.shutdown()
