"""A real nginx with a small static site, over HTTP and HTTPS."""

import os
from pathlib import Path

import trustme

from tests.peers.peer import Peer
from tests.peers.ports import Block

CONFIG = """
daemon off;
{user}
pid {directory}/pid;
error_log {directory}/log;
worker_processes 1;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    server_tokens off;
    keepalive_timeout 5s;
    client_body_temp_path {directory}/body;
    proxy_temp_path {directory}/proxy;
    fastcgi_temp_path {directory}/fastcgi;
    uwsgi_temp_path {directory}/uwsgi;
    scgi_temp_path {directory}/scgi;
    types {{ text/html html; application/json json; }}
    root {directory}/site;
    ssl_certificate {directory}/certificate.pem;
    ssl_certificate_key {directory}/certificate.pem;
    server {{
        listen 127.0.0.1:{http} backlog=4096;
        listen 127.0.0.1:{https} ssl;
        location = /moved {{ return 301 /; }}
        location = /forbidden {{ return 403; }}
        location = /broken {{ return 503; }}
    }}
}}
"""


class Nginx(Peer):
    """``site`` is the directory it serves: write files there. ``http`` and ``https`` are its ports on 127.0.0.1."""

    def __init__(self, ports: Block, certificate: trustme.LeafCert) -> None:
        super().__init__()
        self.http, self.https = ports.port(), ports.port()
        self.site = self.directory / "site"
        self.site.mkdir()
        self.site.joinpath("index.html").write_text("<h1>All our shops are open.</h1>\n")
        self.site.joinpath("health.json").write_text('{"status": "ok", "queue": 3}\n')
        certificate.private_key_and_cert_chain_pem.write_to_path(str(self.directory / "certificate.pem"))
        self._config().write_text(
            CONFIG.format(
                directory=self.directory,
                http=self.http,
                https=self.https,
                user="user root;" if os.geteuid() == 0 else "",
            )
        )

    def command(self) -> list[str]:
        """Run nginx on its own prefix; ``-e`` keeps it from touching the system's log."""
        return ["nginx", "-e", str(self.log), "-p", str(self.directory), "-c", str(self._config())]

    def port_to_wait_for(self) -> int:
        return self.http

    def _config(self) -> Path:
        return self.directory / "nginx.conf"
