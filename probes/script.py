"""A scripted talk: the option ``dialogue``, whose steps are taken one after the other."""

from typing import Annotated, Self

from pydantic import Field, SecretStr, model_validator

from probes.dialogue import Dialogue
from probes.step import Captures, Step
from probes.target import Options


class Scripted(Options):
    r"""The options of a scripted talk.

    A step can send ``password`` as it sends what was captured, ``\g<password>``, so that a secret stays masked.
    """

    password: SecretStr | None = None
    dialogue: Annotated[tuple[Step, ...], Field(max_length=50)] = ()

    @model_validator(mode="after")
    def _captures_exist(self) -> Self:
        groups = always = frozenset(self._known)
        for step in self.dialogue:
            groups = always | step.groups_after(groups)
        return self

    async def hold(self, talk: Dialogue) -> None:
        """Take the steps. Raises Finding at the first that the server does not go along with."""
        captures = self._known
        for step in self.dialogue:
            captures = {**self._known, **await step.take(talk, captures)}

    @property
    def _known(self) -> Captures:
        return {"password": self.password.get_secret_value()} if self.password else {}
