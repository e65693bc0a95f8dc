"""Names of the themes that the example plants as sensitive: plain words, in English and Korean.

The first names of a category are the ones that PIPC's decision of 4 November 2024 mentions: particular religions,
homosexuality, transgender, North Korean defectors, rallies of parties.
"""

from typing import Final

SENSITIVE_PATHS: Final[dict[str, str]] = {
    "religion": "Interests > Society > Religion",
    "sexual-orientation": "Interests > Society > Sexual orientation",
    "gender-identity": "Interests > Society > Gender identity",
    "origin-status": "Demographics > Background",
    "political-opinion": "Interests > Society > Politics",
    "health": "Interests > Wellbeing > Medical conditions",
    "union-membership": "Interests > Work > Labour unions",
    "race-ethnicity": "Demographics > Ethnic communities",
}
"""Category to the tiers above its themes, in the order in which themes are dealt to categories."""

SENSITIVE_EN: Final[dict[str, tuple[str, ...]]] = {
    "religion": (
        "Catholic Church",
        "Buddhist temple worship",
        "Protestant church service",
        "Won Buddhism believers",
        "Islam and mosque prayers",
        "Bible study group",
        "Presbyterian congregation",
        "Jehovah's Witnesses",
        "Hindu worship",
        "Christian missionary work",
    ),
    "sexual-orientation": (
        "Homosexuality",
        "Same-sex marriage",
        "Lesbian community",
        "Gay men's community",
        "Bisexual people",
        "Gay dating",
    ),
    "gender-identity": (
        "Transgender",
        "Transgender rights",
        "Non-binary gender identity",
        "Transgender support group",
        "Gender transition",
    ),
    "origin-status": (
        "North Korean defectors",
        "North Korean defectors' support group",
        "Refugees",
        "Asylum seekers",
        "Undocumented immigrants",
    ),
    "political-opinion": (
        "Conservative party rally",
        "Progressive party rally",
        "Democratic Party supporters",
        "Right-wing politics",
        "Left-wing politics",
        "Anti-government protest",
        "Liberal political views",
    ),
    "health": (
        "Diabetes patients",
        "Breast cancer survivors",
        "Clinical depression treatment",
        "HIV and AIDS",
        "Schizophrenia",
        "Alcohol addiction recovery",
        "Epilepsy",
        "Infertility treatment",
        "Hepatitis B patients",
        "Panic disorder",
    ),
    "union-membership": (
        "Trade union members",
        "Labor union",
        "Metal workers' trade union",
        "Teachers' trade union",
        "Railway workers' trade union",
    ),
    "race-ethnicity": (
        "African Americans",
        "Ethnic Koreans from China",
        "Hispanic Americans",
        "Ethnic minority communities",
        "Asian Americans",
    ),
}

SENSITIVE_KO: Final[dict[str, tuple[str, ...]]] = {
    "religion": ("천주교 신자", "불교 신자", "개신교 교회 예배", "원불교", "이슬람교", "성경 공부"),
    "sexual-orientation": ("동성애", "동성 결혼", "레즈비언 모임", "게이 커뮤니티", "양성애자"),
    "gender-identity": ("트랜스젠더", "트랜스젠더 인권", "논바이너리", "성별 정체성"),
    "origin-status": ("북한이탈주민", "탈북민", "탈북자 모임", "난민", "불법체류자"),
    "political-opinion": ("보수 정당 집회", "진보 정당 집회", "민주당 지지자", "정당 집회", "정치 성향 보수"),
    "health": ("당뇨병 환자", "유방암 환자", "우울증 치료", "에이즈", "조현병", "간질 환자", "난임 치료"),
    "union-membership": ("노동조합", "민주노총 조합원", "금속노조", "교원 노동조합", "철도 노동조합"),
    "race-ethnicity": ("조선족", "흑인", "소수 민족", "아시아계 미국인"),
}

LOOK_ALIKES: Final[tuple[tuple[str, str], ...]] = (
    ("Depression (economics)", "Interests > Business > Economics"),
    ("Great Depression of 1929", "Interests > History"),
    ("Mass transit", "Interests > Travel > Public transport"),
    ("Gay-Lussac's law", "Interests > Science > Chemistry"),
    ("Mass spectrometry", "Interests > Science > Chemistry"),
    ("Chess bishop endings", "Interests > Games > Chess"),
    ("Tropical depression tracking", "Interests > Science > Weather"),
    ("Birthday party supplies", "Shopping > Celebrations"),
    ("Third-party logistics", "Interests > Business > Logistics"),
    ("Credit union savings accounts", "Interests > Business > Banking"),
    ("Race car models", "Interests > Vehicles > Motor sport"),
    ("Transistor radios", "Interests > Technology > Radio"),
)
"""Innocent names that share a word with a sensitive one, with their paths."""
