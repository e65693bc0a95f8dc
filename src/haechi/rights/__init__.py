"""What people may ask of a platform: to see, to correct, to stop, to leave; by when, and on what ground not.

`clock` by when, `grounds` whether it may be put off or refused, `effect` what a request does to the data, `answer`
what is told. What they are owed unasked: `receipts` of permissions, `annual` notices, `breach` clocks and `drafts`.
Pure: `haechi.stores` keeps and looks up, the law is read from the packs.
"""
