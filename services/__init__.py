"""What we decide.

Each service has the same files: service.py (entrypoints), domain.py (rules), news.py (whom to tell what), store.py (own tables).
A service never asks another one and waits: it keeps what it needs to know and listens for news.
"""
