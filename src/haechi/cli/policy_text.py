"""Rule sets and backtests in words."""

from collections import Counter
from collections.abc import Iterator

from haechi.review.ads import OUTCOMES
from haechi.review.policy.backtest import Backtest, Quality, Share
from haechi.review.policy.model import Rule, RuleSet


def set_lines(ruleset: RuleSet) -> Iterator[str]:
    """A rule set in short: each rule in a line, the weightiest first."""
    every = (*ruleset.rules, *ruleset.off)
    modes = Counter(rule.mode for rule in every)
    told = ", ".join(f"{modes[mode]} {mode}" for mode in ("live", "shadow", "off"))
    languages = ", ".join(sorted(ruleset.words))
    yield f"{ruleset.id} version {ruleset.version}: {len(every)} rules ({told}); words in {languages}."
    yield f"SHA-256 {ruleset.hash}"
    unapproved = sum(rule.mode == "live" and rule.approved_by is None for rule in every)
    if unapproved:
        yield f"{unapproved} live rules name nobody who approved them."
    width = max(len(rule.code) for rule in every)
    for rule in every:
        mode = "" if rule.mode == "live" else f" ({rule.mode})"
        yield f"  {rule.outcome:6}  {rule.code:{width}}  {rule.title}{mode}"


def rule_lines(rule: Rule, ruleset: RuleSet) -> Iterator[str]:
    """One rule with everything that it says."""
    yield f"{rule.code}: {rule.title}"
    yield f"{rule.mode}, {rule.outcome}; ground {rule.ground}; {rule.category} {rule.keyword or ''}".rstrip()
    approved = rule.approved_by or "nobody"
    yield f"Queue {rule.queue}, within {rule.hours} hours. Author {rule.author}, approved by {approved}."
    if rule.since or rule.until:
        yield f"In force from {rule.since or 'always'} until {rule.until or 'further notice'}."
    yield f"when: {' '.join(rule.when.split())}"
    for law in rule.laws:
        mark = "read" if law.checked else "recalled, not read again"
        force = "binds" if law.binding else "a request, does not bind"
        where = ", ".join(law.countries) or "all countries"
        yield f"law: {law.article} ({force}; since {law.since}; {where}; {mark}) {law.url}"
    for language, words in sorted(ruleset.words.items()):
        if rule.code in words.reasons:
            message = words.reasons[rule.code]
            yield f"{language}: {message.text} / {message.fix}"


def as_data(rule: Rule) -> dict[str, object]:
    """One rule for machines."""
    kept = ("code", "title", "mode", "outcome", "ground", "category", "keyword", "queue", "hours", "author")
    more = ("approved_by", "since", "until", "covers", "when", "laws")
    return {name: getattr(rule, name) for name in (*kept, *more)}


def backtest_lines(found: Backtest) -> Iterator[str]:
    """A backtest for people."""
    yield f"{found.decisions:,} decisions, {found.changed:,} outcomes change."
    if found.without_facts:
        yield f"{found.without_facts:,} kept no facts of ad and account; they were made again on unknown ones."
    for before in OUTCOMES:
        for after in OUTCOMES:
            count = found.outcomes[before][after]
            if count and before != after:
                yield f"  {before} to {after}: {count:,}"
    for change in found.first_changes:
        yield f"  {change.ad_id}: {change.before} to {change.after} ({', '.join(change.rules) or 'no rule'})"
    for rule in found.rules:
        if rule.fired:
            truth = f", {rule.scams:,} scams, {rule.legitimate:,} legitimate" if found.known else ""
            mode = " (shadow)" if rule.mode == "shadow" else ""
            yield f"  {rule.outcome:6}  {rule.code}{mode}: {rule.fired:,}, alone {rule.alone:,}{truth}"
    if found.before is not None and found.after is not None:
        yield f"Truth is known of {found.known:,} ads."
        yield from _quality_lines("as decided", found.before)
        yield from _quality_lines("under the rule set", found.after)


def _quality_lines(when: str, quality: Quality) -> Iterator[str]:
    yield f"  {when}: recall {_share(quality.recall)}; legitimate ads stopped {_share(quality.held_legitimate)};"
    yield f"    precision {_share(quality.precision)}; of rejections {_share(quality.reject_precision)}"


def _share(found: Share) -> str:
    if found.value is None:
        return "of none"
    return f"{found.value:.4f} [{found.low:.4f}, {found.high:.4f}] of {found.whole:,}"
