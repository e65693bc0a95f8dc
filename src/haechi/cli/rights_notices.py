"""`haechi rights annual-notice` and `haechi rights breach`: what people are to be told without asking."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import msgspec
from rich.console import Console
from sqlalchemy import Engine

from haechi.cli.breach_text import show_clocks
from haechi.cli.private_files import private_file
from haechi.cli.progress import progress
from haechi.errors import OutputError, UsageError
from haechi.law import AnnualNotice, LawPack, in_force, load_packs, midnight
from haechi.rights.annual import notice_of
from haechi.rights.breach import Clock, clocks
from haechi.rights.controller import Controller, read_controller, read_published
from haechi.rights.drafts import Telling, draft
from haechi.rights.incident import Incident, read_incident
from haechi.stores import breach as stores_breach
from haechi.stores.annual import count, used_in
from haechi.stores.clock import utc_now
from haechi.stores.ledger.held import one_state
from haechi.stores.opened import connect
from haechi.terms.words import LANGUAGES, Category, Language

_STEP: Final = 1_000
_FIRST_YEAR: Final = 2000


def annual_notice(
    *,
    controller: Path,
    out: Path,
    database: str = "haechi-data",
    year: int | None = None,
    lang: Language = "ko",
    declined: Path | None = None,
    law_pack: list[Path] | None = None,
) -> None:
    """Write the yearly notice to every person under a law that wants one (Korea: PIPA Art. 20-2, Decree Art. 15-3).

    Writes notices-LAW-YEAR.jsonl, a line a person, for your mailer: it names people and what they are interested in,
    and is readable by its owner alone. Beside it summary-LAW-YEAR.json, without people. Each appears when it is
    whole; what is interrupted leaves what was there, and is called again.

    Parameters
    ----------
    controller
        TOML about the controller (docs/reference/receipts.md).
    out
        A folder.
    database
        A folder or a postgresql:// URL (or the environment variable HAECHI_DATABASE).
    year
        Which; the last that is over without it. Years are those of the law's time zone.
    lang
        Of the notices.
    declined
        A file with the identifiers, a line each, of people who do not want the notice.
    law_pack
        Further or corrected law packs.
    """
    who, unwanted = read_published(controller), _identifiers(declined)
    engine = connect(database)
    _make_folder(out)
    told = False
    for pack in load_packs(law_pack or ()).values():
        if not pack.annual_notice:
            continue
        chosen, since, until = _year(pack, year)
        for duty in in_force(pack.annual_notice, until):
            told = True
            target = out / f"notices-{pack.id}-{chosen}.jsonl"
            made = _write_notices(
                engine, target, pack=pack, duty=duty, controller=who, stretch=(chosen, since, until), lang=lang,
                declined=unwanted,
            )  # fmt: skip
            _say_notices(made, duty, target)
            summary = out / f"summary-{pack.id}-{chosen}.json"
            with private_file(summary) as file:
                json.dump(made, file, ensure_ascii=False, indent=2)
                file.write("\n")
    if not told:
        raise UsageError("no law asks for a yearly notice about that year; expected one such as 2025.")


def breach(
    incident: Path,
    *,
    controller: Path,
    out: Path,
    database: str = "haechi-data",
    people: Path | None = None,
    lang: list[Language] | None = None,
    law_pack: list[Path] | None = None,
) -> int:
    """Say whom to tell of a suspected leak by when, under every law concerned, and draft the notices.

    Ends with 1 where a deadline is over and nobody was told. What nobody answered counts as the stricter answer.
    Writes people.jsonl (names people; readable by its owner alone), breach.json, and a draft for every notice and
    language.

    Parameters
    ----------
    incident
        TOML about what happened (docs/how-to/breach.md).
    controller
        TOML about the controller (docs/reference/receipts.md).
    out
        A folder.
    database
        A folder or a postgresql:// URL (or the environment variable HAECHI_DATABASE).
    people
        A file with the identifiers, a line each, of people who are known to be concerned.
    lang
        Of the drafts; all four without it.
    law_pack
        Further or corrected law packs.
    """
    now = utc_now()
    what, who, packs = (
        read_incident(incident, now=now),
        read_controller(controller),
        load_packs(law_pack or ()),
    )
    _refuse_unknown_laws(incident, what, packs)
    listed = None if people is None else _identifiers(people)
    _make_folder(out)
    with one_state(connect(database)) as connection:
        concerned = stores_breach.found(connection, what, listed)
        counts, nowhere = stores_breach.concerned(connection, packs, concerned)
        with private_file(out / "people.jsonl") as file:
            for person_id, laws in stores_breach.identified(connection, packs, concerned):
                file.write(msgspec.json.encode({"person_id": person_id, "laws": laws}).decode() + "\n")
    running = clocks(what, counts, packs, now=now)
    categories = frozenset(what.categories) | concerned.inferred
    blanks = _write_drafts(out, running, what, who, packs, categories=categories, langs=lang or LANGUAGES)
    told = {
        "known_at": what.known_at,
        "as_of": now,
        "event": what.event,
        "people": len(concerned.people),
        "place_unknown": nowhere,
        "identifiers_unknown": concerned.unknown,
        "categories": sorted(categories),
        "clocks": running,
        "blanks": blanks,
    }
    with private_file(out / "breach.json") as file:
        file.write(msgspec.json.format(msgspec.json.encode(told), indent=2).decode() + "\n")
    show_clocks(running, packs, people=len(concerned.people), nowhere=nowhere, unknown=concerned.unknown)
    return 1 if any(clock.status == "overdue" for clock in running) else 0


def _refuse_unknown_laws(file: Path, incident: Incident, packs: Mapping[str, LawPack]) -> None:
    for one in incident.told:
        if one.law not in packs:
            raise UsageError(f"{file}, told: found law {one.law!r}; expected one of {', '.join(packs)}.")


def _write_drafts(
    out: Path,
    running: Sequence[Clock],
    incident: Incident,
    controller: Controller,
    packs: Mapping[str, LawPack],
    *,
    categories: frozenset[Category],
    langs: Sequence[Language],
) -> dict[str, tuple[str, ...]]:
    """A draft for every notice that is still owed; by file what people have to write."""
    blanks: dict[str, tuple[str, ...]] = {}
    # Where two deadlines for one report run because nobody answered, the earlier one stands in its draft.
    owed = [clock for clock in running if clock.status not in ("not-required", "done", "late")]
    for clock in sorted(owed, key=lambda clock: clock.due or datetime.max):  # noqa: DTZ901 - naive UTC inside
        for lang in langs:
            stage = "" if clock.stage == "only" else f"-{clock.stage}"
            name = f"{clock.law}-{clock.to}{stage}-{lang}.txt"
            if name in blanks:
                continue
            made = draft(
                Telling(
                    clock=clock, incident=incident, controller=controller, pack=packs[clock.law],
                    categories=categories, lang=lang,
                )
            )  # fmt: skip
            with private_file(out / name) as file:
                file.write(made.text)
            blanks[name] = made.blanks
    return blanks


def _write_notices(
    engine: Engine,
    target: Path,
    *,
    pack: LawPack,
    duty: AnnualNotice,
    controller: Controller,
    stretch: tuple[int, datetime, datetime],
    lang: Language,
    declined: frozenset[str],
) -> dict[str, object]:
    """Writes the notices under one law, and gives what may be told of them."""
    year, since, until = stretch
    done: Counter[str] = Counter()
    advertisers: set[str] = set()
    with one_state(engine) as connection, private_file(target) as file, progress("notices") as step:
        quarter = midnight(date(year, 10, 1), ZoneInfo(pack.time_zone))
        counted = count(connection, pack, since=quarter, until=until)
        for used in used_in(connection, pack, since=since, until=until, declined=declined):
            notice = notice_of(used, controller, year=year, article=duty.article, lang=lang)
            file.write(msgspec.json.encode(notice).decode() + "\n")
            done["notices"] += 1
            done["with_recipients"] += bool(notice.provided)
            advertisers.update(one.advertiser_id for one in notice.provided)
            if done["notices"] % _STEP == 0:
                step(_STEP)
    return {
        "law": pack.id,
        "article": duty.article,
        "year": year,
        "lang": lang,
        "file": target.name,
        "people": counted.people,
        "place_unknown": counted.place_unknown,
        "declined": counted.people - done["notices"],
        "notices": done["notices"],
        "with_recipients": done["with_recipients"],
        "advertisers": len(advertisers),
        "sensitive_people_at_most": counted.sensitive_at_most,
        "owed": {
            "people": counted.people >= duty.people,
            "sensitive_people": counted.sensitive_at_most >= duty.sensitive_people,
        },
        "counted": duty.counted.en,
    }


def _say_notices(made: dict[str, object], duty: AnnualNotice, target: Path) -> None:
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    console.print(
        f"{made['law']}: {made['notices']:,} notices in {target}. The file names people: for your mailer alone.",
        markup=False,
    )
    console.print(
        f"Owed from {duty.sensitive_people:,} people with sensitive data or {duty.people:,} people on; here at most "
        f"{made['sensitive_people_at_most']:,} and {made['people']:,} ({duty.article}).",
        markup=False,
    )


def _year(pack: LawPack, year: int | None) -> tuple[int, datetime, datetime]:
    """A year that is over, with its begin and end in the law's zone."""
    zone = ZoneInfo(pack.time_zone)
    present = utc_now().replace(tzinfo=UTC).astimezone(zone).year
    chosen = present - 1 if year is None else year
    if not _FIRST_YEAR <= chosen < present:
        raise UsageError(f"--year is {chosen}; expected a year that is over, from {_FIRST_YEAR} on.")
    return chosen, midnight(date(chosen, 1, 1), zone), midnight(date(chosen + 1, 1, 1), zone)


def _identifiers(file: Path | None) -> frozenset[str]:
    if file is None:
        return frozenset()
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise UsageError(f"{file}: expected a file with an identifier a line.") from None
    return frozenset(line for line in (line.strip() for line in lines) if line)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise OutputError(f"{folder}: expected a folder that can be written; {fault.strerror}.") from None
