"""The one refusal of the reading part."""

from __future__ import annotations

from typing import Any


class Unreadable(Exception):
    """A file or table that cannot be understood. `code` and `params` name the reason; `wording.say` gives the words."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code, self.params = code, params
