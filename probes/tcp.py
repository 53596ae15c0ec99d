"""Looks at any TCP server: it connects, and holds a talk in lines if it is given one."""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, SecretStr, model_validator

from probes.dialogue import open_dialogue
from probes.notebook import Notebook
from probes.step import Captures, StartTls, Step
from probes.target import Host, Port
from probes.tls import Secured


class Tcp(Secured):
    r"""A server that takes connections, and answers the steps of ``dialogue``, if there are any, one after the other.

    A step can send ``password`` as it sends what was captured, ``\g<password>``, so that a secret stays masked.
    """

    kind: Literal["tcp"] = "tcp"
    host: Host
    port: Port
    tls_mode: Literal["none", "implicit"] = "none"
    password: SecretStr | None = None
    dialogue: Annotated[tuple[Step, ...], Field(max_length=50)] = ()

    summary: ClassVar[str] = "takes connections, and says what it should (any protocol in lines)"

    @model_validator(mode="after")
    def _tls_begins_once(self) -> Self:
        if sum(isinstance(step, StartTls) for step in self.dialogue) + (self.tls_mode == "implicit") > 1:
            raise ValueError("TLS can begin only once")
        return self

    @model_validator(mode="after")
    def _captures_exist(self) -> Self:
        groups = always = frozenset(self._known)
        for step in self.dialogue:
            groups = always | step.groups_after(groups)
        return self

    @property
    def _known(self) -> Captures:
        return {"password": self.password.get_secret_value()} if self.password else {}

    async def look(self, notes: Notebook) -> None:
        """Connect, and take the steps."""
        implicit = self.tls_mode == "implicit"
        async with open_dialogue(
            self, notes, host=self.host, port=self.port, implicit_tls=implicit, peer="the server"
        ) as talk:
            captures = self._known
            for step in self.dialogue:
                captures = {**self._known, **await step.take(talk, captures)}
