"""`make snippets`: runs every snippet of the README against a server on free ports and checks what it prints.

The snippets are read from the page that shows them; only their documented addresses are replaced.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

FOLDER = Path(__file__).parent
ROOT = FOLDER.parents[1]
PAGE = ROOT / "README.md"
HEADING = "## For developers of clients"
BLOCK = re.compile(r"^<!-- prints: ([^\n]+) -->\n```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ADDRESS = re.compile(r"(?:localhost|127\.0\.0\.1):(\d{4})")
DOCUMENTED = {
    "orchestrator": 8082,
    "market_data_gateway": 3001,
    "risk_guardian": 3002,
    "bot_core": 8080,
    "ai_service": 8000,
    "onetrade": 8070,
    "channels": 8090,
    "control": 8099,
}
LANGUAGES: Mapping[str, list[str]] = {
    "python": [sys.executable, "-W", "error", "-c"],
    "javascript": ["node", "--input-type=module", "-e"],
    "sh": ["bash", "-euo", "pipefail", "-c"],
}
PATIENCE_SECONDS = 30
AT_ONCE = 4


@dataclass(frozen=True)
class Snippet:
    """One block of the page."""

    endpoint: str
    language: str
    code: str
    prints: str


@dataclass(frozen=True)
class Result:
    """What became of one; an empty text is success."""

    snippet: Snippet
    problem: str


def snippets(page: str) -> list[Snippet]:
    """All of the page's blocks that say what they print, in its order."""
    _, _, section = page.partition(HEADING)
    found = []
    for part in section.partition("\n## ")[0].split("\n### ")[1:]:
        endpoint = part.partition("\n")[0].strip()
        found += [Snippet(endpoint, m[2], m[3], m[1]) for m in BLOCK.finditer(part)]
    return found


def page() -> str:
    """The README."""
    return PAGE.read_text(encoding="utf-8")


@contextmanager
def server() -> Iterator[Mapping[str, Any]]:
    """A backend on free ports: its JSON line."""
    command = [
        sys.executable,
        "-m",
        "tui_trader",
        "--server-only",
        "--json",
        "--ports",
        "free",
        "--ephemeral",
    ]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield json.loads(process.stdout.readline())
        finally:
            process.send_signal(signal.SIGTERM)


def environment(credentials_file: str) -> dict[str, str]:
    """The variables the page exports, on top of the present ones."""
    secrets = json.loads(Path(credentials_file).read_text())
    return os.environ | {
        "ONETRADE_API_KEY": secrets["onetrade"]["api_key"],
        "CHANNELS_API_KEY": secrets["channels"]["api_key"],
        "CHANNELS_API_SECRET": secrets["channels"]["api_secret"],
        "CONTROL_TOKEN": secrets["control"]["token"],
    }


def run(snippet: Snippet, ports: Mapping[str, str], variables: Mapping[str, str]) -> Result:
    """Run one in its language and compare what it prints."""
    code = ADDRESS.sub(lambda match: f"127.0.0.1:{ports[match[1]]}", snippet.code)
    reading, writing = os.pipe()  # a keyboard nobody types on: wscat ends when its input does
    try:
        done = subprocess.run(
            [*LANGUAGES[snippet.language], code],
            cwd=FOLDER,
            env=dict(variables),
            stdin=reading,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Result(snippet, f"did not end within {PATIENCE_SECONDS} s")
    finally:
        os.close(reading)
        os.close(writing)
    if done.returncode:
        return Result(snippet, f"ended with {done.returncode}: {done.stderr.strip()[-500:]}")
    if re.search(snippet.prints, done.stdout) is None:
        return Result(snippet, f"printed no {snippet.prints!r} but {done.stdout[:500]!r}")
    return Result(snippet, "")


def main() -> int:
    """Run all; the number of failures is the exit code."""
    every = snippets(page())
    with server() as started, ThreadPoolExecutor(AT_ONCE) as pool:
        urls = started["http"]
        ports = {str(port): str(urlsplit(urls[name]).port) for name, port in DOCUMENTED.items()}
        variables = environment(started["credentials_file"])
        waiting = [one for one in every if one.endpoint != "control"]
        results = list(pool.map(lambda one: run(one, ports, variables), waiting))
        results += [
            run(one, ports, variables) for one in every if one.endpoint == "control"
        ]  # it cuts others
    for result in results:
        print(f"{result.snippet.endpoint:<20} {result.snippet.language:<11} {result.problem or 'ok'}")
    return sum(bool(result.problem) for result in results)


if __name__ == "__main__":
    sys.exit(main())
