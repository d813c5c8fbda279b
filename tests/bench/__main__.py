"""Benches by name: `./run bench NAME`, each with its own --help."""

from __future__ import annotations

import ast
import importlib
import sys
from importlib.util import find_spec
from pathlib import Path

BENCHES = {
    "crash": "tests.faults.crash_bench",
    "race": "tests.faults.race_bench",
    "histories": "tests.faults.histories_bench",
    "matching": "tests.bench.bench_matching",
    "page": "tests.bench.bench_page",
    "detour": "tests.bench.bench_detour",
    "desk": "tests.bench.bench_desk",
    "bureau": "tests.bench.bench_bureau",
    "registry": "tests.civic.registry.crash_bench",
    "rides": "tests.civic.registry.rides_bench",
}


def main() -> int:
    """Run the bench named first; the rest are its own options."""
    if sys.argv[1:] in (["--help"], ["-h"]):
        sys.stdout.write("".join(f"./run bench {name:10} {_purpose(BENCHES[name])}\n" for name in BENCHES))
        return 0
    if len(sys.argv) < 2 or sys.argv[1] not in BENCHES:
        sys.stderr.write(f"Usage : ./run bench {{{'|'.join(BENCHES)}}} [--help]\n")
        return 2
    bench = importlib.import_module(BENCHES[sys.argv[1]])
    return int(bench.main(sys.argv[2:]) or 0)


def _purpose(module: str) -> str:
    """The first line of what the bench says of itself; reading it runs nothing."""
    source = find_spec(module)
    text = Path(source.origin).read_text() if source and source.origin else ""
    return (ast.get_docstring(ast.parse(text)) or "").partition("\n")[0]


if __name__ == "__main__":
    sys.exit(main())
