"""Reference pictures of a protected party at the desk: uploaded, shown, taken away, and never more than pictures."""

import base64
import html
import threading
import zlib
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from haechi.review.images.fingerprint import asked
from haechi.service.ads_earlier import Earlier
from haechi.stores import review_schema as tables
from haechi.stores.clock import utc_now
from haechi.stores.ledger import entries
from haechi.stores.review.blobs import LARGEST, forget_blobs
from haechi.stores.review.changes import changes_of
from haechi.stores.review.parties import Party, parties_of, put_party
from haechi.stores.review.party_pictures import MOST, Upload, add_pictures
from haechi.stores.rows import reading
from tests.ads.desk.conftest import Site, Watched
from tests.ads.desk.test_pages import PHONE, examined
from tests.ads.desk.test_routes import House, house, mark
from tests.ads.desk.worlds import SVG
from tests.ads.images.scenes import encoded, grey, scene
from tests.ads.images.test_opening import a_zip, header, png
from tests.service.door import PASSWORD

__all__ = ["house"]
Opens = Callable[..., Page]
PARTY = "p/1"
PAGE = "/desk/parties/p%2F1"
FIRST, SECOND = encoded(scene(1), "PNG"), encoded(scene(2), "JPEG")


@cache
def large() -> bytes:
    """A picture that is nearly as large as one may be: nothing makes it smaller."""
    made = encoded(scene(7, (1_820, 1_820)), "PNG", compress_level=0)
    assert LARGEST - 200_000 < len(made) <= LARGEST
    return made


def protect(house: House, party_id: str = PARTY, **more: Any) -> None:
    party = Party(party_id=party_id, names=("Sora Kumono",))
    put_party(house.platform.engine, party, by="test", now=utc_now(), **more)


def send(house: House, *files: tuple[str, bytes], by: str = "ann", **more: Any) -> Any:
    client = house.of(by)
    given = [("pictures", (name, content, "image/png")) for name, content in files]
    data = {"csrf": mark(client), **more}
    return client.post(f"{PAGE}/pictures", data=data, files=given, follow_redirects=False)


def kept(house: House, party_id: str = PARTY) -> tuple[str, ...]:
    with reading(house.platform.engine) as connection:
        return parties_of(connection)[party_id].images


def test_pictures_are_added_shown_and_compared_at_once(house: House) -> None:
    """If it fails, a face that a person put in protects nobody, or who put it in is not known."""
    engine = house.platform.engine
    protect(house)
    earlier = Earlier(engine)
    assert earlier.look_up(asked(grey(scene(1)))) == ()
    assert "no picture of an ad is compared" in house.of("eve").get(PAGE).text
    answer = send(house, ("one.png", FIRST), ("two.jpg", SECOND))
    assert answer.headers["location"] == f"{PAGE}?added=2&there=0"
    assert "Pictures added: 2." in house.of("ann").get(answer.headers["location"]).text
    first, second = kept(house)
    for number, seed in ((0, 1), (1, 2)):
        ((found, score),) = earlier.look_up(asked(grey(scene(seed))))
        assert (found, score > 0.9) == (f"party:{PARTY}#{number}", True)
    text = house.of("ann").get(PAGE).text
    assert text.index(f"/desk/pictures/{first}") < text.index(f"/desk/pictures/{second}")
    assert text.count('<figure class="picture veiled">') == 2, "veiled until somebody asks for it"
    assert 'alt="Reference picture 1 of 2, 480 by 320 pixels"' in text
    assert "18 more at most" in text
    assert "<form" not in house.of("eve").get(PAGE).text.split("<main")[1], "a viewer changes nothing"
    answer = house.of("ann").get(f"/desk/pictures/{second}")
    assert answer.content == SECOND
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; sandbox")
    answer = send(house, ("again.png", FIRST), ("and again.png", FIRST))
    assert answer.headers["location"] == f"{PAGE}?added=0&there=2"
    text = house.of("ann").get(answer.headers["location"]).text
    assert "Nothing was added. There already, and left as they are: 2." in text
    assert kept(house) == (first, second), "one that is there stays as it is"
    with reading(engine) as connection:
        (newest, _) = changes_of(connection, "party", PARTY)
        assert (newest.by, newest.version, list(newest.detail)) == ("ann", 2, ["images"])
        public = [dict(entry.public) for _, entry in entries(connection, kind="party-changed")]
        assert [one["version"] for one in public] == [1, 2]
        sweep = connection.execute(tables.sweeps.select()).all()[-1]
        assert sweep.why == "a party was registered or changed", "ads that run are judged by it too"


