"""A row of a data set, as it was read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ilang.base.diagnostic import Diagnostic


@dataclass(frozen=True, slots=True)
class Row:
    """`number` counts from 0 over all files, in their order. `texts`: the fields are texts that are read by the type of
    their parameter (CSV). `error`: why the row could not be read; it has no fields then."""

    number: int
    fields: Mapping[str, Any] = field(default_factory=dict)
    texts: bool = False
    error: Diagnostic | None = None
