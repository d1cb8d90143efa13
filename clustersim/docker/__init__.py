"""docker: the runtime of the nodes of 2017, with its storage drivers."""