def test_one_is_taken_away_with_a_reason_and_is_compared_no_more(house: House) -> None:
    """If it fails, a wrong face goes on holding ads of somebody innocent, or nobody knows why one is gone."""
    engine = house.platform.engine
    protect(house, images=(FIRST, SECOND))
    protect(house, "other", images=(FIRST,))
    earlier = Earlier(engine)
    assert len(earlier.look_up(asked(grey(scene(1))))) == 2
    first, second = kept(house)
    away = f"{PAGE}/pictures/{first}/remove"
    for reason in ("", "\u200b", "x" * 4_001):
        assert house.post("ann", away, reason=reason).status_code == 422
    assert house.post("ann", away, reason="It is her <sister>.").headers["location"] == f"{PAGE}?away=1"
    assert (kept(house), kept(house, "other")) == ((second,), (first,))
    ((still, _),) = earlier.look_up(asked(grey(scene(1))))
    assert still == "party:other#0"
    ((found, _),) = earlier.look_up(asked(grey(scene(2))))
    assert found == f"party:{PARTY}#0"
    text = house.of("eve").get(PAGE).text
    assert "It is her &lt;sister&gt;." in text
    assert f"pictures taken away: {first[:12]}…" in text
    assert f"pictures added: {first[:12]}…, {second[:12]}…" in text
    answer = house.post("bob", away, reason="me too")
    assert (answer.status_code, "or no longer" in answer.text) == (404, True)
    assert house.post("ann", f"{PAGE}/pictures/{second}/remove", reason="all").status_code == 303
    forget_blobs(engine, now=utc_now())
    assert house.of("ann").get(f"/desk/pictures/{second}").status_code == 404, "its bytes are destroyed"
    assert house.of("ann").get(f"/desk/pictures/{first}").status_code == 200, "another party's are not"
    assert house.post("ann", f"/desk/parties/none/pictures/{first}/remove", reason="r").status_code == 404


def test_a_party_that_is_protected_again_gets_its_pictures_again(house: House) -> None:
    """If it fails, a protection that was ended by mistake comes back with pictures that nothing is compared with."""
    engine = house.platform.engine
    protect(house, images=(FIRST,))
    earlier = Earlier(engine)
    assert earlier.look_up(asked(grey(scene(1))))
    house.post("ann", f"{PAGE}/end", reason="By mistake.")
    assert earlier.look_up(asked(grey(scene(1)))) == ()
    forget_blobs(engine, now=utc_now())
    protect(house)
    assert earlier.look_up(asked(grey(scene(1)))) == ()
    assert "is not kept any more" in house.of("ann").get(PAGE).text
    assert send(house, ("one.png", FIRST)).status_code == 303
    ((found, _),) = earlier.look_up(asked(grey(scene(1))))
    assert (found, len(kept(house))) == (f"party:{PARTY}#0", 1)


DANGEROUS = {
    "drawing.svg": (SVG, "can carry programs; expected a PNG, JPEG, GIF, WebP or AVIF"),
    "page.png": (b"<html><script>window.owned=1</script>", "can carry programs"),
    "polyglot.png": (FIRST + a_zip(), "two kinds of file in one"),
    "script-inside.jpg": (
        SECOND[:2] + b"\xff\xfe\x00\x1b<script>alert(1)</script>" + SECOND[2:],
        "can carry programs",
    ),
    "bomb.png": (
        png(header(60_000, 60_000), (b"IDAT", zlib.compress(bytes(1_000_000))), (b"IEND", b"")),
        "expected at most 25,000,000 pixels",
    ),
    "cut-off.png": (FIRST[:-20], "cannot be opened as a picture"),
    "text.png": (b"not a picture", "cannot be opened as a picture"),
    "load.png": (FIRST + bytes(9_000_000), "much behind the picture's end"),
    "white.png": (encoded(Image.new("RGB", (400, 300), "white"), "PNG"), "nothing in it stands out"),
    "dot.png": (encoded(Image.new("RGB", (1, 1), "red"), "PNG"), "nothing in it stands out"),
    "empty.png": (b"", "a picture of 0 bytes; expected 1 to 10,000,000"),
    "too-large.png": (b"\x89PNG\r\n\x1a\n" + bytes(LARGEST - 7), "a picture of 10,000,001 bytes"),
    "larger.png": (b"\x89PNG\r\n\x1a\n" + bytes(11_041_279), "a picture of 11,041,287 bytes"),
}


