"""Looks at any TCP server: it connects, and holds a talk in lines if it is given one."""

from typing import ClassVar, Literal, Self

from pydantic import model_validator

from probes.dialogue import open_dialogue
from probes.notebook import Notebook
from probes.script import Scripted
from probes.step import StartTls
from probes.target import Host, Port
from probes.tls import Secured


class Tcp(Secured, Scripted):
    """A server that takes connections, and answers the steps of ``dialogue``, if there are any."""

    kind: Literal["tcp"] = "tcp"
    host: Host
    port: Port
    tls_mode: Literal["none", "implicit"] = "none"

    summary: ClassVar[str] = "takes connections, and says what it should (any protocol in lines)"
    leaves_open: ClassVar[bool] = True

    @model_validator(mode="after")
    def _tls_begins_once(self) -> Self:
        if sum(isinstance(step, StartTls) for step in self.dialogue) + (self.tls_mode == "implicit") > 1:
            raise ValueError("TLS can begin only once")
        return self

    async def look(self, notes: Notebook) -> None:
        """Connect, and take the steps."""
        implicit = self.tls_mode == "implicit"
        async with open_dialogue(
            self, notes, host=self.host, port=self.port, implicit_tls=implicit, peer="the server"
        ) as talk:
            await self.hold(talk)
            if notes.may_keep:
                talk.wire.leave_standing(notes)
