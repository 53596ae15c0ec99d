"""The kinds of targets. A new kind is a file of its own, and one word in this union."""

from typing import Annotated, Final, get_args

from pydantic import Field

from probes.dns import Dns
from probes.grpc import Grpc
from probes.heartbeat import Heartbeat
from probes.http import Http
from probes.icmp import Icmp
from probes.imap import Imap
from probes.pop3 import Pop3
from probes.roundtrip import Roundtrip
from probes.smtp import Smtp
from probes.target import Target
from probes.tcp import Tcp
from probes.websocket import Websocket

Kind = Annotated[
    Dns | Grpc | Heartbeat | Http | Icmp | Imap | Pop3 | Roundtrip | Smtp | Tcp | Websocket, Field(discriminator="kind")
]

KINDS: Final[tuple[type[Target], ...]] = get_args(get_args(Kind)[0])
