"""Agreement and speed of the pooling engine.

python benchmarks/pooling.py agree <folder>    compare with a folder laid out as its README says
python benchmarks/pooling.py speed             time it beside its peers
"""

from __future__ import annotations

import sys
from pathlib import Path

USAGE = (__doc__ or "").strip()


def main(arguments: list[str]) -> int:
    """Run one of the two; 2 for a call that makes no sense."""
    if len(arguments) == 2 and arguments[0] == "agree" and (Path(arguments[1]) / "ref").is_dir():
        import pooling_agree
        import pooling_agree_robustness  # noqa: F401  (registers its handlers)

        lines = pooling_agree.report(Path(arguments[1]))
    elif arguments == ["speed"]:
        import pooling_speed

        lines = pooling_speed.report()
    else:
        sys.stderr.write(f"{USAGE}\n")
        return 2
    for line in lines:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
