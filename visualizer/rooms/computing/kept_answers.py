"""Answers that are too large for a frame, kept until the page has fetched them: computing one again may
take a minute."""

from collections import OrderedDict
from typing import Final

from django.urls import reverse

MOST_CHARACTERS: Final = 32_000_000


def address_of_past(room: str, branch: int, t: int) -> str:
    """Where a moment that is too large for a frame is fetched."""
    return f"{reverse('past', args=[room])}?branch={branch}&t={t}"


class KeptAnswers:
    """The newest ones, by their addresses."""

    def __init__(self, most: int = MOST_CHARACTERS) -> None:
        self._most = most
        self._kept: OrderedDict[str, str] = OrderedDict()
        self._size = 0

    def put(self, address: str, text: str) -> None:
        """Keep it in place of one that is there; the oldest go."""
        self._size += len(text) - len(self._kept.pop(address, ""))
        self._kept[address] = text
        while self._size > self._most and len(self._kept) > 1:
            self._size -= len(self._kept.popitem(last=False)[1])

    def get(self, address: str) -> str | None:
        """The one at that address, if it is still kept."""
        return self._kept.get(address)


kept_answers: Final = KeptAnswers()
"""Those of this process."""
