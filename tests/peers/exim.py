"""A real Exim on high ports of loopback, with its own spool; it takes mail for example.test and delivers none of it."""

import os
from typing import Final

import trustme

from tests.peers.peer import Peer, unpacked
from tests.peers.ports import Block

USERNAME: Final = "sample"
PASSWORD: Final = "sample-password"

# Debian's Exim will not begin without the user that its package makes, so nss_wrapper makes one up; it may not be root.
USER: Final = "Debian-exim"
UNPRIVILEGED: Final = 65534

CONFIG = """
primary_hostname = mail.example.test
domainlist ours = example.test
spool_directory = {directory}/spool
log_file_path = {directory}/spool/%slog
pid_file_path = {directory}/pid
local_interfaces = 127.0.0.1
daemon_smtp_ports = {smtp} : {smtps}
tls_on_connect_ports = {smtps}
tls_advertise_hosts = *
tls_certificate = {directory}/spool/certificate.pem
tls_privatekey = {directory}/spool/certificate.pem
host_lookup =
keep_environment =
queue_only = true
smtp_accept_max = 0
auth_advertise_hosts = *
acl_smtp_rcpt = check_recipient

begin acl
check_recipient:
  accept domains = +ours
         endpass
         verify = recipient
  accept authenticated = *
  deny message = relay not permitted

begin routers
ours:
  driver = accept
  domains = +ours
  local_parts = sample : postmaster
  transport = nothing

begin transports
nothing:
  driver = appendfile
  file = /dev/null

begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${{if and{{{{eq{{$auth2}}{{{username}}}}}{{eq{{$auth3}}{{{password}}}}}}}}}
login:
  driver = plaintext
  public_name = LOGIN
  server_prompts = Username:: : Password::
  server_condition = ${{if and{{{{eq{{$auth1}}{{{username}}}}}{{eq{{$auth2}}{{{password}}}}}}}}}
"""


class Exim(Peer):
    """``smtp`` offers STARTTLS, ``smtps`` begins with TLS; both let the one user sign in."""

    def __init__(self, ports: Block, certificate: trustme.LeafCert) -> None:
        self._program = unpacked("usr/sbin/exim4")
        super().__init__()
        self.smtp, self.smtps = ports.port(), ports.port()
        spool = self.directory / "spool"
        spool.mkdir()
        certificate.private_key_and_cert_chain_pem.write_to_path(str(spool / "certificate.pem"))
        user = os.geteuid() or UNPRIVILEGED
        self.directory.joinpath("passwd").write_text(
            f"root:x:0:0::/root:/bin/sh\n{USER}:x:{user}:{user}::/nonexistent:/bin/false\n"
        )
        self.directory.joinpath("group").write_text(f"root:x:0:\n{USER}:x:{user}:\n")
        if os.geteuid() == 0:
            for path in (spool, spool / "certificate.pem"):
                os.chown(path, user, user)
        self.directory.joinpath("exim.conf").write_text(
            CONFIG.format(
                directory=self.directory, smtp=self.smtp, smtps=self.smtps, username=USERNAME, password=PASSWORD
            )
        )

    def command(self) -> list[str]:
        """Run the daemon in the foreground."""
        return [str(self._program), "-C", str(self.directory / "exim.conf"), "-bdf"]

    def environment(self) -> dict[str, str]:
        """A user database of its own."""
        return {
            "LD_PRELOAD": "libnss_wrapper.so",
            "NSS_WRAPPER_PASSWD": str(self.directory / "passwd"),
            "NSS_WRAPPER_GROUP": str(self.directory / "group"),
        }

    def port_to_wait_for(self) -> int:
        return self.smtp
