"""Random streams: one per use, derived from (seed, name), so that adding a component reshuffles nobody
else's numbers."""

from hashlib import blake2b

from clustersim.engine.time import Micros

_SPAN = 1 << 64


class RandomStream:
    """A counter-based stream: the n-th number is a hash of (seed, name, n), so its state is one integer.

    Positions live in a dict that belongs to the engine's state.
    """

    __slots__ = ("_head", "_name", "_positions")

    def __init__(self, seed: int, name: str, positions: dict[str, int]) -> None:
        self._name = name
        self._head = f"{seed}/{name}/".encode()
        self._positions = positions

    def bits(self) -> int:
        """64 of them."""
        return int.from_bytes(self._hashes(1)[0])

    def digits(self, numbers: int = 1) -> str:
        """The same 64 bits as 16 hexadecimal digits; of several numbers one after another."""
        return b"".join(self._hashes(numbers)).hex()

    def _hashes(self, numbers: int) -> list[bytes]:
        """The next ones. What all of them begin with is hashed once, and not kept: of a large world there are
        tens of thousands of streams."""
        first, copy = self._positions.get(self._name, 0), blake2b(self._head, digest_size=8).copy
        self._positions[self._name] = first + numbers
        found = []
        for number in range(first, first + numbers):
            one = copy()
            one.update(b"%d" % number)
            found.append(one.digest())
        return found

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
        limit = len(alphabet)
        drawn = [int.from_bytes(one) * limit // _SPAN for one in self._hashes(length)]
        return "".join([alphabet[number] for number in drawn])
