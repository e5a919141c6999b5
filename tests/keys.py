"""The keys of the identity vault in tests."""

KEYS = "test0001:" + "A" * 43


def ring() -> str:
    """The one key, as a database asks for it."""
    return KEYS
