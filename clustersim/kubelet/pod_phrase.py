"""Lines about one pod that every pod writes: kept by what they speak of, which is in memory anyway."""

from clustersim.api.core_v1 import Pod
from clustersim.engine.journal import Phrase


class PodPhrase(Phrase, frozen=True, gc=False):
    """sentence: with {name}, {namespace} and {uid} of the pod, {kind} and {data} of what happened."""

    sentence: str
    name: str
    namespace: str
    uid: str
    kind: str
    data: str

    def __str__(self) -> str:
        return self.sentence.format(
            name=self.name, namespace=self.namespace, uid=self.uid, kind=self.kind, data=self.data
        )


def pod_phrase(sentence: str, pod: Pod, kind: str = "", data: str = "") -> PodPhrase:
    """That sentence about a pod."""
    metadata = pod.metadata
    return PodPhrase(sentence, metadata.name, metadata.namespace, metadata.uid, kind, data)
