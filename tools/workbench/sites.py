"""A site: one cluster, its databases' files, and the Odoo that runs on them."""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .layout import Layout, lock, write_if_changed
from .odoo_source import OdooSource, ensure_odoo
from .postgres import DATABASE_USER, PORT, Cluster
from .processes import clean_environment, run_logged
from .python_env import ensure_python

CONFIG = """\
; Written by the workbench at every command.
[options]
addons_path = {addons}
data_dir = {data}
db_host = {socket}
db_port = {port}
db_user = {user}
db_maxconn = 32
list_db = False
http_interface = 127.0.0.1
workers = 0
proxy_mode = False
bin_path = {bin}
screenshots = {screenshots}
; A weekly run with its documents outlasts the two minutes of a request.
limit_time_cpu = 1800
limit_time_real = 3600
limit_time_real_cron = 3600
limit_memory_soft = 4294967296
limit_memory_hard = 6442450944
; Mail goes to the workbench's catcher, which commands give their port.
smtp_server = 127.0.0.1
smtp_port = 1
"""

# The wrapper for running Odoo by hand, with the same environment as commands.
WRAPPER = """\
#!/bin/sh
# Odoo on the {name} databases: .odoo/{name}/odoo-bin shell -d NAME
{exports}
command=${{1:-server}}
[ $# -eq 0 ] || shift
exec {python} -m odoo "$command" -c {config} "$@"
"""


@dataclass(frozen=True)
class Site:
    """Where databases live and how Odoo is run on them.

    :param layout: the clone
    :param source: Odoo's source
    :param cluster: the databases
    :param peers: more addons folders
    """

    layout: Layout
    source: OdooSource
    cluster: Cluster
    peers: tuple[Path, ...] = field(default=())

    @property
    def name(self) -> str:
        """The name of the cluster."""
        return self.cluster.name

    @property
    def folder(self) -> Path:
        """The site's folder under ``.odoo``."""
        return self.layout.site(self.name)

    @property
    def data(self) -> Path:
        """Odoo's data directory: attachments and sessions."""
        return self.folder / "data"

    @property
    def config(self) -> Path:
        """Odoo's configuration file; one of its own where there are peers."""
        return self.folder / ("odoo-peers.conf" if self.peers else "odoo.conf")

    def environment(self) -> dict[str, str]:
        """The environment in which Odoo's Python runs."""
        base = clean_environment()
        return {
            **base,
            **self.cluster.environment(),
            "PATH": f"{self.layout.bin}:{self.layout.venv / 'bin'}:{base['PATH']}",
            "PYTHONPATH": f"{self.source.parent}:{self.layout.tools}",
            # Compiled once, and never beside the sources.
            "PYTHONPYCACHEPREFIX": str(self.layout.home / "pycache"),
            "HYPOTHESIS_STORAGE_DIRECTORY": str(self.layout.home / "hypothesis"),
            "ODOO_RC": str(self.config),
        }

    def command(self, verb: str, *arguments: str) -> list[str]:
        """The command line of one of Odoo's commands."""
        python = str(self.layout.python)
        return [python, "-m", "odoo", verb, "-c", str(self.config), *arguments]

    def odoo(
        self,
        verb: str,
        *arguments: str,
        log: Path,
        what: str,
        stdin: str | None = None,
        settings: dict[str, str] | None = None,
    ) -> None:
        """Run one of Odoo's commands to its end, with its output in a log."""
        run_logged(
            self.command(verb, *arguments),
            log,
            what,
            env={**self.environment(), **(settings or {})},
            stdin=stdin,
            cwd=self.layout.root,
        )

    def interactive(self, command: Sequence[str], **settings: str) -> int:
        """Run a command on the terminal (or the pipe) of the caller."""
        env = {**self.environment(), **settings}
        return subprocess.run(
            command, env=env, cwd=self.layout.root, check=False
        ).returncode

    def write_files(self) -> None:
        """Bring configuration and wrapper up to date."""
        self.data.mkdir(parents=True, exist_ok=True)
        addons = [*self.source.addons, *self.peers]
        # Odoo refuses a folder without addons: so is the clone before its first one.
        if any(self.layout.root.glob("*/__manifest__.py")):
            addons.append(self.layout.root)
        write_if_changed(
            self.config,
            CONFIG.format(
                addons=",".join(map(str, addons)),
                data=self.data,
                socket=self.cluster.socket_folder,
                port=PORT,
                user=DATABASE_USER,
                bin=self.layout.bin,
                screenshots=self.folder / "screenshots",
            ),
        )
        if self.peers:
            return
        names = ("PYTHONPATH", "PYTHONPYCACHEPREFIX", "ODOO_RC")
        env = self.environment()
        exports = [f"export {name}='{env[name]}'" for name in names]
        exports.append(f"PATH='{self.layout.bin}':'{self.layout.venv / 'bin'}':$PATH")
        wrapper = self.folder / "odoo-bin"
        write_if_changed(
            wrapper,
            WRAPPER.format(
                name=self.name,
                exports="\n".join(exports),
                python=self.layout.python,
                config=self.config,
            ),
        )
        wrapper.chmod(0o755)


def open_site(layout: Layout, name: str, peers: tuple[Path, ...] = ()) -> Site:
    """Prepare everything that Odoo needs, and return the site.

    :param name: ``dev`` or ``test``
    """
    layout.home.mkdir(exist_ok=True)
    with lock(layout, "prepare"):
        source = ensure_odoo(layout)
        ensure_python(layout)
        site = Site(layout, source, Cluster(layout, name), peers)
        site.cluster.ensure()
        site.write_files()
    return site
