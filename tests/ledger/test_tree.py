"""Hashes, tree and proofs, against published vectors and a brute force that shares nothing with them."""

import random
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from haechi.errors import LedgerError
from haechi.ledger.hashes import EMPTY_ROOT, leaf_hash
from haechi.ledger.proof import check_consistency, check_inclusion
from haechi.ledger.tiles import WIDTH, nodes_of, tile_path, tile_width, tiles_of
from haechi.ledger.tree import Node, consistency_path, edge_root, grow, inclusion_path, root
from tests.ledger import brute

# The leaves and roots with which Certificate Transparency's own implementations test themselves (RFC 6962).
CT_ENTRIES = [
    bytes.fromhex(entry)
    for entry in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
CT_ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
CT_INCLUSION = {
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
}
CT_CONSISTENCY = {
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
}


def nodes(leaves: Sequence[bytes]) -> Node:
    """Whole nodes by brute force."""
    return lambda level, index: brute.root(leaves[index << level : (index + 1) << level])


def unhex(hashes: Sequence[str]) -> list[bytes]:
    return [bytes.fromhex(one) for one in hashes]


LEAVES = [leaf_hash(bytes([number % 256, number // 256])) for number in range(700)]


def test_roots_are_those_of_certificate_transparency() -> None:
    """A tree that no other implementation computes proves nothing to anybody."""
    leaves = [leaf_hash(entry) for entry in CT_ENTRIES]
    for size, told in enumerate(CT_ROOTS):
        assert edge_root(grow(0, b"", leaves[:size])[0]).hex() == told
        assert root(size, nodes(leaves)).hex() == told
    assert CT_ROOTS[0] == EMPTY_ROOT.hex()


def test_proofs_are_those_of_certificate_transparency() -> None:
    """Proofs in another order, or with other hashes, are refused by everybody else's verifier."""
    leaves = [leaf_hash(entry) for entry in CT_ENTRIES]
    roots = unhex(CT_ROOTS)
    for (entry, size), path in CT_INCLUSION.items():
        assert inclusion_path(entry, size, nodes(leaves)) == unhex(path)
        check_inclusion(leaves[entry], entry, size, unhex(path), roots[size])
    for (old, size), path in CT_CONSISTENCY.items():
        assert consistency_path(old, size, nodes(leaves)) == unhex(path)
        check_consistency(old, size, roots[old], roots[size], unhex(path))


@given(st.lists(st.integers(0, 300), max_size=8))
@settings(max_examples=60, deadline=None)
def test_growing_in_any_batches_gives_the_same_tree(batches: list[int]) -> None:
    """How entries were batched must not show in the tree, or two databases with the same entries differ."""
    size, edge = 0, b""
    made: dict[int, list[bytes]] = {}
    for count in batches:
        leaves = [leaf_hash(number.to_bytes(4)) for number in range(size, size + count)]
        edge, whole = grow(size, edge, leaves)
        size += count
        for level, hashes in whole.items():
            made.setdefault(level, []).extend(hashes)
    leaves = [leaf_hash(number.to_bytes(4)) for number in range(size)]
    assert edge_root(edge) == brute.root(leaves)
    for level, hashes in made.items():
        wide = 1 << level
        assert hashes == [
            brute.root(leaves[begin : begin + wide]) for begin in range(0, size - wide + 1, wide)
        ]


def test_every_proof_of_small_trees_is_that_of_the_brute_force_and_holds() -> None:
    """A proof that is wrong for one size or place in many is found only by trying them all."""
    for size in range(1, 40):
        leaves = LEAVES[:size]
        top = brute.root(leaves)
        for entry in range(size):
            path = inclusion_path(entry, size, nodes(leaves))
            assert path == brute.path(entry, leaves)
            check_inclusion(leaves[entry], entry, size, path, top)
        for old in range(size + 1):
            path = consistency_path(old, size, nodes(leaves))
            assert path == brute.consistency(old, leaves)
            check_consistency(old, size, brute.root(leaves[:old]), top, path)


def test_proofs_by_tiles_are_those_of_the_brute_force() -> None:
    """Proofs across tiles are made from hashes of several levels: one taken from a wrong place proves nothing."""

    def tile(level: int, number: int) -> bytes:
        wide = 256**level
        first = number * WIDTH
        return b"".join(
            brute.root(LEAVES[place * wide : (place + 1) * wide])
            for place in range(first, first + tile_width(level, number, len(LEAVES)))
        )

    for size in (1, 255, 256, 257, 511, 512, 513, 700):
        for entry in {0, size // 2, size - 1}:
            assert inclusion_path(entry, size, nodes_of(tile)) == brute.path(entry, LEAVES[:size])
        for old in {1, size // 3, size - 1}:
            assert consistency_path(old, size, nodes_of(tile)) == brute.consistency(old, LEAVES[:size])


def _changed(path: list[bytes], chance: random.Random) -> list[list[bytes]]:
    """The same proof with a bit turned, a hash more, a hash less, two changed places, a short hash."""
    others = [[*path, bytes(32)], [bytes(32), *path], path[:-1], path[1:]]
    if path:
        place, bit = chance.randrange(len(path)), chance.randrange(256)
        turned = bytearray(path[place])
        turned[bit // 8] ^= 1 << bit % 8
        others += [[*path[:place], bytes(turned), *path[place + 1 :]], [*path[:-1], path[-1][:31]]]
    if len(set(path)) > 1:
        others.append(path[1:] + path[:1])
    return [other for other in others if other != path]


def test_no_changed_proof_holds() -> None:
    """A verifier that takes a proof which was tampered with is worth nothing."""
    chance = random.Random(3)  # noqa: S311 - which bits
    for size in range(1, 34):
        leaves = LEAVES[:size]
        top = brute.root(leaves)
        for entry in range(size):
            path = brute.path(entry, leaves)
            for other in _changed(path, chance):
                with pytest.raises(LedgerError):
                    check_inclusion(leaves[entry], entry, size, other, top)
            for wrong in ((entry + 1) % size, size, -1):
                if wrong != entry:
                    with pytest.raises(LedgerError):
                        check_inclusion(leaves[entry], wrong, size, path, top)
            with pytest.raises(LedgerError):
                check_inclusion(bytes(32), entry, size, path, top)
        for old in range(1, size):
            path = brute.consistency(old, leaves)
            before = brute.root(leaves[:old])
            for other in _changed(path, chance):
                with pytest.raises(LedgerError):
                    check_consistency(old, size, before, top, other)
            for roots in ((bytes(32), top), (before, bytes(32)), (top, before)):
                with pytest.raises(LedgerError):
                    check_consistency(old, size, *roots, path)


def test_a_proof_of_another_height_is_refused() -> None:
    """The hashes lead to a root that somebody signed, of another tree: length is all that tells."""
    two, five = brute.root(LEAVES[:2]), brute.root(LEAVES[:5])
    check_inclusion(LEAVES[0], 0, 2, [LEAVES[1]], two)
    with pytest.raises(LedgerError, match="shorter"):
        check_inclusion(LEAVES[0], 0, 5, [LEAVES[1]], two)
    with pytest.raises(LedgerError, match="longer"):
        check_inclusion(LEAVES[0], 0, 1, [LEAVES[1]], two)
    with pytest.raises(LedgerError, match="shorter"):
        check_consistency(2, 9, two, five, brute.consistency(2, LEAVES[:5]))
    with pytest.raises(LedgerError, match="longer"):
        check_consistency(2, 3, two, five, brute.consistency(2, LEAVES[:5]))


def test_trees_that_do_not_grow_are_told_apart() -> None:
    """Equal sizes with other roots are a fork, a smaller size is a rollback: neither may pass as nothing new."""
    one, other = brute.root(LEAVES[:5]), brute.root(LEAVES[1:6])
    check_consistency(5, 5, one, one, [])
    check_consistency(0, 5, EMPTY_ROOT, one, [])
    with pytest.raises(LedgerError, match="forked"):
        check_consistency(5, 5, one, other, [])
    with pytest.raises(LedgerError, match="rolled back"):
        check_consistency(6, 5, other, one, [])
    with pytest.raises(LedgerError, match="forked"):
        check_consistency(0, 5, one, one, [])


def test_tiles_are_cut_as_the_specification_says() -> None:
    """Files at other paths, or of other widths, are not found by anybody's client (C2SP tlog-tiles)."""
    assert tile_path(0, 1_234_067) == "tile/0/x001/x234/067"
    assert tile_path("entries", 7, 5) == "tile/entries/007.p/5"
    assert tile_path(3, 0) == "tile/3/000"
    # "A tree of size 70,000 will be represented by …"
    found = list(tiles_of(70_000))
    assert [(0, tile, 256) for tile in range(273)] == found[:273]
    assert found[273:] == [(0, 273, 112), (1, 0, 256), (1, 1, 17), (2, 0, 1)]
    assert list(tiles_of(256)) == [(0, 0, 256), (1, 0, 1)]
    assert list(tiles_of(0)) == []
