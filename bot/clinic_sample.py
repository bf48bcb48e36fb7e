"""What `clinic.sample.yaml` says: a whole clinic.yaml with a remark to each line, to be copied and changed."""

SAMPLE = """\
# A sample of clinic.yaml. This file is never read. Copy it to clinic.yaml in the same folder, change every line, check
# it with `willow check --clinic clinic.yaml`, and start again. Without a clinic.yaml nobody is told of anything.

name: Riverside Clinic                # as people know it
contact:
  phone: "555 0100"                   # as it is dialled
  text: Ask for the duty desk.        # how to get through, in one line

# When somebody answers that number: 24/7, or ranges as in the helpline files. Hours past midnight end on the next day.
hours: [Mon-Fri 09:00-17:00, Sat 10:00-12:00]
zone: Europe/London                   # of the hours, and of the times in alerts

# Telegram chats that get alerts. `first` is told at once, `second` when nobody has confirmed, `admin` after that.
# Each name is registered from within its chat: willow alerts register "duty desk"
on_call:
  - {name: duty desk, order: first}
  - {name: ward, order: second}
  - {name: leads, order: admin}

escalation_minutes: 15                # without a confirmation until the next are told
alert_from: N3                        # the first step that raises one: N3, or N2 for every direct question

minimum_age: 18                       # 18 or more
countries: [GB, IE]                   # offered first at the start
retention:
  alerts_days: 365                    # alerts that were dealt with are kept so many days
  decisions_days: 365                 # what screening decided and what was answered: rule ids, never words
caps: {participants: 200}             # `willow doctor` says so when there are more
"""
