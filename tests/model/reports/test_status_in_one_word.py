"""The one word that kubectl get pods has for several containers.

kk: github.com/kubernetes/kubernetes.
"""

import pytest

from tests.model.reports.typed import ALL, at, empty, rows, typed

WELL, WRONG, RUNS = "exit 0", "exit 1", "sleep 9999"


@pytest.mark.parametrize(
    ("first", "second", "old", "today"),
    [
        (WELL, WRONG, "Completed", "Error"),  # kk#61687, kk#121563
        (WRONG, WELL, "Error", "Error"),
        (WELL, RUNS, "Completed", "NotReady"),  # kk#62588
        (RUNS, WRONG, "Error", "Error"),  # kk#95079
        (WELL, WELL, "Completed", "Completed"),
    ],
)
@ALL
def test_the_first_container_has_the_word_unless_it_hides_a_failure_today(
    release: str, first: str, second: str, old: str, today: str
) -> None:
    cluster = empty(release)
    container = "{name: %s, image: busybox, command: [sh, -c, %s]}"
    one, other = container % ("a", first), container % ("b", second)
    typed(
        cluster,
        "kubectl create -f -\napiVersion: v1\nkind: Pod\nmetadata: {name: p}\n"
        f"spec: {{restartPolicy: Never, containers: [{one}, {other}]}}\n",
    )
    at(cluster, "30s")
    (row,) = rows(typed(cluster, "kubectl get pod p"))
    assert row[2] == (today if release == "v1.36" else old)
