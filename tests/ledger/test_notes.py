"""Keys, notes, checkpoints and cosignatures, against those of other implementations and of real logs."""

import pytest

from haechi.errors import LedgerError, UsageError
from haechi.ledger.checkpoint import Checkpoint, open_checkpoint, read_checkpoint, sign_checkpoint
from haechi.ledger.keys import LEDGER, WITNESS, make_key, read_public_key, read_secret_key
from haechi.ledger.note import cosigned, cosigned_at, is_signed, read_note, signed

# The example of golang.org/x/mod/sumdb/note.
GO_SECRET = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"  # noqa: S105 - published
GO_PUBLIC = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_TEXT = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
)
GO_NOTE = (
    f"{GO_TEXT}\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6Ry"
    "yBwJnAM=\n"
)
# The example of C2SP signed-note, section Verifier keys.
C2SP_PUBLIC = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
C2SP_NOTE = (
    "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXs"
    "YjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)
# A checkpoint of a real log, with an RFC 6962 signature, its own Ed25519 one and four witnesses' cosignatures.
REAL = """\
arche2025h1.staging.ct.transparency.dev
1432088532
U7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=

— arche2025h1.staging.ct.transparency.dev zTM8sQAAAZ5W0WdjBAMARjBEAiBjW5IQf9pvsYLfQFX6hoGREPMHbdQ3urbllzalApkptQIgI\
pwtEroeW2BXaHAI4kJXFbon5Ch9MNL5zRNZ55lvGt0=
— arche2025h1.staging.ct.transparency.dev ui8GwCF1+kWqZrxGdhj4aX3gcw7XUlXQQabg/27lefwhUkzbC3NygNI75MdhL1bfTW9g8Ei59R\
A23oHP7Ry1k3ZFWwQ=
— transparency.dev/DEV:witness-little-garden 2AQqhwAAAABqEiEgzgFIqqhbUoDwjMWE6UP8nd8/KYTzwZ2rhIgcqoXHAwVkjZr4AscylP3\
v7sEodkRAErumC2q44vdgJY096st5BQ==
— witness1.smartit.nu/witness1 pIyCDwAAAABqEiEghIp82KWebrw7/oHQwlTAm3g2RKS4+eebl8eO0WH+/iEcxZ75W3u5hNI7TOQtmJbqmNWVu\
E0tgh0XwzdZsDsUAQ==
— remora.n621.de 2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+aVCIobWX9sXTynk5XeU/zZ0WBxtqB0Dr\
AWfBw==
— witness.stagemole.eu Z/euoAAAAABqEiEgw0i+7g2ENfDAWHmtRzCfKTHSDwYDJA2NmKeGi9Y8FtEyOUvVr+AJmIY/2TUFucgKi7lI7cUiOvKF\
Ye/TmN9DAg==
"""
REAL_LOG = "arche2025h1.staging.ct.transparency.dev+ba2f06c0+AU0vHmlGCS/PdN8b2OaGmKprLI8HKM+dJ472xgFYh15f"
REAL_WITNESSES = (
    "transparency.dev/DEV:witness-little-garden+d8042a87+BCtusOxINQNUTN5Oj8HObRkh2yHf/MwYaGX4CPdiVEPM",
    "witness1.smartit.nu/witness1+a48c820f+BPSFWg9G6KPiO7QPryYO5Xq4oYJJ+kAvLKLSimDhoxMO",
    "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2",
    "witness.stagemole.eu+67f7aea0+BEqSG3yu9YrmcM3BHvQYTxwFj3uSWakQepafafpUqklv",
)


def test_a_note_is_signed_as_go_signs_it() -> None:
    """Ed25519 is deterministic: another signature means that others cannot check ours."""
    key = read_secret_key(GO_SECRET)
    assert str(key.public) == GO_PUBLIC
    assert str(signed(GO_TEXT, key)) == GO_NOTE
    assert key.written() == GO_SECRET


@pytest.mark.parametrize(("note", "key"), [(GO_NOTE, GO_PUBLIC), (C2SP_NOTE, C2SP_PUBLIC)])
def test_notes_of_others_are_read_and_hold(note: str, key: str) -> None:
    """A verifier that refuses the specification's own example is of another format."""
    public = read_public_key(key)
    assert is_signed(read_note(note.encode()), public)
    assert str(public) == key
    with pytest.raises(LedgerError, match="one of them was changed"):
        is_signed(read_note(note.replace("e", "E", 1).encode()), public)


def test_a_real_checkpoint_and_its_witnesses_hold() -> None:
    """Cosignatures made by witnesses in the field are the only proof that ours mean the same."""
    found, note = open_checkpoint(REAL.encode(), read_public_key(REAL_LOG))
    assert found.size == 1_432_088_532
    for witness in REAL_WITNESSES:
        assert cosigned_at(note, read_public_key(witness)) == 1_779_573_024
    grown = read_note(REAL.replace("1432088532", "1432088533").encode())
    with pytest.raises(LedgerError, match="cosignature"):
        cosigned_at(grown, read_public_key(REAL_WITNESSES[0]))


def test_signatures_of_unknown_keys_say_nothing() -> None:
    """A note that a stranger signed must not pass for signed, nor spoil the ledger's own signature."""
    mine, other = (
        make_key("example.org/ledger", LEDGER, bytes(32)),
        make_key("example.org/o", LEDGER, b"1" * 32),
    )
    witness = make_key("example.org/ledger", WITNESS, bytes(32))
    note = sign_checkpoint(3, bytes(32), mine)
    assert is_signed(note, mine.public)
    assert not is_signed(note, other.public)
    # The same bytes and name, of the other type: another key, C2SP signed-note.
    assert cosigned_at(note, witness.public) is None
    assert not is_signed(note, witness.public)
    assert cosigned_at(cosigned(note, witness, 7), witness.public) == 7
    assert is_signed(cosigned(note, witness, 7), mine.public)
    with pytest.raises(LedgerError, match="not signed with the key"):
        open_checkpoint(str(note).encode(), other.public)


def test_a_checkpoint_of_another_ledger_is_refused() -> None:
    """One key for two ledgers would let the tree of one pass for the tree of the other."""
    key = make_key("example.org/ledger", LEDGER, bytes(32))
    note = signed(str(Checkpoint("example.org/other", 3, bytes(32))), key)
    with pytest.raises(LedgerError, match="expected the ledger"):
        open_checkpoint(str(note).encode(), key.public)


@pytest.mark.parametrize(
    "text",
    [
        "o\n01\n" + "A" * 43 + "=\n",
        "o\n-1\n" + "A" * 43 + "=\n",
        "o\n1\n" + "A" * 42 + "==\n",
        "o\n1\n",
        "o\n१\n" + "A" * 43 + "=\n",
        "\n1\n" + "A" * 43 + "=\n",
        "o\n1\n" + "A" * 42 + "B=\n",
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    """Two ways to write one checkpoint are two texts with one meaning, of which a witness signed one."""
    with pytest.raises(LedgerError, match="no checkpoint"):
        read_checkpoint(signed(text, make_key("o", LEDGER, bytes(32))))


def test_keys_that_were_mangled_are_refused_and_not_repeated() -> None:
    """A key with one wrong letter must not be taken, and a secret one must not get into a log."""
    for key, read in ((GO_PUBLIC, read_public_key), (GO_SECRET, read_secret_key)):
        for place in range(len(key)):
            for mangled in (key[:place] + chr(ord(key[place]) ^ 1) + key[place + 1 :], key[:place]):
                with pytest.raises(UsageError) as refused:
                    read(mangled)
                assert key[-30:] not in str(refused.value)
    assert "AYEK" not in repr(read_secret_key(GO_SECRET))


@pytest.mark.parametrize(
    "note",
    [
        b"text\n",
        b"text\n\nno dash A\n",
        "text\n\n— name AAAA\n".encode(),
        "text\n\n— name AAAAAAA=\n".encode()[:-1],
        "te\txt\n\n— name AAAAAAA=\n".encode(),
        b"\xff\n\n\xe2\x80\x94 name AAAAAAA=\n",
        ("text\n\n" + "— name AAAAAAA=\n" * 101).encode(),
    ],
)
def test_what_is_no_note_is_refused(note: bytes) -> None:
    """What two readers understand differently proves something else to each."""
    with pytest.raises(LedgerError):
        read_note(note)


def test_the_last_empty_line_parts_text_from_signatures() -> None:
    """A text may hold empty lines: parted at the first, half of it would not be signed."""
    key = make_key("o", LEDGER, bytes(32))
    note = signed("one\n\ntwo\n", key)
    assert read_note(str(note).encode()) == note
    assert is_signed(read_note(str(note).encode()), key.public)
