"""How long somebody who moves a slider on the page of timeouts waits, through the server.

    python -m benchmarks.preview [--rounds 5]

Daphne and its workers run in processes of their own; each request asks for settings nobody asked for before,
so nothing is cached but, from the second on, the release's defaults. Told: medians and worst of the wall
time to the first answer (one trial) and to all twenty; and the CPU time of the server and its workers, of
which two cores share the twenty, for whoever measures on a machine that does other things, too.
"""

import argparse
import http.client
import os
import sys
import tempfile
import time
import urllib.parse
from contextlib import suppress
from pathlib import Path

from benchmarks.delivery import daphne, port_of
from benchmarks.managing import prepared
from benchmarks.timing import machine, median, row

PREPARE = """
from importlib import import_module
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import User
teacher = User.objects.create_superuser('teacher', password='benchmark')
session = import_module(settings.SESSION_ENGINE).SessionStore()
session[SESSION_KEY] = str(teacher.pk)
session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
session[HASH_SESSION_KEY] = teacher.get_session_auth_hash()
session.save()
print(session.session_key)
"""
TOKEN = "t" * 32
SETTINGS = {
    "v1.7, grace 20 s": ("v1.7", {"controller-manager/node-monitor-grace-period": "20s"}),
    "v1.7, reports each 1 s, grace 4 s": (
        "v1.7",
        {
            "kubelet/node-status-update-frequency": "1s",
            "controller-manager/node-monitor-period": "1s",
            "controller-manager/node-monitor-grace-period": "4s",
        },
    ),
    "v1.7, grace 4 s: flapping": ("v1.7", {"controller-manager/node-monitor-grace-period": "4s"}),
    "v1.36, grace 20 s": ("v1.36", {"controller-manager/node-monitor-grace-period": "20s"}),
    "v1.36, reports each 1 s, grace 8 s": (
        "v1.36",
        {
            "kubelet/node-status-update-frequency": "1s",
            "kubelet/node-status-report-frequency": "1s",
            "controller-manager/node-monitor-period": "1s",
            "controller-manager/node-monitor-grace-period": "8s",
        },
    ),
}


def asked(port: int, session: str, release: str, settings: dict[str, str], *, complete: bool) -> float:
    """Seconds until the page has its answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    form = {"release": release, **settings}
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": f"sessionid={session}; csrftoken={TOKEN}",
        "X-CSRFToken": TOKEN,
    }
    start = time.perf_counter()
    path = "/timeouts/preview/" + ("?all" if complete else "")
    connection.request("POST", path, urllib.parse.urlencode(form), headers)
    answer = connection.getresponse()
    text = answer.read().decode()
    took = time.perf_counter() - start
    if answer.status != 200 or ("<table" not in text):
        raise SystemExit(f"{answer.status}: {text[:400]}")
    connection.close()
    return took


def cpu_below(root: int) -> float:
    """CPU seconds so far of a process and all below it."""
    parents, spent = {}, {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = stat.read_text().rpartition(")")[2].split()
            pid = int(stat.parent.name)
            parents[pid], spent[pid] = int(fields[1]), int(fields[11]) + int(fields[12])
    below = {root}
    while more := {pid for pid, parent in parents.items() if parent in below} - below:
        below |= more
    return sum(spent.get(pid, 0) for pid in below) / os.sysconf("SC_CLK_TCK")


def measure(port: int, server: int, session: str, rounds: int) -> None:
    """Each of the settings so many times, each time a little different where it changes nothing."""
    for name, (release, settings) in SETTINGS.items():
        first, complete = [], []
        before = cpu_below(server)
        for number in range(rounds):
            other = {"controller-manager/terminated-pod-gc-threshold": str(12000 + number)}
            first.append(asked(port, session, release, settings | other, complete=False))
            complete.append(asked(port, session, release, settings | other, complete=True))
        for what, times in (("first answer", first), ("all phases", complete)):
            worst = f"worst {max(times) * 1000:.0f} ms"
            row(f"{name}: {what}", f"{median(times) * 1000:.0f} ms", worst)
        row("  CPU of both", f"{(cpu_below(server) - before) / rounds * 1000:.0f} ms", "each time")
        sys.stdout.flush()


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    rounds = max(1, min(parser.parse_args().rounds, 50))
    print(machine())
    with tempfile.TemporaryDirectory() as directory:
        environment = {"VAR_DIR": directory}
        told = prepared(directory, PREPARE)
        with daphne("visualizer.asgi:application", port_of(0), **environment) as server:
            measure(port_of(0), server.pid, told, rounds)


if __name__ == "__main__":
    main()
