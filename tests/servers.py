"""A corner of the private servers for one test: a vhost and a schema prefix that no other test sees."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

from launcher.servers import PrivateServers

VHOSTS_AT_ONCE = 8


@dataclass(frozen=True)
class Place:
    """What a process under test is configured with."""

    servers: PrivateServers
    vhost: str
    prefix: str
    cleared: list[str] = field(default_factory=list)
    """The vhosts that nobody uses any more."""

    @property
    def broker_url(self) -> str:
        return self.servers.rabbitmq.url(self.vhost)

    @property
    def database_url(self) -> str:
        """`{schema}` is filled per service; the schemas are made with `create_schemas`."""
        return self.servers.mariadb.url(self.prefix)

    def create_schemas(self, *services: str) -> None:
        self.servers.mariadb.create_schemas(self.prefix + service for service in services)

    def clear(self) -> None:
        schemas = (str(row[0]) for row in self.servers.mariadb.execute("SHOW DATABASES"))
        self.servers.mariadb.drop_schemas(name for name in schemas if name.startswith(self.prefix))
        self.cleared.append(self.vhost)


def places(servers: PrivateServers) -> Iterator[Place]:
    """One after the other without end; vhosts are made, and cleared away, several at once, because rabbitmqctl is slow to start."""
    cleared: list[str] = []
    for batch in count():
        names = [f"t{batch * VHOSTS_AT_ONCE + number}" for number in range(VHOSTS_AT_ONCE)]
        servers.rabbitmq.add_vhosts(*names, in_place_of=cleared)
        cleared.clear()
        yield from (Place(servers, name, f"{name}_", cleared) for name in names)
