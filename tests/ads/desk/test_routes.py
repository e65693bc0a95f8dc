"""The desk's routes without a browser, on both databases: who may what, what is refused, and what is never told."""

import base64
import hashlib
import html
import io
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from httpx import Cookies
from litestar.testing import TestClient
from PIL import Image
from sqlalchemy import Engine, update

from haechi.review.ads import Ad, Span
from haechi.review.examine import Examiner
from haechi.review.policy import load_ruleset
from haechi.service.advertiser import ADVERTISER
from haechi.service.advertiser.render import texts
from haechi.service.advertiser.sessions import LASTS, AdvertiserSessions
from haechi.service.api import make_app
from haechi.service.console.routes import Console
from haechi.service.desk import DESK, figure_routes
from haechi.service.desk.pictures import size_of_picture
from haechi.service.platform import Platform
from haechi.stores import open_store, schema
from haechi.stores import review_schema as tables
from haechi.stores.clock import micros, utc_now
from haechi.stores.keys import revoke_key
from haechi.stores.review import suspended, waiting_list
from haechi.stores.review.ads import Ads
from haechi.stores.review.advertisers import advertisers_of
from haechi.stores.review.golden import Known, add_golden, golden_job
from haechi.stores.review.parties import Party, put_party
from haechi.stores.review.party_pictures import take_picture_away
from haechi.stores.review.queue import claim
from haechi.stores.review.suspensions import decide_suspension, propose_suspension
from haechi.stores.review.views import show_job
from haechi.stores.rows import reading
from haechi.terms.words import LANGUAGES
from tests.ads.desk.worlds import drawing, found, platform_of, visit
from tests.ads.store.worlds import waiting_jobs
from tests.service.door import PASSWORD, form_mark, signed_in
from tests.service.served import call, platform_served

WHY: dict[str, Any] = {"grounds": ["impersonation"], "told": "The ads wore the face of an actor."}
JOB = re.compile(r"/desk/jobs/([0-9a-f]{24})")


class Browser:
    """Somebody's cookies over the one client: several clients over one application would not end."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.cookies = Cookies()

    def request(self, method: str, path: str, **more: Any) -> Any:
        self._client.cookies = self.cookies
        answer = self._client.request(method, path, **more)
        self.cookies = Cookies(self._client.cookies)
        return answer

    def get(self, path: str, **more: Any) -> Any:
        return self.request("GET", path, **more)

    def post(self, path: str, **more: Any) -> Any:
        return self.request("POST", path, **more)


class House:
    """The application in this process, and a browser's cookies by person."""

    def __init__(self, platform: Platform, client: Any, keys: dict[str, str]) -> None:
        self.platform = platform
        self.app = client.app
        self.keys = keys
        self._client = client
        self.clients: dict[str, Any] = {}

    def nobody(self) -> Any:
        return Browser(self._client)

    def of(self, name: str) -> Any:
        if name not in self.clients:
            client: Any = Browser(self._client)
            assert signed_in(client, name) == 303
            self.clients[name] = client
        return self.clients[name]

    def owner(self, name: str) -> Any:
        """An advertiser's browser."""
        at = f"advertiser {name}"
        if at not in self.clients:
            client: Any = Browser(self._client)
            data = {"key": self.keys[name], "form": form_mark(client, "/advertiser/sign-in")}
            assert client.post("/advertiser/sign-in", data=data, follow_redirects=False).status_code == 303
            self.clients[at] = client
        return self.clients[at]

    def submit(self, ad_id: str, text: str, by: str = "acme", **more: Any) -> Any:
        ad = Ad(ad_id=ad_id, advertiser_id=by, text=text, submitted_at=utc_now(), **more)
        return self.platform.ads.submit(ad, by="test", now=utc_now())

    def post(self, name: str, path: str, **data: Any) -> Any:
        client = self.of(name)
        return client.post(path, data={"csrf": mark(client), **data}, follow_redirects=False)

    def job(self, ad_id: str, kind: str = "review") -> str:
        jobs = waiting_jobs(self.platform.engine, by="ann", now=utc_now())
        return next(one.job_id for one in jobs if one.ad_id == ad_id and one.kind == kind)

    def taken(self, ad_id: str, by: str = "ann", kind: str = "review") -> str:
        job_id = self.job(ad_id, kind)
        assert self.post(by, f"/desk/jobs/{job_id}/claim").status_code == 303
        return job_id

    def decide(self, by: str, job_id: str, choice: str, **more: Any) -> Any:
        shown = show_job(self.platform.engine, job_id, now=utc_now())
        data = {"choice": choice, "ad_hash": shown.ad_hash, "words": "seen", "wrong": "It is wrong.", **more}
        return self.post(by, f"/desk/jobs/{job_id}/decide", **data)


def mark(client: Any, path: str = "/desk") -> str:
    return str(client.get(path).text.split('name="csrf" value="')[1].split('"')[0])


@pytest.fixture
def house(engine: Engine, database: str, tmp_path: Path) -> Iterator[House]:
    keys = found(engine)
    platform = platform_of(database, str(tmp_path / "snapshot"))
    app = make_app(platform, per_minute=1_000_000, further=[Console, *DESK, *ADVERTISER])
    with TestClient(app) as client:
        yield House(platform, client, keys)
    platform.end()


FORMS = (
    "next", "jobs/{job}/claim", "jobs/{job}/release", "jobs/{job}/comments", "jobs/{job}/decide",
    "jobs/{job}/suspend", "notices", "notices/{job}/answer", "parties", "parties/x/end", "parties/x/permissions",
    "parties/x/permissions/y/revoke", "parties/x/pictures", "parties/x/pictures/y/remove", "suspensions/lift",
    "quality",
)  # fmt: skip


def test_forms_are_refused_of_other_sites_viewers_and_whoever_is_not_signed_in(house: House) -> None:
    """The cookie alone decides nothing; who may read may not decide; and nothing is done on the way to refusing."""
    house.submit("a1", "Our LINE (synthetic)")
    job = house.job("a1")
    listed = {
        route.path for route in house.app.routes if route.path.startswith("/desk") and "POST" in route.methods
    }
    assert len(listed) == len(FORMS), "a form was added that is not tried here"
    nobody = house.nobody()
    for form in FORMS:
        path = f"/desk/{form.format(job=job)}"
        # As a browser sends a form with a place for files.
        more: Any = {"files": {"pictures": ("", b"")}} if form.endswith("/pictures") else {}
        assert (
            nobody.post(path, data={}, follow_redirects=False, **more).headers["location"]
            == "/console/sign-in?to=desk"
        )
        for csrf in ({}, {"csrf": "x" * 32}, {"csrf": "\u00e9"}):
            answer = house.of("ann").post(path, data=csrf, follow_redirects=False, **more)
            assert (answer.status_code, "not of this session" in answer.text) == (403, True), path
        answer = house.of("ann").post(
            path, data={"csrf": mark(house.of("ann"))}, headers={"Sec-Fetch-Site": "cross-site"}, **more
        )
        assert answer.status_code == 403, path
        answer = house.of("eve").post(path, data={"csrf": mark(house.of("eve"))}, **more)
        assert (answer.status_code, "a viewer decides nothing" in answer.text) == (403, True), path
    assert nobody.get("/desk", follow_redirects=False).status_code == 303
    shown = show_job(house.platform.engine, job, now=utc_now())
    assert (shown.job.holder, shown.comments, shown.claims) == (None, (), ())


