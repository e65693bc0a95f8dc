"""A folder of ads as a platform's tables have them, with the truth beside."""

import csv
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Final

import msgspec

from haechi.errors import UsageError
from haechi.example.campaigns import accounts, honest, pictures, scams
from haechi.example.campaigns.accounts import Account
from haechi.example.campaigns.draft import Draft
from haechi.example.campaigns.evasions import EVASIONS, ON_PICTURES, evade
from haechi.example.campaigns.honest import Honest
from haechi.example.campaigns.landing import rows
from haechi.example.campaigns.parties import parties
from haechi.example.campaigns.templates import Part
from haechi.example.folder import replaced_whole
from haechi.review.ads import Ad

Progress = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and how much there is."""

SYNTHETIC: Final = (
    "Synthetic: no person, firm, paper, office, account or ad in it is real. How the scams are run follows published "
    "reports; the words are made up."
)
TRUTH: Final = ("ad_id", "campaign", "family", "scam", "kind", "language", "evasion", "hand_off")
"""Columns of `truth.csv`. hand_off: where a scam's way into a chat stands, nothing for honest ads."""
_DAYS_APART: Final = 60
_OTHERS_LICENCES: Final = 300


@dataclass(frozen=True, slots=True)
class Plan:
    """What is written.

    Attributes:
        campaigns: of scams, for each evasion.
        honest: ads that are no scam.
        seed: same seed, same bytes, as long as the fonts are the same.
        split: which families and lines: those to build on, or those to measure by.
        evasions: each gives the same campaigns again; `none` leaves them as they are.
        pictures: whether ads have pictures; those of protected persons are there in any case.

    Raises:
        UsageError: a count is too small, no evasion has that name, or one needs the pictures that are not wanted.
    """

    campaigns: int = 60
    honest: int = 1_200
    seed: int = 1
    split: Part = "dev"
    evasions: tuple[str, ...] = ("none",)
    pictures: bool = True

    def __post_init__(self) -> None:
        if self.campaigns < 1 or self.honest < 0:
            raise UsageError("expected at least 1 campaign and no negative number of honest ads.")
        for name in self.evasions:
            if name != "none" and name not in EVASIONS:
                raise UsageError(
                    f"--evasion {name}: not known; expected none or one of {', '.join(EVASIONS)}."
                )
        if len(set(self.evasions)) != len(self.evasions) or not self.evasions:
            raise UsageError("--evasion: expected each name once, and at least one.")
        needing = [name for name in self.evasions if name in ON_PICTURES and not self.pictures]
        if needing:
            raise UsageError(f"--no-pictures: expected no evasion by pictures; found {', '.join(needing)}.")


def write_ads(plan: Plan, out: Path, progress: Progress = lambda *_: None) -> int:
    """Writes `ads.jsonl`, the tables beside it, `pictures/`, `landing.jsonl`, `truth.csv` and `README.txt`.

    The folder appears whole or not at all.

    Args:
        plan: how much, of what.
        out: the folder; must not exist, or be empty, or hold an earlier example, which is then replaced.
        progress: told of the pictures drawn, which take most of the time.

    Returns:
        how many ads were written.

    Raises:
        UsageError: `out` holds something else, or a font is missing.
        OutputError: `out` cannot be written; what stood there before is untouched.
    """
    with replaced_whole(out.resolve()) as folder:
        known: dict[str, Account] = {}
        drafts = list(_scams(plan, known))
        fair = list(honest.ads(plan.honest, plan.split, plan.seed, _DAYS_APART))
        known |= {one.account.row.advertiser_id: one.account for one in fair}
        drafts += [one.draft for one in fair]
        drafts.sort(key=lambda one: (one.submitted_at, one.ad_id))
        _references(folder)
        images = _draw(drafts, folder, progress) if plan.pictures else {}
        _lines(folder / "ads.jsonl", (_row(one, images.get(one.ad_id)) for one in drafts))
        _tables(plan, folder, known, fair)
        answers = dict.fromkeys(line for one in drafts for line in rows(one.pages))
        (folder / "landing.jsonl").write_bytes(b"".join(line + b"\n" for line in answers))
        _truth(folder / "truth.csv", drafts)
        (folder / "README.txt").write_text(_readme(plan, len(drafts)), encoding="utf-8")
    return len(drafts)


def _scams(plan: Plan, known: dict[str, Account]) -> Iterator[Draft]:
    for turn, name in enumerate(plan.evasions):
        made = scams.campaigns(plan.campaigns, plan.split, plan.seed, name, turn * _DAYS_APART)
        for campaign in made:
            for account in campaign.accounts:
                known[account.row.advertiser_id] = account
                if account.taken_over:
                    yield honest.before(account, plan.split, campaign.drafts[0].submitted_at, plan.seed)
            for draft in campaign.drafts:
                changed = _evaded(name, draft, plan.seed)
                if changed is not None:
                    yield changed


