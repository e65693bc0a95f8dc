"""What goes out: to advertisers, to authorities and to the public. Nothing here sends anything by itself.

statement     a statement of reasons (DSA Art. 17(3)) from a decision
account       the same from the suspension of an advertiser's account (Art. 17(1)(d))
letter        the statement as its advertiser reads it, with redress
record        the statement as a record for the EU transparency database (Art. 24(5))
record_rules  the rules of that database, held against any record
batches       records in the envelopes that it takes
personal      what must not stand in a text that goes out
repository    the repository of ads (Art. 39)
figures       yearly figures for Japan
prevalence    how much is missed, by random samples
"""