def test_who_may_see_what(house: House) -> None:
    """A viewer reads all but how reviewers answer; that is for owners alone."""
    house.submit("a1", "Our LINE (synthetic)")
    for path in ("", "/overdue", "/notices", "/parties", "/suspensions", f"/jobs/{house.job('a1')}"):
        answer = house.of("eve").get(f"/desk{path}")
        assert answer.status_code == 200
        assert '<form method="post" action="/desk' not in answer.text, path
    for name, status in (("eve", 403), ("ann", 403), ("cat", 200)):
        assert house.of(name).get("/desk/quality").status_code == status
        assert ("/desk/quality" in house.of(name).get("/desk").text) == (status == 200)
    assert house.of("ann").get("/desk/jobs/none").status_code == 404
    assert house.of("ann").get("/desk/pictures/none").status_code == 404


def test_to_look_renews_no_lease(house: House) -> None:
    """A job that is only kept open would never come back to the others."""
    house.submit("a1", "Our LINE (synthetic)")
    job = house.taken("a1")
    until = show_job(house.platform.engine, job, now=utc_now()).job.lease_until
    assert house.of("ann").get(f"/desk/jobs/{job}").status_code == 200
    assert house.post("ann", f"/desk/jobs/{job}/claim").status_code == 303
    assert show_job(house.platform.engine, job, now=utc_now()).job.lease_until == until
    assert until is not None
    assert f"{until:%H:%M} UTC" in house.of("ann").get(f"/desk/jobs/{job}").text
    j = tables.jobs
    with house.platform.engine.begin() as connection:
        connection.execute(update(j).values(lease_until=micros(utc_now() - timedelta(seconds=1))))
    answer = house.decide("ann", job, "approve")
    assert (answer.status_code, "the time is over" in answer.text) == (409, True)
    assert house.platform.ads.standing("a1").state == "held"


def test_what_is_needed_to_decide(house: House) -> None:
    """No rejection without a reason for the advertiser and words for the record; what was typed is shown again."""
    house.submit("a1", "Our LINE (synthetic)")
    job = house.taken("a1")
    for more, told in (
        ({"choice": ""}, "choose what becomes of the ad"),
        ({"choice": "hold", "words": ""}, "a reason of 0 characters"),
        ({"choice": "reject", "words": " "}, "a reason of 0 characters"),
        ({"choice": "reject", "wrong": "", "words": "kept words"}, "without a reason for the advertiser"),
        ({"choice": "reject", "wrong": "x" * 4_001}, "a reason of 4,001 characters"),
        ({"choice": "delete"}, "choose what becomes of the ad"),
    ):
        answer = house.decide("ann", job, **{"choice": "reject", **more})
        assert (answer.status_code, told in answer.text) == (422, True), more
        if "words" in more:
            assert f">{more['words'].strip()}</textarea>" in answer.text
    answer = house.decide("ann", job, "approve", ad_hash="another")
    assert (answer.status_code, "It changed while you looked at it" in answer.text) == (409, True)
    answer = house.decide("ann", job, "reject", codes=["no-hand-off", "no-such-code"], fix="Leave it out.")
    assert answer.headers["location"] == "/desk?done=decided"
    decision = house.platform.ads.standing("a1").decision
    assert decision is not None
    reasons = decision.reasons
    assert [one.code for one in reasons] == ["no-hand-off", "as-a-reviewer-says"]
    assert (reasons[1].text, reasons[1].fix) == ("It is wrong.", "Leave it out.")
    assert house.decide("ann", job, "approve").status_code == 409, "decided is decided"


def test_an_address_tells_nothing_that_was_not_decided(house: House) -> None:
    """If it fails, a link makes a reviewer believe what nobody did, or a long number stops the page (500)."""
    house.submit("a0", "Our LINE (synthetic)")
    for name in ("a1", "a2"):
        house.submit(name, "Our LINE [copy of a0] (synthetic)")
    for query in ("ads=999", f"ads={'9' * 4_400}", "decision=999", f"decision={'9' * 4_400}"):
        answer = house.of("ann").get(f"/desk?done=decided&{query}")
        assert answer.status_code == 200
        assert '<p class="message" id="told" role="status">Decided.</p>' in answer.text
    job = house.taken("a1")
    text = house.of("ann").get(f"/desk/jobs/{job}").text
    assert "an approval of <strong>2</strong>; <strong>1</strong> that differs" in text
    address = house.decide("ann", job, "approve", whole="yes").headers["location"]
    assert "Decided: 2 ads. 1 copy waits on." in house.of("ann").get(address).text
    assert "2 ads" not in house.of("bob").get(address).text
    assert [house.platform.ads.standing(one).state for one in ("a0", "a1", "a2")] == [
        "held", "approved", "approved",
    ]  # fmt: skip


def test_a_refused_form_comes_back_as_it_was_sent(house: House) -> None:
    """If it fails, an advertiser is told a reason that its reviewer had taken out, or one ad is decided for all."""
    house.submit("a1", "Our LINE is guaranteed (synthetic)")
    house.submit("a2", "Our LINE is guaranteed [copy of a1] (synthetic)")
    job = house.taken("a1")
    text = house.of("ann").get(f"/desk/jobs/{job}").text
    ticked = re.compile(r'name="codes" value="([^"]+)" checked')
    assert ticked.findall(text) == ["no-hand-off", "no-claim"]
    assert "autofocus" not in text
    for codes, whole in ((["no-claim"], "yes"), ([], "")):
        answer = house.decide("ann", job, "reject", words=" ", codes=codes, whole=whole)
        assert answer.status_code == 422
        assert ticked.findall(answer.text) == codes
        assert ('name="whole" value="yes" checked' in answer.text) == bool(whole)
        assert 'value="reject" data-key="3" required checked' in answer.text