@pytest.mark.parametrize("name", DANGEROUS)
def test_what_is_no_plain_picture_is_refused_by_its_name(house: House, name: str) -> None:
    """If it fails, a file that acts or bursts lies among the pictures; or a person does not learn which it was."""
    content, told = DANGEROUS[name]
    protect(house)
    answer = send(house, ("good.png", FIRST), (name, content))
    assert (answer.status_code, f"{name}: " in answer.text, told in html.unescape(answer.text)) == (
        422,
        True,
        True,
    )
    assert kept(house) == (), "all or none: nobody has to find out which were taken"
    with reading(house.platform.engine) as connection:
        assert connection.execute(tables.blobs.select()).all() == []
    key = {"Authorization": f"Bearer {house.keys['root']}"}
    body = {
        "party_id": PARTY, "names": ["Sora Kumono"],
        "images": [base64.b64encode(one).decode() for one in (FIRST, content)],
    }  # fmt: skip
    answer = house.of("ann").post("/v1/protected-parties", json=body, headers=key)
    assert (answer.status_code, "images, picture 2: " in answer.text, told in answer.text) == (
        422,
        True,
        True,
    )
    assert kept(house) == (), "over HTTP it is the same"


def test_a_very_long_name_of_a_file_is_told_as_such(house: House) -> None:
    """If it fails, a person makes a picture of 80 kB smaller and smaller, for it is called too large."""
    protect(house)
    answer = send(house, ("n" * 5_000 + ".png", FIRST))
    assert (answer.status_code, "name is very long" in answer.text) == (400, True)
    assert "Request Entity" not in answer.text
    assert send(house, ("n" * 1_000 + ".png", FIRST)).status_code == 303, "what is said to be permitted is"


def test_a_protection_ends_in_two_steps_and_with_a_reason(house: House) -> None:
    """If it fails, one press opens a name to everybody and destroys its pictures, and nobody knows why."""
    protect(house, images=(FIRST,))
    assert 'action="/desk/parties/p%2F1/end"' not in house.of("ann").get(PAGE).text
    assert f'href="{PAGE}/end"' in house.of("ann").get(PAGE).text
    text = house.of("ann").get(f"{PAGE}/end").text
    assert "Sora Kumono" in text
    assert "Its 1 reference picture is destroyed" in text
    for reason in ("", " ", "\u3164", "x" * 4_001):
        answer = house.post("ann", f"{PAGE}/end", reason=reason)
        assert (answer.status_code, "a reason of" in answer.text) == (422, True)
    assert kept(house)
    assert house.post("eve", f"{PAGE}/end", reason="r").status_code == 403
    assert house.post("ann", f"{PAGE}/end", reason="She <asked> for it.").status_code == 303
    assert house.of("ann").get(PAGE).status_code == 404
    for again in (house.of("ann").get(f"{PAGE}/end"), house.post("bob", f"{PAGE}/end", reason="me too")):
        assert (again.status_code, again.headers["content-type"].split(";")[0]) == (404, "text/html")
    with reading(house.platform.engine) as connection:
        (newest, *_) = changes_of(connection, "party", PARTY)
        assert (newest.by, newest.detail["reason"]) == ("ann", (None, "She <asked> for it."))
        public = [dict(entry.public) for _, entry in entries(connection, kind="party-changed")]
        assert public[-1]["version"] == newest.version
    protect(house)
    text = house.of("ann").get(PAGE).text
    assert all(one in text for one in ("protection ended", "She &lt;asked&gt; for it.", "protected again"))


