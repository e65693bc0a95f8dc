"""The questions that an audit asks, one module each, in the order of the report."""

from typing import Final

from haechi.audit.checks import (
    advertiser_unverified,
    dsa_special_category_ads,
    minors_profiled,
    penalty_ceiling,
    permission_not_separate,
    permission_without_evidence,
    request_overdue,
    request_refused_included,
    request_refused_without_ground,
    retention,
    sensitive_disclosure,
    sensitive_processing,
)
from haechi.audit.checks.base import Check

CHECKS: Final[tuple[Check, ...]] = (
    sensitive_processing.CHECK,
    sensitive_disclosure.CHECK,
    dsa_special_category_ads.CHECK,
    minors_profiled.CHECK,
    request_overdue.CHECK,
    request_refused_without_ground.CHECK,
    request_refused_included.CHECK,
    permission_without_evidence.CHECK,
    permission_not_separate.CHECK,
    retention.CHECK,
    advertiser_unverified.CHECK,
    penalty_ceiling.CHECK,
)

__all__ = ["CHECKS", "Check"]
