"""Memory at hand: what a part of a process remembers is looked up once, and again only when the process has
another memory. It is read hundreds of times for each pod that starts."""

from collections.abc import Callable
from typing import Any, Generic, Self, TypeVar, overload

T_co = TypeVar("T_co", covariant=True)


class AtHand(Generic[T_co]):
    """An attribute `state` that is found when it is first read, and then kept in its holder until its process
    has another memory."""

    def __init__(self, look_up: Callable[[Any], T_co]) -> None:
        self.look_up = look_up
        self.__doc__ = look_up.__doc__

    @overload
    def __get__(self, holder: None, owner: type) -> Self: ...
    @overload
    def __get__(self, holder: Any, owner: type) -> T_co: ...
    def __get__(self, holder: Any, owner: type) -> Self | T_co:
        if holder is None:
            return self
        found = self.look_up(holder)
        holder.state = found  # from now on this is not asked any more
        holder.process.holders.append(holder)
        return found
