"""The taint-eviction controller of v1.36: it deletes pods that do not tolerate NoExecute taints of a node."""
