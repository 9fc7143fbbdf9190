"""The speed figures, with the peers beside them: `make bench`.

Everything runs on this machine on private servers of its own, in turns: ours, a peer, ours, a peer. `rows` has one module per row of
the table, `peers` what others would build for the same work (they run in an environment of their own), `ours` a small service on our
chassis that does what the peers do. Nothing imports this package. What came out last stands in docs/performance.md.
"""

import warnings

# eventlet announces its retirement at every start, before anything of ours could say that we know.
warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")
