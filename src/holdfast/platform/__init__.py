"""The only storey that does I/O: PostgreSQL, jobs, outbox, clock, ids, configuration, crypto."""
