# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

# Nothing of ours may be kept, framed, found by its token or named to another website.
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "SAMEORIGIN",
    "Content-Security-Policy": "frame-ancestors 'self'",
    "X-Robots-Tag": "noindex",
}

# The longest period that can be set.
MAX_DAYS = 3650

# What a client owes by a document of its own, and may pay: invoices, down payments and
# debit notes among them, and sale receipts.
PAYABLE_TYPES = ("out_invoice", "out_receipt")

# The reasons for which a bank returns an ACH entry.
# Source: Nacha Operating Rules, Appendix Four (Return Entries).
ACH_RETURN_CODES = [
    ("R01", "R01 Insufficient funds"),
    ("R02", "R02 Account closed"),
    ("R03", "R03 No account, or unable to locate account"),
    ("R04", "R04 Invalid account number structure"),
    ("R05", "R05 Unauthorized debit to consumer account using corporate SEC code"),
    ("R06", "R06 Returned per ODFI's request"),
    ("R07", "R07 Authorization revoked by customer"),
    ("R08", "R08 Payment stopped"),
    ("R09", "R09 Uncollected funds"),
    ("R10", "R10 Customer advises originator is not known or not authorized"),
    (
        "R11",
        "R11 Customer advises entry not in accordance with the authorization",
    ),
    ("R12", "R12 Account sold to another DFI"),
    ("R13", "R13 Invalid ACH routing number"),
    ("R14", "R14 Representative payee deceased or unable to continue"),
    ("R15", "R15 Beneficiary or account holder deceased"),
    ("R16", "R16 Account frozen, or entry returned per OFAC instruction"),
    ("R17", "R17 File record edit criteria"),
    ("R18", "R18 Improper effective entry date"),
    ("R19", "R19 Amount field error"),
    ("R20", "R20 Non-transaction account"),
    ("R21", "R21 Invalid company identification"),
    ("R22", "R22 Invalid individual ID number"),
    ("R23", "R23 Credit entry refused by receiver"),
    ("R24", "R24 Duplicate entry"),
    ("R25", "R25 Addenda error"),
    ("R26", "R26 Mandatory field error"),
    ("R27", "R27 Trace number error"),
    ("R28", "R28 Routing number check digit error"),
    ("R29", "R29 Corporate customer advises not authorized"),
    ("R30", "R30 RDFI not participant in check truncation program"),
    ("R31", "R31 Permissible return entry"),
    ("R32", "R32 RDFI non-settlement"),
    ("R33", "R33 Return of XCK entry"),
    ("R34", "R34 Limited participation DFI"),
    ("R35", "R35 Return of improper debit entry"),
    ("R36", "R36 Return of improper credit entry"),
    ("R37", "R37 Source document presented for payment"),
    ("R38", "R38 Stop payment on source document"),
    ("R39", "R39 Improper source document"),
    ("R40", "R40 Return of ENR entry by federal government agency"),
    ("R41", "R41 Invalid transaction code"),
    ("R42", "R42 Routing number or check digit error"),
    ("R43", "R43 Invalid DFI account number"),
    ("R44", "R44 Invalid individual ID number or identification number"),
    ("R45", "R45 Invalid individual name or company name"),
    ("R46", "R46 Invalid representative payee indicator"),
    ("R47", "R47 Duplicate enrollment"),
    ("R50", "R50 State law affecting RCK acceptance"),
    ("R51", "R51 Item related to RCK entry is ineligible or RCK entry is improper"),
    ("R52", "R52 Stop payment on item related to RCK entry"),
    ("R53", "R53 Item and RCK entry presented for payment"),
    ("R61", "R61 Misrouted return"),
    ("R62", "R62 Return of erroneous or reversing debit"),
    ("R67", "R67 Duplicate return"),
    ("R68", "R68 Untimely return"),
    ("R69", "R69 Field error"),
    (
        "R70",
        "R70 Permissible return entry not accepted, or return not requested by ODFI",
    ),
    ("R71", "R71 Misrouted dishonored return"),
    ("R72", "R72 Untimely dishonored return"),
    ("R73", "R73 Timely original return"),
    ("R74", "R74 Corrected return"),
    ("R75", "R75 Return not a duplicate"),
    ("R76", "R76 No errors found"),
    ("R77", "R77 Non-acceptance of R62 dishonored return"),
    ("R80", "R80 IAT entry coding error"),
    ("R81", "R81 Non-participant in IAT program"),
    ("R82", "R82 Invalid foreign receiving DFI identification"),
    ("R83", "R83 Foreign receiving DFI unable to settle"),
    ("R84", "R84 Entry not processed by gateway"),
    ("R85", "R85 Incorrectly coded outbound international payment"),
]
