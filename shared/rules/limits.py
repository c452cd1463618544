"""What one rule may cost. Each limit is checked when a rule is saved and has a problem code of its own."""

MAX_CONDITIONS = 256  # of one audience, after references are inlined
MAX_DEPTH = 16  # nested nodes, the condition included, after references are inlined
MAX_REFERENCE_DEPTH = 8  # references that lead from one audience to the next
MAX_VALUES = 1_000  # in one condition
MAX_PATH_STEPS = 16  # as deep as a visitor document may nest
MAX_PATH_LENGTH = 512  # characters of a dotted path, escapes included
MAX_PATTERN_BYTES = 512  # of UTF-8
# RE2 instructions, of which a search walks each at most once a character. `[\pL\pN]+@[\pL\pN]+\.[a-z]{2,}`
# has 2,695, `.{1000}` 8,004 and `\pL{50}` 59,804.
MAX_PATTERN_PROGRAM = 4_000
MAX_JSON_DEPTH = 64  # of a rule as sent: the parser descends no further
MAX_DURATION_YEARS = 10_000  # instants end with year 9999, so nothing lies further off
MAX_ANNIVERSARY_DAYS = 365  # every day of the year is within so many
MAX_SALT_LENGTH = 256  # characters of a rollout's salt
MAX_OVERRIDES = 1_000  # ids that an audience includes, and as many that it excludes: past that, a list
MAX_STRING_LENGTH = 2_048  # characters of a string in a visitor document: what a search may have to go through
