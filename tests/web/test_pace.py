from visualizer.rooms.running.pace import LEAD, SECOND, TRAIL, Rate, next_leg


def test_without_deadlines_time_follows_the_speed() -> None:
    leg = next_leg(5 * SECOND, 0.1, 600.0)
    assert leg.until == 65 * SECOND
    assert not leg.eased


def test_slow_motion_is_never_slowed_further() -> None:
    assert next_leg(0, 0.1, 0.1, [0]).until == SECOND // 100


def test_a_leg_ends_where_easing_begins() -> None:
    leg = next_leg(0, 0.1, 600.0, [40 * SECOND])
    assert leg.until == 40 * SECOND - LEAD
    assert not leg.eased
    assert 0 < leg.wall < 0.1


def test_near_a_deadline_time_runs_at_real_speed_and_says_so() -> None:
    leg = next_leg(39 * SECOND, 0.1, 600.0, [40 * SECOND])
    assert leg.until == 39 * SECOND + SECOND // 10
    assert leg.eased


def test_easing_ends_shortly_after_the_deadline() -> None:
    leg = next_leg(40 * SECOND + TRAIL - SECOND // 20, 0.1, 600.0, [40 * SECOND])
    assert leg.until == 40 * SECOND + TRAIL
    assert next_leg(40 * SECOND + TRAIL, 0.1, 600.0, [40 * SECOND]).until == 101 * SECOND


def test_the_rate_is_what_was_achieved() -> None:
    rate = Rate()
    for seconds in (3, 1, 2):
        rate.add(0.1, seconds * SECOND)
    assert rate.value == 20.0


def test_what_held_a_room_up_before_its_first_step_is_no_part_of_its_rate() -> None:
    rate = Rate()
    rate.add(5.0, SECOND // 2)
    rate.add(0.1, SECOND)
    rate.add(0.1, SECOND)
    assert rate.value == 0.0
    rate.add(0.1, SECOND)
    assert rate.value == 10.0


def test_a_room_that_has_not_moved_has_no_rate() -> None:
    assert Rate().value == 0.0
