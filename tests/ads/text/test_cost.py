"""What a text costs, however it was made to cost much."""
# ruff: noqa: E501  a table of pieces

import time

import pytest

from haechi.review.ads import ProtectedParty
from haechi.review.signals import (
    hand_off,
    look_alike_domain,
    look_alike_letters,
    look_alike_name,
    named_party,
    scam_wording,
)
from tests.ads.text.cases import case_of, world_of

SIZE = 6000
WORLD = world_of(
    ProtectedParty(
        party_id="a", names=("Aldous Quillfeather",), aliases=("Quill",), domains=("zeltabank.com",)
    )
)
REPEATED = (
    "a", "a1", "a.", " ", "友 ", "@", "a@", "l i ", "LINE追加", "telegram ", "%41", "https://a.b/", "QUJD", "ㅋㅏ", "\u0301", "a|", "a\n",
    "\U0001f1ef", "-", "1", "+44 ", "a\u200b", "Aldous ", "join ", "a dot b slash ", "\u0430a", "毎日の暮らしに投資を", "<", "aHR0c", "&#",
)  # fmt: skip


@pytest.mark.parametrize("piece", REPEATED)
def test_no_repetition_makes_a_text_expensive(piece: str) -> None:
    """If this fails, one crafted ad stops the review of all others. Generous: other work shares the machine."""
    text = (piece * SIZE)[:SIZE]
    case = case_of({"text": text, "landing_url": f"https://{text}.com/{text}"}, world=WORLD)
    begun = time.process_time()
    for signal in (
        hand_off,
        named_party,
        look_alike_name,
        look_alike_letters,
        look_alike_domain,
        scam_wording,
    ):
        signal.find(case)
    assert time.process_time() - begun < 3
