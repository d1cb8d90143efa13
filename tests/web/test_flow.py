from visualizer.rooms.flow import LARGEST, MOST_BYTES, WINDOW, Allowance, Window


def caught_up() -> Window:
    window = Window()
    window.snapshot_sent(0)
    window.acknowledge(0)
    return window


def test_a_viewer_begins_with_a_snapshot() -> None:
    window = Window()
    assert window.wants_snapshot
    assert window.offer(1, "tick 1") is None


def test_ticks_are_sent_until_the_window_is_full() -> None:
    window = caught_up()
    sent = [window.offer(seq, f"tick {seq}") for seq in range(1, WINDOW + 2)]
    assert sent == [*(f"tick {seq}" for seq in range(1, WINDOW + 1)), None]


def test_large_ticks_fill_the_window_sooner_and_one_is_sent_however_large() -> None:
    window = caught_up()
    half, whole = "x" * (LARGEST // 2), "x" * 2 * LARGEST
    assert [window.offer(seq, half) is None for seq in (1, 2, 3)] == [False, False, True]
    assert window.acknowledge(1) == half
    window.acknowledge(3)
    assert window.offer(4, whole) == whole


def test_who_would_be_sent_more_than_the_server_can_send_gets_a_snapshot() -> None:
    window = caught_up()
    assert window.offer(1, "x" * MOST_BYTES) is not None
    assert window.acknowledge(1) is None
    assert window.offer(2, "节" * (MOST_BYTES // 3 + 1)) is None
    assert window.wants_snapshot


def test_one_tick_waits_and_follows_the_acknowledgement() -> None:
    window = caught_up()
    for seq in range(1, WINDOW + 2):
        window.offer(seq, f"tick {seq}")
    assert window.acknowledge(1) == f"tick {WINDOW + 1}"
    assert not window.lost


def test_a_viewer_that_missed_a_tick_jumps_to_a_snapshot_when_it_acknowledges() -> None:
    window = caught_up()
    for seq in range(1, WINDOW + 3):
        window.offer(seq, f"tick {seq}")
    assert not window.wants_snapshot
    assert window.acknowledge(4) is None
    assert window.wants_snapshot
    window.snapshot_sent(WINDOW + 2)
    assert window.offer(WINDOW + 3, "the next") == "the next"


def test_a_stalled_viewer_holds_at_most_one_tick_however_long_it_stalls() -> None:
    window = caught_up()
    for seq in range(1, 1000):
        window.offer(seq, f"tick {seq}")
    assert len(window.underway) == WINDOW
    assert window.waiting is None


def test_a_tick_that_a_snapshot_already_includes_is_not_sent_again() -> None:
    window = Window()
    window.snapshot_sent(5)
    assert window.offer(5, "tick 5") is None
    assert window.offer(6, "tick 6") == "tick 6"


def test_a_gap_in_what_arrives_from_the_layer_asks_for_a_snapshot() -> None:
    window = caught_up()
    assert window.offer(2, "tick 2") is None
    assert window.wants_snapshot


def test_resync_asks_for_a_snapshot() -> None:
    window = caught_up()
    window.resync()
    assert window.wants_snapshot


def test_acknowledging_what_was_never_sent_opens_nothing_more() -> None:
    window = caught_up()
    window.acknowledge(10**9)
    assert [window.offer(seq, "tick") for seq in range(1, WINDOW + 2)].count("tick") == WINDOW


def test_an_allowance_is_spent_and_comes_back_with_time() -> None:
    allowance = Allowance(per_second=2, burst=3)
    assert [allowance.take(10.0) for _ in range(4)] == [True, True, True, False]
    assert [allowance.take(11.0) for _ in range(3)] == [True, True, False]


def test_who_has_spent_an_allowance_may_wait_for_a_turn_as_long_as_few_do() -> None:
    allowance = Allowance(per_second=2, burst=1)
    assert [allowance.wait(10.0, 1.0) for _ in range(4)] == [0.0, 0.5, 1.0, None]
    assert allowance.wait(10.5, 1.0) == 1.0
