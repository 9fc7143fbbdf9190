"""The speed figures, with the peers beside them: `make bench`.

Everything runs on this machine on private servers of its own, in turns: ours, a peer, ours, a peer. `rows` has one module per row of
the table, `peers` what others would build for the same work (they run in an environment of their own), `ours` a small service on our
chassis that does what the peers do. Nothing imports this package. What came out last stands in docs/performance.md.
"""
