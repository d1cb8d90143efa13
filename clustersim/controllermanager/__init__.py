"""kube-controller-manager: the control loops that move the cluster towards what is wanted, a module each."""
