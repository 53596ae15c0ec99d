"""A real Dovecot with one user, over IMAP and IMAPS, which also answers Postfix's question who may sign in."""

import grp
import os
import pwd
from pathlib import Path

import trustme

from tests.peers.peer import Peer
from tests.peers.ports import Block

USERNAME = "sample"
PASSWORD = "sample-password"

CONFIG = """
base_dir = {directory}/run
state_dir = {directory}/state
log_path = {directory}/log
protocols = imap
listen = 127.0.0.1
login_greeting = Dovecot ready.
ssl = yes
ssl_cert = <{directory}/certificate.pem
ssl_key = <{directory}/certificate.pem
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0
mail_location = maildir:{directory}/mail/%u
mail_uid = {mail_user}
mail_gid = {mail_group}
first_valid_uid = 0
first_valid_gid = 0
shutdown_clients = yes
default_internal_user = {internal_user}
default_internal_group = {internal_group}
default_login_user = {login_user}
passdb {{
  driver = passwd-file
  args = {directory}/users
}}
userdb {{
  driver = static
  args = home={directory}/mail/%u
}}
service imap-login {{
  {chroot}
  process_min_avail = 1
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
  }}
}}
service anvil {{
  {chroot}
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service auth {{
  inet_listener {{
    port = {auth}
  }}
}}
"""


class Dovecot(Peer):
    """``imap`` is plain with STARTTLS, ``imaps`` begins with TLS, ``auth`` is for Postfix."""

    def __init__(self, ports: Block, certificate: trustme.LeafCert) -> None:
        super().__init__()
        self.imap, self.imaps, self.auth = ports.port(), ports.port(), ports.port()
        mail = self.directory / "mail"
        mail.mkdir()
        certificate.private_key_and_cert_chain_pem.write_to_path(str(self.directory / "certificate.pem"))
        self.directory.joinpath("users").write_text(f"{USERNAME}:{{PLAIN}}{PASSWORD}::::::\n")
        self._config().write_text(
            CONFIG.format(
                directory=self.directory,
                imap=self.imap,
                imaps=self.imaps,
                auth=self.auth,
                **_users(mail),
            )
        )

    def command(self) -> list[str]:
        """Run the master in the foreground."""
        return ["dovecot", "-F", "-c", str(self._config())]

    def port_to_wait_for(self) -> int:
        return self.imap

    def _config(self) -> Path:
        return self.directory / "dovecot.conf"


def _users(mail: Path) -> dict[str, str]:
    """Root's Dovecot drops to users of its own, also for mail; without root everything is the user we are."""
    if os.geteuid() == 0:
        keeper = pwd.getpwnam("dovecot")
        os.chown(mail, keeper.pw_uid, keeper.pw_gid)
        names = ("dovecot", "dovecot", "dovecot", "dovecot", "dovenull")
        chroot = ""
    else:
        user, group = pwd.getpwuid(os.geteuid()).pw_name, grp.getgrgid(os.getegid()).gr_name
        names = (user, group, user, group, user)
        chroot = "chroot ="
    roles = ("mail_user", "mail_group", "internal_user", "internal_group", "login_user")
    return {**dict(zip(roles, names, strict=True)), "chroot": chroot}