def test_a_name_of_a_page_fills_no_page(house: House) -> None:
    """If it fails, one name of five thousand letters pushes everybody else out of the list."""
    party = Party(party_id="long", names=("N" * 5_000, *(f"Other Name {n} {'x' * 400}" for n in range(9))))
    put_party(house.platform.engine, party, by="test", now=utc_now())
    text = house.of("ann").get("/desk/parties").text
    assert ("N" * 90 + "…" in text, "N" * 91 in text, "and 4 more" in text) == (True, False, True)
    assert "N" * 121 not in house.of("ann").get("/desk/parties/long").text.split("<h1>")[1].split("</h1>")[0]


def test_a_files_name_does_not_act(house: House) -> None:
    """The name is a stranger's text as well: shown, short, with what nobody sees made visible."""
    protect(house)
    answer = send(house, (f"\u202egnp.<img src=x onerror=alert(1)>{'x' * 200}", b"no picture"))
    assert answer.status_code == 422
    assert "<img src=x" not in answer.text
    assert "&lt;img src=x" in answer.text
    assert "\u202e" not in answer.text
    assert "x" * 100 not in answer.text


def test_as_many_and_as_large_as_over_http_and_no_more(house: House) -> None:
    """If it fails, what is permitted does not pass, or somebody fills the disk without being told what fits."""
    protect(house)
    # As a browser sends a form in which no file was chosen.
    answer = send(house, ("", b""))
    assert (answer.status_code, "no picture was chosen" in answer.text) == (422, True)
    thumbs = [encoded(scene(seed, (40, 30)), "PNG") for seed in range(MOST + 1)]
    files = [(f"{number}.png", one) for number, one in enumerate(thumbs)]
    answer = send(house, *files)
    assert (answer.status_code, "21 pictures; expected at most 20" in answer.text) == (422, True)
    assert send(house, *files[: MOST - 1]).status_code == 303
    answer = send(house, *files[-2:])
    assert (answer.status_code, "would have 21 reference pictures" in answer.text) == (422, True)
    assert send(house, files[-1]).status_code == 303
    assert len(kept(house)) == MOST
    assert 'type="file"' not in house.of("ann").get(PAGE).text, "no form for what would be refused"
    for sha256 in kept(house)[3:]:
        house.post("ann", f"{PAGE}/pictures/{sha256}/remove", reason="too many")
    three = [(f"{number}.png", large()) for number in range(3)]
    assert send(house, *three).status_code == 303, "29.8 MB are permitted, and pass"
    assert len(kept(house)) == 4
    answer = send(house, *three, ("4.png", large()))
    assert answer.status_code == 413
    assert "too much at once; expected at most 32,000,000 bytes" in answer.text
    assert f'href="{PAGE}"' in answer.text, "and leads back"
    client = house.of("ann")
    answer = client.post(f"{PAGE}/end", data={"csrf": mark(client), "more": "x" * 200_000})
    assert answer.status_code == 413, "no other form takes so much"


def test_nobody_uploads_who_is_not_signed_in_or_may_only_read(house: House) -> None:
    """If it fails, a stranger has the server keep 32 MB for each request, or a viewer changes who is protected."""
    protect(house)
    files = [("pictures", ("one.png", FIRST, "image/png"))]
    answer = house.nobody().post(f"{PAGE}/pictures", files=files, follow_redirects=False)
    assert answer.headers["location"] == "/console/sign-in?to=desk"
    assert send(house, ("one.png", FIRST), csrf="x").status_code == 403
    assert send(house, ("one.png", FIRST), by="eve").status_code == 403
    away = f"{PAGE}/pictures/{'0' * 64}/remove"
    assert house.post("eve", away, reason="r").status_code == 403
    assert kept(house) == ()
    house.post("ann", f"{PAGE}/end", reason="r")
    assert send(house, ("one.png", FIRST)).status_code == 404


