"""Statistics of one sensor's values, exact: sums of decimals lose nothing."""

from decimal import Decimal

import msgspec

from handlers.domain.decimals import EXACT_ARITHMETIC, fitted


class Statistics(msgspec.Struct):
    """Least, greatest, sum and count of at least one value."""

    minimum: Decimal
    maximum: Decimal
    total: Decimal
    count: int

    @classmethod
    def of(cls, value: Decimal) -> "Statistics":
        """Return the statistics of one value."""
        return cls(value, value, value, 1)

    def add(self, value: Decimal) -> None:
        """Take in one more value."""
        self.minimum = min(self.minimum, value)
        self.maximum = max(self.maximum, value)
        self.total = EXACT_ARITHMETIC.add(self.total, value)
        self.count += 1

    def named(self, name: str) -> Decimal | int | None:
        """Return a statistic by its name in a request, to 38 digits; nothing where it is beyond a number's range."""
        match name:
            case "min":
                return self.minimum
            case "max":
                return self.maximum
            case "sum":
                return fitted(self.total)
            case "avg":
                return fitted(EXACT_ARITHMETIC.divide(self.total, Decimal(self.count)))
            case _:
                return self.count
