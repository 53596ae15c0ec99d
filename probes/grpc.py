"""The kind ``grpc``: ask a gRPC server how a service of it is (grpc.health.v1)."""

from typing import Annotated, ClassVar, Final, Literal
from urllib.parse import unquote

from pydantic import Field

from probes.call import Call
from probes.finding import Failed
from probes.health import PATH, SERVICE_BYTES_MAX, Code, Serving, request, serving
from probes.notebook import Notebook
from probes.reason import Reason
from probes.target import Host, Port
from probes.tls import Secured
from probes.transcript import harmless
from probes.wire import open_wire, stage

HTTP_OK: Final = "200"

_UNAVAILABLE: Final = frozenset({Code.UNAVAILABLE, Code.RESOURCE_EXHAUSTED})


class Grpc(Secured):
    """A gRPC server with the standard health service. Without a ``service`` it is asked for the whole of it."""

    summary: ClassVar[str] = "a gRPC server, by its health service"

    kind: Literal["grpc"] = "grpc"
    host: Host
    port: Port
    tls_mode: Literal["none", "implicit"] = "none"
    service: Annotated[str, Field(max_length=SERVICE_BYTES_MAX, pattern="^[A-Za-z0-9_./-]*$")] = ""

    async def look(self, notes: Notebook) -> None:
        """Connect, call, and judge. Raises Finding."""
        secure = self.tls_mode == "implicit"
        async with open_wire(self, notes, self.host, self.port) as wire:
            if secure:
                await wire.start_tls(self, notes, self.host, alpn=("h2",))
            notes.say("us", f"{PATH} service: '{self.service}'")
            notes.numbers["ssl"] = float(wire.encrypted)
            call = Call(wire)
            async with stage(notes, "check", limit_s=self.stage_timeout):
                await call.ask(self._headers(secure=secure), request(self.service))
        self._judge(call, notes)

    def _headers(self, *, secure: bool) -> list[tuple[str, str]]:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return [
            (":method", "POST"),
            (":scheme", "https" if secure else "http"),
            (":path", PATH),
            (":authority", f"{host}:{self.port}"),
            ("te", "trailers"),
            ("content-type", "application/grpc"),
            ("user-agent", "Ownup"),
        ]

    def _judge(self, call: Call, notes: Notebook) -> None:
        http, code = call.headers.get(":status", ""), call.headers.get("grpc-status", "")
        said = harmless(unquote(call.headers.get("grpc-message", "")))
        notes.say("them", f"HTTP/2 {harmless(http)}; grpc-status: {harmless(code)} {said}".rstrip())
        if http != HTTP_OK:
            raise Failed(Reason.STATUS, f"the server answered HTTP status {harmless(http)}, not 200")
        if code not in {str(known.value) for known in Code}:
            raise Failed(Reason.PROTOCOL, f"the answer has no grpc-status that we know: '{harmless(code)}'")
        notes.numbers["grpc_status"] = float(code)
        if (status := Code(int(code))) is not Code.OK:
            reason = Reason.UNAVAILABLE if status in _UNAVAILABLE else Reason.STATUS
            why = f": '{said}'" if said else ""
            raise Failed(reason, f"the server answered {status.name} to our health check{why}")
        self._judge_serving(call.body, notes)

    def _judge_serving(self, body: bytes, notes: Notebook) -> None:
        try:
            state = serving(body)
        except ValueError as error:
            raise Failed(Reason.PROTOCOL, f"the answer to our health check cannot be read: {error}") from error
        notes.numbers["serving_status"] = float(state)
        notes.say("them", state.name)
        if state is not Serving.SERVING:
            which = f"the service '{self.service}'" if self.service else "the server"
            raise Failed(Reason.UNAVAILABLE, f"{which} says that it is {state.name}")
