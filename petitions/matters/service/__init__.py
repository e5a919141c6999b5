"""送达 (domain.md §1.9, after 民诉法第88条至第95条): of any kind of case whose table names these words."""
