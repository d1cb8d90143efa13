"""Of many that ask at once, one is answered in each round of the event loop."""

import asyncio

from visualizer.turns import Turns


async def rounds(seen: list[str], count: int) -> None:
    """What else runs in the loop."""
    for _ in range(count):
        seen.append("tick")
        await asyncio.sleep(0)


async def take(turns: Turns, seen: list[str], name: str) -> None:
    await turns.mine()
    seen.append(name)


async def test_what_is_due_in_between_is_done_in_between() -> None:
    turns, seen = Turns(), list[str]()
    async with asyncio.TaskGroup() as group:
        for name in "abcdef":
            group.create_task(take(turns, seen, name))
        group.create_task(rounds(seen, 20))
    first, last = seen.index("a"), seen.index("f")
    assert [name for name in seen if name != "tick"] == list("abcdef")
    assert seen[first:last].count("tick") >= 4


async def test_whoever_no_longer_waits_costs_nobody_a_turn() -> None:
    turns, seen = Turns(), list[str]()
    tasks = [asyncio.create_task(take(turns, seen, name)) for name in "abc"]
    await asyncio.sleep(0)
    tasks[0].cancel()
    tasks[1].cancel()
    await asyncio.wait(tasks)
    assert seen == ["c"]
    await take(turns, seen, "d")
    assert seen == ["c", "d"]
