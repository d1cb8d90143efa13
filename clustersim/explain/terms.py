"""The terms of an armed rule, one by one: met or not, with the numbers and the time left."""

from collections.abc import Iterator

import msgspec

from clustersim.cluster import Cluster
from clustersim.engine.time import MILLISECOND
from clustersim.explain.armed_rules import ArmedRule, Term
from clustersim.flags import lasting
from clustersim.i18n import Message, _
from clustersim.narration.values import rounded, rule_message


def with_terms(cluster: Cluster, armed: ArmedRule) -> ArmedRule:
    """The same with its terms, in the order in which they are met."""
    return msgspec.structs.replace(armed, terms=tuple(_terms(cluster, armed)))


def _terms(cluster: Cluster, armed: ArmedRule) -> Iterator[Term]:
    verdict, now = armed.verdict, cluster.now
    left = None if verdict.due is None else max(0, verdict.due - now)
    yield Term(rule_message(verdict), verdict.holds or left == 0, left or None)
    yield from armed.terms
    if armed.frozen is not None:
        yield Term(Message(armed.frozen), False)
    if left is not None and left > 0:
        yield Term(Message(_("Left of that: {left}."), {"left": lasting(rounded(left))}), False, left)
    if armed.predicted is not None and verdict.due is not None:
        wait = armed.predicted - max(verdict.due, now)
        if wait >= MILLISECOND:
            sentence = _("Whoever acts on it looks again {wait} later.")
            text = Message(sentence, {"wait": lasting(rounded(wait))})
            yield Term(text, False, armed.predicted - now)
