"""tried: asks a provider for something that costs nothing, to see whether a key is good."""

from __future__ import annotations

import os
import urllib.error
import urllib.request

_ASKED = {
    "OPENAI_API_KEY": ("OPENAI_BASE_URL", "https://api.openai.com/v1", "/models"),
    "ANTHROPIC_API_KEY": ("ANTHROPIC_BASE_URL", "https://api.anthropic.com", "/v1/models"),
}
SECONDS = 15


def tried(name: str, key: str) -> tuple[bool, str]:
    """Whether the provider takes the key, and what there is to say. The key is in no word of it."""
    if name not in _ASKED:
        return True, "it is there; whose it is is not known, so nobody was asked"
    variable, official, path = _ASKED[name]
    base = os.environ.get(variable, "").rstrip("/") or official
    if not base.startswith(("https://", "http://127.0.0.1", "http://localhost")):
        return False, f"{variable} is no address that a key is sent to"
    headers = {"Authorization": f"Bearer {key}"}
    if name == "ANTHROPIC_API_KEY":
        headers = {"x-api-key": key, "anthropic-version": "2023-06-01"}
    request = urllib.request.Request(base + path, headers=headers)  # its scheme was looked at
    try:
        with urllib.request.build_opener(_NoRedirect).open(request, timeout=SECONDS) as reply:
            return True, f"the provider takes it ({reply.status})"
    except urllib.error.HTTPError as error:
        if error.code in (401, 403):
            return False, f"the provider refuses it ({error.code})"
        return False, f"the provider answered {error.code}, so nothing is known of the key"
    except (OSError, ValueError) as error:
        why = getattr(error, "reason", None) or type(error).__name__
        return False, f"the provider could not be reached ({why})".replace(key, "...")


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A key is sent to nobody else."""

    def redirect_request(self, *_: object) -> None:
        return None
