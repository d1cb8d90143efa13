"""How long something has been, as docker and crictl say it."""

import pytest

from clustersim.console.nodes.durations import human_duration, human_duration_of_2016
from clustersim.engine.time import HOUR, MINUTE, SECOND, Micros

DAY = 24 * HOUR


@pytest.mark.parametrize(
    ("span", "docker", "crictl"),
    [
        (0, "Less than a second", "Less than a second"),
        (SECOND, "1 seconds", "1 second"),
        (119 * SECOND, "About a minute", "About a minute"),
        (59 * MINUTE, "59 minutes", "59 minutes"),
        (89 * MINUTE, "About an hour", "About an hour"),
        (90 * MINUTE, "About an hour", "2 hours"),
        (30 * HOUR, "30 hours", "30 hours"),
        (2 * DAY, "2 days", "2 days"),
        (20 * DAY, "2 weeks", "2 weeks"),
        (70 * DAY, "10 weeks", "2 months"),
        (800 * DAY, "2 years", "2 years"),
    ],
)
def test_crictl_of_today_rounds_hours_that_docker_cut_off(span: Micros, docker: str, crictl: str) -> None:
    assert (human_duration_of_2016(span), human_duration(span)) == (docker, crictl)
