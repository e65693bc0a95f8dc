"""Signals of pictures: what each says, with evidence, and nothing when there is nothing."""

from datetime import datetime
from typing import cast

import msgspec

from haechi.review.ads import Ad, Authorisation, Box, Fact
from haechi.review.case import Case, History, Picture, World
from haechi.review.signals import face, image_copy, image_text

AT = datetime.fromisoformat("2026-11-01")
BEFORE, AFTER = datetime.fromisoformat("2026-01-01"), datetime.fromisoformat("2026-11-02")


def case(picture: Picture | None, *authorisations: Authorisation) -> Case:
    ad = Ad(ad_id="ad-1", advertiser_id="adv-1", submitted_at=AT)
    world = World(authorisations=authorisations)
    return Case(ad, None, picture, (), world, cast("History", None))


def test_no_picture_says_nothing() -> None:
    """If it fails, text ads carry signals of pictures."""
    for module in (image_copy, image_text, face):
        assert module.find(case(None)) == ()
        assert module.find(case(Picture(width=1, height=1, text_read=True))) == ()


def test_copies_say_what_they_are_copies_of() -> None:
    """If it fails, a reviewer does not learn which known picture was found."""
    picture = Picture(copies=(("rejected:ad-9", 0.7), ("party:mei#2", 0.99)))
    first, second = image_copy.find(case(picture))
    assert (first.value, first.score, dict(first.params)) == (
        "party:mei#2",
        0.99,
        {"kind": "party", "party_id": "mei", "authorised": "no"},
    )
    assert (second.value, dict(second.params)) == ("rejected:ad-9", {"kind": "rejected", "ad_id": "ad-9"})
    assert first.evidence == (Fact("picture_shows", "party:mei#2"),)
    assert first.name == "image-copy"


def test_an_authorisation_counts_only_signed_and_in_its_time() -> None:
    """If it fails, an expired or unsigned paper excuses an impersonation, or a valid one does not."""
    picture = Picture(copies=(("party:mei#1", 0.99),))

    def said(signed_at: datetime | None, expires_at: datetime | None = None) -> str:
        one = Authorisation(
            party_id="mei",
            advertiser_id="adv-1",
            signed_at=signed_at,
            signature_ref="1",
            expires_at=expires_at,
        )
        return image_copy.find(case(picture, one))[0].params["authorised"]

    assert said(signed_at=AT) == "yes"
    assert said(signed_at=BEFORE, expires_at=AFTER) == "yes"
    assert said(signed_at=BEFORE, expires_at=AT) == "no"
    assert said(signed_at=AFTER) == "no"
    assert said(signed_at=None) == "no"


def test_a_refused_picture_and_an_unread_text_are_told_apart() -> None:
    """If it fails, a picture that nobody could examine is approved."""
    (refused,) = image_text.find(case(Picture(failure="several-formats")))
    assert (refused.name, refused.value, refused.score) == ("image-refused", "several-formats", 1.0)
    (unread,) = image_text.find(case(Picture(dense_text=True, text_read=False)))
    assert unread.name == "image-text-unread"
    assert image_text.find(case(Picture(dense_text=True, text_read=True))) == ()
    assert image_text.find(case(Picture(dense_text=False, text_read=False))) == ()


def test_a_face_is_told_with_its_place() -> None:
    """If it fails, a reviewer cannot see whose face was found where."""
    box = Box(1, 2, 3, 4)
    first, second = face.find(case(Picture(faces=(("mei", 0.363, box), ("jun", 1.0, box)))))
    assert (first.value, first.score) == ("jun", 1.0)
    assert (second.value, second.score) == ("mei", 0.5)
    assert second.evidence[0] == box


def test_a_face_is_permitted_as_a_name_is() -> None:
    """If it fails, a star's own campaign waits for a person each time, or a stale contract lets a false one run."""
    told = Picture(faces=(("mei", 1.0, Box(1, 2, 3, 4)),))

    def permitted(*authorisations: Authorisation) -> str:
        (found,) = face.find(case(told, *authorisations))
        return found.params["authorised"]

    signed = Authorisation(
        party_id="mei",
        advertiser_id="adv-1",
        signed_at=BEFORE,
        signature_ref="contract.pdf",
        expires_at=AFTER,
    )
    assert permitted(signed) == "yes"
    assert permitted() == "no"
    assert permitted(msgspec.structs.replace(signed, expires_at=AT)) == "no"
