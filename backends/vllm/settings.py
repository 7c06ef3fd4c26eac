"""The settings that `vllm(...)` takes in a model's declaration, beside the sampling ones.

None is sent: what changes a draw, revision and dtype, is part of the model's identity.
"""

from __future__ import annotations

from types import MappingProxyType

from ilang.backend.protocol import SettingKind

SETTINGS = MappingProxyType(
    {
        "base_url": SettingKind("text", doc="address of a `vllm serve`, with its `/v1`; left out: in this process"),
        "provider": SettingKind("text", doc="the server's name in addresses, for host and port"),
        "api_key_env": SettingKind("text", doc="the variable that holds the server's key; left out: it needs none"),
        "timeout": SettingKind("number", doc="seconds that one call may take in all; 600"),
        "revision": SettingKind("text", doc="branch, tag or commit of the weights"),
        "dtype": SettingKind("text", doc="float32, bfloat16, float16; left out: as the weights say"),
        "context": SettingKind("int", doc="tokens of prompt and output together"),
    }
)
