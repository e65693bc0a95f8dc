"""Sign-in by OpenID Connect: somebody else says who a person is; what the person may do is said here.

settings  from the environment
waiting   sign-ins that were begun and wait for their answer, each good for one
refusal   why somebody was not signed in
provider  the provider: where to send the browser, and who came back

`provider` needs the extra `oidc`; nothing imports it before a provider is named.
"""

from haechi.service.oidc.refusal import NotSignedInError, Reason
from haechi.service.oidc.settings import OidcSettings, identity_of, settings_of
from haechi.service.oidc.waiting import Begun, Waiting

__all__ = ["Begun", "NotSignedInError", "OidcSettings", "Reason", "Waiting", "identity_of", "settings_of"]
