"""Environments of the anchors' own, under build/bench: nothing ours is compared with is installed beside it.

An anchor that cannot be installed on a machine is named with the reason, and the rest goes on.
"""

from __future__ import annotations

import functools
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "build" / "bench"
REQUIREMENTS = Path(__file__).parent / "anchors"


@dataclass(frozen=True, slots=True)
class Environment:
    """A Python with an anchor's packages, or why there is none."""

    name: str
    python: Path
    problem: str = ""


@functools.cache
def environment(name: str) -> Environment:
    """Install anchors/<name>.txt, once: `fastws`, `servers` (with a bare Textual) or `ftui`."""
    folder = FOLDER / name
    wanted = (REQUIREMENTS / f"{name}.txt").read_text()
    python = folder / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    stamp = folder / "installed.txt"
    if python.exists() and stamp.exists() and stamp.read_text() == wanted:
        return Environment(name, python)
    print(f"installing anchors: {name} ...", file=sys.stderr, flush=True)
    venv.create(folder, with_pip=True, clear=True)
    command = [str(python), "-m", "pip", "--disable-pip-version-check", "--quiet", "install", "-r"]
    done = subprocess.run(
        [*command, str(REQUIREMENTS / f"{name}.txt")], capture_output=True, text=True, check=False
    )
    if done.returncode:
        return Environment(name, python, (done.stderr.strip().splitlines() or ["pip failed"])[-1][:200])
    stamp.write_text(wanted)
    return Environment(name, python)


def versions(environment: Environment) -> dict[str, str]:
    """Release of each package that the environment was asked for."""
    lines = (REQUIREMENTS / f"{environment.name}.txt").read_text().splitlines()
    pairs = (line.partition("==") for line in lines if "==" in line and not line.startswith("#"))
    return {name: release for name, _, release in pairs}
