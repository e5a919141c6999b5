"""The outbox: what people are told, kept as rows until they have read it."""
