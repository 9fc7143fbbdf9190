"""Which item a car has in a month, and why: rules as data, with versions (S-11)."""
