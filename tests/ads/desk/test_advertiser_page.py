"""What the advertiser's pages say where something is refused, late or in another language; without a browser."""

import html
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from litestar import Controller, Request
from litestar.exceptions import HTTPException, NotFoundException
from PIL import Image
from sqlalchemy import update

from haechi.review.ads import Ad
from haechi.review.examine import Examiner
from haechi.review.policy import load_ruleset
from haechi.service.ads_shapes import AdBody
from haechi.service.advertiser.refusals import refusal, size
from haechi.service.advertiser.render import texts
from haechi.service.advertiser.routes import AdvertiserPage
from haechi.service.desk.door import LARGEST_FORM
from haechi.service.limits import LARGEST_CALL
from haechi.service.problems import PROBLEM, as_pages_do
from haechi.stores import review_schema as tables
from haechi.stores.clock import micros, utc_now
from haechi.stores.review.ads import Ads
from haechi.stores.review.appeals import appeal
from haechi.stores.review.blobs import LARGEST
from haechi.stores.review.words import LONGEST_WORDS
from haechi.terms.words import LANGUAGES
from tests.ads.desk.test_routes import House, house, mark
from tests.ads.desk.test_suspensions import suspended, suspension_id_of
from tests.ads.desk.worlds import drawing
from tests.ads.images.scenes import encoded

__all__ = ["house"]
PAGE = "/advertiser/suspensions"


def said(answer: Any) -> str:
    """What a page says, as it is read."""
    return html.unescape(answer.text)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_refusal_is_in_the_pages_language(house: House, lang: str) -> None:
    """If it fails, who reads Japanese, Korean or German is told in English why nothing was done."""
    t = texts(lang)
    made = house.submit("a1", "[reject] (synthetic)")
    suspended(house)
    client = house.owner("acme")
    client.get(f"/advertiser?lang={lang}")
    csrf = mark(client, "/advertiser")
    about = suspension_id_of(house)
    words = t["refused_words"].replace("{most}", f"{LONGEST_WORDS:,}")

    def sent(path: str, status: int, expected: str, **data: str) -> str:
        answer = client.post(f"/advertiser{path}", data={"csrf": csrf, **data})
        assert (answer.status_code, expected in said(answer)) == (status, True), (path, data, answer.text)
        assert '<span lang="en">' not in answer.text
        return said(answer)

    to_ad: dict[str, Any] = {"decision_id": made.decision_id, "text": "I disagree."}
    to_account = {"suspension_id": about, "text": "It was hijacked."}
    for text in ("", "\u3164\u200b", "x" * 4_001):
        sent("/ads/a1/appeals", 422, words, **{**to_ad, "text": text})
        sent("/suspensions/appeals", 422, words, **{**to_account, "text": text})
    sent("/suspensions/appeals", 404, t["not_there"], suspension_id="0" * 24, text="t")
    sent("/ads/zz/appeals", 404, t["not_there"], **to_ad)
    sent("/ads/a1/appeals", 403, t["refused_session"], **{**to_ad, "csrf": "x"})
    for more, name in (({"country": "Japan"}, "refused_country"), ({"language": "jap"}, "refused_language")):
        answer = client.post(
            "/advertiser/check", data={"csrf": csrf, "text": "kept", **more}, files=NO_PICTURE
        )
        assert (answer.status_code, t[name] in said(answer), ">kept<" in answer.text) == (422, True, True)
    assert client.post("/advertiser/ads/a1/appeals", data={"csrf": csrf, **to_ad}).status_code == 200
    assert (
        client.post("/advertiser/suspensions/appeals", data={"csrf": csrf, **to_account}).status_code == 200
    )
    # Once more: it is refused, and what was written is not lost.
    for path, data in (("/ads/a1/appeals", to_ad), ("/suspensions/appeals", to_account)):
        text = sent(path, 409, t["refused_appealed"], **{**data, "text": "Once more, in vain."})
        assert all(one in text for one in (t["not_taken"], "Once more, in vain."))


SCOPE: dict[str, Any] = {
    "type": "http", "method": "GET", "query_string": b"", "headers": [], "scheme": "http", "server": ("t", 80),
    "root_path": "", "state": {},
}  # fmt: skip
NO_PICTURE = {"picture": ("", b"", "")}


