"""Several machines on one: two Odoo servers behind nginx, PostgreSQL with a replica.

All by the means of Odoo, PostgreSQL and nginx, as docs/scaling.md describes it: the
servers share the folder of files and sessions, read-only requests go to the replica.
"""

import dataclasses
import os
import shutil
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

import psycopg2

from dev import databases, postgres
from dev.places import cache
from dev.progress import Stop
from dev.running import run, write
from dev.server import END, free_port, serving

DATABASE = "paynow_machines"
WORKERS = 2
_NGINX = """
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
    access_log {folder}/access.log;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;

    upstream odoo {{
        server 127.0.0.1:{ports[0]} max_fails=1 fail_timeout=5s;
        server 127.0.0.1:{ports[1]} max_fails=1 fail_timeout=5s;
    }}
    server {{
        listen 127.0.0.1:{port};
        # Of the tests: visitors of one machine tell where they come from.
        set_real_ip_from 127.0.0.1;
        real_ip_header X-Forwarded-For;

        proxy_set_header X-Forwarded-Host $http_host;
        proxy_set_header X-Forwarded-For $remote_addr;
        proxy_set_header X-Forwarded-Proto $scheme;
        proxy_set_header X-Real-IP $remote_addr;
        proxy_read_timeout 120s;
        # A request that may have begun to do something is never sent twice.
        proxy_next_upstream error timeout;

        location / {{ proxy_pass http://odoo; }}
    }}
}}
"""


class Cluster(postgres._Cluster):
    """A PostgreSQL server of its own, for as long as a test runs."""

    def __init__(self, python, name):
        super().__init__(python)
        self.data = self.home / name
        self.socket = self.home / f"{name}-socket"

    def launch(self):
        """Start the server."""
        self._folder(self.socket, mode=0o700, owned=True)
        settings = {
            **postgres.SETTINGS,
            "unix_socket_directories": self.socket,
            "wal_level": "replica",
            "hot_standby": "on",
        }
        options = " ".join(f"-c {name}='{value}'" for name, value in settings.items())
        self._as_owner(
            self.programs / "pg_ctl", "-w", "-t", "60", "-s", "-D", self.data,
            "-l", self.data / "server.log", "-o", options, "start",
            otherwise=f"PostgreSQL in {self.data} did not start.",
        )  # fmt: skip

    def make(self):
        """Make it anew, empty."""
        self.remove()
        self._folder(self.data, mode=0o700, owned=True)
        self._as_owner(
            self.programs / "initdb", "-D", self.data, "-U", "odoo", "-A", "trust",
            "-E", "UTF8", "--locale=C.UTF-8", "-N",
        )  # fmt: skip
        self.launch()

    def follow(self, primary):
        """Make it anew as a streaming replica of another."""
        self.remove()
        self._folder(self.data, mode=0o700, owned=True)
        self._as_owner(
            self.programs / "pg_basebackup", "-h", primary.socket, "-p", postgres.PORT,
            "-U", "odoo", "-D", self.data, "-R", "-X", "stream", "-c", "fast",
            otherwise="The replica could not be made.",
        )  # fmt: skip
        self.launch()

    def remove(self):
        """Stop it and delete its files."""
        self.stop()
        shutil.rmtree(self.data, ignore_errors=True)
        shutil.rmtree(self.socket, ignore_errors=True)

    def query(self, statement, *values, database=DATABASE):
        """Return the rows of an SQL statement.

        :rtype: list[tuple]
        """
        connection = psycopg2.connect(
            dbname=database, host=str(self.socket), port=postgres.PORT, user="odoo"
        )
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement, values)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()


@dataclasses.dataclass
class Machines:
    """What runs: the address of the proxy, the servers, the databases."""

    url: str
    servers: list
    logs: list
    primary: Cluster
    replica: Cluster
    stack: object

    def lines(self, *parts):
        """Return the lines of both servers' logs that have all of these parts.

        :rtype: list[str]
        """
        return [
            line
            for log in self.logs
            for line in log.read_text(errors="replace").splitlines()
            if all(part in line for part in parts)
        ]

    def await_replica(self):
        """Wait until the replica has all that the primary has."""
        ((position,),) = self.primary.query("SELECT pg_current_wal_lsn()")
        for _try in range(100):
            ((there,),) = self.replica.query(
                "SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", position
            )
            if there:
                return
            time.sleep(0.1)
        raise AssertionError("The replica does not follow.")


