"""Random streams: one per use, derived from (seed, name), so that adding a component reshuffles nobody
else's numbers."""

import hashlib

from clustersim.engine.time import Micros

_SPAN = 1 << 64


class RandomStream:
    """A counter-based stream: the n-th number is a hash of (seed, name, n), so its state is one integer.

    Positions live in a dict that belongs to the engine's state.
    """

    __slots__ = ("_name", "_positions", "_seed")

    def __init__(self, seed: int, name: str, positions: dict[str, int]) -> None:
        self._seed = seed
        self._name = name
        self._positions = positions

    def bits(self) -> int:
        """64 of them."""
        return int.from_bytes(self._next().digest())

    def digits(self) -> str:
        """The same 64 bits as 16 hexadecimal digits."""
        return self._next().hexdigest()

    def _next(self) -> "hashlib.blake2b":
        position = self._positions.get(self._name, 0)
        self._positions[self._name] = position + 1
        return hashlib.blake2b(f"{self._seed}/{self._name}/{position}".encode(), digest_size=8)

    def take_back(self) -> None:
        """The last number was not used: it comes again."""
        self._positions[self._name] -= 1

    def random(self) -> float:
        """A float in [0, 1)."""
        return self.bits() / _SPAN

    def below(self, limit: int) -> int:
        """An integer in [0, limit)."""
        return self.bits() * limit // _SPAN

    def between(self, low: Micros, high: Micros) -> Micros:
        """An integer in [low, high]."""
        return low + self.below(high - low + 1)

    def text(self, alphabet: str, length: int) -> str:
        """So many characters of the alphabet, as generated names have them."""
        return "".join(alphabet[self.below(len(alphabet))] for _ in range(length))
