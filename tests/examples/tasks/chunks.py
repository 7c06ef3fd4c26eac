"""Cuts a long text into parts that fit a prompt."""


def split_text(document: str, size: int) -> list[str]:
    """Parts of at most `size` characters, cut between paragraphs; a longer paragraph is cut between words, a longer word inside."""
    parts: list[str] = []
    for paragraph in (p.strip() for p in document.split("\n\n")):
        for piece in _pieces(paragraph, size):
            if parts and len(parts[-1]) + 2 + len(piece) <= size:
                parts[-1] += "\n\n" + piece
            else:
                parts.append(piece)
    return parts


def _pieces(paragraph: str, size: int) -> list[str]:
    if len(paragraph) <= size:
        return [paragraph] if paragraph else []
    pieces = [""]
    for word in paragraph.split():
        while len(word) > size:
            pieces += [word[:size], ""]
            word = word[size:]
        if pieces[-1] and len(pieces[-1]) + 1 + len(word) > size:
            pieces.append("")
        pieces[-1] += (" " if pieces[-1] else "") + word
    return [p for p in pieces if p]
