"""The court: everything that is decided from Results, without a database, a socket or a clock.

``Court`` hears Testimony of one look after the other, knows whether we can see at all, and gives a Plea whenever the
verdict on a target changes. ``docket.decide`` gives the Rulings that a Plea has for incidents. The judge carries the
rulings into the record; a replay or a simulation drives both without one.
"""
