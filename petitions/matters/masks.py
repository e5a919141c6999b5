"""What may be shown of a person's data at a glance (ux.md §9)."""


def phone_tail(phone: str) -> str:
    """The last four digits of a stored number, its extension aside: what people remember."""
    area, _, rest = phone.partition("-")
    return (rest.partition("-")[0] or area)[-4:]


def masked_name(name: str) -> str:
    """张*; 欧阳** keeps one character only, so that a rare surname of two is not given away further."""
    return name[:1] + "*" * max(1, len(name) - 1) if name else ""


def masked_phone(phone: str) -> str:
    """199****1234; of a landline all but the last two digits."""
    return (
        phone[:3] + "****" + phone[-4:]
        if len(phone) == 11 and phone.isdigit()
        else "****" + phone[-2:]
        if phone
        else ""
    )


def masked_id(number: str) -> str:
    """Three first and four last characters."""
    return number[:3] + "*" * (len(number) - 7) + number[-4:] if len(number) > 7 else "*" * len(number)


def hidden(text: str) -> str:
    """Only that there is something."""
    return "***" if text else ""
