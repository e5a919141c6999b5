"""机构调整: units merge, split and move, and their cases, clocks and walls go with them (第24条第二款)."""