@contextmanager
def running(stack):
    """Give the machines for as long as the block runs.

    :param dev.stack.Stack stack: the platform
    :rtype: Machines
    """
    if not shutil.which("nginx"):
        raise Stop("nginx is missing (Debian: apt-get install nginx-light).")
    primary = Cluster(stack.python, "machines-primary")
    replica = Cluster(stack.python, "machines-replica")
    folder = cache("machines")
    try:
        primary.make()
        fill(stack, primary)
        replica.follow(primary)
        there = prepare(stack, primary, replica, folder)
        logs = [folder / f"odoo-{number}.log" for number in (1, 2)]
        for log in logs:
            log.unlink(missing_ok=True)
        options = {"workers": WORKERS, "arguments": ["--proxy-mode"]}
        with (
            serving(there, DATABASE, log=logs[0], **options) as first,
            serving(there, DATABASE, log=logs[1], **options) as second,
            proxy(folder, [first, second]) as url,
        ):
            primary.query(
                "UPDATE ir_config_parameter SET value = %s WHERE key = 'web.base.url'",
                url,
            )
            machines = Machines(url, [first, second], logs, primary, replica, there)
            machines.await_replica()
            yield machines
    finally:
        replica.remove()
        primary.remove()
        shutil.rmtree(folder / "data", ignore_errors=True)


def fill(stack, primary):
    """Copy the database with the add-on and its demo data into the primary."""
    base = databases.with_addon(stack)
    primary.query(f'CREATE DATABASE "{DATABASE}"', database="postgres")
    dump = subprocess.Popen(
        [primary.programs / "pg_dump", "-O", "-x", base],
        env=stack.environment,
        stdout=subprocess.PIPE,
    )
    subprocess.run(
        [primary.programs / "psql", "-q", "-h", primary.socket, "-p", postgres.PORT,
         "-U", "odoo", DATABASE],
        stdin=dump.stdout, stdout=subprocess.DEVNULL, check=True,
    )  # fmt: skip
    if dump.wait():
        raise Stop("The database could not be copied.")
    primary.query("VACUUM ANALYZE")


def prepare(stack, primary, replica, folder):
    """Return the platform as both servers have it: databases, shared folder.

    :rtype: dev.stack.Stack
    """
    data = folder / "data"
    shutil.rmtree(data, ignore_errors=True)
    (data / "filestore").mkdir(parents=True)
    base = cache("data", "filestore") / databases.with_addon(stack)
    run(
        ["cp", "-al", base, data / "filestore" / DATABASE],
        otherwise="The files could not be copied.",
    )
    own = {
        "data_dir": data,
        "db_host": primary.socket,
        "db_replica_host": replica.socket,
        "db_replica_port": postgres.PORT,
    }
    lines = [
        line
        for line in Path(stack.config).read_text().splitlines()
        if line.partition(" = ")[0] not in own
    ]
    config = folder / "odoo.conf"
    write(config, "\n".join([*lines, *(f"{k} = {v}" for k, v in own.items()), ""]))
    environment = {
        **stack.environment, "PGHOST": str(primary.socket), "ODOO_RC": str(config),
    }  # fmt: skip
    return dataclasses.replace(stack, config=config, environment=environment)


@contextmanager
def proxy(folder, servers):
    """Run nginx before the servers; give its address."""
    port = free_port()
    ports = [server.url.rpartition(":")[2] for server in servers]
    config = folder / "nginx.conf"
    write(config, _NGINX.format(folder=folder, ports=ports, port=port))
    os.chmod(folder, 0o755)
    process = subprocess.Popen(
        ["nginx", "-c", config, "-e", folder / "error.log"], start_new_session=True
    )
    try:
        time.sleep(0.5)
        if process.poll() is not None:
            raise Stop(f"nginx did not start: {folder}/error.log says why.")
        yield f"http://localhost:{port}"
    finally:
        process.terminate()
        process.wait(END)
