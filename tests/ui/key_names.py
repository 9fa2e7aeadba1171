"""What Textual calls the keys of characters that are no letters or digits."""

from __future__ import annotations

KEY_NAMES = {
    " ": "space", ".": "full_stop", ":": "colon", "/": "slash", "@": "at", "?": "question_mark",
    "-": "minus", "*": "asterisk", ",": "comma", "_": "underscore",
}  # fmt: skip
