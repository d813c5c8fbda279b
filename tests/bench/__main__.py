"""Benches by name: ./run bench crash | races | matching | detour | desk | registry | rides, each with its own --help."""

from __future__ import annotations

import importlib
import sys

BENCHES = {
    "crash": "tests.faults.crash_bench",
    "races": "tests.faults.race_bench",
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
    if len(sys.argv) < 2 or sys.argv[1] not in BENCHES:
        sys.stderr.write(f"Usage : ./run bench {{{'|'.join(BENCHES)}}} [--help]\n")
        return 2
    bench = importlib.import_module(BENCHES[sys.argv[1]])
    return int(bench.main(sys.argv[2:]) or 0)


if __name__ == "__main__":
    sys.exit(main())
