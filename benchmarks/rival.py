"""The usual way: blackbox_exporter, Prometheus and Alertmanager, all real, looking at the same servers as we do.

Scrapes and rules every 15 s, as in the config that Debian ships; an alert that has held for one minute; and
Alertmanager with its defaults, except that every server is a group of its own. With its default, one group for all, the
second server to fail would wait five minutes because the first one has been told: ours are many outages, not one.
"""

import json
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from tests.peers.alertmanager import Alertmanager
from tests.peers.blackbox import Blackbox
from tests.peers.ports import Block
from tests.peers.prometheus import Prometheus

EVERY: Final = "15s"
FOR: Final = "1m"
MODULES: Final = {"http_2xx": {"prober": "http"}}

Called = dict[str, float]
"""By the server's address: when a human would have been called, on the monotonic clock."""


@contextmanager
def rival(ports: Block, urls: Iterable[str]) -> Iterator[Called]:
    """Let them watch; what they call a human for stands in what is given."""
    with ExitStack() as stack:
        called: Called = {}
        sink = stack.enter_context(webhook(called, _alerting))
        blackbox = stack.enter_context(Blackbox(ports, MODULES))
        alertmanager = stack.enter_context(Alertmanager(ports, _routes(sink)))
        stack.enter_context(Prometheus(ports, _scrapes(urls, blackbox.port, alertmanager.port), _rules()))
        yield called


def _alerting(told: dict[str, Any]) -> Iterator[str]:
    return (alert["labels"]["instance"] for alert in told["alerts"])


@contextmanager
def webhook(called: Called, servers: Callable[[dict[str, Any]], Iterable[str]]) -> Iterator[str]:
    """A webhook that notes when each server is first told of; ``servers`` reads them out of what is posted."""

    class Sink(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # the name that http.server wants
            for server in servers(json.loads(self.rfile.read(int(self.headers["Content-Length"])))):
                called.setdefault(server, time.monotonic())
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_words: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Sink) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def _routes(sink: str) -> dict[str, Any]:
    return {
        "route": {"receiver": "human", "group_by": ["instance"]},
        "receivers": [{"name": "human", "webhook_configs": [{"url": sink}]}],
    }


def _scrapes(urls: Iterable[str], blackbox: int, alertmanager: int) -> dict[str, Any]:
    relabel = [
        {"source_labels": ["__address__"], "target_label": "__param_target"},
        {"source_labels": ["__param_target"], "target_label": "instance"},
        {"target_label": "__address__", "replacement": f"127.0.0.1:{blackbox}"},
    ]
    job = {
        "job_name": "blackbox",
        "metrics_path": "/probe",
        "params": {"module": list(MODULES)},
        "static_configs": [{"targets": list(urls)}],
        "relabel_configs": relabel,
    }
    return {
        "global": {"scrape_interval": EVERY, "evaluation_interval": EVERY},
        "alerting": {"alertmanagers": [{"static_configs": [{"targets": [f"127.0.0.1:{alertmanager}"]}]}]},
        "scrape_configs": [job],
    }


def _rules() -> dict[str, Any]:
    return {"groups": [{"name": "probes", "rules": [{"alert": "Down", "expr": "probe_success == 0", "for": FOR}]}]}
