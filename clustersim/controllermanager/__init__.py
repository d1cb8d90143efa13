"""kube-controller-manager: the loops that turn what is into what should be, each a module of its own."""
