"""The health protocol of gRPC (grpc.health.v1), whose two messages have one field each, written out by hand."""

from enum import IntEnum
from typing import Final

PATH: Final = "/grpc.health.v1.Health/Check"
PREFIX_BYTES: Final = 5
SERVICE_BYTES_MAX: Final = 127  # so that its length is one byte of a varint

_SERVICE: Final = 0x0A  # field 1, with a length
_STATUS: Final = 0x08  # field 1, a varint


class Serving(IntEnum):
    """What a service says of itself."""

    UNKNOWN = 0
    SERVING = 1
    NOT_SERVING = 2
    SERVICE_UNKNOWN = 3


class Code(IntEnum):
    """The status codes of gRPC."""

    OK = 0
    CANCELLED = 1
    UNKNOWN = 2
    INVALID_ARGUMENT = 3
    DEADLINE_EXCEEDED = 4
    NOT_FOUND = 5
    ALREADY_EXISTS = 6
    PERMISSION_DENIED = 7
    RESOURCE_EXHAUSTED = 8
    FAILED_PRECONDITION = 9
    ABORTED = 10
    OUT_OF_RANGE = 11
    UNIMPLEMENTED = 12
    INTERNAL = 13
    UNAVAILABLE = 14
    DATA_LOSS = 15
    UNAUTHENTICATED = 16


def request(service: str) -> bytes:
    """The message that asks for a service, "" for the whole server, with the prefix that says how long it is."""
    name = service.encode()
    message = bytes([_SERVICE, len(name)]) + name if name else b""
    return b"\0" + len(message).to_bytes(PREFIX_BYTES - 1) + message


def serving(body: bytes) -> Serving:
    """What an answer says. Raises ValueError if it is none."""
    length = int.from_bytes(body[1:PREFIX_BYTES])
    message = body[PREFIX_BYTES:]
    if len(body) < PREFIX_BYTES or body[0] or length != len(message):
        raise ValueError("it is not one uncompressed message")
    if not message:  # protobuf leaves a zero out
        return Serving.UNKNOWN
    if message[0] != _STATUS or len(message) != 2:  # noqa: PLR2004 - the field, and a value below 128
        raise ValueError("it is no HealthCheckResponse")
    return Serving(message[1])
