"""Invented telephone and identity numbers: valid in form, nobody's."""

from petitions.cases.checks import check_character


def phone(number: int) -> str:
    """The `number`th mobile number of a range used for nothing else."""
    return f"1990{number:07d}"


def id_number(number: int) -> str:
    """The `number`th identity number, born on some day of 1960 to 1999 in a region code that does not exist."""
    digits = f"419999{1960 + number % 40}{1 + number % 12:02d}{1 + number % 28:02d}{number % 1000:03d}"
    return digits + check_character(digits)
