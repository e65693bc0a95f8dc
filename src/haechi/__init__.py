"""Haechi: advertising themes that give a person away, found and prevented.

The map, in the order of the data's way:

    records      1 what came in: located, read, validated, mapped to the contract
    themes       2 what it is about: memberships from behaviours
    sensitivity  3 what gives a person away: a name to categories, with evidence
    permission   4 who agreed to what: stretches of permission
    exposure     5 what reached whom without permission
    release      6 what may go out: sizes and handles for advertisers, bid requests narrowed
    ledger       7 what was done, provable later
    flow         the one path of the gate: the steps called in order
    review       around it: every ad judged before it runs (start at review/examine.py)
    rights       around it: requests of people, answered in the law's time
    audit        around it: the checks, the findings, the report (start at audit/run.py)

beside them `law` (what each law says), `terms` (the words all share), `tables` and `stores` (the engines), `service`
and `cli` (the doors) and `example` (a synthetic case with known answers).
"""

from haechi.sensitivity import classify

__all__ = ["classify"]
