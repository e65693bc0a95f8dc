"""Were ads based on special categories of data?

DSA Art. 26(3) forbids an online platform to present advertising based on profiling with special categories of
personal data; it knows no consent that would allow it.
"""

from typing import Final

from haechi.audit.checks.base import Check
from haechi.audit.checks.reached import RECEIVED, exposure_findings
from haechi.audit.inquiry import Inquiry, Lang
from haechi.audit.model import Finding

_STATEMENT: Final[dict[Lang, str]] = {
    "en": "{people:person was|people were} open to ads of "
    "{advertisers:advertiser|advertisers} based on special categories of personal data, "
    "which no consent can allow on an online platform.",
    "ko": "온라인 플랫폼에서 동의로도 허용되지 않는 특수범주 개인정보 기반 광고에 "
    "{people}명이 광고주 {advertisers}곳으로부터 노출되었습니다.",
}


def _run(inquiry: Inquiry) -> list[Finding]:
    return exposure_findings(inquiry, "dsa-special-category-ads", _STATEMENT)


CHECK: Final = Check(
    id="dsa-special-category-ads",
    asks={
        "en": "Were ads on an online platform based on special categories of data (DSA Art. 26(3))?",
        "ko": "온라인 플랫폼의 광고가 특수범주 개인정보에 기반했습니까(DSA 제26조 제3항)?",
    },
    needs=(RECEIVED,),
    run=_run,
)