def test_what_no_text_says_is_told_all_the_same() -> None:
    """If it fails, a refusal that nobody foresaw is an empty line, or a gap in a text is shown as such."""
    assert refusal(HTTPException(detail="odd", status_code=418)).english == "odd"
    for status in (400, 403, 404, 405, 408, 413, 429):
        told = refusal(HTTPException(status_code=status), most=LARGEST_CALL)
        assert all(told.text in texts(lang) for lang in LANGUAGES)
    with pytest.raises(msgspec.ValidationError) as long:
        msgspec.convert({"landing_url": "x" * 2_001}, type=AdBody)
    told = refusal(long.value)
    assert (told.text, told.values["field"]) == ("refused_long", "landing")
    assert (size(LARGEST), size(LARGEST_FORM)) == ("10 MB", "100 kB")


def test_a_large_picture_takes_no_words_with_it(house: House) -> None:
    """If it fails, who chose too large a picture types the ad once more, or learns no limit."""
    client = house.owner("acme")
    form = said(client.get("/advertiser/check"))
    assert "at most 10 MB" in form
    assert "Above 32 MB in all" in form, "told before anything is sent"
    data = {"csrf": mark(client, "/advertiser/check"), "text": "Long typed (synthetic)", "headline": "Ours"}
    answer = client.post(
        "/advertiser/check", data=data, files={"picture": ("p.png", bytes(31_000_000), "image/png")}
    )
    assert answer.status_code == 422
    assert all(one in said(answer) for one in ("at most 10 MB", ">Long typed (synthetic)<", 'value="Ours"'))
    answer = client.post(
        "/advertiser/check", data=data, files={"picture": ("p.png", bytes(32_000_001), "image/png")}
    )
    assert answer.status_code == 413
    assert "at most 32 MB together" in said(answer)
    assert "Request Entity" not in answer.text
    long = {"picture": ("n" * 5_000 + ".png", drawing(), "image/png")}
    answer = client.post("/advertiser/check", data=data, files=long)
    assert (answer.status_code, "the name of a file is very long" in said(answer)) == (400, True)


def test_a_strangers_large_form_is_turned_away_by_its_size(house: House) -> None:
    """If it fails, anybody has the server read megabytes; the documentation says that a form is 100 kB."""
    client = house.nobody()
    answer = client.post("/advertiser/sign-in", data={"key": "x" * 9_000_000, "form": "x"})
    assert (answer.status_code, "at most 100 kB" in said(answer)) == (413, True)
    files = {"picture": ("p.png", bytes(9_000_000), "image/png")}
    answer = client.post("/advertiser/check", data={"csrf": "x"}, files=files, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/advertiser/sign-in")
    form = {"csrf": mark(house.owner("acme"), "/advertiser"), "decision_id": "x", "text": "あ" * 4_000}
    assert house.owner("acme").post("/advertiser/ads/zz/appeals", data=form).status_code == 404, "words fit"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/advertiser?before=99999999999999999999999", 400),
        ("/advertiser?before=0", 400),
        ("/advertiser?before=x", 400),
        ("/advertiser/suspensions/appeals", 405),
        ("/advertiser/ads/a1/appeals", 405),
        ("/advertiser/nowhere", 404),
        ("/desk/jobs/x/decide", 405),
        ("/desk/suspensions/lift", 405),
        ("/desk/nowhere", 404),
    ],
)
def test_pages_for_people_answer_with_a_page(house: House, path: str, status: int) -> None:
    """If it fails, somebody who goes back to an address of a form reads JSON in the browser."""
    client = house.owner("acme") if path.startswith("/advertiser") else house.of("ann")
    answer = client.get(path)
    assert (answer.status_code, answer.headers["content-type"].split(";")[0]) == (status, "text/html")
    assert "SQLite" not in answer.text
    assert "Method Not Allowed" not in answer.text
    assert "<nav" in answer.text, "and there is a way on"
    for other in ("/v1/nowhere", "/advertisers"):
        assert client.get(other).headers["content-type"] != answer.headers["content-type"], (
            "programs read JSON"
        )


def test_controllers_that_answer_nobody_in_pages_are_passed_over(house: House) -> None:
    """If it fails, the service does not start: of what it serves some has no handlers of its own."""

    class Bare(Controller):
        path = "/bare"

    tell = as_pages_do([Bare, AdvertiserPage])
    for path, kind in (("/bare", PROBLEM), ("/advertiser/x", "text/html"), ("/advertisers", PROBLEM)):
        scope: Any = {**SCOPE, "path": path, "app": house.app, "litestar_app": house.app}
        assert tell(Request(scope), NotFoundException()).media_type == kind


