"""Stand-ins for the systems Cheqiao speaks with: the WeChat platform, a DMS and a CSC.

Each is a small product of its own: real HTTP, its own records in a SQLite file, a ledger of every request it saw (written before the
answer leaves), faults that can be ordered by HTTP, and a desk where one does what a person at that firm would do. They know nothing
of Cheqiao but what is agreed in `contracts/partners`. `compose.create_sandbox` builds all three as WSGI applications.
"""
