"""PostgreSQL: settings, the embedded server, connections, the recorder, migrations."""
