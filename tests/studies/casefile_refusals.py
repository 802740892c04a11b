"""A small good case file, and what is refused of it: a passage, what stands in its place, and words of the sentence that refuses it."""

BASE = """
[case]
name = "Ticket routing"
currency = "USD"
horizon_months = 36
discount_rate = 0.0
[demand]
predictions_per_day = 1_000_000
monthly_growth = 0.0
peak_to_mean = 2.5
[[option]]
name = "teacher"
role = "status_quo"
basis = "provisioned"
usd_per_hour = 0.75
rate_per_s = 416.7
target_utilisation = 0.6
min_instances = 2
[[option]]
name = "student"
role = "student"
basis = "bill"
monthly_bill_usd = 1500.0
bill_predictions_per_month = 1_000_000
bill_variable_share = 1.0
upfront_usd = 35_000.0
months_to_go_live = 0
parallel_months = 0
redistil_every_months = 0
redistil_usd = 0.0
"""
CASCADE = """
[[option]]
name = "both"
role = "cascade"
student = "student"
teacher = "teacher"
share = 0.1
months_to_go_live = 0
parallel_months = 0
redistil_every_months = 0
"""
BILL = BASE[BASE.index('basis = "bill"') : BASE.index("upfront_usd")]

NO_NUMBER = 'is not accepted; write a number, "80 to 160" or three numbers'
REFUSED = {
    # Keys and values that no model knows.
    "unknown key": (
        ("usd_per_hour = 0.75", "usd_per_hr = 0.75"),
        "option 1 ('teacher'), usd_per_hr: there is no such key (its value is 0.75); write usd_per_hour or usd_per_kwh, or remove it.",
    ),
    "unknown table": (("[demand]", "[demands]"), "demand: it is missing"),
    "text for a share": (
        ("discount_rate = 0.0", 'discount_rate = "10%"'),
        "case.discount_rate: '10%' is not accepted; write a number from 0 to 1",
    ),
    "per cent for a share": (
        ("discount_rate = 0.0", "discount_rate = 10"),
        "case.discount_rate: 10 is not accepted; write a number from 0 to 1 (effective a year, as a share: 0.1 is 10 %).",
    ),
    "truth for a number": (("discount_rate = 0.0", "discount_rate = true"), "case.discount_rate: true is not accepted"),
    "number for truth": (
        ("redistil_usd = 0.0", "latency_under_load = 1"),
        "('student'), latency_under_load: 1 is not accepted; write true or false",
    ),
    "nan": (("discount_rate = 0.0", "discount_rate = nan"), "case.discount_rate: nan is not accepted; write a finite number from 0 to 1"),
    "inf": (("usd_per_hour = 0.75", "usd_per_hour = inf"), f"option 1 ('teacher'), usd_per_hour: inf {NO_NUMBER}"),
    "negative price": (
        ("usd_per_hour = 0.75", "usd_per_hour = -0.75"),
        "usd_per_hour: -0.75 is not accepted; write a number from 0.000001 to 1,000,000",
    ),
    "price of nothing": (("usd_per_hour = 0.75", "usd_per_hour = 0"), "usd_per_hour: 0 is not accepted"),
    "part of a month": (
        ("horizon_months = 36", "horizon_months = 36.5"),
        "case.horizon_months: 36.5 is not accepted; write a whole number from 1 to 120",
    ),
    "next to no volume": (
        ("1_000_000\nmonthly", "1e-300\nmonthly"),
        "demand.predictions_per_day: 1e-300 is not accepted; write 0, or at least 0.001",
    ),
    "no months": (("horizon_months = 36", "horizon_months = 0"), "case.horizon_months: 0 is not accepted"),
    "too many months": (("horizon_months = 36", "horizon_months = 121"), "case.horizon_months: 121 is not accepted"),
    "no currency": (('"USD"', '"euro"'), "case.currency: 'euro' is not accepted"),
    "unknown basis": (
        ('basis = "provisioned"', 'basis = "renting"'),
        "option 1 ('teacher'), basis: 'renting' is not accepted; write 'bench', 'provisioned'",
    ),
    "a price as text": (("usd_per_hour = 0.75", 'usd_per_hour = "75 cents"'), f"usd_per_hour: '75 cents' {NO_NUMBER}"),
    "a price as a table": (("usd_per_hour = 0.75", "usd_per_hour = { value = 1 }"), f"usd_per_hour: a table {NO_NUMBER}"),
    "a price as a day": (("usd_per_hour = 0.75", "usd_per_hour = 2026-01-01"), f"usd_per_hour: 2026-01-01 {NO_NUMBER}"),
    "a falling range": (("usd_per_hour = 0.75", 'usd_per_hour = "3 to 1"'), "usd_per_hour: '3 to 1' is no rising range"),
    "a range that does not fit": (
        ("peak_to_mean = 2.5", 'peak_to_mean = "0.5 to 3"'),
        "demand.peak_to_mean: 0.5 is not accepted; write a number from 1 to 1,000",
    ),
    "a vast number": (("usd_per_hour = 0.75", f"usd_per_hour = 1{'0' * 400}"), f"usd_per_hour: a number of over 38 digits {NO_NUMBER}"),
    "a vaster number": (("usd_per_hour = 0.75", f"usd_per_hour = 1{'0' * 5000}"), "case file: one of its numbers has thousands of digits"),
    "a vast hexadecimal": (
        ("usd_per_hour = 0.75", f"usd_per_hour = 0x{'f' * 9000}"),
        f"usd_per_hour: a number of over 38 digits {NO_NUMBER}",
    ),
    "missing price": (
        ("usd_per_hour = 0.75\n", ""),
        "option 1 ('teacher'), usd_per_hour: it is missing; write it, as basis 'provisioned' needs it",
    ),
    "missing basis": (('basis = "provisioned"\n', ""), "option 1 ('teacher'), basis: it is missing; write one of bench, provisioned"),
    "missing go-live": (
        ("months_to_go_live = 0\n", ""),
        "option 2 ('student'), months_to_go_live: it is missing; write a number of months, 0 for none.",
    ),
    "missing name": (('name = "student"\n', ""), "option 2 [without a name], name: it is missing"),
    # What contradicts itself.
    "key of another basis": (('basis = "provisioned"', 'basis = "bill"'), "usd_per_hour: 0.75 does not go with basis 'bill'; remove it"),
    "two bases": (
        ("monthly_bill_usd = 1500.0", "monthly_bill_usd = 1500.0\nusd_per_call = 1"),
        "usd_per_call: 1 does not go with basis 'bill'",
    ),
    "two names": (('name = "student"', 'name = "teacher"'), "option: the name 'teacher' is given twice; each option needs its own."),
    "no status quo": (('role = "status_quo"', 'role = "optimised_teacher"'), "role: no option has the role 'status_quo'"),
    "two status quos": (
        ("redistil_usd = 0.0", '[[option]]\nname = "old"\nrole = "status_quo"\nbasis = "api"\nusd_per_call = 1'),
        "role: 'teacher' and 'old' have the role 'status_quo'; give it to the one option that serves today.",
    ),
    "an API on machines": (('role = "status_quo"', 'role = "api"'), "basis: 'provisioned' does not go with role 'api'"),
    "peak and profile": (
        ("peak_to_mean = 2.5", f"peak_to_mean = 2.5\nhourly_profile = [{'1,' * 24}]"),
        "demand.peak_to_mean: 2.5 stands beside an hourly_profile",
    ),
    "idle profile": (("peak_to_mean = 2.5", f"hourly_profile = [{'0,' * 24}]"), "demand.hourly_profile: all 24 weights are 0"),
    "negative hour": (("peak_to_mean = 2.5", f"hourly_profile = [{'1,' * 23} -1]"), "demand.hourly_profile, number 24: -1 is not accepted"),
    "short profile": (
        ("peak_to_mean = 2.5", "hourly_profile = [1, 2]"),
        "demand.hourly_profile: a list of 2 is not accepted; give at least 24",
    ),
    "rented and owned": (("usd_per_hour = 0.75", "usd_per_hour = 0.75\nhardware_usd = 9"), "usd_per_hour: 0.75 stands beside hardware_usd"),
    "energy of rent": (("usd_per_hour = 0.75", "usd_per_hour = 0.75\nwatts = 300"), "watts: 300.0 goes with owned machines"),
    "committed student": (("redistil_usd = 0.0", "committed_until_month = 3"), "committed_until_month: 3 belongs to the status quo"),
    "upfront of today": (
        ("min_instances = 2", "upfront_usd = 5"),
        "option 1 ('teacher'), upfront_usd: 5 does not belong to the status quo",
    ),
    "part of no cascade": (("min_instances = 2", "share = 0.5"), 'share: 0.5 belongs to a cascade; write role = "cascade", or remove it.'),
    "source of nothing": (("redistil_usd = 0.0", 'sources = { price = "a list" }'), "sources: 'price' is not a key of an option"),
    "work twice": (
        ("upfront_usd = 35_000.0", 'upfront = [{activity="a", hours=1, usd_per_hour=1}, {activity="a", hours=2, usd_per_hour=1}]'),
        "option 2 ('student'), upfront: the activity 'a' is given twice",
    ),
    "work without a rate": (
        ("upfront_usd = 35_000.0", 'upfront = [{activity="a", hours=1}]'),
        "option 2 ('student'), upfront 1 ('a'), usd_per_hour: it is missing",
    ),
    "unknown class": (("redistil_usd = 0.0", "error_rates = { rare = 0.1 }"), "error_rates: 'rare' is no [[error]] class of this file"),
    "errors twice": (
        ("redistil_usd = 0.0", 'usd_per_error = 1\n[[error]]\nname = "a"\nshare = 0.5\nusd_per_error = 1'),
        "usd_per_error: 1 stands beside [[error]]",
    ),
    "model in another currency": (
        (BILL, 'basis = "api"\nprovider = "openai"\nmodel = "gpt-4o-mini"\ninput_tokens = 9\noutput_tokens = 9\n'),
        "option 2 ('student'), model: 'gpt-4o-mini' has a price in USD and the case is in EUR",
    ),
    "tokens of no model": (
        (BILL, 'basis = "api"\nusd_per_call = 1\ninput_tokens = 9\n'),
        "input_tokens: 9 goes with a model; add provider and model",
    ),
    "model without tokens": ((BILL, 'basis = "api"\nprovider = "openai"\nmodel = "gpt-4o-mini"\n'), "input_tokens: it is missing"),
    "more cached than sent": (
        (BILL, 'basis = "api"\nprovider = "o"\nmodel = "m"\ninput_tokens = 9\noutput_tokens = 9\ncached_tokens = 10\n'),
        "cached_tokens: 10 are more than the 9 input tokens",
    ),
    # Names.
    "hidden mark": (
        ('name = "student"', r'name = "stu\u202edent"'),
        "option 2 ('stu\\u202edent'), name: it holds U+202E, a character that is not shown",
    ),
    "two lines": (('"Ticket routing"', r'"Ticket\nrouting"'), "case.name: it holds U+000A"),
    "blank name": (('"Ticket routing"', '"  "'), "case.name: it is blank"),
    "empty name": (('"Ticket routing"', '""'), "case.name: '' is not accepted; write some text"),
    "long name": (('"Ticket routing"', f'"{"x" * 121}"'), "(121 characters) is not accepted; write at most 120 characters"),
}
