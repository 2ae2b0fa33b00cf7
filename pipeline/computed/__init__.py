"""Tables that SQL does not make well: functions from Arrow tables to one Arrow table, named in the cards.

A card in `pipeline/sql` says which one makes its table (`python: module:function`) out of which tables.
"""
