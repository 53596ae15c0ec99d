"""A real Cyrus with one user, over IMAP, IMAPS, POP3 and POP3S; his INBOX is made when he first signs in."""

import os
import platform
import pwd
import shutil
import subprocess
from pathlib import Path
from typing import Final

import trustme

from tests.peers.peer import Peer, unpacked
from tests.peers.ports import Block

USERNAME: Final = "sample"
PASSWORD: Final = "sample-password"
HOST: Final = "imap.example.test"

# It refuses to serve as root, and takes a user who may not be able to read our checkout.
UNPRIVILEGED: Final = "nobody"

CONFIG = """
servername: {host}
configdirectory: {directory}/config
partition-default: {directory}/mail
defaultpartition: default
sievedir: {directory}/config/sieve
cyrus_user: {user}
autocreate_quota: 0
allowplaintext: yes
sasl_pwcheck_method: auxprop
sasl_auxprop_plugin: sasldb
sasl_sasldb_path: {directory}/users
sasl_mech_list: PLAIN
tls_server_cert: {directory}/certificate.pem
tls_server_key: {directory}/certificate.pem
"""

SERVICES = """
START {{ recover cmd="{programs}/ctl_cyrusdb -C {config} -r" }}
SERVICES {{
  imap cmd="{programs}/imapd -C {config}" listen="127.0.0.1:{imap}"
  imaps cmd="{programs}/imapd -s -C {config}" listen="127.0.0.1:{imaps}"
  pop3 cmd="{programs}/pop3d -C {config}" listen="127.0.0.1:{pop3}"
  pop3s cmd="{programs}/pop3d -s -C {config}" listen="127.0.0.1:{pop3s}"
}}
EVENTS {{ }}
DAEMON {{ }}
"""


class Cyrus(Peer):
    """``imap`` and ``pop3`` are plain with STARTTLS, ``imaps`` and ``pop3s`` begin with TLS."""

    def __init__(self, ports: Block, certificate: trustme.LeafCert) -> None:
        libraries, self._saslpasswd = unpacked("usr/lib"), unpacked("usr/sbin/saslpasswd2")
        super().__init__()
        self.imap, self.imaps = ports.port(), ports.port()
        self.pop3, self.pop3s = ports.port(), ports.port()
        for name in ("db", "proc", "socket", "log", "msg", "ptclient", "user", "quota", "sieve", "lock"):
            self.directory.joinpath("config", name).mkdir(parents=True)
        self.directory.joinpath("mail").mkdir()
        certificate.private_key_and_cert_chain_pem.write_to_path(str(self.directory / "certificate.pem"))
        shutil.copytree(libraries, self.directory / "lib")
        self._write_configs()
        self._add_user()
        if os.geteuid() == 0:
            self._give_away()

    def command(self) -> list[str]:
        """Run the master in the foreground."""
        services = self.directory / "cyrus.conf"
        return [
            str(self._programs / "master"),
            *("-C", str(self._config), "-M", str(services), "-p", str(self.directory / "pid"), "-D"),
        ]

    def environment(self) -> dict[str, str]:
        """Its libraries are unpacked with it."""
        return {"LD_LIBRARY_PATH": str(self.directory / "lib" / f"{platform.machine()}-linux-gnu")}

    def port_to_wait_for(self) -> int:
        return self.imap

    @property
    def _config(self) -> Path:
        return self.directory / "imapd.conf"

    @property
    def _programs(self) -> Path:
        return self.directory / "lib/cyrus/bin"

    def _write_configs(self) -> None:
        user = UNPRIVILEGED if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
        self._config.write_text(CONFIG.format(directory=self.directory, host=HOST, user=user))
        services = SERVICES.format(
            programs=self._programs,
            config=self._config,
            imap=self.imap,
            imaps=self.imaps,
            pop3=self.pop3,
            pop3s=self.pop3s,
        )
        self.directory.joinpath("cyrus.conf").write_text(services)

    def _add_user(self) -> None:
        subprocess.run(
            [self._saslpasswd, "-f", self.directory / "users", "-p", "-c", "-u", HOST, USERNAME],
            check=True,
            input=PASSWORD.encode(),
            timeout=10,
        )

    def _give_away(self) -> None:
        keeper = pwd.getpwnam(UNPRIVILEGED).pw_uid
        for path in (self.directory, *self.directory.rglob("*")):
            os.chown(path, keeper, -1)
