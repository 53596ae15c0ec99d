"""The record: what was seen, drafted, approved and sent, written before anything acts on it.

Each module holds plain functions over one table's rows and a session of :class:`monitor.ledger.store.Ledger`. What must
never happen is refused by the database itself (``migrations/``), not by a habit of these functions.
"""
