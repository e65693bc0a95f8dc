"""The provider: where to send a browser, and who came back from there.

Authorisation code flow with PKCE (OpenID Connect Core 1.0 section 3.1, RFC 7636); tokens are checked as its section
3.1.3.7 says. Only signatures by a key pair count: a token signed with a shared secret, or not at all, is refused
whatever it claims (RFC 8725 section 3.1).
"""

from typing import Any, Final, NamedTuple

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from haechi.service.oidc.refusal import NotSignedInError
from haechi.service.oidc.settings import OidcSettings, is_safe
from haechi.service.oidc.waiting import Begun
from haechi.stores.users import Identity

_ALGORITHMS: Final = (
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "EdDSA",
)
_SECONDS: Final = 5.0
_LEEWAY: Final = 60
"""Seconds by which two machines' clocks may differ."""


class _Endpoints(NamedTuple):
    authorise: str
    token: str
    keys: str
    client_auth: str


class Provider:
    """One provider, by its discovery document, which is fetched when first needed.

    Args:
        settings: how the platform is known to it.
    """

    def __init__(self, settings: OidcSettings) -> None:
        self.settings: Final = settings
        self._known: _Endpoints | None = None

    def begin(self, begun: Begun) -> str:
        """Where to send the browser.

        Raises:
            NotSignedInError: the provider cannot be reached, or says nothing that can be used.
        """
        endpoints = self._endpoints()
        with self._client(endpoints) as client:
            url, _ = client.create_authorization_url(
                endpoints.authorise, state=begun.state, nonce=begun.nonce, code_verifier=begun.verifier
            )
        return str(url)

    def finish(self, begun: Begun, code: str) -> tuple[Identity, ...]:
        """Who came back: by the provider's own identifier for the person, and by address where it was verified.

        Args:
            begun: what was begun in the same browser.
            code: what the provider gave the browser.

        Raises:
            NotSignedInError: the provider does not know the code, or what it says cannot be verified.
        """
        endpoints = self._endpoints()
        try:
            with self._client(endpoints) as client:
                token = client.fetch_token(
                    endpoints.token, grant_type="authorization_code", code=code, code_verifier=begun.verifier
                )
                keys = client.request("GET", endpoints.keys, withhold_token=True).raise_for_status().json()
        except httpx2.HTTPStatusError as fault:
            refused = fault.response.is_client_error
            raise NotSignedInError("not-verified" if refused else "unreachable") from None
        except httpx2.HTTPError:
            raise NotSignedInError("unreachable") from None
        except (AuthlibBaseError, ValueError):
            raise NotSignedInError("not-verified") from None
        return self._identities(token, keys, begun.nonce)

    def _identities(self, token: Any, keys: Any, nonce: str) -> tuple[Identity, ...]:  # noqa: ANN401 - unverified
        """Who a token speaks of, after every check."""
        try:
            read = jwt.decode(token["id_token"], KeySet.import_key_set(keys), list(_ALGORITHMS))
            claims = CodeIDToken(
                read.claims,
                read.header,
                options={
                    "iss": {"essential": True, "value": self.settings.issuer},
                    "aud": {"essential": True, "value": self.settings.client_id},
                },
                params={
                    "nonce": nonce,
                    "client_id": self.settings.client_id,
                    "access_token": token.get("access_token"),
                },
            )
            claims.validate(leeway=_LEEWAY)
        except (JoseError, ValueError, KeyError, TypeError, AttributeError):
            # What it was is not told: the token came from elsewhere, and could say anything.
            raise NotSignedInError("not-verified") from None
        subject, email = claims["sub"], claims.get("email")
        if not isinstance(subject, str) or not subject:
            raise NotSignedInError("not-verified")
        found = [Identity(self.settings.issuer, "subject", subject)]
        if isinstance(email, str) and email and claims.get("email_verified") is True:
            found.append(Identity(self.settings.issuer, "email", email))
        return tuple(found)

    def _client(self, endpoints: _Endpoints) -> Any:  # noqa: ANN401 - the library publishes no types
        return OAuth2Client(
            client_id=self.settings.client_id,
            client_secret=self.settings.client_secret,
            token_endpoint_auth_method=endpoints.client_auth,
            redirect_uri=self.settings.redirect_uri,
            scope="openid email",
            code_challenge_method="S256",
            timeout=_SECONDS,
            follow_redirects=False,
        )

    def _endpoints(self) -> _Endpoints:
        if self._known is None:
            url = self.settings.issuer.rstrip("/") + "/.well-known/openid-configuration"
            try:
                answer = httpx2.get(url, timeout=_SECONDS, follow_redirects=False).raise_for_status()
                self._known = self._read(answer.json())
            except (httpx2.HTTPError, ValueError, KeyError, TypeError, AttributeError):
                raise NotSignedInError("unreachable") from None
        return self._known

    def _read(self, document: dict[str, Any]) -> _Endpoints:
        """The endpoints of a discovery document (OpenID Connect Discovery 1.0 section 4).

        Raises:
            ValueError: it is another issuer's, or names an endpoint that could be listened to.
        """
        authorise, token, keys = (
            document[name] for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")
        )
        if document["issuer"] != self.settings.issuer or not all(map(is_safe, (authorise, token, keys))):
            raise ValueError("not the issuer's document")
        offered = document.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        how = "client_secret_basic" if "client_secret_basic" in offered else "client_secret_post"
        return _Endpoints(authorise, token, keys, how)
