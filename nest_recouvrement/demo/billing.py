"""What is invoiced and paid when, as plain data: no ORM, nothing random but seeded.

Every date is counted from the day of loading, so the picture is the same on any day.
Amounts are in the currency of the company.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from dateutil.relativedelta import relativedelta

from .guarantors import HABITS, TERMS, Guarantor, Habit

# Medical service (a product) and its weight in what is invoiced.
SERVICES = {
    "consultation": 30,
    "analysis": 22,
    "imaging": 12,
    "pharmacy": 14,
    "hospitalisation": 10,
    "maternity": 5,
    "surgery": 4,
    "dental": 3,
}
PATIENT_AMOUNT = 18_000
ROUND_TO = 500
MONTHS_PER_PERIOD = 3
SATURDAY = 5


@dataclass(frozen=True)
class InvoiceLine:
    service: str
    patients: int
    amount: int


@dataclass(frozen=True)
class Invoice:
    """One patient batch (*bordereau*), invoiced."""

    number: int
    date: date
    due_dates: tuple[date, ...]
    lines: tuple[InvoiceLine, ...]

    @property
    def reference(self) -> str:
        return f"BR-{self.date:%y%m}-{self.number:03}"


@dataclass(frozen=True)
class CreditNote:
    """A share of an invoice taken back."""

    invoice: Invoice
    date: date
    share: float
    matched: bool


@dataclass(frozen=True)
class Payment:
    """One transfer or cheque for parts of invoices: ``(invoice, due date)``."""

    date: date
    parts: tuple[tuple[Invoice, date], ...]
    memo: str
    # What is paid of them, and above them.
    share: float = 1.0
    surplus: int = 0
    matched: bool = True


@dataclass(frozen=True)
class Billing:
    """Everything that the ledger of one guarantor holds."""

    guarantor: Guarantor
    invoices: tuple[Invoice, ...]
    credit_notes: tuple[CreditNote, ...]
    payments: tuple[Payment, ...]


def plan_billing(guarantor: Guarantor, today: date) -> Billing:
    """Return what happened with a guarantor up to ``today``.

    The same guarantor and day always give the same result, whatever the others do.
    """
    rng = Random(f"nest {guarantor.key}")
    invoices = _plan_invoices(guarantor, today, rng)
    payments = _plan_payments(guarantor, invoices, today, rng)
    return Billing(
        guarantor,
        invoices,
        _plan_credit_notes(guarantor, invoices, today),
        _add_events(guarantor, invoices, payments, today),
    )


# === INVOICES === #


def _plan_invoices(
    guarantor: Guarantor, today: date, rng: Random
) -> tuple[Invoice, ...]:
    first_day = today - timedelta(days=round(30.4 * guarantor.months))
    youngest = HABITS[guarantor.habit].settled + rng.randrange(1, guarantor.pace)
    dates = []
    day = today - timedelta(days=youngest)
    while day >= first_day:
        dates.append(day)
        day -= timedelta(days=guarantor.pace)
    dates.reverse()
    delays = TERMS[guarantor.term][1]
    start = rng.randrange(20, 400)
    return tuple(
        Invoice(
            number=start + index,
            date=day,
            due_dates=tuple(day + timedelta(days=days) for days in delays),
            lines=_split_lines(amount, rng),
        )
        for index, (day, amount) in enumerate(
            zip(dates, _plan_amounts(guarantor, dates, today, rng), strict=True)
        )
    )


def _plan_amounts(
    guarantor: Guarantor, dates: list[date], today: date, rng: Random
) -> list[int]:
    """Return the amount of each invoice.

    Those of a whole period of three complete months add up to the turnover exactly,
    as that decides on the category of the guarantor.
    """
    usual = guarantor.turnover * guarantor.pace / 30.4
    weights = [rng.uniform(0.6, 1.4) for _day in dates]
    trends = [1.0] + [rng.uniform(0.85, 1.1) for _period in range(8)]
    amounts = [_rounded(usual * weight) for weight in weights]
    first_month = today.replace(day=1)
    for period in range(1, guarantor.months // MONTHS_PER_PERIOD + 1):
        since, until = (
            first_month - relativedelta(months=MONTHS_PER_PERIOD * count)
            for count in (period, period - 1)
        )
        inside = [index for index, day in enumerate(dates) if since <= day < until]
        total = guarantor.turnover * MONTHS_PER_PERIOD * trends[period - 1]
        total = round(total) if period == 1 else _rounded(total)
        weight = sum(weights[index] for index in inside)
        for index in inside:
            amounts[index] = _rounded(total * weights[index] / weight)
        amounts[inside[-1]] += total - sum(amounts[index] for index in inside)
    return amounts


def _rounded(amount: float) -> int:
    return max(round(amount / ROUND_TO), 1) * ROUND_TO


def _split_lines(amount: int, rng: Random) -> tuple[InvoiceLine, ...]:
    """Spread the amount of an invoice over one service, sometimes two."""
    services = list(dict.fromkeys(rng.choices([*SERVICES], [*SERVICES.values()], k=2)))
    amounts = [amount]
    if len(services) == 2 and rng.random() < 0.25:
        part = _rounded(amount * rng.uniform(0.2, 0.4))
        amounts = [amount - part, part]
    return tuple(
        InvoiceLine(service, max(2, part // PATIENT_AMOUNT), part)
        for service, part in zip(services, amounts, strict=False)
    )


# === PAYMENTS === #


def _plan_payments(
    guarantor: Guarantor, invoices: tuple[Invoice, ...], today: date, rng: Random
) -> list[Payment]:
    """Return the transfers of the guarantor, each for everything that was ready."""
    habit = HABITS[guarantor.habit]
    phase = rng.randrange(2, habit.rhythm)
    paid: dict[date, list[tuple[Invoice, date]]] = {}
    for invoice in invoices:
        never = rng.random() < habit.unpaid
        for due_date in invoice.due_dates:
            ready = due_date + timedelta(days=rng.randint(*habit.ready))
            ready = max(ready, invoice.date + timedelta(days=2))
            day = _next_transfer(habit, ready, today, phase)
            if day and not never:
                paid.setdefault(day, []).append((invoice, due_date))
    return [
        Payment(day, tuple(parts), _memo(guarantor, day, rng))
        for day, parts in sorted(paid.items())
    ]


def _next_transfer(habit: Habit, ready: date, today: date, phase: int) -> date | None:
    """Return the day of the first transfer once an invoice is ready, if it came."""
    last = today - timedelta(days=phase)
    periods = (last - ready).days // habit.rhythm
    day = last - timedelta(days=periods * habit.rhythm)
    if periods < 0 or day > today - timedelta(days=habit.stopped):
        return None
    return _working_day(day)


def _working_day(day: date) -> date:
    """Return ``day``, or the Friday before if it is in a weekend."""
    return day - timedelta(days=max(day.weekday() - SATURDAY + 1, 0))


def _memo(guarantor: Guarantor, day: date, rng: Random) -> str:
    if rng.random() < 0.4:
        return f"Chèque n° {rng.randrange(1_000_000, 9_999_999)}"
    name = guarantor.key.replace("_", " ").upper()
    return f"Virement {name} {day:%d/%m/%Y}"


# === WHAT HAPPENS BESIDES === #


def _plan_credit_notes(
    guarantor: Guarantor, invoices: tuple[Invoice, ...], today: date
) -> tuple[CreditNote, ...]:
    if "unmatched_credit_note" in guarantor.events:
        invoice = invoices[-3]
        return (CreditNote(invoice, today - timedelta(days=4), 0.3, matched=False),)
    if "matched_credit_note" in guarantor.events:
        # Too old to change the turnover of the last complete months.
        old = [item for item in invoices if (today - item.date).days > 160]
        return tuple(
            CreditNote(invoice, invoice.date + timedelta(days=9), share, matched=True)
            for invoice, share in ((old[-1], 0.25), (old[-4], 1.0))
        )
    return ()


def _add_events(
    guarantor: Guarantor,
    invoices: tuple[Invoice, ...],
    payments: list[Payment],
    today: date,
) -> tuple[Payment, ...]:
    """Return the payments, with those that are partial, unmatched or too high."""
    events = guarantor.events
    paid = {part for payment in payments for part in payment.parts}
    overdue = [
        (invoice, due_date)
        for invoice in invoices
        for due_date in invoice.due_dates
        if due_date < today and (invoice, due_date) not in paid
    ]
    recent = _working_day(today - timedelta(days=6))
    memo = f"Chèque n° {8_400_000 + len(invoices)}"
    if "partial" in events:
        payments.append(Payment(recent, tuple(overdue[:1]), memo, share=0.5))
    if "unallocated" in events:
        parts = tuple(overdue[: len(overdue) // 2 or 1])
        payments.append(Payment(recent, parts, memo, share=0.8, matched=False))
    if "unallocated_all" in events:
        payments.append(Payment(recent, tuple(overdue), memo, matched=False))
    if "overpaid" in events:
        payments[-1] = replace(payments[-1], surplus=25_000)
    return tuple(payments)
