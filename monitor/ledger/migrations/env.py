"""What Alembic runs: the migrations, on the connection and in the transaction that ``monitor.ledger.schema`` gives."""

from alembic import context
from sqlmodel import SQLModel

import monitor.models  # noqa: F401 - it fills the metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=SQLModel.metadata)
context.run_migrations()
