"""The ledger in the database. Whoever writes a fact appends its entry in the same transaction.

append    facts become entries; a person's key is destroyed
read      entries, tiles and proofs
heads     checkpoints, signed and kept
held      a database, looked at byte by byte
folder    an exported ledger: written, looked at, proven from
together  many callers' transactions as one commit
"""

from haechi.stores.ledger.append import append, destroy_key
from haechi.stores.ledger.heads import sign_head
from haechi.stores.ledger.read import entries, personal_fields, proof_of
from haechi.stores.ledger.together import Together

__all__ = ["Together", "append", "destroy_key", "entries", "personal_fields", "proof_of", "sign_head"]
