"""PostgreSQL clusters of this clone, on a Unix socket, never the machine's own.

There are two: ``dev`` is durable like a real one (demo, databases made by hand,
benchmarks), ``test`` is not, for speed (fsync is a matter of a whole cluster).

PostgreSQL refuses to run as root. As root it therefore runs as the ``postgres``
user of the Debian package, and its files move to that user's home where the clone
is in a folder that this user may not enter. Clusters go on running between
commands; ``make stop`` and ``make clean`` end them.
"""

import functools
import hashlib
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from .console import WorkbenchError, say
from .layout import Layout, is_root, lock, write_if_changed
from .processes import clean_environment

SERVER_USER = "postgres"
SERVER_HOME = Path("/var/lib/postgresql")
DATABASE_USER = "odoo"
PORT = 5469
# sun_path holds 108 bytes with its final zero.
SOCKET_LIMIT = 107

SETTINGS = """\
# Written by the workbench at every start.
listen_addresses = ''
unix_socket_directories = '{socket}'
port = {port}
max_connections = 100
shared_buffers = 512MB
effective_cache_size = 4GB
work_mem = 32MB
maintenance_work_mem = 256MB
max_wal_size = 4GB
checkpoint_timeout = 15min
random_page_cost = 1.1
timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C'
"""
DURABLE = "synchronous_commit = on\n"
# A crash of the machine may cost the databases, and they are made anew anyway. Tests
# roll back: a vacuum meanwhile tells the planner that their tables are empty, and one
# refresh takes minutes.
THROW_AWAY = """\
fsync = off
synchronous_commit = off
full_page_writes = off
autovacuum = off
"""


