"""The probers ``icmp`` and ``grpc`` as our kinds of these names."""

from typing import Final

from monitor.importers.address import host_and_port
from monitor.importers.blackbox.bench import Bench
from monitor.importers.blackbox.options import Grpc, Icmp

_PORTS: Final = {True: 443, False: 80}


def icmp(bench: Bench, options: Icmp) -> None:
    """Fill the sketch of a target that is pinged."""
    bench.sketch.options["host"] = bench.probe.target.removeprefix("[").removesuffix("]")
    for key in ("dont_fragment", "payload_size", "ttl"):
        if value := getattr(options, key):
            bench.sketch.note(f"{key}: {str(value).lower()}: our pings are ordinary ones")
    bench.address(options)


def grpc(bench: Bench, options: Grpc) -> None:
    """Fill the sketch of a gRPC server."""
    found = host_and_port(bench.probe.target.removeprefix("http://").removeprefix("https://"))
    if found is None:
        bench.sketch.lose("a target of the prober grpc is a host and a port")
        return
    bench.sketch.options |= {"host": found[0], "port": found[1] or _PORTS[options.tls]}
    if options.service:
        bench.sketch.options["service"] = options.service
    if options.tls:
        bench.sketch.options["tls_mode"] = "implicit"
        bench.tls(options.tls_config)
    if options.metadata:
        bench.sketch.unlike("metadata: our question carries none")
    bench.address(options)