def test_the_cursor_goes_to_the_field_that_is_wrong_and_it_is_named(house: House) -> None:
    """If it fails, who typed on pressed single keys, which left the page; or nobody knows which field is meant."""
    house.submit("a1", "Our LINE (synthetic)")
    job = house.taken("a1")
    at = f"/desk/jobs/{job}"
    known = {
        "csrf": mark(house.of("ann")),
        "ad_hash": show_job(house.platform.engine, job, now=utc_now()).ad_hash,
    }
    for form, data, field, told in (
        ("decide", {"choice": ""}, 'value="approve"', "choose what becomes of the ad"),
        ("decide", {"choice": "hold", "words": " "}, 'id="words"', "Why: a reason of 0 characters"),
        ("decide", {"choice": "reject", "words": "w"}, 'id="wrong"', "without a reason"),
        (
            "decide",
            {"choice": "reject", "wrong": "x" * 4_001, "words": "w"},
            'id="wrong"',
            "In your own words: ",
        ),
        ("suspend", {"told": "t", "reason": "r"}, 'name="grounds"', "without a ground"),
        (
            "suspend",
            {**WHY, "told": "", "reason": "r"},
            'id="suspend-told"',
            "What happened, for the advertiser: a",
        ),
        (
            "suspend",
            {**WHY, "reason": " "},
            'id="suspend-why"',
            "Why, for whoever confirms it: a reason of 0",
        ),
        ("comments", {"text": "x" * 4_001}, 'id="comment"', "Comment: a reason of 4,001"),
    ):
        answer = house.of("ann").post(f"{at}/{form}", data={**known, **data})
        assert answer.status_code == 422
        (focused,) = re.findall(r"<[^>]* autofocus[^>]*>", answer.text)
        assert field in focused
        assert 'aria-describedby="fault"' in focused
        (fault,) = re.findall(r'<p class="fault" id="fault">([^<]*)</p>', answer.text)
        assert told in fault
        assert answer.text.count(" data-kept") == 1


def test_a_form_that_says_two_things_is_refused(house: House) -> None:
    """If it fails, a form with both approve and reject approves."""
    house.submit("a1", "Our LINE (synthetic)")
    job = house.taken("a1")
    for choice in (["approve", "reject"], ["reject", "approve"], ["approve", "approve"], ["hold", "approve"]):
        answer = house.decide("ann", job, choice)  # type: ignore[arg-type]
        assert (answer.status_code, "the form has choice 2 times" in answer.text) == (422, True)
        assert 'type="radio" name="choice" value="approve" data-key="1" required autofocus' in answer.text
        assert ">seen</textarea>" in answer.text
    assert house.decide("ann", job, "approve", ad_hash=["x", "y"]).status_code == 422
    assert house.platform.ads.standing("a1").state == "held"
    assert (
        house.post("ann", "/desk/parties", party_id=["a", "b"], kind="person", names="N").status_code == 422
    )


def test_words_outlive_the_time_that_was_over(house: House) -> None:
    """If it fails, half an hour of thought is lost, and a reviewer is told of somebody who was not there."""
    house.submit("a1", "Our LINE is guaranteed (synthetic)")
    job = house.taken("a1")
    engine, j = house.platform.engine, tables.jobs
    for how in ("expired", "taken"):
        with engine.begin() as connection:
            over = micros(utc_now() - timedelta(seconds=1))
            connection.execute(update(j).where(j.c.holder == "ann").values(lease_until=over))
        if how == "taken":
            assert house.post("bob", f"/desk/jobs/{job}/claim").status_code == 303
        answer = house.decide("ann", job, "reject", words="kept words", codes=["no-claim"])
        assert answer.status_code == 409
        assert "Not decided: the time is over: you had the job until" in answer.text
        assert ("bob has it now." in answer.text) == (how == "taken")
        assert "faster" not in answer.text
        assert "kept words</p>" in answer.text
        take = answer.text.split('id="take"')[1:]
        assert len(take) == (how == "expired")
        if take:
            sent: dict[str, list[str]] = {}
            for name, value in re.findall(
                r'<input type="hidden" name="(\w+)" value="([^"]*)">', take[0].split("</form>")[0]
            ):
                sent.setdefault(name, []).append(html.unescape(value))
            assert sent["words"] == ["kept words"]
            again = house.of("ann").post(f"/desk/jobs/{job}/claim", data=sent, follow_redirects=False)
            assert again.status_code == 200
            assert ">kept words</textarea>" in again.text
            assert re.findall(r'name="codes" value="([^"]+)" checked', again.text) == ["no-claim"]
            assert 'value="It is wrong."' in again.text
    lost = house.post("ann", f"/desk/jobs/{job}/claim", words="kept words")
    assert (lost.status_code, "kept words</p>" in lost.text) == (409, True)
    for by, told in (("cat", "you did not take the job. bob has it now."), ("ann", "the time is over")):
        assert told in house.decide(by, job, "approve").text
    assert house.post("bob", f"/desk/jobs/{job}/release").status_code == 303
    assert "you gave the job back." in house.decide("bob", job, "approve").text
    answer = house.post("bob", f"/desk/jobs/{job}/release")
    assert "Not done: the job is not yours" in answer.text
    assert house.platform.ads.standing("a1").state == "held"


def picture(colour: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 20), colour).save(out, "PNG")
    return out.getvalue()


def test_a_copied_picture_is_shown_beside_the_one_that_it_copies(house: House) -> None:
    """If it fails, a reviewer has to believe a number, or compares with a picture that took the place of another."""
    engine = house.platform.engine
    first, second = picture("red"), picture("blue")
    put_party(
        engine, Party(party_id="p/1", names=("Sora Kumono",)), images=(first, second), by="cat", now=utc_now()
    )
    shas = [hashlib.sha256(one).hexdigest() for one in (first, second)]
    house.submit("a1", "[shows party:p/1#1] LINE (synthetic)")
    house.submit("a2", "[shows party:p/1#0] LINE (synthetic)")
    at = {name: f"/desk/jobs/{house.job(name)}" for name in ("a1", "a2")}
    take_picture_away(engine, "p/1", shas[0], reason="not hers", by="cat", now=utc_now())
    for name, sha256 in (("a1", shas[1]), ("a2", shas[0])):
        text = house.of("ann").get(at[name]).text
        assert "Its picture is a copy of a picture of the protected party Sora Kumono." in text
        assert '<a href="/desk/parties/p%2F1">Sora Kumono</a>' in text
        assert f'src="/desk/pictures/{sha256}" width="40" height="20"' in text
        assert "party:p/1#" not in text.split('id="of-signals"')[1].split("</section>")[0]
    ad = Ad(
        ad_id="r1", advertiser_id="club", text="LINE (synthetic)", headline="Bad one", submitted_at=utc_now()
    )
    house.platform.ads.submit(ad, first, by="test", now=utc_now())
    job = house.taken("r1")
    house.decide("ann", job, "reject")
    house.submit("r2", "[reject] (synthetic)", headline="By a machine")
    for name, told in (("r1", f'<a href="/desk/jobs/{job}">'), ("r2", "It was rejected without a person.")):
        house.submit(f"of-{name}", f"[shows rejected:{name}] LINE (synthetic)")
        text = house.of("ann").get(f"/desk/jobs/{house.job(f'of-{name}')}").text
        assert f"a copy of a picture of the rejected ad {name}." in text
        assert told in text
        assert (f'src="/desk/pictures/{shas[0]}"' in text) == (name == "r1")
    house.submit("a3", "[shows nonsense] LINE (synthetic)")
    text = house.of("ann").get(f"/desk/jobs/{house.job('a3')}").text
    assert "Its picture is a copy of a known picture: nonsense." in text


