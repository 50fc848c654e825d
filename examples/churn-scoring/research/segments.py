"""Customer segments from the 2023 survey. A sketch: the borders were chosen by eye."""


def segment_of(tenure_days: int, monthly_fee: float) -> str:
    if tenure_days < 180:
        return "newcomer"
    if monthly_fee >= 60:
        return "premium"
    return "settled" if tenure_days > 1500 else "drifting"
