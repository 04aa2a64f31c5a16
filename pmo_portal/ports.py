"""Port: how a lower room tells higher ones that something happens, without knowing them."""

from __future__ import annotations

from collections.abc import Callable, Iterator


class Port:
    """Rooms above plug takers in; takers run in the caller's transaction, in the order of plugging, and may raise
    ValidationError to refuse."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.takers: list[Callable] = []

    def plug(self, taker: Callable) -> Callable:
        if taker not in self.takers:
            self.takers.append(taker)
        return taker

    def tell(self, *args, **kwargs) -> None:
        for taker in self.takers:
            taker(*args, **kwargs)

    def gather(self, *args, **kwargs) -> Iterator:
        """Everything that the takers give back, one after the other."""
        for taker in self.takers:
            yield from taker(*args, **kwargs)