def test_a_job_says_what_is_and_nothing_else(house: House) -> None:
    """If it fails, a reviewer reads that an ad reaches nobody, that a done job is due, or takes any ad for a copy."""
    house.submit("a1", "Our LINE (synthetic)", by="club")
    house.submit("b1", "Another thing with LINE (synthetic)", by="club")
    house.submit("c1", "[copy of a1] LINE (synthetic)", by="club")
    house.decide("ann", house.taken("b1"), "reject", words="of b1")
    house.decide("ann", house.taken("c1"), "reject", words="of c1")
    at = f"/desk/jobs/{house.taken('a1')}"
    text = house.of("ann").get(at).text
    assert "<dt>Countries</dt><dd>any: it names none</dd>" in text
    assert "<dt>Reaches</dt><dd>anybody: it chooses no theme</dd>" in text
    assert "<dd>2 ads rejected; not suspended</dd>" in text
    assert "<dt>Name changed</dt><dd>never</dd>" in text
    assert "<dt>Account opened</dt><dd>not said; registered here " in text
    similar, others = (
        text.split('id="of-similar"')[1].split("</section>")[0].split("On other ads of this advertiser")
    )
    assert ("of c1" in similar, "of b1" in similar) == (True, False)
    assert ("of c1" in others, "of b1" in others) == (False, True)
    assert "Due <span" in text
    house.decide("ann", at.rpartition("/")[2], "approve")
    text = house.of("ann").get(at).text
    assert "Due <span" not in text
    assert f"Done {utc_now():%Y-%m-%d}" in text


