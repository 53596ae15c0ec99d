"""A real Postfix on high ports of loopback, with its own queue; it accepts mail for example.test and discards it."""

import os
import pwd
import shutil
import subprocess
from pathlib import Path
from typing import Self

import trustme

from tests.peers.peer import Peer
from tests.peers.ports import Block

DOMAIN = "example.test"

MAIN = """
compatibility_level = 3.6
queue_directory = {directory}/queue
data_directory = {directory}/data
maillog_file = {directory}/log
maillog_file_prefixes = {directory}
myhostname = mail.example.test
mydestination = example.test
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
local_recipient_maps = inline:{{ {{sample=ok}}, {{postmaster=ok}} }}
alias_maps =
default_transport = discard
local_transport = discard
relay_transport = discard
virtual_transport = discard
smtpd_tls_security_level = may
smtpd_tls_chain_files = {directory}/certificate.pem
smtpd_tls_session_cache_database =
smtpd_peername_lookup = no
smtpd_client_connection_count_limit = 0
smtpd_delay_reject = no
"""

LOGIN = """
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:{auth}
smtpd_sasl_security_options = noanonymous
smtpd_tls_auth_only = no
"""

DELIVERY = """
mydestination =
virtual_mailbox_domains = example.test
virtual_mailbox_base = {maildirs}
virtual_mailbox_maps = inline:{{ {{sample@example.test=sample/}} }}
virtual_transport = virtual
virtual_minimum_uid = 1
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
"""

MASTER = """
127.0.0.1:{smtp} inet n - n - - smtpd
127.0.0.1:{smtps} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes
postlog unix-dgram n - n - 1 postlogd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
error unix - - n - - error
discard unix - - n - - discard
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
"""


class Postfix(Peer):
    """``smtp`` offers STARTTLS, ``smtps`` begins with TLS. It knows the recipients sample@ and postmaster@ alone.

    With ``auth``, the port of a Dovecot's auth service, it also lets that Dovecot's users sign in. With ``maildirs``,
    where that Dovecot keeps its mail, it delivers instead of discarding. ``more`` are further lines of its main.cf.
    """

    def __init__(
        self,
        ports: Block,
        certificate: trustme.LeafCert,
        *,
        auth: int | None = None,
        maildirs: Path | None = None,
        more: str = "",
    ) -> None:
        if os.geteuid() != 0:
            message = "Postfix can only be started by root: run these tests as root, or with sudo"
            raise PermissionError(message)
        super().__init__()
        self.smtp, self.smtps = ports.port(), ports.port()
        for name in ("config", "queue", "data"):
            self.directory.joinpath(name).mkdir()
        os.chown(self.directory / "data", pwd.getpwnam("postfix").pw_uid, -1)
        certificate.private_key_and_cert_chain_pem.write_to_path(str(self.directory / "certificate.pem"))
        login = "" if auth is None else LOGIN.format(auth=auth)
        delivery = "" if maildirs is None else _delivery(maildirs)
        self._write("main.cf", MAIN.format(directory=self.directory) + login + delivery + more)
        self._write("master.cf", MASTER.format(smtp=self.smtp, smtps=self.smtps))

    def start(self) -> Self:
        """Make the directories of its queue if they are missing, as ``postfix start`` would, and start."""
        subprocess.run(["postfix", "-c", self.directory / "config", "check"], check=True, timeout=30)
        return super().start()

    def command(self) -> list[str]:
        """Run the master itself in the foreground (``-s``)."""
        master = shutil.which("master", path=_daemon_directory())
        assert master, "Postfix is not installed: run .ci/peers"
        return [master, "-c", str(self.directory / "config"), "-s", "-d"]

    def port_to_wait_for(self) -> int:
        return self.smtp

    def _write(self, name: str, text: str) -> None:
        self.directory.joinpath("config", name).write_text(text)


def _delivery(maildirs: Path) -> str:
    keeper = maildirs.stat()
    return DELIVERY.format(maildirs=maildirs, uid=keeper.st_uid, gid=keeper.st_gid)


def _daemon_directory() -> str:
    answer = subprocess.run(["postconf", "-d", "-h", "daemon_directory"], check=True, capture_output=True, text=True)
    return answer.stdout.strip()
