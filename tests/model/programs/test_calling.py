"""Scripts that ask others over and over, as they are read."""

import pytest

from clustersim.programs.calling import Ask, Calls, calls_of

PHP = Ask("wget", "php-apache", 80, "/")


@pytest.mark.parametrize(
    ("script", "calls"),
    [
        ("while sleep 0.01; do wget -q -O- http://php-apache; done", Calls((PHP,), 10_000)),
        (
            "while true; do wget -q -O- http://php-apache.default.svc.cluster.local; done",
            Calls((Ask("wget", "php-apache.default.svc.cluster.local", 80, "/"),), 0),
        ),
        (
            "echo starts\nwhile :\ndo\n  curl -s -o /dev/null http://web:8080/a?b=c\n  sleep 2\ndone",
            Calls((Ask("curl", "web", 8080, "/a?b=c", silent=True),), 2_000_000),
        ),
        (
            "while true; do wget -T 5 -qO- $HOST > /dev/null; curl ${HOST}:81 | head -1; sleep .5; done",
            Calls((Ask("wget", "web", 80, "/", silent=True), Ask("curl", "web", 81, "/")), 500_000),
        ),
        ("while true; do timeout 3 wget -qO- https://web; done", Calls((Ask("wget", "web", 443, "/"),), 0)),
    ],
)
def test_a_loop_without_end_that_asks_is_read(script: str, calls: Calls) -> None:
    assert calls_of(script, {"HOST": "web"}) == calls


@pytest.mark.parametrize(
    "script",
    [
        "wget -q -O- http://php-apache",
        "for i in 1 2 3; do wget -q -O- http://php-apache; done",
        "until wget -q -O- http://php-apache; do sleep 1; done",
        "while read line; do wget -q -O- http://php-apache; done",
        "while true; do sleep 1; done",
        "while true; do wget",
    ],
)
def test_what_ends_or_asks_nobody_is_none(script: str) -> None:
    assert calls_of(script, {}) is None
