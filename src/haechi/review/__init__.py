"""Every ad judged before it runs.

The map, in the order of an ad's way:

    ads        what is judged: the ad, its advertiser, who is protected, who is allowed, who is licensed
    reading    1 the tables as they come: located, read, every fault named
    plain      2 texts in the form in which words are found, with the way back to the span
    images     2 pictures: opened without harm, their texts, codes and fingerprints
    landing    2 the page behind the ad, as three visitors see it
    signals    3 one module each: what speaks for a scam, with its evidence
    policy     4 rules as data over signals: approve, hold or reject, with reasons
    examine    the one path: the steps called in order; start reading here
    cluster    around it: copies of one campaign
    outgoing   around it: what is told to authorities and the public
"""
