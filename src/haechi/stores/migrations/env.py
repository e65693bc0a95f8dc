"""What Alembic runs: the revisions, on the connection it was given."""

from alembic import context

from haechi.stores import review_schema

context.configure(
    connection=context.config.attributes["connection"],
    # The tables of ad review are in the same metadata once their module is there.
    target_metadata=review_schema.METADATA,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
