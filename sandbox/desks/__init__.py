"""What the desks of the stand-ins share in the browser: frame, words, forms, fault switches and the traffic with Cheqiao.

A desk is a Flask blueprint of server-rendered pages with plain forms: POST, redirect, a line that says what was done. Pages live under
`/` and `/pages/`, beside the JSON of `/desk/` and `/control/`; neither the ledger nor a fault sees them. `desk_pages` makes the
blueprint, the desk adds its own pages to it.
"""
