"""What a request costs the program that answers it, in CPU time: orders of magnitude.

registry.k8s.io/hpa-example adds up a million square roots in PHP 5 for each request (its index.php). What
that takes is taken from what it does in the documentation: one client that sleeps 10 ms between two requests
makes it compute 610m ("305% / 50%" of 200m), which seven pods then share (kubernetes.io,
HorizontalPodAutoscaler Walkthrough). With what starting wget and finding the Service takes, that is about 40
ms. For servers of plain files it is what they are known to do on one CPU without keep-alive, some thousands
of requests a second.
"""

from collections.abc import Mapping
from typing import Final

from clustersim.api.core_v1 import Container
from clustersim.programs.known import image_name
from clustersim.programs.program import Program

_MICROSECONDS: Final[Mapping[str, int]] = {
    "agnhost": 200,
    "haproxy": 100,
    "hpa-example": 40_000,
    "httpd": 200,
    "nginx": 100,
    "nginx-slim": 100,
    "php-apache": 40_000,
    "traefik": 100,
    "whoami": 200,
}
USUAL: Final = 1000
"""Of a program of which nothing is known."""
ASKING: Final = 3000
"""What it costs to ask: a process is started, and a name looked up, for each request."""


def request_cost(spec: Container, program: Program | None) -> int:
    """Microseconds of CPU."""
    if program is not None and program.request_us:
        return program.request_us
    return _MICROSECONDS.get(image_name(spec.image), USUAL)
