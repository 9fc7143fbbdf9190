"""What the peers are told by the harness, through their environment."""

import os
from typing import Any

BROKER_URL = os.environ.get("BENCH_BROKER_URL", "")
DATABASE: dict[str, Any] = {
    "host": "127.0.0.1",
    "port": int(os.environ.get("BENCH_DATABASE_PORT", "0")),
    "user": "cheqiao",
    "password": os.environ.get("BENCH_DATABASE_PASSWORD", ""),
    "database": os.environ.get("BENCH_DATABASE_SCHEMA", ""),
    "charset": "utf8mb4",
    "init_command": "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
}
TOKEN = os.environ.get("BENCH_TOKEN", "")
AES_KEY = os.environ.get("BENCH_AES_KEY", "")
APPID = os.environ.get("BENCH_APPID", "")
QUEUE = os.environ.get("BENCH_QUEUE", "")
"""Where its work comes from, or where it puts what it took."""
DOWNSTREAM = os.environ.get("BENCH_DOWNSTREAM", "")
"""Where it tells what it did."""
MARK = os.environ.get("BENCH_MARK", "each")
"""How an outbox row is marked once its message is confirmed: `each` by the task itself, or `together` by a thread beside the tasks."""
