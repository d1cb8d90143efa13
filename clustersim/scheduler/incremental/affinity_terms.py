"""Which pods what the running ones say about others is about.

Most pods are meant by none of it, and need not be held against all others for the sake of a few.
"""

from typing import NamedTuple

from clustersim.api.core_v1 import Pod
from clustersim.api.selectors import selects
from clustersim.scheduler.incremental.spreading import GroupKey, group_key
from clustersim.scheduler.pod_affinity import Term, preferred, required_far, required_near


class _TermKey(NamedTuple):
    namespaces: tuple[str, ...]
    selector: GroupKey
    everywhere: bool


class AffinityTerms:
    """The terms of the affinity of all pods that run, each kind of term once."""

    def __init__(self) -> None:
        self._terms: dict[_TermKey, Term] = {}
        self._counts: dict[_TermKey, int] = {}
        self._known: dict[tuple[str, tuple[tuple[str, str], ...]], bool] = {}

    def count(self, pod: Pod, change: int) -> None:
        """A pod that says something about others came (1) or left (-1)."""
        for term in (*required_near(pod), *required_far(pod), *preferred(pod)):
            selectors = () if term.selector is None else (term.selector,)
            key = _TermKey(term.namespaces, group_key("", selectors), term.others is not None)
            now = self._counts.get(key, 0) + change
            if now == change == 1:
                self._terms[key] = term
                self._known.clear()
            self._counts[key] = now
            if not now:
                del self._terms[key], self._counts[key]
                self._known.clear()

    def mean(self, pod: Pod) -> bool:
        """Whether any of them is about the pod, or could be, for the labels of its namespace."""
        if not self._terms:
            return False
        key = (pod.metadata.namespace, tuple(pod.metadata.labels.items()))
        if (known := self._known.get(key)) is None:
            known = self._known[key] = any(self._means(term, pod) for term in self._terms.values())
        return known

    @staticmethod
    def _means(term: Term, pod: Pod) -> bool:
        here = term.others is not None or pod.metadata.namespace in term.namespaces
        return here and selects(term.selector, pod.metadata.labels)
