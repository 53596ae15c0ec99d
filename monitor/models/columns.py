"""How the record stores times and words, and how its constraints are named."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import DateTime, Dialect, Enum, TypeDecorator
from sqlmodel import SQLModel

# Every constraint has a name that a later migration can say, in both databases.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Utc(TypeDecorator[datetime]):
    """An aware UTC time, stored whole; a naive time is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store in UTC."""
        del dialect
        if value is not None and value.tzinfo is None:
            message = "a time without a zone cannot be stored"
            raise ValueError(message)
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give back an aware time; SQLite forgets the zone."""
        del dialect
        return value and (value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC))


def word(kind: type[StrEnum], name: str = "") -> Any:  # noqa: ANN401 - SQLModel takes any column type here
    """A StrEnum stored by its value, held to its words by a CHECK constraint; ``name`` where a table has two."""
    return Enum(
        kind,
        native_enum=False,
        length=20,
        values_callable=lambda words: [word.value for word in words],
        create_constraint=True,
        name=name or kind.__name__.lower(),
    )
