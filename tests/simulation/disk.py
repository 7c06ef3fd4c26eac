"""A disk that survives its processes: it fills up, is torn by a crash, and remembers what was promised to be on it."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

from ilang.base.diagnostic import Diagnostic, IlangError
from ilang.draws import problem
from ilang.draws.address import Address
from ilang.draws.entry import Damaged, Entry, decode, encode
from ilang.draws.store import Info
from tests.simulation.loop import Crash


class Disk:
    """Bytes by address. `torn` are entries that a crash cut in the middle of their transaction."""

    def __init__(self) -> None:
        self.bytes: dict[Address, bytes] = {}
        self.torn: set[Address] = set()

    @property
    def sound(self) -> int:
        """Entries that can be read."""
        return sum(self.entry(address) is not None for address in self.bytes)

    def entry(self, address: Address) -> Entry | None:
        """What can be read there."""
        try:
            return decode(self.bytes[address])
        except (KeyError, Damaged):
            return None


class SimStore:
    """The store of one process. `full` and `tear` are the chances (of 1000 writes) of a full disk, and of dying while it is written."""

    def __init__(self, disk: Disk, chance: random.Random, full: int, tear: int) -> None:
        self.disk = disk
        self.dead = False
        self.writes = 0
        self.was_full = False
        self._chance = chance
        self._full = full
        self._tear = tear

    def get(self, address: Address) -> Entry | None:
        return self.disk.entry(address)

    def get_many(self, addresses: Sequence[Address]) -> Mapping[Address, Entry]:
        found = ((address, self.disk.entry(address)) for address in addresses)
        return {address: entry for address, entry in found if entry is not None}

    def put_many(self, entries: Sequence[tuple[Address, Entry]]) -> list[Entry]:
        if self.dead:
            raise IlangError(Diagnostic("store-locked", "the process is dead"))
        self.writes += 1
        if self._chance.randrange(1000) < self._full:
            self.was_full = True
            raise problem.full("simulated", "no room")
        if self._chance.randrange(1000) < self._tear:
            whole = self._chance.randrange(len(entries) + 1)
            for address, entry in entries[:whole]:
                if self.disk.entry(address) is None:
                    self.disk.bytes[address] = encode(entry)
            for address, entry in entries[whole : whole + 1]:
                if self.disk.entry(address) is None:
                    made = encode(entry)
                    self.disk.bytes[address] = made[: self._chance.randrange(len(made))]
                    self.disk.torn.add(address)
            self.dead = True
            raise Crash
        standing = []
        for address, entry in entries:
            there = self.disk.entry(address)
            if there is None:
                self.disk.bytes[address] = encode(entry)
                self.disk.torn.discard(address)
                there = entry
            standing.append(there)
        return standing

    def info(self) -> Info:
        return Info("simulated", 0, ())

    def warnings(self) -> tuple[Diagnostic, ...]:
        return ()

    def close(self) -> None:
        """Nothing is held open."""
