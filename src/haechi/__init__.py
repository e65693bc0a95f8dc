"""Haechi: advertising themes that give a person away, found and prevented.

The map, in the order of the data's way:

    records      1 what came in: located, read, validated, mapped to the contract
    themes       2 what it is about: memberships from behaviours
    sensitivity  3 what gives a person away: a name to categories, with evidence
    permission   4 who agreed to what: stretches of permission
    exposure     5 what reached whom without permission
    audit        around it: the checks, the findings, the report (start at audit/run.py)

beside them `ledger` (what was done, provable later), `law` (what each law says), `terms` (the words all share),
`tables` (the engines) and `example` (a synthetic case with known answers).
"""

from haechi.sensitivity import classify

__all__ = ["classify"]
