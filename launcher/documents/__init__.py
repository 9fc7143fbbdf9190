"""What is agreed, written out for those who do not read Python: JSON Schema, OpenAPI 3.1 and AsyncAPI 3.0 (design section 6).

`build` writes them from `contracts/`, `check` holds what is committed against it. Both refuse a change that breaks an older reader.
"""

from launcher.documents.keeping import Broken, build, check

__all__ = ["Broken", "build", "check"]
