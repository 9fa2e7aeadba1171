"""The contract tests' clients are used here, too; they import one another as pytest finds them there."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "contract"))
