"""Text of strangers on its way to a screen, a page or a file: what does not show is written as its code."""

from __future__ import annotations

import unicodedata

HIDDEN = r"[\p{C}\p{Zl}\p{Zp}]"
"""Characters that do not show, or that change how others show: controls, directions, joiners, line ends."""


def visible(text: str) -> str:
    r"""Write what does not show as its code: a right-to-left override becomes `\u202e`."""
    return "".join(f"\\u{ord(one):04x}" if _is_hidden(one) else one for one in text)


def _is_hidden(character: str) -> bool:
    category = unicodedata.category(character)
    return category.startswith("C") or category in ("Zl", "Zp")
