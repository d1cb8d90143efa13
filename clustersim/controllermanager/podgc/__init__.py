"""The pod garbage collector: every 20 s, away with what nobody else will ever remove."""
