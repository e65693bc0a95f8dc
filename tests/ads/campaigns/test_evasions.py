"""What is done against review: each changes what it says it changes, and people still read the same."""

import io
import re
import unicodedata
from random import Random

import cv2
import numpy as np
import pytest
import zxingcpp
from PIL import Image

from haechi.example.campaigns import EVASIONS, evasions_text, pictures
from haechi.example.campaigns.draft import Creative, Draft
from haechi.example.campaigns.evasions import evade
from haechi.example.campaigns.scams import campaigns
from haechi.example.campaigns.templates import scams

LINK = re.compile(r"https?://\S+|[\w@.+-]*example\w*", re.ASCII)
SPELT = ("homoglyph", "cjk-variant", "zero-width", "spacing", "leet")
EDITS = ("crop", "band", "border", "mirror", "collage", "jpeg")


@pytest.fixture(scope="module")
def drafts() -> list[Draft]:
    return [draft for one in campaigns(40, "dev", 3, "none", 0) for draft in one.drafts]


@pytest.mark.parametrize("name", SPELT)
def test_a_text_is_changed_and_its_links_still_work(name: str, drafts: list[Draft]) -> None:
    """If this fails, an evasion does nothing, or its scam leads nowhere and is none."""
    changed = 0
    for draft in drafts:
        done = evade(name, draft, Random(draft.ad_id))  # noqa: S311
        if done is None:
            continue
        changed += 1
        assert (done.headline, done.text) != (draft.headline, draft.text)
        assert LINK.findall(done.text) == LINK.findall(draft.text)
        assert (done.landing_url, done.evasion, draft.evasion) == (draft.landing_url, name, "none")
    assert changed > (0.4 if name == "cjk-variant" else 0.85) * len(drafts)


def test_characters_that_nobody_sees_are_all_that_was_added(drafts: list[Draft]) -> None:
    """If this fails, the zero-width evasion changes what people read."""
    for draft in drafts:
        done = evade("zero-width", draft, Random(1))  # noqa: S311
        assert done is not None
        assert "".join(x for x in done.text if unicodedata.category(x) != "Cf") == draft.text.replace(
            "\u200d", ""
        )
        assert unicodedata.normalize("NFKC", done.text) != unicodedata.normalize("NFKC", draft.text)


def test_spaces_and_width_are_all_that_was_changed(drafts: list[Draft]) -> None:
    """If this fails, the spacing evasion changes what people read."""
    for draft in drafts:
        done = evade("spacing", draft, Random(1))  # noqa: S311
        if done is not None:
            assert _squeezed(done.text) == _squeezed(draft.text)


@pytest.mark.parametrize(("name", "table"), [("homoglyph", "look_alikes"), ("cjk-variant", "variants")])
def test_look_alikes_go_back_by_their_table(name: str, table: str, drafts: list[Draft]) -> None:
    """If this fails, a letter was replaced by one that does not look like it."""
    for draft in drafts:
        done = evade(name, draft, Random(2))  # noqa: S311
        if done is None:
            continue
        there = evasions_text.tables()[table]
        back: dict[str, set[str]] = {}
        for group in there.values() if name == "homoglyph" else [there.get(draft.wording.language, {})]:
            for letter, other in group.items():
                back.setdefault(other, {other}).add(letter)
        plain = unicodedata.normalize("NFC", done.text)
        pattern = "".join(
            f"(?:{'|'.join(map(re.escape, sorted(back[x])))})" if x in back else re.escape(x)
            for x in _units(plain, back)
        )
        assert re.fullmatch(pattern, draft.text), (done.text, draft.text)


def test_a_paraphrase_offers_the_same_in_other_words(drafts: list[Draft]) -> None:
    """If this fails, the paraphrase repeats the sentence it should avoid, or is of another scam."""
    for draft in drafts:
        done = evade("paraphrase", draft, Random(1))  # noqa: S311
        assert done is not None
        quiet = next(
            one for one in scams(draft.wording.language) if one.quiet and one.family == draft.wording.family
        )
        assert done.text == draft.said(quiet)[1]
        before, after = (
            {*re.findall(r"\w{5,}", re.sub(r"\{\w+\}\w*", " ", one.text))} for one in (draft.wording, quiet)
        )
        assert len(before & after) <= max(2, len(before) / 4), draft.text
        assert done.hand_off == draft.hand_off


def test_a_translation_is_in_other_letters_and_names_the_same_person(drafts: list[Draft]) -> None:
    """If this fails, the translated scam no longer impersonates anybody, or is not translated."""
    for draft in drafts:
        done = evade("translation", draft, Random(1))  # noqa: S311
        assert done is not None
        if draft.wording.language in ("ja", "ko", "zh"):
            named = sum(len(str(value)) for value in done.values.values())
            foreign = [
                x for x in done.headline + done.text if unicodedata.name(x, "").startswith(("HIRA", "HANGUL"))
            ]
            assert len(foreign) <= named
        assert "{" not in done.headline + done.text


