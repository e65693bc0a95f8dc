"""What browsers, apps and consent platforms say for a person: refusals, and that somebody is a child.

A signal can close, never open: no string says explicitly enough, for one category and apart from everything else,
that it may be told of somebody. What cannot be read is read as a refusal of what it could have refused.

bits      texts of base64url to numbers of bits
tcf       the Transparency and Consent Framework's string, version 2
gpp       the Global Privacy Platform's string and its sections
sections  how the sections are laid out, from a data file
read      all of them together, the strictest counting
"""

from haechi.permission.signals.bits import Unreadable
from haechi.permission.signals.read import Signals, read_signals
from haechi.permission.signals.tcf import Consent, read_tcf

__all__ = ["Consent", "Signals", "Unreadable", "read_signals", "read_tcf"]
