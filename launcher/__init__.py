"""The `cheqiao` command and the composition of processes: the only package that may import everything; nothing imports it."""
