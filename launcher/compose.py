"""Composes one operating-system process: settings, keys, databases, listener, and what is mounted beside the services."""

from collections.abc import Iterable
from pathlib import Path

from chassis import embedded, privacy, process
from chassis.database import Database, migrate, open_engine
from chassis.listener import Listener
from chassis.outbox import OutboxWriter
from chassis.privacy import Vault
from chassis.process import Process
from chassis.settings import Settings
from launcher.house import SCHEMAS, SERVICES
from launcher.welcome import documents, welcome
from sandbox.compose import Sandbox, create_sandbox
from sandbox.secrets import SandboxSecrets


def database_url(settings: Settings, service: str) -> str:
    return settings.database.url.replace("{schema}", service)


def migrate_all(settings: Settings, names: Iterable[str] = SCHEMAS) -> None:
    """Bring the schemas of these services up to date, one after the other; another process that does so is waited for.

    Raises Unavailable when the server is away.
    """
    for name in sorted(set(names) & SCHEMAS):
        migrate(database_url(settings, name), SERVICES[name].migrations)


def assemble(settings: Settings) -> Process:
    """The process, installed for everything in it to find."""
    embedded.register()
    vault = Vault.of(settings.privacy)
    privacy.use(vault)

    def open_database(service: str, settings: Settings) -> Database:
        return Database(open_engine(database_url(settings, service), settings.database.pool_size), OutboxWriter(service, vault))

    made = Process(settings, vault, Listener(settings.http), open_database, schemas=SCHEMAS)
    made.health.mount_on(made.listener)
    process.install(made)
    return made


def mount_welcome(made: Process) -> None:
    """`/` says what is where."""
    made.listener.mount("public", "/", welcome(made.settings))


def mount_documents(made: Process) -> None:
    """`/partners/docs` says what is agreed with partners."""
    made.listener.mount("partner", "/partners/docs", documents())


def mount_sandbox(made: Process) -> Sandbox:
    """The stand-ins in our own process, with the secrets that everybody knows; the settings allow that on loopback alone."""
    target = f"http://{made.settings.http.public}"
    sandbox = create_sandbox(sandbox_state(made.settings.var), target=target, secrets=SandboxSecrets.known())
    for prefix, app in sandbox.items():
        made.listener.mount("public", prefix, app)
    return sandbox


def sandbox_state(var: Path) -> Path:
    """What the stand-ins keep: the records of other firms' systems, not ours."""
    state = var / "sandbox"
    state.mkdir(parents=True, exist_ok=True)
    return state
