"""What is remembered of a visitor, from run to run, beside the settings? Every key of the session state, once.

The widgets of the settings have the names of their fields as keys; none of these may have such a name.
"""

from __future__ import annotations

# Where the visitor is, and where each subject was left.
PAGE = "page"  # path of its script
SUBJECT = "subject"
LEFT_AT = "left_at"  # subject -> query
LAST_DATA = "last_data"  # name of the last data set that was not the visitor's own

# What was wrong with the link.
URL_PROBLEMS = "url_problems"  # still to be told
URL_TOLD = "url_told"  # told in this run
LINK_TOLD = "link_told"  # subject of the sentences -> (query at that time, sentences)

# The visitor's own file.
OWN_UPLOAD = "own_upload"  # id of the last file, good or bad
OWN_PROBLEM = "own_problem"  # what is wrong with it
OWN_TABLE = "own_table"  # of the last good file
OWN_TABLE_ID = "own_table_id"
OWN_CHOICE = "own_choice"  # (file, target, features) of the rows
OWN_REFUSAL = "own_refusal"  # what is wrong with the target and features chosen now
OWN_DATA = "own_data"  # the rows
OWN_FINGERPRINT = "own_fingerprint"  # (rows, key of their content)

# Of single pages.
TRAINED = "trained"  # settings of the training that is done
STOPPED = "stopped"  # (settings, picture) of the training that was stopped
VAULT_RECORDS = "vault_records"  # (what they are about, what was seen)

# Widgets that are no settings.
SHARE_OPEN = "share_open"
SLUGS = "slugs"
