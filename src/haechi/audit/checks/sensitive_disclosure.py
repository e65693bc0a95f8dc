"""Could advertisers use sensitive themes about people who had not permitted it?"""

from typing import Final

from haechi.audit.checks.base import Check, guards_something
from haechi.audit.checks.reached import RECEIVED, exposure_findings
from haechi.audit.inquiry import Inquiry, Lang
from haechi.audit.model import Finding

_STATEMENT: Final[dict[Lang, str]] = {
    "en": "{people:person|people} in sensitive themes could be reached by "
    "{advertisers:advertiser|advertisers} without permission for disclosure.",
    "ko": "민감한 테마에 속한 {people}명이 제공에 대한 동의 등 허용 근거 없이 "
    "광고주 {advertisers}곳에 노출되었습니다.",
}


def _run(inquiry: Inquiry) -> list[Finding]:
    return exposure_findings(inquiry, "sensitive-disclosure", _STATEMENT)


CHECK: Final = Check(
    id="sensitive-disclosure",
    asks={
        "en": "Could advertisers use sensitive themes about people who had not permitted it?",
        "ko": "허용하지 않은 사람의 민감한 테마를 광고주가 이용할 수 있었습니까?",
    },
    needs=(RECEIVED,),
    run=_run,
    lacks=guards_something,
)
