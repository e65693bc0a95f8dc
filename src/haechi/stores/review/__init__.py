"""The lasting side of ad review: what is known, what was submitted, what was decided, and what people do about it.

words        the words of it, and its own errors
clocks       how long things may take, as data
blobs        pictures, by their SHA-256
changes      who changed what when, of everything that review knows
advertisers  what is known of advertisers
parties      who is protected, and whom they permit
party_pictures  reference pictures of who is protected, one by one
registers    registers of financial regulators, each as it stood
world        all of that as `haechi.review.case.World`; read again whenever something of it changed
past         earlier ads, as `haechi.review.case.History`
examiner     what examines ads, as the store calls it, and the decision where it fails
ads          an ad's way: submitted, screened, changed, run; start reading here
versions     what was submitted, each time
screening    an ad judged by the machine
decided      decisions, each with its entry on the ledger
applying     what a decision does, in its own transaction
publishing   what the ad server is told, and whether an ad may run
jobs         what waits for a person
queue        claims, leases, skips and comments
views        what the desk shows of a job, and what is overdue
beside       what stands beside an ad at the desk
twins        copies of an ad that wait, and which of them are the same in all that is judged
copied       of which known picture an ad's is a copy
desk         what a person decides, for one ad or all its copies
golden       jobs whose answer is known, and how well reviewers agree with it
grounds      on which an advertiser is suspended, in its language
suspensions  an advertiser shut out by two people
found_wrong  who was found wrong about an advertiser, and judges it no more
suspended    suspensions as the desk shows them, lifted ones too
suspension_appeals  an advertiser's appeal against that, decided by a third person
own_suspensions  an advertiser's suspensions, as it sees them
appeals      an advertiser's appeal, decided by somebody new
notices      what was reported, what was known then, and what was done
notice_answers  a person's answer, and the reporter told of it
reported     ads that wait for a person because somebody whose word weighs reported them
sweep_begun  when every ad has to be judged again
sweeps       every ad that runs or waits, judged again
rechecks     pages behind ads that run, looked at again
showings     when ads were told to the ad server as running
circumstances  whether anybody notified, and what a machine found, for statements of reasons
outgoing     statements of reasons with their records for the transparency database
outgoing_suspensions  the same of accounts that were suspended
figures      Japan's yearly figures, and random samples of ads that ran
repository   what the public repository shows
"""
