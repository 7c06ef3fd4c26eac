"""Addresses as bytes in a database: the key's 32, then the index, so that draws of one request lie together."""

from __future__ import annotations

from ilang.draws.address import Address

PACKED = 36
"""Bytes of a packed address."""


def pack(address: Address) -> bytes:
    """36 bytes, in the order of addresses."""
    return bytes.fromhex(address.key) + address.index.to_bytes(4, "big")


def unpack(key: object) -> Address | None:
    """The address that these bytes are; None for anything else."""
    if not isinstance(key, bytes) or len(key) != PACKED:
        return None
    return Address(key[:32].hex(), int.from_bytes(key[32:], "big"))