@pytest.mark.parametrize("name", EVASIONS)
def test_an_evasion_is_the_same_by_seed(name: str, drafts: list[Draft]) -> None:
    """If this fails, two runs measure different ads, and no figure can be repeated."""
    for draft in drafts[:20]:
        assert evade(name, draft, Random("a")) == evade(name, draft, Random("a"))  # noqa: S311


def test_the_code_in_the_picture_leads_where_the_text_did(drafts: list[Draft]) -> None:
    """If this fails, the code-only evasion has no way into the chat, and stopping it is no merit."""
    for draft in drafts[::25]:
        done = evade("qr-only", draft, Random(1))  # noqa: S311
        assert done is not None
        assert done.creative is not None
        assert draft.hand_off is not None
        assert draft.hand_off.link not in done.text
        assert draft.hand_off.link != done.landing_url
        packed = pictures.creative(done.creative)
        read = zxingcpp.read_barcodes(Image.open(io.BytesIO(packed)))
        assert [one.text for one in read] == [draft.hand_off.link]
        again = cv2.QRCodeDetector().detectAndDecode(np.asarray(Image.open(io.BytesIO(packed))))[0]
        assert again in (draft.hand_off.link, "")


def test_text_in_a_picture_is_nowhere_else(drafts: list[Draft]) -> None:
    """If this fails, the text can be judged without reading the picture."""
    for draft in drafts:
        done = evade("text-in-image", draft, Random(1))  # noqa: S311
        assert done is not None
        assert done.creative is not None
        drawn = re.sub(r"\s", "", "".join(done.creative.lines))
        assert drawn == re.sub(r"\s", "", draft.headline + draft.text)
        assert not set(re.findall(r"\w{7,}", done.headline + done.text)) & set(
            re.findall(r"\w{7,}", draft.text)
        )


@pytest.mark.parametrize("edit", EDITS)
def test_an_edited_picture_has_the_size_of_its_edit(edit: str) -> None:
    """If this fails, an edit does not do what its name says, and its robustness is not measured."""
    spec = Creative(seed="a", portrait="ja-person-01", lines=("Synthetic",), language="en")
    plain = _opened(spec)
    done = _opened(
        Creative(seed="a", portrait="ja-person-01", lines=("Synthetic",), language="en", edit=edit)
    )
    side = pictures.SIDE
    sizes = {"crop": (538, 538), "border": (742, 742), "collage": (1280, 640), "jpeg": (480, 480)}
    assert done.size == sizes.get(edit, (side, side))
    before = np.asarray(plain.convert("L"), dtype=float)
    if edit == "mirror":
        assert np.abs(np.asarray(done.convert("L"), dtype=float)[:, ::-1] - before).mean() < 4
    elif edit == "crop":
        inner = np.asarray(done.convert("L"), dtype=float)
        assert np.abs(inner - before[51:589, 51:589]).mean() < 4
    elif edit == "band":
        assert (np.abs(np.asarray(done.convert("L"), dtype=float) - before) > 30).mean() > 0.1
    elif edit == "collage":
        halves = np.split(np.asarray(done.convert("L"), dtype=float), 2, axis=1)
        assert min(np.abs(half - before).mean() for half in halves) < 4


def test_pages_lead_visitors_where_they_should(drafts: list[Draft]) -> None:
    """If this fails, the cloaked, swapped or redirected page never shows the scam, or always does."""
    for draft in drafts:
        assert draft.hand_off is not None
        link = draft.hand_off.link
        chance = Random(1)  # noqa: S311
        redirected, cloaked, swapped = (
            evade(name, draft, chance) for name in ("redirect", "cloaking", "swap")
        )
        assert redirected is not None
        assert cloaked is not None
        assert swapped is not None
        assert all(link not in one.text and one.landing_url != link for one in (redirected, cloaked, swapped))
        at, hops = redirected.landing_url, 0
        while (page := next((one for one in redirected.pages if one.url == at), None)) is not None:
            at, hops = page.location, hops + 1
        assert (at, hops >= 2) == (link, True)
        shown = {one.visitor: link.replace("&", "&amp;") in one.html for one in cloaked.pages}
        assert shown == {"reviewer": False, "abroad": False, "phone": True}
        assert [link.replace("&", "&amp;") in one.html for one in swapped.pages] == [False, True]
        assert [one.phase for one in swapped.pages] == ["before", "after"]


def _opened(spec: Creative) -> Image.Image:
    return Image.open(io.BytesIO(pictures.creative(spec)))


def _squeezed(text: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


def _units(text: str, back: dict[str, set[str]]) -> list[str]:
    """The text cut into replaced words, longest first, and letters."""
    words = "|".join(re.escape(word) for word in sorted(back, key=len, reverse=True))
    return re.findall(rf"{words}|.", text, flags=re.DOTALL) if words else list(text)
