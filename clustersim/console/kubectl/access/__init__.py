"""Who one is and what one may do: config, auth, certificate."""
