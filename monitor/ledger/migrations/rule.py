"""A rule that the database itself keeps, written once and spoken in the dialect of each database."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from alembic import op


@dataclass(frozen=True, slots=True)
class Rule:
    """Whatever would do ``event`` to a row of ``table`` while ``when`` holds is refused, and told why: ``says``.

    ``when`` is portable SQL over ``NEW`` and ``OLD``, as far as the event has them.
    """

    name: str
    event: Literal["INSERT", "UPDATE", "DELETE"]
    table: str
    when: str
    says: str

    def install(self) -> None:
        """Put it into the database of the running migration."""
        statements = {"sqlite": self._sqlite, "postgresql": self._postgresql}[op.get_bind().dialect.name]
        for statement in statements():
            op.execute(statement)

    def _sqlite(self) -> Iterator[str]:
        when = self.when.replace("IS DISTINCT FROM", "IS NOT")  # which SQLite knew long before the standard's words
        yield (
            f"CREATE TRIGGER {self.name} BEFORE {self.event} ON {self.table} WHEN {when} "
            f"BEGIN SELECT RAISE(ABORT, '{self.says}'); END"
        )

    def _postgresql(self) -> Iterator[str]:
        row = "OLD" if self.event == "DELETE" else "NEW"
        yield (
            f"CREATE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF {self.when} THEN RAISE EXCEPTION '{self.says}' USING ERRCODE = 'integrity_constraint_violation'; "
            f"END IF; RETURN {row}; END $$"
        )
        yield self._postgresql_trigger(self.name, self.event, "ROW")
        if self.event == "DELETE" and self.when == "TRUE":
            yield self._postgresql_trigger(f"{self.name}_at_once", "TRUNCATE", "STATEMENT")

    def _postgresql_trigger(self, name: str, event: str, level: str) -> str:
        return f"CREATE TRIGGER {name} BEFORE {event} ON {self.table} FOR EACH {level} EXECUTE FUNCTION {self.name}()"
