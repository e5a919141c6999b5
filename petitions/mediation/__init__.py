"""人民调解: a dispute between parties as a case of its own, from the application to the performed agreement."""
