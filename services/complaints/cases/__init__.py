"""The case: what it is, which steps there are, and how each is taken and kept."""
