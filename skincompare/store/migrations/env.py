"""What Alembic runs for every migration: on the connection that the store gives, inside its transaction."""

from alembic import context

from skincompare.store.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    transactional_ddl=False,  # the store's own transaction holds all steps, in SQLite as in PostgreSQL
)
context.run_migrations()