def test_of_two_who_add_at_once_neither_is_lost(house: House) -> None:
    """If it fails, a picture is told to be there and is not: the one who saved last wrote over it."""
    protect(house)
    engine, now = house.platform.engine, utc_now()
    thumbs = [Upload(str(seed), encoded(scene(seed, (60, 40)), "PNG")) for seed in range(6)]
    failed: list[Exception] = []

    def add(one: Upload) -> None:
        try:
            add_pictures(engine, PARTY, [one], by="ann", now=now)
        except Exception as fault:  # noqa: BLE001 - told to the test
            failed.append(fault)

    threads = [threading.Thread(target=add, args=(one,)) for one in thumbs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert failed == []
    assert len(kept(house)) == 6


@pytest.mark.slow
def test_pictures_by_hand_in_a_browser(site: Site, person: Opens, watched: Watched, browser: Browser) -> None:
    """Chosen, added, seen veiled and clearly, taken away: with keys, on a phone, in the dark, and without scripts."""
    body = {"party_id": PARTY, "names": ["Sora Kumono"]}
    assert site.call("root", "/v1/protected-parties", body)[0] == 204
    at = f"{site.origin}{PAGE}"
    ann = person("ann")
    ann.goto(at)
    examined(ann)
    files: list[Any] = [
        {"name": "<img src=x onerror=alert(9)>.png", "mimeType": "image/png", "buffer": FIRST},
        {"name": "two.jpg", "mimeType": "image/jpeg", "buffer": SECOND},
    ]
    ann.get_by_label("Add pictures").set_input_files(files)
    ann.get_by_role("button", name="Add", exact=True).click()
    ann.locator(".references img").nth(1).wait_for(state="attached")
    assert ann.locator(".references img").count() == 2
    ann.wait_for_load_state("load")
    shown = "[...document.images].every(one => one.complete && one.naturalWidth === 480)"
    assert ann.evaluate(shown)
    veil = "getComputedStyle(document.querySelector('.references .picture')).filter"
    assert ann.evaluate(veil) != "none"
    ann.keyboard.press("r")
    assert ann.evaluate(veil) == "none"
    examined(ann)
    for how in ({"color_scheme": "dark"}, PHONE):
        other = person("bob", **how)
        other.goto(at)
        examined(other)
        assert other.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    wrong: list[Any] = [{"name": "<b>drawing</b>.svg", "mimeType": "image/svg+xml", "buffer": SVG}]
    ann.get_by_label("Add pictures").set_input_files(wrong)
    ann.get_by_role("button", name="Add", exact=True).click()
    ann.wait_for_selector("[role=status]")
    assert "<b>drawing</b>.svg: a page, a drawing" in ann.inner_text("[role=status]")
    huge: list[Any] = [{"name": f"{n}.png", "mimeType": "image/png", "buffer": large()} for n in range(4)]
    ann.get_by_label("Add pictures").set_input_files(huge)
    ann.get_by_role("button", name="Add", exact=True).click()
    ann.wait_for_selector("[role=alert]")
    assert "too much at once" in ann.inner_text("[role=alert]")
    ann.get_by_role("link", name="Look at it again").click()
    ann.wait_for_selector(".references")
    # By keyboard alone.
    ann.get_by_label("Why picture 1 is taken away").focus()
    ann.keyboard.type("It shows somebody else.")
    ann.keyboard.press("Tab")
    ann.keyboard.press("Enter")
    # Not by wait_for_function: it evaluates a string within the page, which the page's own policy forbids.
    expect(ann.locator(".references img")).to_have_count(1)
    expect(ann.locator("main")).to_contain_text("It shows somebody else.")
    assert ann.evaluate("window.owned") is None
    # What the browser itself says of an answer with an error is no fault of the page.
    assert [one for one in watched.seen if "status of 4" not in one] == []
    plain = browser.new_context(java_script_enabled=False)
    cat = plain.new_page()
    cat.goto(f"{site.origin}/console/sign-in?to=desk")
    cat.fill("#name", "cat")
    cat.fill("#password", PASSWORD)
    cat.keyboard.press("Enter")
    cat.wait_for_url("**/desk")
    cat.goto(at)
    cat.get_by_label("Add pictures").set_input_files(files[:1])
    cat.get_by_role("button", name="Add", exact=True).click()
    cat.locator(".references img").nth(1).wait_for(state="attached")
    assert cat.locator(".references img").count() == 2
    cat.check("#reveal")
    cat.get_by_label("Why picture 2 is taken away").fill("Enough.")
    cat.get_by_role("button", name="Take picture 2 away").click()
    cat.get_by_text("Enough.").wait_for()
    assert cat.locator(".references img").count() == 1
    plain.close()