@dataclass(frozen=True)
class Cluster:
    """One PostgreSQL server and its databases.

    :param layout: the clone
    :param name: ``dev`` or ``test``
    """

    layout: Layout
    name: str

    @property
    def durable(self) -> bool:
        """Whether what is committed survives a crash of the machine."""
        return self.name != "test"

    @property
    def folder(self) -> Path:
        """The server's files."""
        if is_root() and not _may_enter(self.layout.home):
            return outside_home(self.layout) / self.name
        return self.layout.site(self.name) / "postgresql"

    @property
    def data(self) -> Path:
        """The data directory."""
        return self.folder / "data"

    @property
    def socket_folder(self) -> Path:
        """Where clients find the server."""
        return socket_folder(self.folder, f"{self.layout.identity}-{self.name}")

    @property
    def log(self) -> Path:
        """The server's own log."""
        return self.folder / "postgresql.log"

    def ensure(self) -> None:
        """Create the cluster if need be, and start it unless it runs."""
        with lock(self.layout, f"postgresql-{self.name}"):
            if self.running():
                return
            self._make_folders()
            if not (self.data / "PG_VERSION").exists():
                self._create()
            try:
                self._start()
            except WorkbenchError:
                if self.durable:
                    raise
                say("    the test cluster does not start: making it anew")
                shutil.rmtree(self.data)
                self._create()
                self._start()

    def running(self) -> bool:
        """Whether the server of this cluster runs."""
        if not (self.data / "postmaster.pid").exists():
            return False
        return self._run("pg_ctl", "--pgdata", self.data, "status").returncode == 0

    def stop(self) -> bool:
        """Stop the server; whether it ran."""
        if not self.running():
            return False
        result = self._run(
            "pg_ctl", "--pgdata", self.data, "--mode=fast", "--wait", "stop"
        )
        if result.returncode:
            raise WorkbenchError(f"stopping PostgreSQL: {result.stderr.strip()}")
        return True

    def environment(self) -> dict[str, str]:
        """What PostgreSQL's own clients need to reach it."""
        return {
            "PGHOST": str(self.socket_folder),
            "PGPORT": str(PORT),
            "PGUSER": DATABASE_USER,
        }

    def query(self, sql: str, database: str = "postgres") -> list[str]:
        """Execute SQL outside of a transaction, and return the lines it answers."""
        result = subprocess.run(
            [
                self._program("psql"),
                *("--no-psqlrc", "--quiet", "--tuples-only", "--no-align"),
                *("--set", "ON_ERROR_STOP=1", "--dbname", database, "--command", sql),
            ],
            capture_output=True,
            text=True,
            env=clean_environment(**self.environment()),
            check=False,
        )
        if result.returncode:
            raise WorkbenchError(
                f"PostgreSQL refused: {result.stderr.strip()}",
                f"see {self.log}",
            )
        return result.stdout.splitlines()

    def _make_folders(self) -> None:
        for folder in (self.folder, self.socket_folder):
            folder.mkdir(parents=True, exist_ok=True)
            # Whoever reaches the socket is the database's administrator.
            folder.chmod(0o700)
            if is_root():
                shutil.chown(folder, SERVER_USER, SERVER_USER)

    def _create(self) -> None:
        draft = self.data.with_name("data.new")
        shutil.rmtree(draft, ignore_errors=True)
        result = self._run(
            "initdb",
            *("--pgdata", draft, "--username", DATABASE_USER, "--auth", "trust"),
            *("--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"),
        )
        if result.returncode:
            raise WorkbenchError(
                f"creating a PostgreSQL cluster: {result.stderr.strip()}",
                "see that the disk is not full, then run again",
            )
        with (draft / "postgresql.conf").open("a", encoding="utf-8") as config:
            config.write("\ninclude 'workbench.conf'\n")
        draft.rename(self.data)

    def _start(self) -> None:
        settings = SETTINGS.format(socket=self.socket_folder, port=PORT)
        settings += DURABLE if self.durable else THROW_AWAY
        config = self.data / "workbench.conf"
        write_if_changed(config, settings)
        if is_root():
            shutil.chown(config, SERVER_USER, SERVER_USER)
        result = self._run(
            "pg_ctl",
            *("--pgdata", self.data, "--log", self.log),
            *("--wait", "--timeout", "120", "start"),
        )
        if result.returncode:
            raise WorkbenchError(
                f"starting PostgreSQL: {result.stderr.strip() or 'no answer'}",
                "read the log above; 'make clean' starts afresh",
                self.log,
            )

    def _run(self, program: str, *arguments: str | Path) -> subprocess.CompletedProcess:
        """Run one of PostgreSQL's programs as the user that owns the cluster."""
        # Files, not pipes: the server inherits them and would keep a pipe open.
        with (
            tempfile.TemporaryFile("w+", encoding="utf-8") as out,
            tempfile.TemporaryFile("w+", encoding="utf-8") as err,
        ):
            owner = SERVER_USER if is_root() else None
            result = subprocess.run(
                [self._program(program), *map(str, arguments)],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                env=clean_environment(),
                cwd="/",
                user=owner,
                group=owner,
                extra_groups=[] if owner else None,
                check=False,
            )
            out.seek(0)
            err.seek(0)
            result.stdout, result.stderr = out.read(), err.read()
        return result

    def _program(self, name: str) -> str:
        """The path of a program, of the version that made the cluster."""
        versions = sorted(
            (
                path.parent.name
                for path in Path("/usr/lib/postgresql").glob("*/bin")
                if (path / "initdb").exists()
            ),
            key=float,
        )
        if not versions:
            raise WorkbenchError(
                "there is no PostgreSQL server under /usr/lib/postgresql",
                "apt-get install postgresql",
            )
        version = versions[-1]
        marker = self.data / "PG_VERSION"
        if marker.exists():
            version = marker.read_text(encoding="utf-8").strip()
            if version not in versions:
                raise WorkbenchError(
                    f"{self.data} was made by PostgreSQL {version}, "
                    f"and this machine has {', '.join(versions)}",
                    "'make clean' starts afresh",
                )
        return f"/usr/lib/postgresql/{version}/bin/{name}"


def socket_folder(folder: Path, name: str, port: int = PORT) -> Path:
    """A folder for the socket: beside the data, or a short one where that is long."""
    beside = folder / "run"
    if len(f"{beside}/.s.PGSQL.{port}".encode()) <= SOCKET_LIMIT:
        return beside
    short = hashlib.sha256(name.encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"nest-pg-{short}"


def outside_home(layout: Layout) -> Path:
    """Where clusters stand when the server's user may not enter the clone."""
    return SERVER_HOME / f"nest-recouvrement-{layout.identity}"


def clusters(layout: Layout) -> list[Cluster]:
    """Every cluster that a clone may have."""
    return [Cluster(layout, "dev"), Cluster(layout, "test")]


@functools.cache
def _may_enter(folder: Path) -> bool:
    """Whether the server's user reaches a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    result = subprocess.run(
        ["test", "-x", str(folder)],
        user=SERVER_USER,
        group=SERVER_USER,
        extra_groups=[],
        cwd="/",
        check=False,
    )
    return result.returncode == 0
