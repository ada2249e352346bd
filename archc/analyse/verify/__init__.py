"""Whether two programs are one function: every way to run a network, and other people's networks, on the same weights."""
