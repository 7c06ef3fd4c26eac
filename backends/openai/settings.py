"""The settings that `openai(...)` takes in a model's declaration, beside the sampling ones."""

from __future__ import annotations

from types import MappingProxyType

from ilang.backend.protocol import SettingKind

TIMEOUT = 600.0
"""Seconds that one call may take in all, where a program names none."""

CONTINUATIONS = ("llamacpp", "vllm", "none")
"""How a server is asked to go on from an assistant's text.

`llamacpp` does so whenever the last message is the assistant's; `vllm` has to be told with
`continue_final_message` and `add_generation_prompt`; `none`, the default, cannot: such a server
answers with a new turn, which is another text, so the request is refused before it is sent.
"""

SETTINGS = MappingProxyType(
    {
        "base_url": SettingKind("text", doc="address of a compatible server, with its `/v1`; else OPENAI_BASE_URL"),
        "provider": SettingKind("text", doc="its name in addresses, for host and port; `openai`: OpenAI behind it"),
        "api_key_env": SettingKind("text", doc="the variable that holds its key; for OpenAI itself OPENAI_API_KEY"),
        "timeout": SettingKind("number", doc="seconds that one call may take in all; 600"),
        "reasoning_effort": SettingKind("text", sent=True, doc="how long a model that thinks may think: low, high"),
        "continuation": SettingKind("text", doc="how a server goes on from an assistant's text: llamacpp, vllm, none"),
        "stream": SettingKind("bool", doc="take replies token by token, so that a call can be cancelled; false"),
        "n": SettingKind("bool", doc="several choices in one call"),
        "max_n": SettingKind("int", doc="at most so many choices in one call"),
        "seed": SettingKind("bool", doc="takes a seed"),
        "child_seeds": SettingKind("bool", doc="choice j of a seeded call has seed + j"),
        "logprobs": SettingKind("bool", doc="gives log-probabilities of what it drew"),
        "images": SettingKind("bool", doc="takes pictures in messages"),
        "files": SettingKind("bool", doc="takes files in messages"),
        "schema": SettingKind("bool", doc="enforces a JSON Schema"),
        "stop_reason": SettingKind("bool", doc="tells a stop string from the model's own end"),
        "context": SettingKind("int", doc="tokens of prompt and output together"),
    }
)
