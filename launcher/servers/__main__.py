"""`python -m launcher.servers`: install what the private servers need, or say what is missing."""

import sys

from launcher.servers.installation import ServersMissing, ensure_installed

try:
    ensure_installed(print)
except ServersMissing as missing:
    sys.exit(str(missing))
