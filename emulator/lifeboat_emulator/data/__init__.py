"""The data plane: a real SQL database for each Aurora cluster, and replication between them.

Nothing here knows of moto or of HTTP. `database` runs SQL in SQLite, `dialect` and what it uses
speak MySQL's and PostgreSQL's language to it, `volume` and `replication` move what was committed
from a writer to its followers as Aurora does: pages of storage, some time later.
"""