def test_what_is_lifted_is_still_listed(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """If it fails, nobody finds who was suspended before, why, and why it ended."""
    monkeypatch.setattr(suspended, "LIFTED", 2)
    monkeypatch.setattr(figure_routes, "LIFTED", 2)
    engine = house.platform.engine
    for number in range(3):
        job = propose_suspension(engine, "club", by="ann", reason=f"case {number}", now=utc_now(), **WHY)
        claim(engine, job, by="bob", now=utc_now())
        decide_suspension(engine, job, confirm=True, by="bob", words="w", now=utc_now())
        answer = house.post("cat", "/desk/suspensions/lift", advertiser_id="club", words=f"mended {number}")
        assert answer.status_code == 303
    text = house.of("eve").get("/desk/suspensions").text
    assert "Nobody is suspended." in text
    assert [f"mended {number}" in text for number in range(3)] == [False, True, True]
    assert text.index("mended 2") < text.index("mended 1")
    assert "Lifted by cat on" in text
    assert 'href="/desk/suspensions?older=2"' in text
    text = house.of("eve").get("/desk/suspensions?older=2").text
    assert [f"case {number}" in text for number in range(3)] == [True, False, False]
    assert "older=4" not in text
    for older in ("9" * 4_400, "-1", "x", "\u0663"):
        assert "mended 2" in house.of("eve").get("/desk/suspensions", params={"older": older}).text


def test_a_name_without_end_fills_no_list(house: House) -> None:
    """If it fails, one advertiser's name is all that a reviewer sees of the queue."""
    name = "N" * 5_000
    w = schema.advertisers
    with house.platform.engine.begin() as connection:
        connection.execute(update(w).where(w.c.advertiser_id == "club").values(name=name))
    house.submit("a1", "Our LINE (synthetic)", by="club")
    text = house.of("ann").get(f"/desk/jobs/{house.job('a1')}").text
    assert f"<summary>{'N' * 120}\u2026</summary><div>{name}</div></details>" in text, (
        "and all of it can be read"
    )
    job = propose_suspension(house.platform.engine, "club", by="ann", reason="r", now=utc_now(), **WHY)
    assert "N" * 100 not in house.of("bob").get("/desk").text
    claim(house.platform.engine, job, by="bob", now=utc_now())
    decide_suspension(house.platform.engine, job, confirm=True, by="bob", words="w", now=utc_now())
    assert "N" * 100 not in house.of("bob").get("/desk/suspensions").text


def test_hold_gives_it_back_and_says_why(house: House) -> None:
    """Whoever cannot tell leaves it to somebody who can, who reads why; nothing runs meanwhile."""
    house.submit("a1", "Our LINE (synthetic)")
    house.submit("a2", "Our LINE too (synthetic)")
    job = house.taken("a1")
    assert (
        house.decide("ann", job, "hold", words="I read no Thai")
        .headers["location"]
        .startswith("/desk?done=left")
    )
    assert house.platform.ads.standing("a1").state == "held"
    assert "I read no Thai" in house.of("bob").get(f"/desk/jobs/{job}").text
    following = JOB.search(house.post("ann", "/desk/next").headers["location"])
    assert following is not None
    assert following[1] == house.job("a2"), "what one skipped comes last"


def test_decide_and_take_the_next(house: House) -> None:
    """One form less for each of very many ads."""
    house.submit("a1", "Our LINE (synthetic)")
    house.submit("a2", "Our LINE too (synthetic)")
    job, other = house.taken("a1"), house.job("a2")
    answer = house.decide("ann", job, "approve", then="next")
    assert answer.headers["location"] == f"/desk/jobs/{other}"
    assert show_job(house.platform.engine, other, now=utc_now()).job.holder == "ann"
    assert (
        house.decide("ann", other, "approve", then="next")
        .headers["location"]
        .startswith("/desk?done=decided")
    )
    assert "Nothing waits that you may take." in house.post("ann", "/desk/next").text


def test_filters_never_hide_an_appeal(house: House) -> None:
    """An appeal that a filter hides is an appeal that nobody decides."""
    house.submit("ja", "LINE (synthetic)", language="ja", country="JP", headline="in Japanese")
    house.submit("ko", "LINE (synthetic)", language="ko", country="KR", headline="in Korean")
    made = house.submit("de", "[reject] (synthetic)", language="de", country="DE", headline="in German")
    client = house.owner("acme")
    data = {"csrf": mark(client, "/advertiser"), "decision_id": made.decision_id, "text": "It is right."}
    assert client.post("/advertiser/ads/de/appeals", data=data, follow_redirects=False).status_code == 303
    everything = house.of("ann").get("/desk").text
    assert all(one in everything for one in ("in Japanese", "in Korean", "in German"))
    for query in ("language=ja", "country=JP", "language=ja&country=JP"):
        text = house.of("ann").get(f"/desk?{query}").text
        assert ("in Japanese" in text, "in Korean" in text, "in German" in text) == (True, False, True)
        assert "(1 now)" in text
    assert "in German" in house.of("ann").get("/desk?language=xx&country=YY").text


def test_an_appeal_is_for_somebody_new_and_can_be_modified(house: House) -> None:
    """DSA, Art. 20(6): decided by a person, not by who decided; the advertiser is told the reason."""
    house.submit("a1", "Our LINE (synthetic)")
    house.decide("ann", house.taken("a1"), "reject")
    client = house.owner("acme")
    data = {
        "csrf": mark(client, "/advertiser"), "decision_id": house.platform.ads.standing("a1").decision_id,
        "text": "It is right.",
    }  # fmt: skip
    assert client.post("/advertiser/ads/a1/appeals", data=data, follow_redirects=False).status_code == 303
    again = client.post("/advertiser/ads/a1/appeals", data=data, follow_redirects=False)
    assert (again.status_code, texts("en")["refused_appealed"] in again.text) == (409, True)
    job = house.job("a1", "appeal")
    answer = house.post("ann", f"/desk/jobs/{job}/claim")
    assert (answer.status_code, "did not decide on it before" in answer.text) == (422, True)
    house.taken("a1", "bob", "appeal")
    latest = str(house.platform.ads.standing("a1").decision_id)
    for more, status in (
        ({"choice": "modify", "wrong": ""}, 422),
        ({"choice": "approve"}, 422),
        ({"choice": "uphold", "decision_id": "old"}, 409),
        ({"choice": "modify", "wrong": "Another rule.", "words": "told to you"}, 303),
    ):
        assert house.decide("bob", job, **{"decision_id": latest, **more}).status_code == status, more
    text = client.get("/advertiser/ads/a1").text
    assert all(
        one in text
        for one in ("Rejected for other reasons", "told to you", "Another rule.", "(DSA, Art. 21)")
    )
    assert house.platform.ads.standing("a1").state == "rejected"


def test_known_answers_look_like_any_other_job(house: House) -> None:
    """A reviewer who can tell which one is known is measured at nothing."""
    engine = house.platform.engine
    real = house.submit("a1", "Our LINE (synthetic)", headline="A headline")
    with reading(engine) as connection:
        advertiser = advertisers_of(connection)["mall"]
    ad = Ad(
        ad_id="k1", advertiser_id="mall", headline="A headline", text="Our LINE, known (synthetic)",
        submitted_at=utc_now(),
    )  # fmt: skip
    found = house.platform.ads.check(ad, now=utc_now())
    add_golden(
        engine,
        Known(ad=ad, advertiser=advertiser, found=found),
        "reject",
        why="it is",
        by="cat",
        now=utc_now(),
    )
    assert real.state == "held"
    with engine.begin() as connection:
        golden_job(connection, "ann", now=utc_now())
    known = house.job("k1")
    pages = []
    for ad_id in ("a1", "k1"):
        job = house.taken(ad_id)
        text = house.of("ann").get(f"/desk/jobs/{job}").text
        pages.append(re.findall(r"<h2[^>]*>.*?</h2>|<fieldset>|<form[^>]*>", text))
        assert "golden" not in text
    assert [re.sub(r"[0-9a-f]{24}", "job", one) for one in pages[0]] == [
        re.sub(r"[0-9a-f]{24}", "job", one) for one in pages[1]
    ]
    assert "golden" not in house.of("ann").get("/desk").text
    assert house.of("bob").get(f"/desk/jobs/{known}").status_code == 404
    assert house.post("bob", f"/desk/jobs/{known}/comments", text="x").status_code == 404
    answer = house.post("ann", f"/desk/jobs/{known}/suspend", reason="the same people", **WHY)
    assert (answer.status_code, "Somebody else confirms it" in answer.text) == (200, True)
    assert not [one for one in waiting_jobs(engine, by="bob", now=utc_now()) if one.kind == "suspension"]
    answer = house.decide("ann", known, "approve", whole="yes")
    assert answer.headers["location"] == "/desk?done=decided"
    text = house.of("cat").get("/desk/quality").text
    row = re.search(r'<tr><th scope="row">ann</th>(.*?)</tr>', text, re.DOTALL)
    assert row is not None
    assert re.findall(r"<td>(.*?)</td>", row[1]) == [
        "1 cases",
        "0 (0 %) as known",
        "1 let through",
        "kappa 0.00",
    ]


def test_late_stands_first_and_is_counted(house: House) -> None:
    """What was promised and not kept is the first that people see."""
    house.submit("a1", "Our LINE (synthetic)", headline="The first")
    house.submit("a2", "Our LINE (synthetic)", headline="The late one")
    j = tables.jobs
    with house.platform.engine.begin() as connection:
        connection.execute(
            update(j)
            .where(j.c.job_id == house.job("a2"))
            .values(due_at=micros(utc_now() - timedelta(hours=2, minutes=3)))
        )
    text = house.of("ann").get("/desk").text
    assert text.index("The late one") < text.index("The first")
    assert "2 h 3 min late" in text
    assert "<strong>1</strong> late" in text
    late = house.of("ann").get("/desk/overdue").text
    assert "<strong>1</strong> jobs late" in late
    assert "2 h 3 min late" in late


def test_parties_and_permissions(house: House) -> None:
    """Who is protected and whom they permit, each change by a person who is named."""
    assert house.post("ann", "/desk/parties", party_id="p/1", kind="person", names=" \n").status_code == 422
    assert (
        house.post("ann", "/desk/parties", party_id="p/1", kind="robot", names="Sora Kumono").status_code
        == 422
    )
    made = house.post(
        "ann",
        "/desk/parties",
        party_id="p/1",
        kind="person",
        names="Sora Kumono\r\n\r\n空 くもの ",
        domains="sora.example",
    )
    assert made.headers["location"] == "/desk/parties/p%2F1"
    text = house.of("eve").get("/desk/parties/p%2F1").text
    assert all(one in text for one in ("空 くもの", "sora.example", ", ann: "))
    assert house.submit("a1", "Sora Kumono tells (synthetic)").state == "held"
    given = {"advertiser_id": "acme", "scope": "books", "signed_at": "2026-01-01", "signature_ref": "safe"}
    for more in ({"signed_at": ""}, {"signed_at": "x"}, {"signature_ref": " "}, {"expires_at": "2025-01-01"}):
        assert house.post("ann", "/desk/parties/p%2F1/permissions", **{**given, **more}).status_code == 422, (
            more
        )
    assert house.post("ann", "/desk/parties/p%2F1/permissions", **given).status_code == 303
    assert house.submit("a2", "Sora Kumono tells more (synthetic)").state == "approved"
    text = house.of("ann").get("/desk/parties/p%2F1").text
    revoke = re.search(r'action="([^"]*/revoke)"', text)
    assert revoke is not None
    assert house.post("ann", revoke[1]).status_code == 303
    assert house.submit("a3", "Sora Kumono again (synthetic)").state == "held"
    assert house.post("ann", "/desk/parties/p%2F1/end", reason="r").status_code == 303
    assert house.of("ann").get("/desk/parties/p%2F1").status_code == 404


def test_forms_take_no_sign_that_a_database_cannot_hold(house: House) -> None:
    """Fails when a form brings U+0000 into SQLite, which PostgreSQL refuses: the two would keep different things."""
    sora = {"party_id": "sora", "kind": "person", "names": "Sora Kumono"}
    refused = house.post("ann", "/desk/parties", **{**sora, "names": "Sora \x00 Kumono"})
    assert (refused.status_code, "U+0000" in refused.text) == (422, True)
    assert house.post("ann", "/desk/parties", **{**sora, "aliases": "100%00 Sora"}).status_code == 303


def test_a_permission_of_the_year_1_is_none(house: House) -> None:
    """Fails when a day that cannot be kept shows as 1970-01-01, of a permission that is listed as if in force."""
    assert (
        house.post("ann", "/desk/parties", party_id="sora", kind="person", names="Sora Kumono").status_code
        == 303
    )
    given = {"advertiser_id": "acme", "scope": "books", "signed_at": "2026-01-01", "signature_ref": "safe"}
    for more in ({"signed_at": "0001-01-01", "expires_at": "0001-01-02"}, {"expires_at": "9999-12-31"}):
        refused = house.post("ann", "/desk/parties/sora/permissions", **{**given, **more})
        assert (refused.status_code, "an instant from 1970-01-01" in refused.text) == (422, True)
    assert "1970-01-01" not in house.of("ann").get("/desk/parties/sora").text


def test_whoever_is_protected_already_is_not_overwritten(house: House) -> None:
    """Fails when a reviewer who chooses an identifier that is taken loses somebody else's party without a word."""
    first = {"party_id": "sora", "kind": "person", "names": "Sora Kumono", "domains": "sora.example"}
    assert house.post("ann", "/desk/parties", **first).status_code == 303
    again = house.post("cat", "/desk/parties", **{**first, "names": "Zorblatt", "domains": ""})
    assert (again.status_code, "is protected already" in again.text) == (422, True)
    text = house.of("ann").get("/desk/parties/sora").text
    assert ("sora.example" in text, "Zorblatt" in text) == (True, False)
    # Protection that ended begins anew in the same way.
    assert house.post("ann", "/desk/parties/sora/end", reason="she asked").status_code == 303
    assert house.post("ann", "/desk/parties", **first).status_code == 303


def test_a_victim_with_a_mistyped_ad_is_protected_and_it_is_said(house: House) -> None:
    """If it fails, a reviewer does not learn that an ad which was meant was never found."""
    data = {"source": "VICTIM", "new_party": "nana", "names": "Nana Mori", "ads": "nowhere"}
    answer = house.post("ann", "/desk/notices", **data)
    assert answer.status_code == 303
    assert (
        "No ad has the identifier <code>nowhere</code>"
        in house.of("ann").get(answer.headers["location"]).text
    )


def test_a_notice_that_cannot_be_taken_is_shown_again(house: House) -> None:
    """A victim's words are not lost because an identifier was mistyped."""
    for more, told in (
        ({"ads": "nowhere"}, "no ad has any of these identifiers"),
        ({}, "names nothing"),
        ({"source": "NOBODY"}, "choose who reports"),
        ({"country": "Japan"}, "a country that is none"),
    ):
        data = {"source": "VICTIM", "text": "It is not me.", **more}
        answer = house.post("ann", "/desk/notices", **data)
        assert (answer.status_code, told in answer.text, "It is not me." in answer.text) == (
            422,
            True,
            True,
        ), more


def test_an_answer_that_cannot_be_taken_is_shown_again(house: House) -> None:
    """If it fails, what was written for a victim is lost with a choice that was forgotten."""
    made = house.post("ann", "/desk/notices", source="VICTIM", new_party="nana", names="Nana Mori")
    at = made.headers["location"]
    for data, told, focused in (
        (
            {"reason": "kept words"},
            "choose what was done",
            'name="result" value="acted" data-key="1" required autofocus',
        ),
        ({"result": ["acted", "refused"], "reason": "kept words"}, "has result 2 times", " autofocus"),
        (
            {"result": "partly", "reason": " "},
            "Why, for the reporter: a reason of 0",
            'maxlength="4000" autofocus',
        ),
    ):
        answer = house.post("ann", f"{at}/answer", **data)
        assert answer.status_code == 422
        assert told in answer.text
        assert focused in answer.text
        assert ("kept words</textarea>" in answer.text) == (data["reason"] != " ")
        assert ('value="partly" data-key="2" required checked' in answer.text) == (
            data.get("result") == "partly"
        )
    assert house.post("ann", f"{at}/answer", result="acted", reason="held").status_code == 303


def test_an_advertiser_comes_in_by_its_own_key_alone(house: House) -> None:
    """Operators' keys, keys that may not submit, wrong and revoked ones open nothing; a session ends with its key."""
    client = house.nobody()
    assert client.get("/advertiser", follow_redirects=False).headers["location"] == "/advertiser/sign-in"
    form = form_mark(client, "/advertiser/sign-in")
    for key in (house.keys["root"], house.keys["audiences"], "hk_x_y", "", house.keys["acme"][:-1]):
        answer = client.post("/advertiser/sign-in", data={"key": key, "form": form})
        assert (answer.status_code, "no key of an advertiser" in answer.text) == (401, True)
        assert key == "" or key not in answer.text
    answer = client.post("/advertiser/sign-in", data={"key": house.keys["acme"], "form": "x" * 43})
    assert answer.status_code == 403
    answer = client.post(
        "/advertiser/sign-in", data={"key": house.keys["acme"], "form": form}, follow_redirects=False
    )
    parts = {one.strip().lower() for one in answer.headers["set-cookie"].split(";")}
    assert {"httponly", "samesite=strict", "path=/"} <= parts
    assert client.get("/advertiser").status_code == 200
    assert client.get("/desk", follow_redirects=False).headers["location"] == "/console/sign-in?to=desk"
    assert client.post("/advertiser/sign-out", data={"csrf": "x"}).status_code == 403
    revoke_key(house.platform.engine, house.keys["acme"].split("_")[1], now=utc_now())
    assert client.get("/advertiser", follow_redirects=False).status_code == 303
    client = house.owner("club")
    kept = dict(client.cookies)
    out = client.post(
        "/advertiser/sign-out", data={"csrf": mark(client, "/advertiser")}, follow_redirects=False
    )
    assert out.status_code == 303
    client.cookies.update(kept)
    assert client.get("/advertiser", follow_redirects=False).status_code == 303, (
        "ended is ended, not only forgotten"
    )


def test_an_advertiser_sees_its_own_ads_alone(house: House) -> None:
    """Another's ad is as one that is not there: to see, and to appeal."""
    made = house.submit("a1", "Our LINE, secret campaign (synthetic)")
    house.submit("b1", "Our own (synthetic)", by="club")
    client = house.owner("club")
    text = client.get("/advertiser").text
    assert ("Our own" in text, "secret campaign" in text) == (True, False)
    answers = [client.get(f"/advertiser/ads/{name}") for name in ("a1", "zz")]
    assert [one.status_code for one in answers] == [404, 404]
    assert answers[0].text == answers[1].text
    data = {"csrf": mark(client, "/advertiser"), "decision_id": made.decision_id, "text": "mine"}
    for name in ("a1", "b1"):
        assert client.post(f"/advertiser/ads/{name}/appeals", data=data).status_code in (404, 422)
    assert not [
        one for one in waiting_jobs(house.platform.engine, by="ann", now=utc_now()) if one.kind == "appeal"
    ]


def test_an_appeal_comes_in_time(house: House) -> None:
    """Six months, told and kept (DSA, Art. 20(1)); afterwards the form is gone and the call is refused."""
    made = house.submit("a1", "[reject] (synthetic)")
    client = house.owner("acme")
    assert 'name="decision_id"' in client.get("/advertiser/ads/a1").text
    d = tables.decisions
    with house.platform.engine.begin() as connection:
        connection.execute(update(d).values(decided_at=micros(utc_now() - timedelta(days=200))))
    assert 'name="decision_id"' not in client.get("/advertiser/ads/a1").text
    data = {"csrf": mark(client, "/advertiser"), "decision_id": made.decision_id, "text": "late"}
    answer = client.post("/advertiser/ads/a1/appeals", data=data)
    assert (answer.status_code, "within six months" in answer.text) == (422, True)


def test_a_check_is_no_submission(house: House) -> None:
    """What is only tried is kept nowhere: no ad, no version, no picture; and what is wrong is told, not thrown."""
    client = house.owner("acme")
    csrf = mark(client, "/advertiser/check")
    sent = {"csrf": csrf, "text": "Our LINE (synthetic)", "headline": "", "country": "JP"}
    files = {"picture": ("p.png", drawing(), "image/png")}
    answer = client.post("/advertiser/check", data=sent, files=files)
    assert (answer.status_code, "A person would look at it first" in answer.text) == (200, True)
    assert "Take image-code out of it." in answer.text
    for more, status in (({"country": "Japan"}, 422), ({"text": "x" * 20_001}, 422), ({"csrf": "x"}, 403)):
        answer = client.post("/advertiser/check", data={**sent, **more}, files={"picture": ("", b"", "")})
        assert answer.status_code == status, more
    for bytes_of_it in (10_000_001, 10_300_000):
        large = {"picture": ("p.png", b"x" * bytes_of_it, "image/png")}
        answer = client.post("/advertiser/check", data=sent, files=large)
        assert (answer.status_code, "too large" in answer.text) == (422, True)
    huge = {"picture": ("p.png", b"x" * 32_000_001, "image/png")}
    answer = client.post("/advertiser/check", data=sent, files=huge)
    assert (answer.status_code, "Too much at once" in answer.text) == (413, True)
    with reading(house.platform.engine) as connection:
        for table in (tables.ads, tables.versions, tables.blobs, tables.decisions, tables.jobs):
            assert connection.execute(table.select()).all() == []


def test_all_languages_have_all_texts() -> None:
    """A page that lacks a text would fail for those who read that language alone."""
    names = {lang: set(texts(lang)) for lang in LANGUAGES}
    assert all(one == names["en"] for one in names.values())
    assert all(all(texts(lang).values()) for lang in LANGUAGES)
    assert all(
        "{hours}" in texts(lang)["hours_left"] and "{most}" in texts(lang)["picture"] for lang in LANGUAGES
    )


def test_pictures_are_shown_upright_and_only_of_sane_size(house: House) -> None:
    """Boxes lie over what they mean: in pixels of the picture as browsers turn it."""
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (40, 20)).save(out, "JPEG", exif=exif)
    sent = base64.b64encode(out.getvalue()).decode()
    key = {"Authorization": f"Bearer {house.keys['acme']}"}
    body = {"ad_id": "turned", "text": "LINE (synthetic)", "picture": sent}
    assert house.of("ann").post("/v1/ads", json=body, headers=key).status_code == 201
    sha256 = show_job(house.platform.engine, house.job("turned"), now=utc_now()).picture
    assert sha256 is not None
    assert size_of_picture(house.platform.engine, sha256) == (20, 40)
    assert size_of_picture(house.platform.engine, "nowhere") is None
    claim(house.platform.engine, house.job("turned"), by="ann", now=utc_now())
    text = house.of("ann").get(f"/desk/jobs/{house.job('turned')}").text
    assert 'width="20" height="40"' in text


