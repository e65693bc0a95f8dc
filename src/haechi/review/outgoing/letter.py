"""A statement of reasons as its advertiser reads it (DSA Art. 17(1), (3)): in Japanese, Korean, English or German."""

from collections.abc import Sequence
from typing import Final

from haechi.review.ads import Ad, Advertiser, Reason
from haechi.review.outgoing.record import Platform
from haechi.review.outgoing.statement import Statement, phrases, subject_of, texts
from haechi.terms.words import LANGUAGES, Language

_LANGUAGE_OF: Final[dict[str, Language]] = {"JP": "ja", "KR": "ko", "DE": "de", "AT": "de", "LI": "de"}


def language_of(advertiser: Advertiser | None, ad: Ad | None = None) -> Language:
    """The language to write to an advertiser in: its country's, where that is one of ours, else the ad's, else en."""
    if advertiser is not None and advertiser.country is not None:
        return _LANGUAGE_OF.get(advertiser.country, "en")
    declared = "" if ad is None else (ad.language or "").lower()
    return next((one for one in LANGUAGES if one == declared), "en")


def points(statement: Statement, language: str) -> dict[str, str]:
    """The points (a) to (e) of Art. 17(3) in words, without personal data; of (d) and (e) the one that applies."""
    said = texts(language, subject_of(statement))
    between = "、" if language == "ja" else ", "
    found = between.join(phrases(statement, language))
    where = said["territory"].format(countries=", ".join(statement.countries))
    told = {
        "a": [
            said[statement.restriction],
            where if statement.countries else said["everywhere"],
            said["until"].format(until=statement.until) if statement.until else said["indefinite"],
        ],
        "b": [said[statement.source], said["found"].format(found=found) if found else said["found_nothing"]],
        "c": [
            said[f"detected-{'yes' if statement.detected_by_machine else 'no'}"],
            said[statement.automation],
        ],
    }
    if statement.notes:
        told["b"].append(said["notes"].format(notes=statement.notes))
    laws = between.join(statement.laws)
    if statement.ground == "law":
        told["d"] = [said["ground_law"].format(laws=laws)]
    else:
        told["e"] = [said["ground_terms"].format(codes=between.join(statement.codes))]
        told["e"] += [said["also"].format(laws=laws)] if laws else []
    gap = "" if language == "ja" else " "
    return {point: gap.join(sentences) for point, sentences in told.items()}


def letter(statement: Statement, reasons: Sequence[Reason], platform: Platform, language: str) -> str:
    """The whole statement with redress, as plain text.

    Args:
        statement: see `statement.statement_of` and `account.account_statement`.
        reasons: of the decision; their words are for this advertiser alone and go nowhere else. An account has none.
        platform: where complaints are taken.
        language: one of `LANGUAGES`; any other is written in English.
    """
    said = texts(language, subject_of(statement))
    told = points(statement, language)
    ground = "d" if "d" in told else "e"
    mended = [f"- {one.text} {said['fix'].format(fix=one.fix)}" for one in reasons]
    redress = (
        said["complaint"].format(complaint_url=platform.complaint_url),
        said["dispute"].format(dispute_url=platform.dispute_url),
        said["court"],
    )
    blocks = [
        said["title"].format(ad_id=statement.ad_id),
        said["reference"].format(puid=statement.puid, decided_on=statement.decided_at.date()),
    ]
    blocks += [f"{said[f'heading_{point}']}\n{told[point]}" for point in ("a", "b", "c")]
    blocks.append("\n".join([said[f"heading_{ground}"], told[ground], *mended]))
    blocks.append("\n".join([said["heading_f"], *redress]))
    return "\n\n".join(blocks) + "\n"
