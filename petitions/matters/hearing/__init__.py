"""听证 (第31条第六项、第36条第二款): asked for, called, held and concluded on any kind of case whose table names these words."""
