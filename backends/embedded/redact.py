"""Takes credentials out of text that may hold a URL, so that any message is fit to be shown."""

from __future__ import annotations

import re

_USERINFO = re.compile(r"(?<=://)[^/?#\s]*@")


def redact(text: object) -> str:
    """The text without the user and password of any URL in it.

    >>> redact("no answer from https://me:s3cret@host/simple")
    'no answer from https://host/simple'
    """
    return _USERINFO.sub("", str(text))
