"""Alembic's environment and the numbered migrations, installed with the package and run by `qualcode.store.upgrade`."""
