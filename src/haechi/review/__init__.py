"""Every ad judged before it runs.

The map, in the order of an ad's way:

    ads        what is judged: the ad, its advertiser, who is protected, who is allowed, who is licensed
    reading    1 the tables as they come: located, read, every fault named
    plain      2 texts in the form in which words are found; `undisguised` and `readings` see through disguise
    images     3 pictures: opened without harm, their texts, codes and fingerprints
    landing    4 the page behind the ad, as three visitors see it
    case       the ad with all that, in the world that it is judged in
    signals    5 one module each: what speaks for a scam, with its evidence
    policy     6 rules as data over signals: approve, hold or reject, with reasons
    examine    the one path: the steps called in order; start reading here
    run        the path for a file of ads, one after the other

around it `masking`, `copies`, `history` and `cluster` (earlier ads and copies of one campaign), `scam_model` (claims
added up) and `outgoing` (what is told to authorities and the public).
"""
