"""Pure functions that remember what they said of the very same objects."""

from clustersim.engine.identity import by_identity


def test_the_same_objects_are_looked_at_once_and_equal_ones_again() -> None:
    """What pods of one template share is looked at once for all of them."""
    asked = []

    @by_identity(maxsize=8)
    def total(one: tuple[int, ...], other: tuple[int, ...]) -> int:
        asked.append(one)
        return sum(one) + sum(other)

    one, other = tuple(range(3)), tuple(range(4))
    assert [total(one, other), total(one, other)] == [9, 9]
    assert len(asked) == 1
    assert total(tuple(range(3)), other) == 9
    assert len(asked) == 2
    assert total(other, one) == 9, "the order counts"
    assert len(asked) == 3


def test_what_was_asked_first_is_forgotten_first_and_identities_are_never_mixed_up() -> None:
    """An object that is forgotten may go, and another may come to lie where it lay."""

    @by_identity(maxsize=2)
    def length(text: list[int]) -> int:
        return len(text)

    for size in range(500):
        assert length([0] * size) == size