def _evaded(name: str, draft: Draft, seed: int) -> Draft | None:
    if name == "none":
        return draft
    done = evade(name, draft, Random(f"{seed}:{draft.ad_id}:{name}"))  # noqa: S311 - synthetic
    return done and replace(done, ad_id=f"{draft.ad_id}.{name}")


def _row(draft: Draft, image: str | None) -> Ad:
    return Ad(
        ad_id=draft.ad_id,
        advertiser_id=draft.advertiser_id,
        headline=draft.headline,
        text=draft.text,
        image=image,
        landing_url=draft.landing_url,
        display_name=draft.display_name,
        country=draft.country,
        language=draft.wording.language if not draft.scam else _declared(draft),
        targeting=draft.targeting,
        payer=draft.payer,
        submitted_at=draft.submitted_at,
    )


def _declared(draft: Draft) -> str:
    """The language that a scam declares: of the people it targets, whatever it is written in."""
    return draft.targeting.languages[0]


def _references(folder: Path) -> None:
    """Draws the reference pictures of protected persons."""
    (folder / "pictures" / "parties").mkdir(parents=True)
    for party in parties():
        if party.kind == "person":
            (folder / party.picture).write_bytes(pictures.reference(party.party_id))


def _draw(drafts: Sequence[Draft], folder: Path, progress: Progress) -> dict[str, str]:
    """Draws the creatives, each once, under a name that says nothing; answers which ad has which."""
    drawn: dict[object, str] = {}
    found = {}
    for number, draft in enumerate(drafts):
        if draft.creative is None:
            continue
        if draft.creative not in drawn:
            packed = pictures.creative(draft.creative)
            drawn[draft.creative] = f"pictures/{hashlib.sha256(packed).hexdigest()[:24]}.jpg"
            (folder / drawn[draft.creative]).write_bytes(packed)
        found[draft.ad_id] = drawn[draft.creative]
        progress("pictures", number + 1, len(drafts))
    return found


def _tables(plan: Plan, folder: Path, known: Mapping[str, Account], fair: Sequence[Honest]) -> None:
    by_name = sorted(known.values(), key=lambda one: one.row.advertiser_id)
    _lines(folder / "advertisers.jsonl", (one.row for one in by_name))
    _lines(folder / "protected_parties.jsonl", (one.row() for one in parties()))
    allowed = {(a.party_id, a.advertiser_id): a for one in fair for a in one.authorisations}
    _lines(folder / "authorisations.jsonl", allowed.values())
    chance = Random(f"{plan.seed}:licences")  # noqa: S311 - synthetic
    licences = [row for one in by_name for row in one.licences]
    claimed = {(row.number, row.registered_name) for one in fair for row in one.account.licences}
    own = (accounts.registered(party) for party in parties() if party.use == "brand")
    licences += [row for row in own if (row.number, row.registered_name) not in claimed]
    licences += accounts.others_licences(_OTHERS_LICENCES, chance)
    chance.shuffle(licences)
    _lines(folder / "licences.jsonl", licences)


def _lines(file: Path, structs: Iterable[msgspec.Struct]) -> None:
    file.write_bytes(b"".join(msgspec.json.encode(one) + b"\n" for one in structs))


def _truth(file: Path, drafts: Iterable[Draft]) -> None:
    with file.open("w", encoding="utf-8", newline="") as sink:
        writer = csv.writer(sink)
        writer.writerow(TRUTH)
        for one in drafts:
            scam = "yes" if one.scam else "no"
            language = _declared(one) if one.scam else one.wording.language
            way = "" if one.hand_off is None else one.hand_off.mode
            writer.writerow(
                (one.ad_id, one.campaign, one.wording.family, scam, one.kind, language, one.evasion, way)
            )


def _readme(plan: Plan, count: int) -> str:
    return f"""{SYNTHETIC}

{count:,} ads of the {plan.split} part, seed {plan.seed}; {plan.campaigns:,} campaigns of scams for each of:
{", ".join(plan.evasions)}.{"" if plan.pictures else " Ads without pictures."}
A judge that remembers sees the campaigns of every evasion after one another: to measure one alone, write one folder
for each.

ads.jsonl, advertisers.jsonl, protected_parties.jsonl, authorisations.jsonl, licences.jsonl   as a platform has them
pictures/       creatives, and reference pictures of protected persons; none shows a person
landing.jsonl   what stands behind the ads: by address, visitor (any, reviewer, phone, abroad) and phase (always,
                before or after approval)
truth.csv       what each ad is; no judge may read it
"""
