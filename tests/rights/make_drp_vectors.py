"""Writes known answers of libsodium for signed messages of the Data Rights Protocol.

    python -m tests.rights.make_drp_vectors

PyNaCl signs, which the product does not use: the messages are those of the specification's sections 2.01, 2.04 and
2.05, with text that is not ASCII, and of one byte.
"""

import base64
import hashlib
import json
from pathlib import Path

from nacl.signing import SigningKey

FILE = Path(__file__).with_name("drp_vectors.json")
SETUP = {
    "agent-id": "EXAMPLE_AGENT",
    "business-id": "EXAMPLE_BUSINESS",
    "issued-at": "2026-11-01T00:00:00Z",
    "expires-at": "2026-11-01T00:10:00Z",
    "drp.version": "1.0",
}
MESSAGES = {
    "2.05 key setup": json.dumps(SETUP),
    "2.01 exercise": json.dumps(
        {
            **SETUP,
            "agent-request-id": "foo",
            "exercise": "sale:opt-out",
            "regime": "ccpa",
            "relationships": ["customer", "marketing"],
            "status_callback": "https://dsr-agent.example.com/update_status",
            "name": "이영희",
            "email": "person@example.com",
            "email_verified": True,
        },
        ensure_ascii=False,
    ),
    "2.04 revoke": json.dumps({"reason": "I don't want my account deleted"}),
    "one byte": "0",
}


def main() -> None:
    """Writes the file beside this one."""
    seed = hashlib.sha256(b"haechi test agent").digest()
    key = SigningKey(seed)
    made = {
        "seed": seed.hex(),
        "verify_key": base64.b64encode(bytes(key.verify_key)).decode(),
        "messages": [
            {
                "name": name,
                "message": message,
                "body": base64.b64encode(bytes(key.sign(message.encode()))).decode(),
            }
            for name, message in MESSAGES.items()
        ],
    }
    FILE.write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
