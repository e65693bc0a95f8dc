"""What Alembic runs: the revisions, on the connection it was given."""

from alembic import context

import haechi.stores.review_schema  # noqa: F401 - its tables are in the same metadata
from haechi.stores.schema import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
