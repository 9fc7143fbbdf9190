"""The `cheqiao` command. What serves HTTP or waits for messages runs on eventlet, which must patch the standard library before all else."""

import sys

GREEN = ("up", "run", "sandbox")
"""The commands that run on eventlet's loop; the others are plain programs."""


def main() -> None:
    if len(sys.argv) > 1 and sys.argv[1] in GREEN:
        _patch()
    from launcher.commands import cheqiao

    cheqiao(prog_name="cheqiao")


def _patch() -> None:
    import warnings

    with warnings.catch_warnings():
        # eventlet announces its retirement at every start; what follows from that stands in docs/decisions.
        warnings.simplefilter("ignore")
        import eventlet

        eventlet.monkey_patch()


if __name__ == "__main__":
    main()