def test_after_six_months_a_page_says_so_and_what_is_left(house: House) -> None:
    """If it fails, a page asks for an appeal before a day of the past, or what was written late is lost."""
    made = house.submit("a1", "[reject] (synthetic)")
    suspended(house)
    about = suspension_id_of(house)
    client = house.owner("acme")
    csrf = mark(client, "/advertiser")
    before = micros(utc_now() - timedelta(days=200))
    with house.platform.engine.begin() as connection:
        for table in (tables.suspensions, tables.decisions):
            connection.execute(update(table).values(decided_at=before))
    for lang in LANGUAGES:
        t = texts(lang)
        for path in (PAGE, "/advertiser/ads/a1"):
            text = said(client.get(f"{path}?lang={lang}"))
            assert (
                f"<dt>{t['appeal_until']}</dt>" in text,
                t["appeal_over"] in text,
                t["redress"] in text,
            ) == (
                False,
                True,
                True,
            )
    client.get(f"{PAGE}?lang=en")
    for path, data in (
        ("/suspensions/appeals", {"suspension_id": about}),
        ("/ads/a1/appeals", {"decision_id": made.decision_id}),
    ):
        answer = client.post(f"/advertiser{path}", data={"csrf": csrf, "text": "My late words.", **data})
        assert answer.status_code == 422
        assert all(one in said(answer) for one in (texts("en")["refused_late"], "My late words."))


def test_a_day_says_what_happened_on_it(house: House) -> None:
    """If it fails, the day on which an appeal came reads as the one on which it will be decided."""
    made = house.submit("a1", "[reject] (synthetic)")
    now = utc_now()
    late = appeal(house.platform.engine, "a1", made.decision_id, text="No.", by="k", now=now).due_at
    for lang in LANGUAGES:
        t = texts(lang)
        text = said(house.owner("acme").get(f"/advertiser/ads/a1?lang={lang}"))
        assert f"<dt>{t['appeal_until']}</dt>" not in text, "it was appealed"
        assert (
            f"{t['received']} {now:%Y-%m-%d %H:%M} UTC; {t['answer_due']} {late:%Y-%m-%d %H:%M} UTC" in text
        )


def test_an_ad_is_shown_as_it_was_submitted(house: House) -> None:
    """If it fails, an advertiser appeals without seeing the name and picture that were judged; or sees another's."""
    ad = Ad(
        ad_id="a/1",
        advertiser_id="acme",
        text="[reject] (synthetic)",
        display_name="Kumono <Shop>",
        submitted_at=utc_now(),
    )
    house.platform.ads.submit(ad, drawing(), by="test", now=utc_now())
    client = house.owner("acme")
    text = client.get("/advertiser/ads/a%2F1?lang=en").text
    assert "Kumono &lt;Shop&gt;" in text
    at = "/advertiser/ads/a%2F1/picture"
    assert f'src="{at}"' in text
    answer = client.get(at)
    assert (answer.content, answer.headers["content-type"]) == (drawing(), "image/png")
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; sandbox")
    assert house.owner("club").get(at).status_code == 404
    assert house.nobody().get(at, follow_redirects=False).status_code == 303
    house.submit("plain", "No picture (synthetic)")
    assert client.get("/advertiser/ads/plain/picture").status_code == 404


def test_a_page_says_in_which_language_review_wrote(house: House) -> None:
    """If it fails, words in a language that the page is not in stand there as if by mistake."""
    house.submit("a1", "[reject] (synthetic)")
    suspended(house)
    client = house.owner("acme")
    for lang in LANGUAGES:
        for path in (PAGE, "/advertiser/ads/a1"):
            text = said(client.get(f"{path}?lang={lang}"))
            note = f'{texts(lang)["written_in"]} <span lang="ja">日本語</span>'
            assert (note in text) == (lang != "ja"), "acme is of Japan"


def test_too_many_pixels_are_told_as_such(house: House) -> None:
    """If it fails, who sends a picture of 36 million pixels is told to send an ordinary PNG, which it is."""
    house.platform.ads = Ads(house.platform.engine, Examiner(load_ruleset()))
    client = house.owner("acme")
    client.get("/advertiser?lang=en")
    form = said(client.get("/advertiser/check"))
    assert "at most 25,000,000 pixels" in form
    data = {"csrf": mark(client, "/advertiser/check"), "text": "A blog (synthetic)"}
    large = encoded(Image.new("L", (6_000, 6_000)), "PNG")
    text = said(client.post("/advertiser/check", data=data, files={"picture": ("p.png", large, "image/png")}))
    found = text.split('id="found"')[1].split("</section>")[0]
    assert "<code>too-large-picture</code>" in found
    assert "at most 25,000,000 pixels" in found
    assert "unreadable-picture" not in found