def test_wrong_keys_are_slowed_down_and_right_ones_not(house: House) -> None:
    """A form is one more door to guess at; and no flood of guesses keeps a known key out."""
    house.owner("acme")
    client = house.nobody()
    form = form_mark(client, "/advertiser/sign-in")
    told = [
        client.post("/advertiser/sign-in", data={"key": f"hk_{n:012x}_guess", "form": form})
        for n in range(25)
    ]
    assert {one.status_code for one in told} == {401, 429}
    assert int(told[-1].headers["retry-after"]) >= 1
    again = {"key": house.keys["acme"], "form": form}
    assert client.post("/advertiser/sign-in", data=again, follow_redirects=False).status_code == 303


def test_a_done_job_says_so(house: House) -> None:
    """An old link leads to what became of it, and offers nothing that would only be refused."""
    house.submit("a1", "Our LINE (synthetic)")
    job = house.taken("a1")
    house.decide("ann", job, "approve")
    text = house.of("bob").get(f"/desk/jobs/{job}").text
    assert "This job is done" in text
    assert f"/desk/jobs/{job}/claim" not in text


def test_an_advertisers_session_is_short() -> None:
    """A browser that was left open is not an advertiser for ever."""
    sessions = AdvertiserSessions()
    now = utc_now()
    first, second = sessions.begin("one", now=now), sessions.begin("two", now=now)
    begun = sessions.find(first, now=now + LASTS - timedelta(seconds=1))
    assert begun is not None
    assert begun.prefix == "one"
    assert sessions.find(first, now=now + LASTS) is None
    assert sessions.find(first, now=now) is None, "what is over does not come back"
    sessions.end(second)
    assert sessions.find(second, now=now) is None


