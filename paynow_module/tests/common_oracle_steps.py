# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

"""What may stand in the books: the steps of `common_oracle_books`, by chance."""

from hypothesis import strategies as st

#: Parts of what a step is about, in hundredths.
PARTS = st.sampled_from((100, 100, 50, 30, 1, 120))
WHICH = st.integers(0, 7)
#: The same of an open item; of 0 the smallest unit.
PART_OF_ITEM = st.sampled_from((100, 100, 100, 50, 37, 1, 0))
NEWS = ("posted", "posted", "confirmed", "error")
#: Of the people: two clients, each with two contacts.
WHO = st.integers(0, 5)
CURRENCY = st.sampled_from(("USD", "USD", "USD", "EUR", "JPY"))
CENTS = st.one_of(st.integers(1, 300_000), st.sampled_from((1, 2, 100, 10_000, 99_999)))
AGE = st.one_of(st.integers(-3, 120), st.sampled_from((0, 1, 30, 31)))
ITEM_STATES = (
    "draft", "pending", "pending", "authorized", "confirmed", "posted", "posted",
    "error",
)  # fmt: skip
STATES = ("draft", "pending", "authorized", "confirmed", "posted", "posted", "error")


def prepare_bill(who, currency, age):
    """Return the step of a bill to one of these people, in one of these currencies."""
    return st.tuples(
        st.just("bill"),
        st.fixed_dictionaries(
            {
                "who": who,
                "is_branch": st.sampled_from((False, False, False, True)),
                "currency": currency,
                "terms": st.sampled_from(
                    ("at once", "30 days", "2 parts", "3 parts", "4 parts", "deposit",
                     "included", "excluded", "mixed")
                ),
                "taxes": st.sampled_from(((), (), ("a",), ("a", "b"), ("c",))),
                "cents": CENTS,
                "age": age,
                "sent": st.sampled_from(("yes", "yes", "yes", "late", "never")),
                "is_credit_ignored": st.sampled_from((False, False, False, True)),
            }
        ),
    )  # fmt: skip


BILL = prepare_bill(WHO, CURRENCY, AGE)
ENTRY_LINE = st.tuples(
    WHO,
    CURRENCY,
    CENTS.flatmap(lambda cents: st.sampled_from((cents, cents, -cents))),
    st.one_of(st.none(), st.integers(-60, 60)),
)
NOTE = st.tuples(st.just("note"), WHICH, PARTS, st.booleans())
HAND = st.tuples(st.just("hand"), WHICH, PARTS, st.sampled_from((None, None, "USD")))
#: Payments of several open items, and what becomes of them.
PAYERS = (
    *[
        st.tuples(
            st.just("items"),
            WHICH,
            st.lists(st.tuples(WHICH, PART_OF_ITEM), min_size=1, max_size=5),
            st.sampled_from(ITEM_STATES),
            st.sampled_from((0, 14, 16)),
            st.sampled_from(("", "", "me", "other", "promise")),
        )
    ] * 3,
    *[st.tuples(st.just("news"), WHICH, st.sampled_from(NEWS))] * 2,
    st.tuples(st.just("draft"), WHICH,
              st.sampled_from(("posted", "posted", "draft", "cancel", "30 days",
                               "3 parts"))),
    st.tuples(st.just("part"), WHICH, PARTS, st.sampled_from(("capture", "void")),
              st.booleans()),
    st.tuples(st.just("refund"), WHICH, PARTS),
    st.tuples(st.just("take_back"), WHICH),
)  # fmt: skip
STEP = st.one_of(
    BILL,
    BILL,
    NOTE,
    HAND,
    st.tuples(st.just("advance"), WHO, CURRENCY, CENTS, st.booleans()),
    st.tuples(st.just("match"), WHICH, WHICH),
    st.tuples(
        st.just("online"),
        WHICH,
        PARTS,
        st.sampled_from(STATES),
        st.sampled_from((0, 14, 16, 600)),
        st.sampled_from(("", "me", "other", "promise")),
    ),
    st.tuples(st.just("online"), WHICH, PARTS,
              st.sampled_from(("posted", "pending", "confirmed")), st.just(0),
              st.just("")),
    *PAYERS,
    st.tuples(st.just("entry"), st.lists(ENTRY_LINE, min_size=1, max_size=4), AGE),
    st.tuples(st.just("lock"), st.integers(1, 120)),
)  # fmt: skip


def prepare_book(first, *steps):
    """Return the books that begin with some steps and go on with any of others.

    :param steps: How many of which: pairs of lists' sizes and steps.
    """
    return st.fixed_dictionaries(
        {
            "zones": st.tuples(
                *[st.sampled_from(("UTC", "America/New_York", "Pacific/Auckland"))] * 2
            ),
            # Midnight is at 04:00, 12:00 and 00:00 UTC there and then.
            "now": st.sampled_from(
                ("2026-06-15 03:59", "2026-06-15 04:01", "2026-06-15 11:59",
                 "2026-06-30 12:01", "2026-06-30 23:59", "2026-12-31 04:59",
                 "2027-01-01 00:00", "2026-06-15 18:00")
            ),
            "first": first,
            "steps": st.tuples(
                *[
                    st.lists(step, min_size=least, max_size=most)
                    for least, most, step in steps
                ]
            ).map(lambda lists: [step for steps in lists for step in steps]),
        }
    )  # fmt: skip


BOOK = prepare_book(BILL, (4, 9, STEP))
#: One client with several bills, of which they pay some at once.
BOOK_OF_ITEMS = st.sampled_from(("USD", "USD", "EUR", "JPY")).flatmap(
    lambda code: prepare_book(
        prepare_client_bill(code),
        (2, 4, prepare_client_bill(code)),
        (1, 2, PAYERS[0]),
        (3, 6, st.one_of(*PAYERS, HAND, HAND, NOTE)),
    )
)


def prepare_client_bill(code):
    """Return the step of a bill to the first client, or a contact of theirs."""
    return prepare_bill(
        st.sampled_from((0, 0, 2, 3)), st.just(code), st.sampled_from((0, 0, 3, 9, 80))
    )
