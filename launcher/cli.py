"""The `cheqiao` command. What serves HTTP or waits for messages runs on eventlet, which must patch the standard library before all else."""

import sys
import warnings

GREEN = ("up", "run", "sandbox", "doctor")
"""The commands that run on eventlet's loop, as the chassis's link to the broker does; the others are plain programs."""


def main() -> None:
    # eventlet announces its retirement at every start; what follows from that stands in docs/decisions.
    warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")
    if len(sys.argv) > 1 and sys.argv[1] in GREEN:
        import eventlet

        eventlet.monkey_patch()
    from launcher.commands import cheqiao

    cheqiao(prog_name="cheqiao")


if __name__ == "__main__":
    main()