@pytest.mark.slow
def test_haechi_serve_has_the_desk_and_the_advertisers_page(own_database: str, tmp_path: Path) -> None:
    """What is only mounted in tests is not there for anybody."""
    open_store(own_database).dispose()
    with platform_served(own_database, "--snapshot", str(tmp_path / "gate.snapshot")) as port:
        for path, kind in (("/desk/desk.js", "text/javascript"), ("/advertiser/sign-in", "text/html")):
            status, headers, _ = call(port, path)
            assert (status, headers["content-type"].split(";")[0]) == (200, kind)
            assert headers["x-content-type-options"] == "nosniff"
        status, headers, _ = call(port, "/desk")
        assert (status, headers["location"]) == (303, "/console/sign-in?to=desk")


def test_the_next_of_a_filter(house: House) -> None:
    """Who reads Japanese alone takes what is in Japanese; never what they may not take, or what somebody has."""
    house.submit("ko", "LINE (synthetic)", language="ko", country="KR")
    house.submit("j1", "LINE one (synthetic)", language="ja", country="JP")
    house.submit("j2", "LINE two (synthetic)", language="ja", country="JP")
    first, second = house.job("j1"), house.job("j2")
    assert house.post("ann", "/desk/next", language="ja").headers["location"] == f"/desk/jobs/{first}"
    assert house.post("bob", "/desk/next", country="JP").headers["location"] == f"/desk/jobs/{second}"
    answer = house.post("cat", "/desk/next", language="ja", country="JP")
    assert "Nothing waits that you may take." in answer.text
    assert 'name="language" value="ja"' in answer.text, "the filter stays"


