"""The settings that `anthropic(...)` takes in a model's declaration, beside the sampling ones."""

from __future__ import annotations

from types import MappingProxyType

from ilang.backend.protocol import SettingKind

SETTINGS = MappingProxyType(
    {
        "base_url": SettingKind("text", doc="address of a server that speaks Messages; else Anthropic's own"),
        "provider": SettingKind("text", doc="its name in addresses, for host and port"),
        "api_key_env": SettingKind("text", doc="the variable that holds its key; for Anthropic ANTHROPIC_API_KEY"),
        "timeout": SettingKind("number", doc="seconds that one call may take in all; 600"),
        "thinking": SettingKind("int", sent=True, doc="tokens that the model may think, at least 1024; 0: not at all"),
        "stream": SettingKind("bool", doc="take replies token by token, so that a call can be cancelled; false"),
        "prompt_cache": SettingKind("bool", doc="have the start that prompts share kept by the provider; true"),
        "context": SettingKind("int", doc="tokens of prompt and output together"),
    }
)
