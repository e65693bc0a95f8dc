"""What was done, written so that nobody can change it afterwards unseen. Pure: no file, no database, no clock.

entry       one fact: canonical JSON, kinds, time
seal        what an entry says of a person, so that destroying a key destroys it
hashes      leaf and node hashes
tree        the tree that grows at its right edge; what proofs are made of
proof       proofs checked, with nothing but the hashes they hold
note        signed notes and their keys
checkpoint  the tree's size and root, signed; a witness's cosignature
tiles       how a tree is cut into tiles and bundles
tlog_proof  an inclusion proof as a file
check       every stored byte held against the tree
"""
