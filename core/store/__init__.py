"""What is known, kept: tables, migrations and the functions that read and write them, as plain records."""
