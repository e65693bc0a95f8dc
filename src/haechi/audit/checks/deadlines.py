"""The instant from which an answer to a request is late.

Days are counted by `haechi.law` alone. It is asked once for each law, kind and day on which something was
received, and the answers are joined back, so that the number of requests does not matter.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import ibis
import ibis.expr.types as ir

from haechi.audit.literals import instant, texts
from haechi.law import LawPack, RequestRule, due_at, midnight, request_rule
from haechi.terms.instants import FAR

_DAY = timedelta(days=1)

MACROS = """create or replace temp macro next_monday_if_weekend(d) as
  d + case isodow(d) when 6 then 2 when 7 then 1 else 0 end;
create or replace temp macro working_days_after(d, n) as
  d - greatest(isodow(d) - 5, 0) + n + 2 * ((least(isodow(d), 5) - 1 + n) // 5);
"""
"""Saturday and Sunday count as the Friday before them; every five working days pass one weekend."""


def with_deadlines(requests: ir.Table, packs: Mapping[str, LawPack]) -> ir.Table:
    """Adds `late_from` to requests that have a deadline of a number of days or months; drops the others.

    An extension counts where the law has one and the person was told before the first deadline ended. Where the
    law sets the extension no end (PIPA Art. 35(3): while the just cause lasts), `late_from` is FAR.

    Args:
        requests: see `asked`.
        packs: the audited laws.
    """
    dated = requests.mutate(day=requests.received_at.date())
    days = dated.select("law", "kind", "day").distinct().to_pyarrow().to_pylist()
    rows = [
        row for day in days for row in _local_days(packs[day["law"]], day["law"], day["kind"], day["day"])
    ]
    due = ibis.memtable(
        rows,
        schema={
            "law": "string",
            "kind": "string",
            "day": "date",
            "first": "timestamp(6)",
            "after": "timestamp(6)",
            "due": "timestamp(6)",
            "put_off": "timestamp(6)",
        },
    )
    joined = dated.join(due, ["law", "kind", "day"])
    joined = joined.filter((joined["first"] <= joined.received_at) & (joined.received_at < joined.after))
    in_time = (joined.extended_at < joined.due).fill_null(False)
    return joined.select(*requests.columns, late_from=ibis.ifelse(in_time, joined.put_off, joined.due))


def _local_days(pack: LawPack, law: str, kind: str, day: date) -> Iterator[dict[str, object]]:
    """The law's own days that touch a day of UTC, each with its deadlines."""
    zone = ZoneInfo(pack.time_zone)
    begins = datetime.combine(day, time(), tzinfo=UTC)
    local = begins.astimezone(zone).date()
    last = (begins + _DAY - timedelta(microseconds=1)).astimezone(zone).date()
    while local <= last:
        first = midnight(local, zone)
        rule = request_rule(pack, kind, first)
        due = rule and due_at(rule, first, extended=False, time_zone=pack.time_zone)
        if rule is not None and due is not None:
            put_off = due_at(rule, first, extended=True, time_zone=pack.time_zone)
            yield {
                "law": law,
                "kind": kind,
                "day": day,
                "first": first,
                "after": midnight(local + _DAY, zone),
                "due": due,
                "put_off": put_off or FAR,
            }
        local += _DAY


def deadlines_sql(pack: LawPack) -> str:
    """A further part of `with` that defines `timed`: `asked` with `late_from`; needs MACROS."""
    zone = pack.time_zone
    rules = [rule for rule in pack.requests if rule.amount is not None and rule.unit != "without-delay"]
    plain = "\n      ".join(_when(rule, rule.amount or 0) for rule in rules) or "when false then null::date"
    longer = "\n      ".join(_when(rule, _extended(rule)) for rule in rules) or "when false then null::date"
    late = "((({}) + 1)::timestamp at time zone '" + zone + "') at time zone 'UTC'"
    return f""", local as (
  select *, (received_at at time zone 'UTC' at time zone '{zone}')::date as received from asked
), due as (
  select *,
    case
      {plain} end as last,
    case
      {longer} end as last_put_off
  from local
), timed as (
  select *, case when extended_at < {late.format("last")} then {late.format("last_put_off")}
    else {late.format("last")} end as late_from from due
)"""


def _extended(rule: RequestRule) -> int | None:
    if rule.extension is None:
        return rule.amount
    if rule.extension.amount is None or rule.amount is None:
        return None
    return rule.amount + rule.extension.amount * rule.extension.times


def _when(rule: RequestRule, amount: int | None) -> str:
    """The last day of a deadline as one branch of a case."""
    if amount is None:
        last = "null::date"
    elif rule.unit == "months":
        last = f"(received + interval {amount} month)::date"
    elif rule.unit == "working-days":
        last = f"working_days_after(received, {amount})"
    else:
        last = f"received + {amount}"
    if rule.weekend_rolls and amount is not None:
        last = f"next_monday_if_weekend({last})"
    return (
        f"when kind in {texts(rule.kinds)} and received_at >= {instant(rule.effective_from)} "
        f"and received_at < {instant(rule.effective_until)} then {last}"
    )
