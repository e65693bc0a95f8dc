"""Strangers' texts at the desk: whatever an ad, a page, a reporter or an advertiser writes, nothing of it acts."""

import base64
from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import Page

from tests.ads.desk.conftest import Site, Watched
from tests.ads.desk.test_flow import decide, take, to_job
from tests.ads.desk.worlds import ATTACK, SVG, drawing

Opens = Callable[..., Page]
pytestmark = pytest.mark.slow


def quiet(page: Page, watched: Watched) -> None:
    page.wait_for_timeout(150)
    assert page.evaluate("window.owned") is None
    assert watched.seen == []
    assert page.locator("main script, main iframe, main object, main embed, main img[src=x]").count() == 0


def test_no_field_of_an_ad_acts_in_a_reviewers_browser(site: Site, person: Opens, watched: Watched) -> None:
    """One script in a reviewer's session would approve whatever its writer likes."""
    site.submit(
        "xss-1", f"LINE {ATTACK}", headline=f"Attack {ATTACK}", display_name=f"Name {ATTACK}",
        landing_url=f"https://x.example/{ATTACK}", payer=ATTACK, language="en",
        targeting={"include": [ATTACK], "countries": ["JP"]}, picture=base64.b64encode(drawing()).decode(),
    )  # fmt: skip
    status, told = site.call(
        "root", "/v1/notices",
        {"source": "USER", "ad_ids": ["xss-1"], "text": ATTACK, "party": {"party_id": ATTACK, "names": [ATTACK]}},
    )  # fmt: skip
    assert status == 201
    ann = person("ann")
    quiet(ann, watched)
    to_job(ann, site, "Attack")
    assert ATTACK in ann.inner_text("section:has(#of-ad)")
    ann.check("#reveal")
    quiet(ann, watched)
    ann.fill("#comment", ATTACK)
    ann.get_by_role("button", name="Add").click()
    ann.wait_for_load_state()
    assert ATTACK in ann.inner_text("section:has(#of-comments)")
    take(ann)
    decide(ann, "hold", ATTACK)
    quiet(ann, watched)
    to_job(ann, site, "Attack")
    assert ATTACK in ann.inner_text("section:has(#of-claims)")
    quiet(ann, watched)
    take(ann)
    ann.fill("#wrong", ATTACK)
    ann.fill("#fix", ATTACK)
    decide(ann, "reject", ATTACK)
    quiet(ann, watched)
    for path in ("notices", f"notices/{told['notice_id']}", "parties", "overdue", "suspensions"):
        ann.goto(f"{site.origin}/desk/{path}")
        quiet(ann, watched)
    ann.goto(f"{site.origin}/desk?language={ATTACK}&country={ATTACK}&done={ATTACK}&ads={ATTACK}")
    quiet(ann, watched)


def test_what_a_reviewer_writes_does_not_act_at_the_advertisers(
    site: Site, person: Opens, advertiser: Opens, watched: Watched
) -> None:
    """And what the advertiser writes in an appeal does not act at the reviewer's."""
    site.submit("xss-2", f"LINE {ATTACK}", headline="Second attack")
    ann = person("ann")
    to_job(ann, site, "Second attack")
    take(ann)
    ann.fill("#wrong", f"Wrong {ATTACK}")
    ann.fill("#fix", f"Mend {ATTACK}")
    decide(ann, "reject", "w")
    owner = advertiser("acme")
    quiet(owner, watched)
    owner.goto(f"{site.origin}/advertiser/ads/xss-2")
    assert f"Wrong {ATTACK}" in owner.inner_text("main")
    quiet(owner, watched)
    owner.fill("#text", f"Appeal {ATTACK}")
    owner.get_by_role("button", name="Appeal").click()
    owner.wait_for_load_state()
    assert f"Appeal {ATTACK}" in owner.inner_text("main")
    quiet(owner, watched)
    bob = person("bob")
    to_job(bob, site, "Second attack")
    assert f"Appeal {ATTACK}" in bob.inner_text("main")
    quiet(bob, watched)
    owner.goto(f"{site.origin}/advertiser/check")
    for name in ("headline", "text", "display-name"):
        owner.fill(f"#{name}", ATTACK)
    owner.fill("#landing", "https://x.example/?q=<script>window.owned=1</script>")
    owner.locator("form[enctype] button").click()
    owner.wait_for_selector("#found")
    quiet(owner, watched)


@pytest.mark.parametrize(
    "content", [SVG, b"<html><script>window.owned=1</script>", b"GIF8<script>alert(1)</script>"]
)
def test_a_picture_is_only_ever_a_picture(site: Site, person: Opens, content: bytes) -> None:
    """A drawing with a script in it, or a page that calls itself a picture, is not shown, and opened runs nothing."""
    name = f"svg-{len(content)}"
    made = site.submit(name, "LINE (synthetic)", headline=name, picture=base64.b64encode(content).decode())
    assert made["state"] == "held"
    own = Watched()
    ann = own.watch(person("ann"))
    to_job(ann, site, name)
    assert "none of the kinds of picture" in ann.inner_text("main")
    assert ann.locator("main img").count() == 0
    sha256 = ann.inner_text("section:has(#of-ad) p.message code")
    cookie = {one["name"]: one["value"] for one in ann.context.cookies()}
    answer = httpx.get(f"{site.origin}/desk/pictures/{sha256}", cookies=cookie)
    assert answer.status_code == 200
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["content-type"] in ("application/octet-stream", "image/gif")
    assert httpx.get(f"{site.origin}/desk/pictures/{sha256}").status_code == 303, (
        "not for who is not signed in"
    )
    # Put into a page of ours as a picture, a frame or a script it still runs nothing.
    ann.evaluate(
        "path => { for (const [tag, name] of [['img','src'],['iframe','src'],['script','src'],['object','data']])"
        " { const e = document.createElement(tag); e[name] = path; document.body.append(e); } }",
        f"/desk/pictures/{sha256}",
    )
    ann.wait_for_timeout(200)
    assert ann.evaluate("window.owned") is None
    assert not [one for one in own.seen if one.startswith("dialog")]


def test_pages_forbid_scripts_of_others(site: Site, person: Opens) -> None:
    """Even where something slipped through, the browser is told to run nothing but the desk's own file."""
    own = Watched()
    ann = own.watch(person("ann"))
    ann.evaluate(
        "() => { const s = document.createElement('script'); s.textContent = 'window.owned=1';"
        " document.body.append(s); const d = document.createElement('div');"
        " d.setAttribute('onclick', 'window.owned=2');"
        " document.body.append(d); d.click(); }"
    )
    assert ann.evaluate("window.owned") is None
    assert any("script-src" in one for one in own.seen), "the watch of these tests sees violations"
