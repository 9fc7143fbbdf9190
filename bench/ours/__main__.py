"""`python -m bench.ours`: the service in a process of its own, put together as `cheqiao run` does."""

import sys
import warnings


def main() -> None:
    """Until a signal."""
    warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")
    import eventlet

    eventlet.monkey_patch()
    from bench.ours.service import VisitsService
    from bench.ours.store import metadata
    from chassis import logs
    from launcher.commands.speaking import settings_for
    from launcher.compose import assemble, migrate_all
    from launcher.house import SERVICES, Service
    from launcher.serving import serve

    settings = settings_for("production")
    logs.set_up()
    migrate_all(settings, ["appointments"])
    made = assemble(settings)
    metadata.create_all(made.database("appointments").engine)
    SERVICES["appointments"] = Service("appointments", VisitsService.__module__, VisitsService.__name__)
    sys.exit(serve(made, ["appointments"], ready=lambda: None))


if __name__ == "__main__":
    main()
