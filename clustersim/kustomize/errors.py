"""What kustomize says of what it cannot build."""


class KustomizeError(Exception):
    """A kustomization that cannot be built; its text is kustomize's own."""


class NotHere(KustomizeError):
    """A field that this model does not follow. field: its name."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field
