"""kustomize: manifests made of other manifests, as a kustomization.yaml says.

Sources: sigs.k8s.io/kustomize v5.8.1, which kubectl of v1.36 is built with; compared with what that kubectl
prints.
"""

from clustersim.kustomize.build import Built, build
from clustersim.kustomize.errors import KustomizeError, NotHere

__all__ = ["Built", "KustomizeError", "NotHere", "build"]