def test_no_number_of_reviews_hides_an_appeal(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A list that ends somewhere must not end before what has a deadline in law."""
    monkeypatch.setattr(waiting_list, "_MOST", 2)
    for number in range(4):
        house.submit(f"a{number}", f"LINE {number} (synthetic)", headline=f"Review {number}")
    made = house.submit("late", "[reject] (synthetic)", headline="An appeal")
    client = house.owner("acme")
    data = {"csrf": mark(client, "/advertiser"), "decision_id": made.decision_id, "text": "It is right."}
    client.post("/advertiser/ads/late/appeals", data=data)
    text = house.of("ann").get("/desk").text
    assert [f"Review {number}" in text for number in range(4)] == [True, True, False, False]
    assert "An appeal" in text
    assert "<strong>5</strong> wait" in text
    assert "(2 now)" in text


def test_who_comes_for_the_desk_lands_there(house: House) -> None:
    """A session that ended between two ads costs a sign-in, not the way; and no address leads elsewhere."""
    for to, home in (("desk", "/desk"), ("//evil.example", "/console"), ("", "/console")):
        client = house.nobody()
        path = f"/console/sign-in?to={to}"
        data = {"name": "ann", "password": PASSWORD, "form": form_mark(client, path)}
        assert ('action="/console/sign-in?to=desk"' in client.get(path).text) == (to == "desk")
        assert client.post(path, data=data, follow_redirects=False).headers["location"] == home


def test_an_owner_puts_an_ad_among_the_known_ones(house: House) -> None:
    """Without known answers nobody is measured; and who put one in, or may not see the figures, learns nothing."""
    engine = house.platform.engine
    house.submit("old", "Our LINE of old (synthetic)", by="club", headline="Of old")
    house.decide("bob", house.taken("old", "bob"), "reject")
    for more, status in (
        ({"ad_id": "nowhere"}, 422),
        ({"outcome": "hold"}, 422),
        ({"why": " "}, 422),
        ({}, 303),
    ):
        data = {"ad_id": "old", "outcome": "reject", "why": "two people said so", **more}
        assert house.post("cat", "/desk/quality", **data).status_code == status, more
        assert house.post("ann", "/desk/quality", **data).status_code == 403
    with engine.begin() as connection:
        golden_job(connection, "cat", now=utc_now())
        golden_job(connection, "ann", now=utc_now())
    assert not waiting_jobs(engine, by="cat", now=utc_now())
    job = house.taken("old")
    text = house.of("ann").get(f"/desk/jobs/{job}").text
    assert "Of old" in text
    assert "two people said so" not in text
    assert house.decide("ann", job, "reject").status_code == 303
    assert "1 (100 %) as known" in house.of("cat").get("/desk/quality").text
    assert house.platform.ads.standing("old").state == "rejected"


def test_what_the_shipped_rules_and_signals_find_is_shown(house: House) -> None:
    """The desk is made for the real examiner: each span is marked where it is, and each rule told by its title."""
    examiner = Examiner(load_ruleset())
    house.platform.ads = Ads(house.platform.engine, examiner, visit=visit)
    party = Party(party_id="sora", names=("Sora Kumono", "空野 くもの"))
    put_party(house.platform.engine, party, by="test", now=utc_now())
    made = house.submit(
        "real", "Sora Kumono guarantees 30% profit a month, risk free. Add me on LINE: https://line.me/R/ti/p/x1",
        headline="Free stock tips (synthetic)", language="en", country="JP", landing_url="https://circle.example/",
    )  # fmt: skip
    decision = made.decision
    assert decision is not None
    job = house.job("real") if made.state == "held" else None
    if job is None:
        data = {
            "csrf": mark(house.owner("acme"), "/advertiser"),
            "decision_id": made.decision_id,
            "text": "No.",
        }
        assert house.owner("acme").post("/advertiser/ads/real/appeals", data=data).status_code == 200
        job = house.job("real", "appeal")
    text = house.of("ann").get(f"/desk/jobs/{job}").text
    spans = {
        seen.text
        for one in decision.signals
        for seen in one.evidence
        if isinstance(seen, Span) and seen.field in ("headline", "text")
    }
    assert len(spans) >= 3
    marked = html.unescape("".join(re.findall(r"<mark[^>]*>(.*?)</mark>", text, re.DOTALL)))
    assert all(one in marked for one in spans)
    titles = {rule.code: rule.title for rule in load_ruleset().rules}
    assert decision.reasons
    for reason in decision.reasons:
        assert titles[reason.code] in html.unescape(text)
        assert reason.text in html.unescape(text)
    assert "the one of today" in text
    shown = html.unescape(house.owner("acme").get("/advertiser/ads/real").text)
    assert all(reason.text in shown and reason.fix in shown for reason in decision.reasons)
    assert '<p lang="ja">' in shown, "reasons are in the language of the advertiser's country, and say so"
